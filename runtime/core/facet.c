/* SPDX-License-Identifier: MIT */
/* facet.c - what facets there are, and what an object answers them. */
#include <string.h>

#include "clock.h"
#include "facet_private.h"

/* ---- reading ---- */

size_t wl_facets_slots(const wl_Facets *f) {
  return f->slots;
}

wl_FacetType wl_facets_slot_type(const wl_Facets *f, size_t slot) {
  return f->slot_types[slot];
}

wl_Value wl_facets_name(const wl_Facets *f, size_t i) {
  return i < f->count ? f->items[i].name : WL_VALUE_ABSENT;
}

bool wl_facets_find(const wl_Facets *f, wl_Value name, wl_FacetType *type,
                    size_t *at) {
  for (size_t i = 0; i < f->count; i++) {
    if (!wl_equal(f->items[i].name, name))
      continue;
    *type = f->items[i].type;
    *at = f->items[i].at;
    return true;
  }
  return false;
}

/* ---- sums, remembered by their parts ---- */

static void free_memo(wl_Facets *f, const Facet *facet, Memo *memo) {
  for (size_t i = 0; memo->taken && i < facet->path_count; i++)
    wl_release(f->heap, memo->parts[i]);
  memo->taken = false;
}

void wl_facet_free_memos(wl_Facets *f, Facet *facet) {
  for (size_t i = 0; facet->memos != NULL && i < MEMOS; i++)
    free_memo(f, facet, &facet->memos[i]);
  wl_dealloc(f->heap, facet->memos, MEMOS * sizeof *facet->memos);
}

/* ---- answering ---- */

static bool is_listed(wl_Value values, wl_Value v) {
  for (size_t i = 0, n = wl_length(values); i < n; i++)
    if (wl_equal(wl_list_get(values, i), v))
      return true;
  return false;
}

static bool contains_any(wl_Value list, wl_Value values) {
  for (size_t i = 0, n = wl_length(list); i < n; i++)
    if (is_listed(values, wl_list_get(list, i)))
      return true;
  return false;
}

static bool is_present(wl_Value v) {
  wl_Type type = wl_type(v);
  if (type == WL_LIST || type == WL_MAP)
    return wl_length(v) > 0;
  return type > WL_NULL && !(type == WL_STRING && wl_text(&v).length == 0);
}

static bool holds(const Test *test, wl_Value object, uint32_t earlier) {
  switch (test->op) {
  case ALL:
    for (size_t i = 0; i < test->count; i++)
      if (!holds(&test->parts[i], object, earlier))
        return false;
    return true;
  case ANY:
    for (size_t i = 0; i < test->count; i++)
      if (holds(&test->parts[i], object, earlier))
        return true;
    return false;
  case NOT:
    return !holds(&test->parts[0], object, earlier);
  case FACET:
    return (earlier >> test->facet) & 1;
  case PRESENT:
    return is_present(wl_path_get(test->path, object));
  case ABSENT:
    return !is_present(wl_path_get(test->path, object));
  case CONTAINS:
    return contains_any(wl_path_get(test->path, object), test->values);
  case IN:
    return is_listed(test->values, wl_path_get(test->path, object));
  default:
    return !is_listed(test->values, wl_path_get(test->path, object));
  }
}

static int64_t text_slot(wl_Facets *f, wl_Value v) {
  if (wl_type(v) != WL_STRING)
    return WL_FACET_NONE;
  wl_Value text = wl_string_interned(f->heap, v);
  if (wl_table_get(&f->texts, text) == NULL)
    wl_table_put(&f->texts, text, f);
  int64_t bits = (int64_t)text.bits;
  wl_release(f->heap, text); /* texts keeps it */
  return bits;
}

static int64_t seconds_slot(wl_Value v) {
  int64_t ms;
  if (wl_type(v) != WL_STRING)
    return WL_FACET_NONE;
  wl_Text text = wl_text(&v);
  return wl_time_parse(text.bytes, text.length, &ms) ? ms / 1000
                                                     : WL_FACET_NONE;
}

