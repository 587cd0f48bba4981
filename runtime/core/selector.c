/* SPDX-License-Identifier: MIT */
#include "selector.h"

#include "buffer.h"
#include "selector_builder.h"
#include "selector_private.h"

enum { SCANNED_VALUES = 8 }; /* more than these are searched by halving */

static size_t size_of(size_t count, size_t value_count) {
  return sizeof(wl_Selector) + count * sizeof(wl_Requirement) +
         value_count * sizeof(wl_Value);
}

wl_Selector *wl_selector_alloc(wl_Heap *heap, size_t count,
                               size_t value_count) {
  wl_Selector *s = wl_alloc(heap, size_of(count, value_count));
  *s = (wl_Selector){.heap = heap,
                     .refs = 1,
                     .count = (uint32_t)count,
                     .value_count = value_count};
  return s;
}

wl_Selector *wl_selector_nothing(wl_Heap *heap) {
  wl_Selector *s = wl_selector_alloc(heap, 0, 0);
  s->matches_nothing = true;
  return s;
}

wl_Selector *wl_selector_retain(wl_Selector *s) {
  s->refs++;
  return s;
}

void wl_selector_release(wl_Selector *s) {
  if (s == NULL || --s->refs > 0)
    return;
  wl_Heap *heap = s->heap;
  for (size_t i = 0; i < s->count; i++)
    wl_release(heap, s->requirements[i].key);
  for (size_t i = 0; i < s->value_count; i++)
    wl_release(heap, wl_selector_values(s)[i]);
  wl_dealloc(heap, s, size_of(s->count, s->value_count));
}

bool wl_selector_matches_nothing(const wl_Selector *s) {
  return s->matches_nothing;
}

bool wl_selector_matches_everything(const wl_Selector *s) {
  return s->count == 0 && !s->matches_nothing;
}

size_t wl_selector_count(const wl_Selector *s) {
  return s->count;
}

const wl_Requirement *wl_selector_at(const wl_Selector *s, size_t i) {
  return &s->requirements[i];
}

const char *wl_selector_op_name(wl_SelectorOp op) {
  static const char *const names[] = {
      [WL_SEL_EQUALS] = "=",     [WL_SEL_DOUBLE_EQUALS] = "==",
      [WL_SEL_IN] = "in",        [WL_SEL_NOT_EQUALS] = "!=",
      [WL_SEL_NOT_IN] = "notin", [WL_SEL_EXISTS] = "exists",
      [WL_SEL_NOT_EXISTS] = "!", [WL_SEL_GREATER] = "gt",
      [WL_SEL_LESS] = "lt",
  };
  return names[op];
}

/* ---- matching ---- */

static bool search_value(const wl_Requirement *r, wl_Value value) {
  size_t low = 0, high = r->count;
  while (low < high) {
    size_t middle = (low + high) / 2;
    int order = wl_string_compare(r->values[middle], value);
    if (order == 0)
      return true;
    if (order < 0)
      low = middle + 1;
    else
      high = middle;
  }
  return false;
}

static bool has_value(const wl_Requirement *r, wl_Value value) {
  if (wl_type(value) != WL_STRING)
    return false;
  if (r->count > SCANNED_VALUES)
    return search_value(r, value);
  for (size_t i = 0; i < r->count; i++)
    if (wl_same(r->values[i], value) || wl_equal(r->values[i], value))
      return true;
  return false;
}

static bool compares(const wl_Requirement *r, wl_Value value) {
  int64_t number;
  if (wl_type(value) != WL_STRING)
    return false;
  wl_Text text = wl_text(&value);
  if (!wl_parse_int64(text.bytes, text.length, &number))
    return false;
  return r->op == WL_SEL_GREATER ? number > r->number : number < r->number;
}

bool wl_requirement_matches(const wl_Requirement *r, wl_Value labels) {
  wl_Value value = wl_map_get(labels, r->key);
  bool present = !wl_is_absent(value);
  switch (r->op) {
  case WL_SEL_NOT_EQUALS:
  case WL_SEL_NOT_IN:
    return !present || !has_value(r, value);
  case WL_SEL_EXISTS:
    return present;
  case WL_SEL_NOT_EXISTS:
    return !present;
  case WL_SEL_GREATER:
  case WL_SEL_LESS:
    return present && compares(r, value);
  default:
    return present && has_value(r, value);
  }
}

bool wl_selector_matches(const wl_Selector *s, wl_Value labels) {
  for (size_t i = 0; i < s->count; i++)
    if (!wl_requirement_matches(&s->requirements[i], labels))
      return false;
  return !s->matches_nothing;
}

/* ---- text and identity ---- */

static void add_string(wl_Buffer *out, const wl_Value *string) {
  wl_Text text = wl_text(string);
  wl_buffer_add(out, text.bytes, text.length);
}

static void print_requirement(wl_Buffer *out, const wl_Requirement *r) {
  static const char *const signs[] = {
      [WL_SEL_EQUALS] = "=",        [WL_SEL_DOUBLE_EQUALS] = "==",
      [WL_SEL_IN] = " in (",        [WL_SEL_NOT_EQUALS] = "!=",
      [WL_SEL_NOT_IN] = " notin (", [WL_SEL_EXISTS] = "",
      [WL_SEL_NOT_EXISTS] = "",     [WL_SEL_GREATER] = ">",
      [WL_SEL_LESS] = "<",
  };
  if (r->op == WL_SEL_NOT_EXISTS)
    wl_buffer_add_char(out, '!');
  add_string(out, &r->key);
  wl_buffer_add_text(out, signs[r->op]);
  for (size_t i = 0; i < r->count; i++) {
    if (i > 0)
      wl_buffer_add_char(out, ',');
    add_string(out, &r->values[i]);
  }
  if (r->op == WL_SEL_IN || r->op == WL_SEL_NOT_IN)
    wl_buffer_add_char(out, ')');
}

wl_Value wl_selector_text(const wl_Selector *s) {
  wl_Buffer out;
  wl_buffer_init(&out, s->heap);
  for (size_t i = 0; i < s->count; i++) {
    if (i > 0)
      wl_buffer_add_char(&out, ',');
    print_requirement(&out, &s->requirements[i]);
  }
  wl_Value text =
      wl_string_new(s->heap, out.length > 0 ? out.bytes : "", out.length);
  wl_buffer_destroy(&out);
  return text;
}

static bool equal_requirement(const wl_Requirement *a,
                              const wl_Requirement *b) {
  if (!wl_same(a->key, b->key) || a->op != b->op || a->count != b->count)
    return false;
  for (size_t i = 0; i < a->count; i++)
    if (!wl_same(a->values[i], b->values[i]))
      return false;
  return true;
}

bool wl_selector_equal(const wl_Selector *a, const wl_Selector *b) {
  if (a->count != b->count || a->matches_nothing != b->matches_nothing)
    return false;
  for (size_t i = 0; i < a->count; i++)
    if (!equal_requirement(&a->requirements[i], &b->requirements[i]))
      return false;
  return true;
}

static uint32_t mix(uint32_t hash, uint32_t more) {
  return (hash ^ more) * 0x9e3779b1u + (hash >> 15);
}

uint32_t wl_selector_hash(const wl_Selector *s) {
  uint32_t hash = s->matches_nothing ? 1 : 2;
  for (size_t i = 0; i < s->count; i++) {
    const wl_Requirement *r = &s->requirements[i];
    hash = mix(mix(hash, wl_hash(r->key)), (uint32_t)r->op);
    for (size_t v = 0; v < r->count; v++)
      hash = mix(hash, wl_hash(r->values[v]));
  }
  return hash;
}
