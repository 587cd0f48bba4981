/* SPDX-License-Identifier: MIT */
#include <inttypes.h>
#include <math.h>

#include "../core/number.h"
#include "../core/utf8.h"
#include "json.h"
#include "members.h"

typedef struct Writer {
  wl_Buffer *out;
  const wl_JsonStyle *style;
  wl_Error *error;
  size_t level;
} Writer;

static void put_escape(wl_Buffer *out, uint32_t c) {
  static const char short_form[] = "\b\f\n\r\t\"\\";
  static const char letters[] = "bfnrt\"\\";
  for (size_t i = 0; i < sizeof letters - 1; i++)
    if (c == (unsigned char)short_form[i]) {
      wl_buffer_print(out, "\\%c", letters[i]);
      return;
    }
  wl_buffer_print(out, "\\u%04" PRIx32, c);
}

static bool needs_escape(uint32_t c) {
  return c < 0x20 || c == '"' || c == '\\' || c == 0x2028 || c == 0x2029;
}

static void put_string(wl_Buffer *out, wl_Value string) {
  wl_Text text = wl_text(&string);
  size_t start = 0, at = 0;
  wl_buffer_add_char(out, '"');
  while (at < text.length) {
    uint32_t c = (unsigned char)text.bytes[at];
    size_t n =
        c < 0x80 ? 1 : wl_utf8_read(text.bytes + at, text.length - at, &c);
    if (n > 0 && !needs_escape(c)) {
      at += n;
      continue;
    }
    wl_buffer_add(out, text.bytes + start, at - start);
    if (n == 0)
      wl_buffer_add_text(out, "\xef\xbf\xbd");
    else
      put_escape(out, c);
    at += n == 0 ? 1 : n;
    start = at;
  }
  wl_buffer_add(out, text.bytes + start, at - start);
  wl_buffer_add_char(out, '"');
}

static bool put_double(Writer *w, double d) {
  char number[WL_NUMBER_SIZE];
  if (!isfinite(d))
    return wl_fail(w->error, WL_EINVALID, "JSON has no word for %s",
                   isnan(d) ? "NaN" : "an infinite number");
  wl_buffer_add(w->out, number, wl_number_print(number, d, WL_NUMBER_JSON));
  return true;
}

static bool put_scalar(Writer *w, wl_Value v) {
  switch (wl_type(v)) {
  case WL_BOOL:
    wl_buffer_add_text(w->out, wl_bool(v) ? "true" : "false");
    return true;
  case WL_INT:
    wl_buffer_print(w->out, "%" PRId64, wl_int(v));
    return true;
  case WL_DOUBLE:
    return put_double(w, wl_double(v));
  case WL_STRING:
    put_string(w->out, v);
    return true;
  default:
    wl_buffer_add_text(w->out, "null");
    return true;
  }
}

static void new_line(Writer *w) {
  if (w->style->indent == 0)
    return;
  wl_buffer_add_char(w->out, '\n');
  wl_buffer_add_repeated(w->out, ' ', w->level * w->style->indent);
}

static bool put_value(Writer *w, wl_Value v);

static bool put_list(Writer *w, wl_Value list) {
  size_t n = wl_length(list);
  bool good = true;
  for (size_t i = 0; i < n && good; i++) {
    if (i > 0)
      wl_buffer_add_char(w->out, ',');
    new_line(w);
    good = put_value(w, wl_list_get(list, i));
  }
  return good;
}

static bool put_members(Writer *w, wl_Value map) {
  wl_Members members = wl_members_new(
      w->out->heap, map, w->style->sorted ? WL_BY_BYTES : WL_AS_THEY_ARE);
  bool good = true;
  for (size_t i = 0; i < members.length && good; i++) {
    if (i > 0)
      wl_buffer_add_char(w->out, ',');
    new_line(w);
    put_string(w->out, members.items[i].key);
    wl_buffer_add_text(w->out, w->style->indent > 0 ? ": " : ":");
    good = put_value(w, members.items[i].value);
  }
  wl_members_free(w->out->heap, members);
  return good;
}

static bool put_value(Writer *w, wl_Value v) {
  wl_Type type = wl_type(v);
  if (type != WL_LIST && type != WL_MAP)
    return put_scalar(w, v);
  if (++w->level > WL_JSON_DEPTH)
    return wl_fail(w->error, WL_ELIMIT, "nested deeper than %d levels",
                   WL_JSON_DEPTH);
  wl_buffer_add_char(w->out, type == WL_LIST ? '[' : '{');
  bool good = type == WL_LIST ? put_list(w, v) : put_members(w, v);
  w->level--;
  if (wl_length(v) > 0)
    new_line(w);
  wl_buffer_add_char(w->out, type == WL_LIST ? ']' : '}');
  return good;
}

bool wl_json_write(wl_Buffer *out, wl_Value value, const wl_JsonStyle *style,
                   wl_Error *error) {
  Writer w = {.out = out, .style = style, .error = error};
  size_t before = out->length;
  if (put_value(&w, value))
    return true;
  wl_buffer_truncate(out, before);
  return false;
}
