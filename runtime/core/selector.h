/* SPDX-License-Identifier: MIT */
/*
 * selector.h - label selectors, as Kubernetes parses, prints and matches them
 *
 * A selector is a conjunction of requirements, sorted by key. It is immutable
 * and reference-counted, and belongs to the heap it was made on. One without
 * requirements matches everything, except the one made of no LabelSelector at
 * all, which matches nothing.
 */
#ifndef WL_SELECTOR_H
#define WL_SELECTOR_H

#include "error.h"
#include "value.h"

typedef struct wl_Selector wl_Selector;

typedef enum wl_SelectorOp {
  WL_SEL_EQUALS,        /* =       one value */
  WL_SEL_DOUBLE_EQUALS, /* ==      one value; means the same */
  WL_SEL_IN,            /* in      one value or more */
  WL_SEL_NOT_EQUALS,    /* !=      also true where the key is missing */
  WL_SEL_NOT_IN,        /* notin   also true where the key is missing */
  WL_SEL_EXISTS,
  WL_SEL_NOT_EXISTS,
  WL_SEL_GREATER, /* >       the label is an integer and greater */
  WL_SEL_LESS
} wl_SelectorOp;

typedef struct wl_Requirement {
  wl_Value key; /* interned */
  wl_SelectorOp op;
  uint32_t count;         /* of values */
  const wl_Value *values; /* interned, sorted by bytes */
  int64_t number;         /* the bound of > and < */
} wl_Requirement;

/* "=", "==", "in", "!=", "notin", "exists", "!", "gt", "lt" */
const char *wl_selector_op_name(wl_SelectorOp op);

/* NULL and `error` filled when the text is not a selector. */
wl_Selector *wl_selector_parse(wl_Heap *heap, const char *text, size_t length,
                               wl_Error *error);
/* Of a LabelSelector object: { matchLabels, matchExpressions }. Absent or null
 * gives the selector that matches nothing. */
wl_Selector *wl_selector_from(wl_Heap *heap, wl_Value label_selector,
                              wl_Error *error);
/* Of a plain map of labels, as a Service has it. Not validated, as upstream;
 * NULL only when `labels` is not a map of strings. */
wl_Selector *wl_selector_from_labels(wl_Heap *heap, wl_Value labels,
                                     wl_Error *error);

wl_Selector *wl_selector_retain(wl_Selector *s); /* returns s */
void wl_selector_release(wl_Selector *s);        /* s may be NULL */

/* `labels` is a map, or absent or null for none. O(requirements). */
bool wl_selector_matches(const wl_Selector *s, wl_Value labels);
bool wl_requirement_matches(const wl_Requirement *r, wl_Value labels);

bool wl_selector_matches_nothing(const wl_Selector *s);
bool wl_selector_matches_everything(const wl_Selector *s);
size_t wl_selector_count(const wl_Selector *s);
/* Borrowed while the selector lives; i < count. */
const wl_Requirement *wl_selector_at(const wl_Selector *s, size_t i);

/* The canonical text, a new string value. */
wl_Value wl_selector_text(const wl_Selector *s);
/* Same requirements in the same order (so: the same canonical text). */
bool wl_selector_equal(const wl_Selector *a, const wl_Selector *b);
uint32_t wl_selector_hash(const wl_Selector *s);

#endif
