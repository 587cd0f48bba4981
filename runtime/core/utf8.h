/* SPDX-License-Identifier: MIT */
/* utf8.h - the characters of a byte string */
#ifndef WL_UTF8_H
#define WL_UTF8_H

#include <stddef.h>
#include <stdint.h>

/* Reads the character that `bytes` (n > 0 of them) begins with and returns
 * its length; 0 when it is no well-formed UTF-8 (overlong forms, surrogates
 * and what is beyond U+10FFFF are not). */
size_t wl_utf8_read(const char *bytes, size_t n, uint32_t *character);
/* Writes 1 to 4 bytes; returns how many. */
size_t wl_utf8_write(char out[4], uint32_t character);
/* Where the first ill-formed byte is; n when there is none. */
size_t wl_utf8_check(const char *bytes, size_t n);
/* Columns that a terminal gives the character: 0, 1 or 2. */
int wl_utf8_width(uint32_t character);

#endif