/* The memo of these parts; one that is free or may be given up when there is
 * none: then the older of the pair. */
static Memo *memo_of(wl_Facets *f, Facet *facet, const wl_Value *parts,
                     bool *found) {
  size_t bytes = facet->path_count * sizeof *parts;
  uint64_t hash = 0;
  for (size_t i = 0; i < facet->path_count; i++)
    hash = (hash ^ parts[i].bits) * 0x9e3779b97f4a7c15u;
  if (facet->memos == NULL)
    facet->memos = wl_alloc_zeroed(f->heap, MEMOS * sizeof *facet->memos);
  Memo *pair = &facet->memos[hash >> (64 - MEMO_BITS) & ~(uint64_t)1];
  for (Memo *memo = pair; memo < pair + 2; memo++) {
    *found = memo->taken && memcmp(memo->parts, parts, bytes) == 0;
    if (*found)
      return memo;
  }
  free_memo(f, facet, &pair[1]);
  pair[1] = pair[0];
  pair[0].taken = false;
  return pair;
}

static int64_t computed_sum(wl_Facets *f, Facet *facet, wl_Value object) {
  wl_Value parts[MAX_PARTS] = {{0}};
  for (size_t i = 0; i < facet->path_count; i++)
    parts[i] = wl_path_get(facet->paths[i], object);
  bool found = false;
  Memo *memo = memo_of(f, facet, parts, &found);
  if (found)
    return memo->amount;
  if (!f->sum(f->context, facet->call, parts, facet->path_count, &memo->amount))
    return WL_FACET_NONE;
  for (size_t i = 0; i < facet->path_count; i++)
    memo->parts[i] = wl_retain(parts[i]);
  memo->taken = true;
  return memo->amount;
}

static int64_t slot_of(wl_Facets *f, Facet *facet, wl_Value object) {
  if (facet->type == WL_FACET_SUM && facet->call != 0)
    return computed_sum(f, facet, object);
  wl_Value v = wl_path_get(facet->paths[0], object);
  if (facet->type == WL_FACET_VALUE)
    return text_slot(f, v);
  if (facet->type == WL_FACET_TIME)
    return seconds_slot(v);
  return wl_type(v) == WL_INT ? wl_int(v) : WL_FACET_NONE;
}

/* The roots where the two differ. A part that is equal but another node counts
 * as different: that costs time only. */
static Roots differences(const wl_Facets *f, wl_Value old, wl_Value now) {
  Roots roots = ANYWHERE;
  for (size_t i = 0; i < f->root_count; i++)
    if (!wl_same(wl_path_get(f->roots[i], old), wl_path_get(f->roots[i], now)))
      roots |= (Roots)1 << i;
  return roots;
}

static void answer(wl_Facets *f, Facet *facet, wl_Value object,
                   wl_FacetRow *row) {
  if (facet->type == WL_FACET_TEST) {
    if (holds(&facet->test, object, row->tests))
      row->tests |= 1u << facet->at;
    return;
  }
  bool counted = facet->where < 0 || (row->tests >> facet->where) & 1;
  row->slots[facet->at] = counted ? slot_of(f, facet, object) : WL_FACET_NONE;
}

/* May the answer of a facet differ from the one before, given the answers to
 * the facets before it? */
static bool may_differ(const Facet *facet, Roots different,
                       const wl_FacetRow *before, const wl_FacetRow *row) {
  return before == NULL || facet->roots & different ||
         (before->tests ^ row->tests) & facet->asks;
}

void wl_facets_evaluate(wl_Facets *f, wl_Value object, wl_Value old,
                        const wl_FacetRow *before, wl_FacetRow *row) {
  Roots different = before == NULL ? 0 : differences(f, old, object);
  row->tests = 0;
  for (size_t i = 0; i < f->count; i++) {
    Facet *facet = &f->items[i];
    if (may_differ(facet, different, before, row))
      answer(f, facet, object, row);
    else if (facet->type == WL_FACET_TEST)
      row->tests |= before->tests & 1u << facet->at;
    else
      row->slots[facet->at] = before->slots[facet->at];
  }
}
