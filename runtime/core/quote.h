/* SPDX-License-Identifier: MIT */
/* quote.h - foreign text inside messages.
 *
 * A message is one line that a terminal may show, whatever it quotes: control
 * characters and broken UTF-8 are written as escapes (as Go's %q does), and
 * long text is cut at a character, with "..." after it. */
#ifndef WL_QUOTE_H
#define WL_QUOTE_H

#include <stddef.h>

/* Both write at most `size` bytes with the NUL (size >= 16) and return the
 * length. wl_quote puts the text in double quotes. */
size_t wl_quote(char *out, size_t size, const char *text, size_t length);
size_t wl_escape(char *out, size_t size, const char *text, size_t length);

#endif
