/* SPDX-License-Identifier: MIT */
/*
 * excerpt.h - the line of a text that a message is about
 *
 *    9 |     spec:
 *      |     ^
 */
#ifndef WL_EXCERPT_H
#define WL_EXCERPT_H

#include <stdbool.h>
#include <stddef.h>

#include "../core/buffer.h"

typedef struct wl_Line {
  const char *bytes; /* without its line break */
  size_t length;
} wl_Line;

/* A line by its number from 1; lines end with LF, CR or both. O(text). An
 * empty one past the end. */
wl_Line wl_line_find(const char *text, size_t length, size_t number);

/* Appends the line, and a caret under the column (characters from 1). A long
 * line is cut around the column; what cannot be printed becomes "?". */
void wl_excerpt(wl_Buffer *out, const char *text, size_t length, size_t line,
                size_t column);

#endif
