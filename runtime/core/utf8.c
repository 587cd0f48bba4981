/* SPDX-License-Identifier: MIT */
#include "utf8.h"

#include <stdbool.h>

static bool continues(char byte) {
  return ((unsigned char)byte & 0xc0) == 0x80;
}

/* Length and payload of a first byte; 0 when it cannot be one. */
static size_t first_byte(unsigned char byte, uint32_t *payload) {
  if (byte < 0x80) {
    *payload = byte;
    return 1;
  }
  if (byte >= 0xc2 && byte <= 0xdf) {
    *payload = byte & 0x1fu;
    return 2;
  }
  if (byte >= 0xe0 && byte <= 0xef) {
    *payload = byte & 0x0fu;
    return 3;
  }
  if (byte >= 0xf0 && byte <= 0xf4) {
    *payload = byte & 0x07u;
    return 4;
  }
  return 0;
}

size_t wl_utf8_read(const char *bytes, size_t n, uint32_t *character) {
  static const uint32_t smallest[] = {0, 0, 0x80, 0x800, 0x10000};
  uint32_t c = 0;
  size_t length = first_byte((unsigned char)bytes[0], &c);
  if (length == 0 || length > n)
    return 0;
  for (size_t i = 1; i < length; i++) {
    if (!continues(bytes[i]))
      return 0;
    c = c << 6 | ((unsigned char)bytes[i] & 0x3fu);
  }
  if (c < smallest[length] || c > 0x10ffff || (c >= 0xd800 && c <= 0xdfff))
    return 0;
  *character = c;
  return length;
}

size_t wl_utf8_write(char out[4], uint32_t c) {
  if (c < 0x80) {
    out[0] = (char)c;
    return 1;
  }
  size_t length = c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
  for (size_t i = length - 1; i > 0; i--, c >>= 6)
    out[i] = (char)(0x80u | (c & 0x3fu));
  static const unsigned char first[] = {0, 0, 0xc0, 0xe0, 0xf0};
  out[0] = (char)(first[length] | c);
  return length;
}

size_t wl_utf8_check(const char *bytes, size_t n) {
  size_t at = 0;
  while (at < n) {
    uint32_t c;
    size_t length = wl_utf8_read(bytes + at, n - at, &c);
    if (length == 0)
      return at;
    at += length;
  }
  return n;
}

/* Coarse: the blocks of combining marks, and of scripts drawn double. */
int wl_utf8_width(uint32_t c) {
  static const struct {
    uint32_t first, last;
    int width;
  } blocks[] = {
      {0x0300, 0x036f, 0},   {0x1100, 0x115f, 2},   {0x200b, 0x200f, 0},
      {0x2e80, 0x303e, 2},   {0x3041, 0xa4cf, 2},   {0xac00, 0xd7a3, 2},
      {0xf900, 0xfaff, 2},   {0xfe00, 0xfe0f, 0},   {0xfe30, 0xfe6f, 2},
      {0xfeff, 0xfeff, 0},   {0xff00, 0xff60, 2},   {0xffe0, 0xffe6, 2},
      {0x1f300, 0x1faff, 2}, {0x20000, 0x3fffd, 2},
  };
  for (size_t i = 0; i < sizeof blocks / sizeof blocks[0]; i++)
    if (c >= blocks[i].first && c <= blocks[i].last)
      return blocks[i].width;
  return 1;
}
