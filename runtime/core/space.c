/* SPDX-License-Identifier: MIT */
/* space.c - a namespace of a kind: label postings, and which standing queries
 * a set of labels matches. */
#include <string.h>

#include "store_private.h"

/* ---- spaces ---- */

static wl_Value space_name(wl_Store *store, wl_Value name) {
  return wl_type(name) == WL_STRING ? wl_string_interned(store->heap, name)
                                    : wl_key(store->heap, "");
}

Space *wl_space_find(const wl_Kind *kind, wl_Value name) {
  return wl_type(name) == WL_STRING ? wl_table_get(&kind->spaces, name) : NULL;
}

Space *wl_space_of(wl_Store *store, wl_Kind *kind, wl_Value name) {
  name = space_name(store, name);
  Space *space = wl_table_get(&kind->spaces, name);
  if (space != NULL) {
    wl_release(store->heap, name);
    return space;
  }
  space = wl_alloc_zeroed(store->heap, sizeof *space);
  space->kind = kind;
  space->name = name;
  space->serial = ++store->space_count;
  space->ids = roaring_bitmap_create();
  wl_table_init(&space->keys, store->heap);
  wl_table_init(&space->standing, store->heap);
  for (size_t i = 0; i < PLANS; i++)
    space->plans[i].labels = WL_VALUE_ABSENT;
  wl_table_put(&kind->spaces, name, space);
  return space;
}

static void free_posting(wl_Store *store, Posting *posting) {
  wl_dealloc(store->heap, posting->anchored,
             posting->anchored_size * sizeof(*posting->anchored));
  roaring_bitmap_free(posting->ids);
  wl_release(store->heap, posting->key);
  wl_release(store->heap, posting->value);
  wl_dealloc(store->heap, posting, sizeof *posting);
}

static void clear_plan(wl_Store *store, Plan *plan) {
  wl_dealloc(store->heap, plan->postings,
             (wl_length(plan->labels) + 1) * sizeof(*plan->postings));
  wl_dealloc(store->heap, plan->standing,
             plan->standing_size * sizeof(*plan->standing));
  wl_release(store->heap, plan->labels);
  *plan = (Plan){.labels = WL_VALUE_ABSENT};
}

static void free_standing(wl_Store *store, Standing *standing) {
  wl_selector_release(standing->selector);
  wl_dealloc(store->heap, standing, sizeof *standing);
}

static void free_values(wl_Store *store, wl_Table *values) {
  for (size_t i = 0; i < values->size; i++) {
    Posting *posting = wl_table_at(values, i, NULL);
    if (posting != NULL)
      free_posting(store, posting);
  }
  wl_table_destroy(values);
  wl_dealloc(store->heap, values, sizeof *values);
}

void wl_space_free(wl_Store *store, Space *space) {
  for (size_t i = 0; i < PLANS; i++)
    clear_plan(store, &space->plans[i]);
  for (size_t i = 0; i < space->standing.size; i++) {
    Standing *standing = wl_table_at(&space->standing, i, NULL);
    if (standing == NULL)
      continue;
    wl_set_free(standing->set);
    free_standing(store, standing);
  }
  wl_table_destroy(&space->standing);
  for (size_t i = 0; i < space->keys.size; i++) {
    wl_Table *values = wl_table_at(&space->keys, i, NULL);
    if (values != NULL)
      free_values(store, values);
  }
  wl_table_destroy(&space->keys);
  wl_dealloc(store->heap, space->unanchored,
             space->unanchored_size * sizeof(*space->unanchored));
  roaring_bitmap_free(space->ids);
  wl_release(store->heap, space->name);
  wl_dealloc(store->heap, space, sizeof *space);
}

/* ---- postings ---- */

Posting *wl_space_posting(const Space *space, wl_Value key, wl_Value value) {
  const wl_Table *values = wl_table_get(&space->keys, key);
  return values == NULL ? NULL : wl_table_get(values, value);
}

static Posting *make_posting(wl_Store *store, Space *space, wl_Value key,
                             wl_Value value) {
  Posting *posting = wl_space_posting(space, key, value);
  if (posting != NULL)
    return posting;
  wl_Table *values = wl_table_get(&space->keys, key);
  if (values == NULL) {
    values = wl_alloc(store->heap, sizeof *values);
    wl_table_init(values, store->heap);
    wl_table_put(&space->keys, key, values);
  }
  posting = wl_alloc_zeroed(store->heap, sizeof *posting);
  posting->ids = roaring_bitmap_create();
  wl_table_put(values, value, posting);
  posting->key = wl_retain(key);
  posting->value = wl_retain(value);
  return posting;
}

/* A posting goes when no object has the label and no query waits for one. */
static void forget_posting(wl_Store *store, Space *space, Posting *posting) {
  if (posting->count > 0 || posting->anchored_count > 0)
    return;
  wl_Table *values = wl_table_get(&space->keys, posting->key);
  wl_table_remove(values, posting->value);
  if (values->count == 0) {
    wl_table_remove(&space->keys, posting->key);
    wl_table_destroy(values);
    wl_dealloc(store->heap, values, sizeof *values);
  }
  free_posting(store, posting);
  space->version++;
}

void wl_space_post(wl_Store *store, Space *space, wl_Value labels, wl_Id id) {
  const Plan *plan = wl_space_plan(store, space, labels);
  for (size_t i = 0; i < plan->posting_count; i++) {
    roaring_bitmap_add(plan->postings[i]->ids, id);
    plan->postings[i]->count++;
  }
}

