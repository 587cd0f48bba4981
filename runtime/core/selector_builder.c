/* SPDX-License-Identifier: MIT */
#include "selector_builder.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "names.h"
#include "quote.h"
#include "selector_private.h"

enum { QUOTED = 88 }; /* what of a text is shown in a message */

struct wl_SelectorItem {
  wl_Requirement requirement; /* its values are set when finished */
  size_t first;               /* value */
  size_t order;               /* of addition */
};

void wl_selector_builder_init(wl_SelectorBuilder *b, wl_Heap *heap) {
  memset(b, 0, sizeof *b);
  b->heap = heap;
}

static void drop_values(wl_SelectorBuilder *b, size_t from) {
  while (b->value_count > from)
    wl_release(b->heap, b->values[--b->value_count]);
}

static void forget_arrays(wl_SelectorBuilder *b) {
  wl_dealloc(b->heap, b->items, b->capacity * sizeof *b->items);
  wl_dealloc(b->heap, b->values, b->value_capacity * sizeof *b->values);
  wl_selector_builder_init(b, b->heap);
}

void wl_selector_builder_destroy(wl_SelectorBuilder *b) {
  drop_values(b, 0);
  for (size_t i = 0; i < b->count; i++)
    wl_release(b->heap, b->items[i].requirement.key);
  forget_arrays(b);
}

/* Room for one more of `size` bytes each. */
static void *grow(wl_Heap *heap, void *array, size_t *capacity, size_t size) {
  size_t old = *capacity;
  *capacity = old == 0 ? 4 : old * 2;
  return wl_realloc(heap, array, old * size, *capacity * size);
}

void wl_selector_builder_value(wl_SelectorBuilder *b, wl_Value value) {
  if (b->value_count == b->value_capacity)
    b->values = grow(b->heap, b->values, &b->value_capacity, sizeof value);
  b->values[b->value_count++] = value;
}

/* ---- what may be wrong ---- */

static wl_SelectorFault *next_fault(wl_SelectorBuilder *b) {
  size_t i = b->fault_count++;
  return &b->faults[i < WL_SELECTOR_FAULTS ? i : WL_SELECTOR_FAULTS - 1];
}

static void add_fault(wl_SelectorBuilder *b, const char *field,
                      const char *message) {
  wl_SelectorFault *fault = next_fault(b);
  snprintf(fault->field, sizeof fault->field, "%s", field);
  snprintf(fault->message, sizeof fault->message, "Invalid value: %s", message);
}

/* One fault for all that is wrong with a text, as upstream has it. */
static void check_text(wl_SelectorBuilder *b, wl_NameRule rule, wl_Text text,
                       const char *field) {
  const char *faults[WL_NAME_FAULTS];
  size_t count = wl_name_check(rule, text.bytes, text.length, faults);
  if (count == 0)
    return;
  wl_SelectorFault *fault = next_fault(b);
  size_t room = sizeof fault->message;
  char quoted[QUOTED];
  wl_quote(quoted, sizeof quoted, text.bytes, text.length);
  snprintf(fault->field, sizeof fault->field, "%s", field);
  int used = snprintf(fault->message, room, "Invalid value: %s: %s", quoted,
                      faults[0]);
  for (size_t i = 1; i < count && (size_t)used < room; i++)
    used +=
        snprintf(fault->message + used, room - (size_t)used, "; %s", faults[i]);
}

bool wl_parse_int64(const char *text, size_t length, int64_t *number) {
  bool negative = length > 0 && text[0] == '-';
  size_t i = length > 0 && (negative || text[0] == '+');
  uint64_t limit = negative ? (uint64_t)1 << 63 : INT64_MAX, sum = 0;
  if (i == length)
    return false;
  for (; i < length; i++) {
    uint64_t digit = (uint64_t)(unsigned char)text[i] - '0';
    if (digit > 9 || sum > (limit - digit) / 10)
      return false;
    sum = sum * 10 + digit;
  }
  *number = (int64_t)(negative ? 0 - sum : sum);
  return true;
}

static void check_count(wl_SelectorBuilder *b, wl_SelectorOp op, size_t count) {
  switch (op) {
  case WL_SEL_IN:
  case WL_SEL_NOT_IN:
    if (count == 0)
      add_fault(b, "values",
                "[]: for 'in', 'notin' operators, values set can't be empty");
    break;
  case WL_SEL_EXISTS:
  case WL_SEL_NOT_EXISTS:
    if (count != 0)
      add_fault(b, "values",
                "values set must be empty for exists and does not exist");
    break;
  case WL_SEL_GREATER:
  case WL_SEL_LESS:
    if (count != 1)
      add_fault(b, "values",
                "for 'Gt', 'Lt' operators, exactly one value is required");
    break;
  default:
    if (count != 1)
      add_fault(b, "values",
                "exact-match compatibility requires one single value");
  }
}

