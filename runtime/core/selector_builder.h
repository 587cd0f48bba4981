/* SPDX-License-Identifier: MIT */
/*
 * selector_builder.h - a selector put together requirement by requirement
 *
 * For the readers of selectors: text, LabelSelector objects, scripts. Values
 * are collected with _value, then _add makes a requirement of them, checked
 * by the rules of Kubernetes' NewRequirement.
 */
#ifndef WL_SELECTOR_BUILDER_H
#define WL_SELECTOR_BUILDER_H

#include "selector.h"

typedef struct wl_SelectorFault {
  char field[128];   /* "key", "values", "values[0]", "values[0][app]" */
  char message[384]; /* "Invalid value: \"a.\": a valid label must be ..." */
} wl_SelectorFault;

enum { WL_SELECTOR_FAULTS = 4 }; /* that many are told; all are counted */

typedef struct wl_SelectorBuilder {
  wl_Heap *heap;
  struct wl_SelectorItem *items;
  size_t count, capacity;
  wl_Value *values; /* of all items, one after another */
  size_t value_count, value_capacity;
  size_t pending; /* first value that belongs to no item yet */
  wl_SelectorFault faults[WL_SELECTOR_FAULTS]; /* of the last _add */
  size_t fault_count;
} wl_SelectorBuilder;

void wl_selector_builder_init(wl_SelectorBuilder *b, wl_Heap *heap);
void wl_selector_builder_destroy(wl_SelectorBuilder *b); /* twice is fine */

/* *Takes* an interned string. */
void wl_selector_builder_value(wl_SelectorBuilder *b, wl_Value value);
/* A requirement of the values since the last one, sorted; `distinct` drops
 * repeated ones. *Takes* key, interned. False, `faults` and `error` filled and
 * nothing added when it is not valid. */
bool wl_selector_builder_add(wl_SelectorBuilder *b, wl_Value key,
                             wl_SelectorOp op, bool distinct, wl_Error *error);
/* The same without any check. */
void wl_selector_builder_trust(wl_SelectorBuilder *b, wl_Value key,
                               wl_SelectorOp op);

/* Sorts by key, in order of addition where keys are equal. Empties b. */
wl_Selector *wl_selector_builder_finish(wl_SelectorBuilder *b);

/* The one that matches nothing. */
wl_Selector *wl_selector_nothing(wl_Heap *heap);

/* A decimal integer with an optional sign, as strconv.ParseInt(s, 10, 64). */
bool wl_parse_int64(const char *text, size_t length, int64_t *number);

#endif
