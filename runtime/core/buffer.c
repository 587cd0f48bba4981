/* SPDX-License-Identifier: MIT */
#include "buffer.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

void wl_buffer_init(wl_Buffer *b, wl_Heap *heap) {
  *b = (wl_Buffer){.heap = heap};
}

void wl_buffer_destroy(wl_Buffer *b) {
  wl_dealloc(b->heap, b->bytes, b->capacity);
  *b = (wl_Buffer){.heap = b->heap};
}

static void reserve(wl_Buffer *b, size_t more) {
  size_t wanted = b->length + more + 1;
  if (wanted <= b->capacity)
    return;
  size_t capacity = b->capacity < 64 ? 64 : b->capacity;
  while (capacity < wanted)
    capacity *= 2;
  b->bytes = wl_realloc(b->heap, b->bytes, b->capacity, capacity);
  b->capacity = capacity;
}

void wl_buffer_add(wl_Buffer *b, const char *bytes, size_t n) {
  reserve(b, n);
  if (n > 0)
    memcpy(b->bytes + b->length, bytes, n);
  b->length += n;
  b->bytes[b->length] = '\0';
}

void wl_buffer_add_text(wl_Buffer *b, const char *text) {
  wl_buffer_add(b, text, strlen(text));
}

void wl_buffer_add_char(wl_Buffer *b, char c) {
  wl_buffer_add(b, &c, 1);
}

void wl_buffer_add_repeated(wl_Buffer *b, char c, size_t n) {
  reserve(b, n);
  memset(b->bytes + b->length, c, n);
  b->length += n;
  b->bytes[b->length] = '\0';
}

void wl_buffer_truncate(wl_Buffer *b, size_t length) {
  if (length >= b->length)
    return;
  b->length = length;
  b->bytes[length] = '\0';
}

void wl_buffer_print(wl_Buffer *b, const char *format, ...) {
  char text[512];
  va_list arguments;
  va_start(arguments, format);
  int n = vsnprintf(text, sizeof text, format, arguments);
  va_end(arguments);
  size_t length = n < 0 ? 0 : (size_t)n;
  wl_buffer_add(b, text, length < sizeof text ? length : sizeof text - 1);
}
