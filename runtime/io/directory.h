/* SPDX-License-Identifier: MIT */
/* directory.h - what a directory holds */
#ifndef WL_DIRECTORY_H
#define WL_DIRECTORY_H

#include <stdbool.h>

#include "../core/buffer.h"
#include "../core/error.h"

/* Appends the name of each entry, those of directories with a '/' at the end,
 * each followed by a NUL; in no order. False, with `out` as it was, when it
 * cannot be read or is no directory. */
bool wl_directory_read(wl_Buffer *out, const char *path, wl_Error *error);

/* Make a directory, and those above it. One that is there is fine. */
bool wl_directory_make(const char *path, wl_Error *error);

#endif
