/* SPDX-License-Identifier: MIT */
#include "excerpt.h"

#include <string.h>

#include "../core/utf8.h"

enum { WIDEST = 120, BEFORE = 60 }; /* characters shown of a long line */

static const char *line_end(const char *at, const char *end) {
  while (at < end && *at != '\n' && *at != '\r')
    at++;
  return at;
}

static const char *after_break(const char *at, const char *end) {
  if (at < end && *at == '\r')
    return at + 1 < end && at[1] == '\n' ? at + 2 : at + 1;
  return at < end ? at + 1 : at;
}

wl_Line wl_line_find(const char *text, size_t length, size_t number) {
  const char *end = text + length, *at = text;
  for (size_t i = 1; i < number && at < end; i++)
    at = after_break(line_end(at, end), end);
  return (wl_Line){at, (size_t)(line_end(at, end) - at)};
}

/* Next character; what is no printable one reads as "?". */
static size_t next_character(const char *bytes, size_t n, uint32_t *c) {
  size_t length = wl_utf8_read(bytes, n, c);
  if (length == 0 || (*c < 0x20 && *c != '\t') || (*c >= 0x7f && *c < 0xa0))
    *c = '?';
  return length == 0 ? 1 : length;
}

/* Appends the line and, to `under`, blanks as wide as what is before the
 * caret. Tabs stay tabs in both, so the caret stands right for any width. */
static void put_line(wl_Buffer *out, wl_Buffer *under, wl_Line line,
                     size_t column) {
  size_t first = column > WIDEST ? column - BEFORE : 1, number = 1;
  for (size_t at = 0; at < line.length && number < first + WIDEST; number++) {
    uint32_t c;
    size_t n = next_character(line.bytes + at, line.length - at, &c);
    char utf8[4];
    if (number >= first)
      wl_buffer_add(out, utf8, wl_utf8_write(utf8, c));
    if (number >= first && number < column)
      wl_buffer_add_repeated(under, c == '\t' ? '\t' : ' ',
                             (size_t)(c == '\t' ? 1 : wl_utf8_width(c)));
    at += n;
  }
}

void wl_excerpt(wl_Buffer *out, const char *text, size_t length, size_t line,
                size_t column) {
  wl_Buffer under;
  wl_buffer_init(&under, out->heap);
  size_t before = out->length;
  wl_buffer_print(out, "%4zu | ", line);
  size_t margin = out->length - before - 2;
  put_line(out, &under, wl_line_find(text, length, line), column);
  wl_buffer_add_char(out, '\n');
  wl_buffer_add_repeated(out, ' ', margin);
  wl_buffer_add_text(out, "| ");
  wl_buffer_add(out, under.length > 0 ? under.bytes : "", under.length);
  wl_buffer_add_char(out, '^');
  wl_buffer_destroy(&under);
}