void wl_space_unpost(wl_Store *store, Space *space, wl_Value labels,
                     wl_Value kept, wl_Id id) {
  const Plan *plan = wl_space_plan(store, space, labels);
  bool emptied = false;
  for (size_t i = 0; i < plan->posting_count; i++) {
    Posting *posting = plan->postings[i];
    if (!wl_equal(wl_map_get(kept, posting->key), posting->value))
      roaring_bitmap_remove(posting->ids, id);
    if (--posting->count == 0)
      emptied = true;
  }
  if (!emptied)
    return;
  for (size_t i = 0; i < plan->posting_count; i++)
    forget_posting(store, space, plan->postings[i]);
}

/* ---- plans ---- */

static void plan_postings(wl_Store *store, Space *space, Plan *plan) {
  size_t n = wl_length(plan->labels);
  plan->postings = wl_alloc(store->heap, (n + 1) * sizeof(*plan->postings));
  for (size_t i = 0; i < n; i++) {
    wl_Value key = wl_map_key_at(plan->labels, i);
    wl_Value value = wl_map_value_at(plan->labels, i);
    if (wl_type(value) == WL_STRING)
      plan->postings[plan->posting_count++] =
          make_posting(store, space, key, value);
  }
}

static void plan_matching(wl_Store *store, Plan *plan, Standing **queries,
                          size_t n, size_t *size) {
  for (size_t i = 0; i < n; i++)
    if (wl_selector_matches(queries[i]->selector, plan->labels))
      wl_pointers_add(store->heap, &plan->standing, &plan->standing_count, size,
                      queries[i]);
}

static void fill_plan(wl_Store *store, Space *space, Plan *plan) {
  plan_postings(store, space, plan);
  size_t size = 0;
  for (size_t i = 0; i < plan->posting_count; i++)
    plan_matching(store, plan, plan->postings[i]->anchored,
                  plan->postings[i]->anchored_count, &size);
  plan_matching(store, plan, space->unanchored, space->unanchored_count, &size);
  plan->standing_size = size;
  plan->version = space->version;
}

const Plan *wl_space_plan(wl_Store *store, Space *space, wl_Value labels) {
  Plan *plan = &space->plans[(labels.bits * 0x9e3779b97f4a7c15u) >> 58];
  if (wl_same(plan->labels, labels) && plan->version == space->version &&
      plan->postings != NULL)
    return plan;
  wl_retain(labels); /* before the old plan lets go of it */
  clear_plan(store, plan);
  plan->labels = labels;
  fill_plan(store, space, plan);
  return plan;
}

/* ---- standing queries ---- */

/* An equality that every match satisfies: the one with the fewest queries on
 * it already. NULL when there is none. */
static Posting *choose_anchor(wl_Store *store, Space *space,
                              const wl_Selector *selector) {
  Posting *best = NULL;
  for (size_t i = 0; i < wl_selector_count(selector); i++) {
    const wl_Requirement *r = wl_selector_at(selector, i);
    bool single = r->op == WL_SEL_EQUALS || r->op == WL_SEL_DOUBLE_EQUALS ||
                  (r->op == WL_SEL_IN && r->count == 1);
    if (!single)
      continue;
    Posting *posting = make_posting(store, space, r->key, r->values[0]);
    if (best == NULL || posting->anchored_count < best->anchored_count ||
        (posting->anchored_count == best->anchored_count &&
         posting->count < best->count)) {
      Posting *worse = best;
      best = posting;
      posting = worse;
    }
    if (posting != NULL && posting != best)
      forget_posting(store, space, posting);
  }
  return best;
}

static wl_Value query_text(wl_Store *store, const wl_Selector *selector,
                           bool orphans) {
  wl_Value text = wl_selector_text(selector);
  wl_Value parts[] = {text, wl_bool_new(orphans),
                      wl_bool_new(wl_selector_matches_nothing(selector))};
  return wl_list_new(store->heap, parts, 3);
}

static Standing *make_standing(wl_Store *store, Space *space,
                               wl_Selector *selector, bool orphans) {
  Standing *standing = wl_alloc_zeroed(store->heap, sizeof *standing);
  standing->space = space;
  standing->selector = wl_selector_retain(selector);
  standing->orphans = orphans;
  standing->set = wl_set_new(store->heap, space->kind->options.facets);
  wl_set_attach(standing->set, standing);
  Posting *anchor = choose_anchor(store, space, selector);
  standing->anchor = anchor;
  if (anchor != NULL)
    wl_pointers_add(store->heap, &anchor->anchored, &anchor->anchored_count,
                    &anchor->anchored_size, standing);
  else
    wl_pointers_add(store->heap, &space->unanchored, &space->unanchored_count,
                    &space->unanchored_size, standing);
  space->version++;
  return standing;
}

wl_LiveSet *wl_store_standing(wl_Store *store, wl_Kind *kind, wl_Value space,
                              wl_Selector *selector, bool orphans) {
  Space *in = wl_space_of(store, kind, space);
  wl_Value text = query_text(store, selector, orphans);
  Standing *standing = wl_table_get(&in->standing, text);
  if (standing != NULL) {
    wl_set_retain(standing->set);
  } else {
    standing = make_standing(store, in, selector, orphans);
    wl_table_put(&in->standing, text, standing);
    wl_store_fill_standing(store, standing);
  }
  wl_release(store->heap, text);
  return standing->set;
}

void wl_space_drop_standing(wl_Store *store, Standing *standing) {
  Space *space = standing->space;
  wl_Value text = query_text(store, standing->selector, standing->orphans);
  wl_table_remove(&space->standing, text);
  wl_release(store->heap, text);
  Posting *anchor = standing->anchor;
  if (anchor != NULL) {
    wl_pointers_remove(&anchor->anchored, &anchor->anchored_count, standing);
    forget_posting(store, space, anchor);
  } else {
    wl_pointers_remove(&space->unanchored, &space->unanchored_count, standing);
  }
  space->version++;
  free_standing(store, standing);
}
