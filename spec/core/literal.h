/* SPDX-License-Identifier: MIT */
/* literal.h - values written as text in the C tests: JSON with single quotes
 * and without escapes. What does not parse reads as absent from there on. */
#ifndef WL_SPEC_LITERAL_H
#define WL_SPEC_LITERAL_H

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "../../runtime/core/value.h"

static inline const char *literal_skip(const char *s) {
  while (isspace((unsigned char)*s) || *s == ',' || *s == ':')
    s++;
  return s;
}

static inline wl_Value literal_scalar(wl_Heap *heap, const char **s) {
  static const struct {
    const char *word;
    wl_Value value;
  } words[] = {{"null", WL_VALUE_NULL},
               {"true", WL_VALUE_TRUE},
               {"false", WL_VALUE_FALSE}};
  for (size_t i = 0; i < 3; i++)
    if (strncmp(*s, words[i].word, strlen(words[i].word)) == 0) {
      *s += strlen(words[i].word);
      return words[i].value;
    }
  char *end;
  const char *start = *s;
  long long integer = strtoll(start, &end, 10);
  if (end != start && *end != '.' && *end != 'e') {
    *s = end;
    return wl_int_new(heap, integer);
  }
  double number = strtod(start, &end);
  *s = end;
  return end == start ? WL_VALUE_ABSENT : wl_double_new(heap, number);
}

static inline wl_Value literal_text(wl_Heap *heap, const char **s) {
  const char *start = *s + 1, *end = strchr(start, '\'');
  if (end == NULL)
    return WL_VALUE_ABSENT;
  *s = end + 1;
  return wl_string_new(heap, start, (size_t)(end - start));
}

static inline wl_Value literal_read(wl_Heap *heap, const char **s) {
  *s = literal_skip(*s);
  if (**s == '\'')
    return literal_text(heap, s);
  if (**s != '{' && **s != '[')
    return literal_scalar(heap, s);
  bool map = *(*s)++ == '{';
  wl_Builder b;
  wl_builder_init(&b, heap);
  for (*s = literal_skip(*s); **s != '\0' && **s != '}' && **s != ']';
       *s = literal_skip(*s)) {
    wl_Value first = literal_read(heap, s);
    if (wl_is_absent(first))
      break;
    if (!map) {
      wl_builder_add(&b, first);
      continue;
    }
    wl_Value key = wl_string_interned(heap, first);
    wl_release(heap, first);
    wl_builder_put(&b, key, literal_read(heap, s));
  }
  if (**s != '\0')
    ++*s;
  return map ? wl_builder_map(&b) : wl_builder_list(&b);
}

/* The value of a literal; the caller releases it. */
static inline wl_Value literal(wl_Heap *heap, const char *text) {
  return literal_read(heap, &text);
}

#endif
