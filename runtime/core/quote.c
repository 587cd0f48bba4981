/* SPDX-License-Identifier: MIT */
#include "quote.h"

#include <stdio.h>
#include <string.h>

#include "utf8.h"

enum { LONGEST_ESCAPE = 4, DOTS = 3 };

static size_t put_escape(char *out, char c) {
  static const char names[] = "\aa\bb\ff\nn\rr\tt\vv\"\"\\\\";
  for (const char *n = names; *n != '\0'; n += 2)
    if (*n == c) {
      out[0] = '\\';
      out[1] = n[1];
      return 2;
    }
  return (size_t)sprintf(out, "\\x%02x", (unsigned)(unsigned char)c);
}

/* One character, of `size` bytes in the text (0: broken); what it took. */
static size_t put(char *out, const char *text, size_t size) {
  char c = text[0];
  if (size == 0 || c == '"' || c == '\\' || (unsigned char)c < ' ' || c == 0x7f)
    return put_escape(out, c);
  memcpy(out, text, size);
  return size;
}

size_t wl_escape(char *out, size_t size, const char *text, size_t length) {
  size_t used = 0, i = 0;
  while (i < length) {
    uint32_t character;
    size_t bytes = wl_utf8_read(text + i, length - i, &character);
    if (used + LONGEST_ESCAPE + DOTS >= size) {
      memcpy(out + used, "...", DOTS);
      used += DOTS;
      break;
    }
    used += put(out + used, text + i, bytes);
    i += bytes == 0 ? 1 : bytes;
  }
  out[used] = '\0';
  return used;
}

size_t wl_quote(char *out, size_t size, const char *text, size_t length) {
  size_t used = 1 + wl_escape(out + 1, size - 2, text, length);
  out[0] = out[used++] = '"';
  out[used] = '\0';
  return used;
}
