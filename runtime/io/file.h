/* SPDX-License-Identifier: MIT */
/* file.h - files read whole */
#ifndef WL_FILE_H
#define WL_FILE_H

#include <stdbool.h>
#include <stddef.h>

#include "../core/buffer.h"
#include "../core/error.h"

enum { WL_FILE_BYTES = 64 * 1024 * 1024 };

/* Appends what the file holds; "-" is standard input. False, with `out` as
 * it was and the path in the message, when it cannot be read, is no file, or
 * holds more than `limit` bytes. */
bool wl_file_read(wl_Buffer *out, const char *path, size_t limit,
                  wl_Error *error);

#endif
