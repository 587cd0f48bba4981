/* SPDX-License-Identifier: MIT */
/* base64.h - bytes as letters (RFC 4648, padded) and back */
#ifndef WL_BASE64_H
#define WL_BASE64_H

#include <stdbool.h>
#include <stddef.h>

#include "../core/buffer.h"

void wl_base64_write(wl_Buffer *out, const char *bytes, size_t n);
/* Line breaks are passed over. False when the text is not well formed; what
 * was added to `out` by then stays. */
bool wl_base64_read(wl_Buffer *out, const char *text, size_t n);

#endif