static void check_number(wl_SelectorBuilder *b, size_t i, wl_Text text) {
  int64_t number;
  if (wl_parse_int64(text.bytes, text.length, &number))
    return;
  wl_SelectorFault *fault = next_fault(b);
  char quoted[QUOTED];
  wl_quote(quoted, sizeof quoted, text.bytes, text.length);
  snprintf(fault->field, sizeof fault->field, "values[%zu]", i);
  snprintf(fault->message, sizeof fault->message,
           "Invalid value: %s: for 'Gt', 'Lt' operators, the value must be an "
           "integer",
           quoted);
}

static void check(wl_SelectorBuilder *b, const wl_Value *key,
                  wl_SelectorOp op) {
  wl_Text name = wl_text(key);
  size_t count = b->value_count - b->pending;
  char escaped[QUOTED];
  wl_escape(escaped, sizeof escaped, name.bytes, name.length);
  b->fault_count = 0;
  check_text(b, WL_NAME_LABEL_KEY, name, "key");
  check_count(b, op, count);
  for (size_t i = 0; i < count; i++) {
    wl_Text text = wl_text(&b->values[b->pending + i]);
    char field[sizeof b->faults[0].field];
    if (op == WL_SEL_GREATER || op == WL_SEL_LESS)
      check_number(b, i, text);
    snprintf(field, sizeof field, "values[%zu][%s]", i, escaped);
    check_text(b, WL_NAME_LABEL_VALUE, text, field);
  }
}

/* All faults in one message, as an aggregate error prints. */
static bool report(const wl_SelectorBuilder *b, wl_Error *error) {
  size_t told =
      b->fault_count < WL_SELECTOR_FAULTS ? b->fault_count : WL_SELECTOR_FAULTS;
  const wl_SelectorFault *f = b->faults;
  if (told == 1)
    return wl_fail(error, WL_EINVALID, "%s: %s", f->field, f->message);
  char all[sizeof error->message];
  size_t used = 0;
  for (size_t i = 0; i < told && used < sizeof all; i++)
    used += (size_t)snprintf(all + used, sizeof all - used, "%s%s: %s",
                             i == 0 ? "" : ", ", f[i].field, f[i].message);
  return wl_fail(error, WL_EINVALID, "[%s]", all);
}

/* ---- requirements ---- */

static int compare_values(const void *a, const void *b) {
  return wl_string_compare(*(const wl_Value *)a, *(const wl_Value *)b);
}

static void sort_pending(wl_SelectorBuilder *b, bool distinct) {
  size_t count = b->value_count - b->pending, kept = 0;
  if (count < 2)
    return;
  wl_Value *values = b->values + b->pending;
  qsort(values, count, sizeof *values, compare_values);
  for (size_t i = 0; distinct && i < count; i++) {
    if (kept > 0 && wl_same(values[kept - 1], values[i]))
      wl_release(b->heap, values[i]);
    else
      values[kept++] = values[i];
  }
  if (distinct)
    b->value_count = b->pending + kept;
}

void wl_selector_builder_trust(wl_SelectorBuilder *b, wl_Value key,
                               wl_SelectorOp op) {
  if (b->count == b->capacity)
    b->items = grow(b->heap, b->items, &b->capacity, sizeof *b->items);
  struct wl_SelectorItem *item = &b->items[b->count];
  item->requirement = (wl_Requirement){
      .key = key, .op = op, .count = (uint32_t)(b->value_count - b->pending)};
  item->first = b->pending;
  item->order = b->count++;
  if (op == WL_SEL_GREATER || op == WL_SEL_LESS) {
    wl_Text text = wl_text(&b->values[b->pending]);
    wl_parse_int64(text.bytes, text.length, &item->requirement.number);
  }
  b->pending = b->value_count;
}

bool wl_selector_builder_add(wl_SelectorBuilder *b, wl_Value key,
                             wl_SelectorOp op, bool distinct, wl_Error *error) {
  sort_pending(b, distinct);
  check(b, &key, op);
  if (b->fault_count > 0) {
    drop_values(b, b->pending);
    wl_release(b->heap, key);
    return report(b, error);
  }
  wl_selector_builder_trust(b, key, op);
  return true;
}

static int compare_items(const void *a, const void *b) {
  const struct wl_SelectorItem *x = a, *y = b;
  int order = wl_string_compare(x->requirement.key, y->requirement.key);
  if (order != 0)
    return order;
  return (x->order > y->order) - (x->order < y->order);
}

wl_Selector *wl_selector_builder_finish(wl_SelectorBuilder *b) {
  drop_values(b, b->pending);
  if (b->count > 1)
    qsort(b->items, b->count, sizeof *b->items, compare_items);
  wl_Selector *s = wl_selector_alloc(b->heap, b->count, b->value_count);
  wl_Value *values = wl_selector_values(s);
  for (size_t i = 0; i < b->count; i++) {
    wl_Requirement *r = &s->requirements[i];
    *r = b->items[i].requirement;
    r->values = values;
    for (size_t v = 0; v < r->count; v++)
      *values++ = b->values[b->items[i].first + v];
  }
  forget_arrays(b);
  return s;
}
