/* SPDX-License-Identifier: MIT */
/*
 * buffer.h - a byte string that grows
 *
 * What writers write into. Appending is amortised O(1) a byte and cannot
 * fail (see heap.h). The bytes are always followed by a NUL that does not
 * count. A zeroed buffer with its heap set is an empty one.
 */
#ifndef WL_BUFFER_H
#define WL_BUFFER_H

#include <stddef.h>

#include "heap.h"

typedef struct wl_Buffer {
  wl_Heap *heap;
  char *bytes; /* NULL while nothing was added */
  size_t length, capacity;
} wl_Buffer;

void wl_buffer_init(wl_Buffer *b, wl_Heap *heap);
void wl_buffer_destroy(wl_Buffer *b); /* twice is fine */

void wl_buffer_add(wl_Buffer *b, const char *bytes, size_t n);
void wl_buffer_add_text(wl_Buffer *b, const char *text);
void wl_buffer_add_char(wl_Buffer *b, char c);
void wl_buffer_add_repeated(wl_Buffer *b, char c, size_t n);
void wl_buffer_truncate(wl_Buffer *b, size_t length); /* to at most that */
/* What is printed must be short: at most 511 bytes arrive. */
__attribute__((format(printf, 2, 3))) void
wl_buffer_print(wl_Buffer *b, const char *format, ...);

#endif
