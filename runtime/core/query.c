/* SPDX-License-Identifier: MIT */
/* query.c - selecting objects by labels through the postings. */
#include <stdlib.h>

#include "store_private.h"

static bool is_equality(const wl_Requirement *r) {
  return r->op == WL_SEL_EQUALS || r->op == WL_SEL_DOUBLE_EQUALS ||
         r->op == WL_SEL_IN;
}

/* How many objects satisfy an equality, at most. */
static uint64_t rarity(const Space *space, const wl_Requirement *r) {
  uint64_t count = 0;
  for (uint32_t i = 0; i < r->count; i++) {
    const Posting *posting = wl_space_posting(space, r->key, r->values[i]);
    count += posting == NULL ? 0 : posting->count;
  }
  return count;
}

/* The union of an equality's postings; NULL when it is one posting, which
 * *single then points to (NULL: nothing has that label). */
static roaring_bitmap_t *gather(const Space *space, const wl_Requirement *r,
                                const roaring_bitmap_t **single) {
  *single = NULL;
  roaring_bitmap_t *all = NULL;
  for (uint32_t i = 0; i < r->count; i++) {
    const Posting *posting = wl_space_posting(space, r->key, r->values[i]);
    if (posting == NULL)
      continue;
    if (*single == NULL && all == NULL) {
      *single = posting->ids;
      continue;
    }
    if (all == NULL)
      all = roaring_bitmap_copy(*single);
    *single = NULL;
    roaring_bitmap_or_inplace(all, posting->ids);
  }
  return all;
}

/* Narrow *candidates (NULL: none chosen yet) to those that satisfy r. */
static void narrow(const Space *space, const wl_Requirement *r,
                   roaring_bitmap_t **candidates) {
  const roaring_bitmap_t *single;
  roaring_bitmap_t *gathered = gather(space, r, &single);
  if (*candidates == NULL) {
    *candidates = gathered != NULL ? gathered
                  : single != NULL ? roaring_bitmap_copy(single)
                                   : roaring_bitmap_create();
    return;
  }
  if (gathered != NULL || single != NULL)
    roaring_bitmap_and_inplace(*candidates,
                               gathered != NULL ? gathered : single);
  else
    roaring_bitmap_clear(*candidates);
  if (gathered != NULL)
    roaring_bitmap_free(gathered);
}

/* The two rarest equalities met at once copy the least. */
static roaring_bitmap_t *meet(const Space *space, const wl_Requirement *a,
                              const wl_Requirement *b) {
  const roaring_bitmap_t *sa, *sb;
  roaring_bitmap_t *ga = gather(space, a, &sa), *gb = gather(space, b, &sb);
  const roaring_bitmap_t *ua = ga != NULL ? ga : sa, *ub = gb != NULL ? gb : sb;
  roaring_bitmap_t *both = ua != NULL && ub != NULL ? roaring_bitmap_and(ua, ub)
                                                    : roaring_bitmap_create();
  if (ga != NULL)
    roaring_bitmap_free(ga);
  if (gb != NULL)
    roaring_bitmap_free(gb);
  return both;
}

enum { MAX_TERMS = 32 };

/* Equalities, rarest first; what does not fit is left to the check. */
static size_t sort_terms(const Space *space, const wl_Selector *selector,
                         const wl_Requirement **terms, bool *check) {
  size_t n = 0;
  uint64_t counts[MAX_TERMS];
  for (size_t i = 0; i < wl_selector_count(selector); i++) {
    const wl_Requirement *r = wl_selector_at(selector, i);
    if (!is_equality(r) || n == MAX_TERMS) {
      *check = true;
      continue;
    }
    uint64_t count = rarity(space, r);
    size_t at = n++;
    for (; at > 0 && counts[at - 1] > count; at--) {
      counts[at] = counts[at - 1];
      terms[at] = terms[at - 1];
    }
    counts[at] = count;
    terms[at] = r;
  }
  return n;
}

static void add_checked(wl_Store *store, const roaring_bitmap_t *ids,
                        const wl_Selector *selector, wl_Ids *out) {
  const Words *w = &store->words;
  roaring_uint32_iterator_t it;
  for (roaring_init_iterator(ids, &it); it.has_value;
       roaring_advance_uint32_iterator(&it)) {
    wl_Value object = object_at(store, it.current_value)->value;
    wl_Value labels = wl_map_get(wl_map_get(object, w->metadata), w->labels);
    if (selector == NULL || wl_selector_matches(selector, labels))
      wl_ids_add(store->heap, out, it.current_value);
  }
}

static void add_all(wl_Store *store, const roaring_bitmap_t *ids, wl_Ids *out) {
  size_t n = roaring_bitmap_get_cardinality(ids);
  if (out->length + n > out->capacity) {
    size_t capacity = out->length + n;
    out->items =
        wl_realloc(store->heap, out->items, out->capacity * sizeof(wl_Id),
                   capacity * sizeof(wl_Id));
    out->capacity = capacity;
  }
  roaring_bitmap_to_uint32_array(ids, out->items + out->length);
  out->length += n;
}

static void select_in(wl_Store *store, const Space *space,
                      const wl_Selector *selector, wl_Ids *out) {
  if (selector == NULL || wl_selector_matches_everything(selector)) {
    add_all(store, space->ids, out);
    return;
  }
  if (wl_selector_matches_nothing(selector))
    return;
  const wl_Requirement *terms[MAX_TERMS];
  bool check = false;
  size_t n = sort_terms(space, selector, terms, &check);
  if (n == 0) {
    add_checked(store, space->ids, selector, out);
    return;
  }
  roaring_bitmap_t *candidates = n > 1 ? meet(space, terms[0], terms[1]) : NULL;
  for (size_t i = n > 1 ? 2 : 0; i < n; i++)
    narrow(space, terms[i], &candidates);
  if (check)
    add_checked(store, candidates, selector, out);
  else
    add_all(store, candidates, out);
  roaring_bitmap_free(candidates);
}

static int compare_ids(const void *a, const void *b) {
  wl_Id x = *(const wl_Id *)a, y = *(const wl_Id *)b;
  return x < y ? -1 : x > y;
}

void wl_store_select(wl_Store *store, const wl_Kind *kind, wl_Value space,
                     const wl_Selector *selector, wl_Ids *out) {
  if (!wl_is_absent(space)) {
    const Space *only = wl_space_find(kind, space);
    if (only != NULL)
      select_in(store, only, selector, out);
    return;
  }
  size_t start = out->length;
  for (size_t i = 0; i < kind->spaces.size; i++) {
    const Space *each = wl_table_at(&kind->spaces, i, NULL);
    if (each != NULL)
      select_in(store, each, selector, out);
  }
  if (kind->spaces.count > 1 && out->length > start)
    qsort(out->items + start, out->length - start, sizeof(wl_Id), compare_ids);
}
