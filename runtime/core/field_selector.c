/* SPDX-License-Identifier: MIT */
#include "field_selector.h"

#include <stdlib.h>
#include <string.h>

#include "buffer.h"
#include "quote.h"
#include "selector_builder.h"

struct wl_FieldSelector {
  wl_Heap *heap;
  uint32_t refs, count;
  size_t room; /* terms allocated */
  wl_FieldTerm terms[];
};

static size_t size_of(size_t room) {
  return sizeof(wl_FieldSelector) + room * sizeof(wl_FieldTerm);
}

wl_FieldSelector *wl_field_selector_retain(wl_FieldSelector *s) {
  s->refs++;
  return s;
}

void wl_field_selector_release(wl_FieldSelector *s) {
  if (s == NULL || --s->refs > 0)
    return;
  for (size_t i = 0; i < s->count; i++) {
    wl_path_free(s->heap, s->terms[i].path);
    wl_release(s->heap, s->terms[i].value);
  }
  wl_dealloc(s->heap, s, size_of(s->room));
}

size_t wl_field_selector_count(const wl_FieldSelector *s) {
  return s->count;
}

const wl_FieldTerm *wl_field_selector_at(const wl_FieldSelector *s, size_t i) {
  return &s->terms[i];
}

/* ---- parsing ---- */

static bool refuse(wl_Error *error, wl_Text term) {
  char quoted[96];
  wl_quote(quoted, sizeof quoted, term.bytes, term.length);
  return wl_fail(error, WL_EINVALID,
                 "invalid field selector: can't understand %s, expected "
                 "field=value, field==value or field!=value",
                 quoted);
}

/* The length of the first term: up to a comma that is not escaped. */
static size_t term_length(const char *text, size_t length) {
  for (size_t i = 0; i < length; i++) {
    if (text[i] == ',')
      return i;
    if (text[i] == '\\')
      i++;
  }
  return length;
}

static int compare_texts(const void *a, const void *b) {
  const wl_Text *x = a, *y = b;
  size_t shorter = x->length < y->length ? x->length : y->length;
  int order = memcmp(x->bytes, y->bytes, shorter);
  return order != 0 ? order : (x->length > y->length) - (x->length < y->length);
}

/* Without its escapes. A bare comma cannot be here; a bare = is refused. */
static bool unescape(wl_Buffer *out, wl_Text text, wl_Error *error) {
  for (size_t i = 0; i < text.length; i++) {
    char c = text.bytes[i];
    if (c == '=')
      return wl_fail(error, WL_EINVALID,
                     "invalid field selector: unescaped character in value: "
                     "'=' (write \\=)");
    if (c == '\\') {
      c = ++i < text.length ? text.bytes[i] : '\0';
      if (c != '\\' && c != ',' && c != '=')
        return wl_fail(error, WL_EINVALID,
                       "invalid field selector: invalid escape sequence: "
                       "\\%.*s (only \\\\ \\, \\= are known)",
                       c > ' ' && c < 0x7f, &text.bytes[i]);
    }
    wl_buffer_add_char(out, c);
  }
  return true;
}

/* Which of != == = begins here; its length or 0. */
static size_t operator_length(const char *at, size_t length) {
  if (length > 1 && at[1] == '=' && (at[0] == '!' || at[0] == '='))
    return 2;
  return length > 0 && at[0] == '=';
}

static void set_value(wl_Heap *heap, wl_FieldTerm *term, wl_Buffer *value) {
  const char *text = value->length > 0 ? value->bytes : "";
  size_t length = value->length;
  char first = text[length > 0 && text[0] == '-'];
  term->value = wl_string_intern(heap, text, length);
  term->is_zero =
      length == 0 || strcmp(text, "0") == 0 || strcmp(text, "false") == 0;
  term->is_number = wl_parse_int64(text, length, &term->number) &&
                    text[0] != '+' && (first != '0' || strcmp(text, "0") == 0);
}

static bool parse_term(wl_Heap *heap, wl_Text text, wl_FieldTerm *term,
                       wl_Error *error) {
  size_t at = 0, sign = 0;
  while (at < text.length &&
         (sign = operator_length(text.bytes + at, text.length - at)) == 0)
    at++;
  if (sign == 0 || at == 0)
    return refuse(error, text);
  wl_Text value = {text.bytes + at + sign, text.length - at - sign};
  wl_Buffer plain;
  wl_buffer_init(&plain, heap);
  term->negated = text.bytes[at] == '!';
  term->path = NULL;
  if (unescape(&plain, value, error))
    term->path = wl_path_parse(heap, text.bytes, at, error);
  if (term->path != NULL)
    set_value(heap, term, &plain);
  wl_buffer_destroy(&plain);
  return term->path != NULL;
}

/* Cut the text at its commas; returns how many non-empty terms there are,
 * and writes them when `terms` is not NULL. */
static size_t split(const char *text, size_t length, wl_Text *terms) {
  size_t count = 0;
  for (size_t at = 0; at <= length;) {
    size_t n = term_length(text + at, length - at);
    if (n > 0 && terms != NULL)
      terms[count] = (wl_Text){text + at, n};
    count += n > 0;
    at += n + 1;
  }
  return count;
}

wl_FieldSelector *wl_field_selector_parse(wl_Heap *heap, const char *text,
                                          size_t length, wl_Error *error) {
  size_t count = split(text, length, NULL);
  wl_Text *terms = wl_alloc(heap, (count + 1) * sizeof *terms);
  wl_FieldSelector *s = wl_alloc(heap, size_of(count));
  *s = (wl_FieldSelector){.heap = heap, .refs = 1, .room = count};
  split(text, length, terms);
  qsort(terms, count, sizeof *terms, compare_texts);
  while (s->count < count &&
         parse_term(heap, terms[s->count], &s->terms[s->count], error))
    s->count++;
  wl_dealloc(heap, terms, (count + 1) * sizeof *terms);
  if (s->count == count)
    return s;
  wl_field_selector_release(s);
  return NULL;
}

/* ---- matching and printing ---- */

static bool equals(const wl_FieldTerm *term, wl_Value v) {
  switch (wl_type(v)) {
  case WL_ABSENT:
  case WL_NULL:
    return term->is_zero;
  case WL_STRING:
    return wl_equal(v, term->value);
  case WL_INT:
    return term->is_number && wl_int(v) == term->number;
  case WL_BOOL:
    return wl_text_is(term->value, wl_bool(v) ? "true" : "false");
  default:
    return false;
  }
}

bool wl_field_selector_matches(const wl_FieldSelector *s, wl_Value object) {
  for (size_t i = 0; i < s->count; i++) {
    const wl_FieldTerm *term = &s->terms[i];
    if (equals(term, wl_path_get(term->path, object)) == term->negated)
      return false;
  }
  return true;
}

static void add_escaped(wl_Buffer *out, wl_Text text) {
  for (size_t i = 0; i < text.length; i++) {
    char c = text.bytes[i];
    if (c == '\\' || c == ',' || c == '=')
      wl_buffer_add_char(out, '\\');
    wl_buffer_add_char(out, c);
  }
}

wl_Value wl_field_selector_text(const wl_FieldSelector *s) {
  wl_Buffer out;
  wl_buffer_init(&out, s->heap);
  for (size_t i = 0; i < s->count; i++) {
    const wl_FieldTerm *term = &s->terms[i];
    wl_Text field = wl_path_text(term->path);
    if (i > 0)
      wl_buffer_add_char(&out, ',');
    wl_buffer_add(&out, field.bytes, field.length);
    wl_buffer_add_text(&out, term->negated ? "!=" : "=");
    add_escaped(&out, wl_text(&term->value));
  }
  wl_Value text =
      wl_string_new(s->heap, out.length > 0 ? out.bytes : "", out.length);
  wl_buffer_destroy(&out);
  return text;
}
