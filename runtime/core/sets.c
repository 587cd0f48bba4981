/* SPDX-License-Identifier: MIT */
/* sets.c - which live sets an object is in, and keeping them counted. */
#include <stdlib.h>
#include <string.h>

#include "store_private.h"

/* ---- what an object's membership depends on ---- */

static wl_Value labels_of(const wl_Store *store, wl_Value object) {
  return wl_map_get(metadata_of(store, object), store->words.labels);
}

/* What is indexed at a path: its text, or "" where there is none. */
static wl_Value indexed_text(const wl_Path *path, wl_Value object) {
  static const wl_Value empty = {0x02}; /* the string "" */
  wl_Value v = wl_path_get(path, object);
  return wl_type(v) == WL_STRING ? v : empty;
}

/* ---- rows ---- */

void wl_store_read_row(const wl_Store *store, wl_Id id, wl_FacetRow *row) {
  const Object *object = object_at(store, id);
  row->tests = object->tests;
  size_t slots = object->space->kind->slots;
  if (slots > 0)
    memcpy(row->slots, object->slots->items, slots * sizeof *row->slots);
}

static size_t slots_bytes(const wl_Kind *kind) {
  return sizeof(Slots) + kind->slots * sizeof(int64_t);
}

void wl_store_release_slots(wl_Store *store, const wl_Kind *kind,
                            Slots *slots) {
  if (slots != NULL && --slots->refs == 0)
    wl_dealloc(store->heap, slots, slots_bytes(kind));
}

/* The slots of a row, shared with the row written before it when they are the
 * same: objects of one template mostly come and change together. */
static Slots *slots_of_row(wl_Store *store, wl_Kind *kind,
                           const wl_FacetRow *row) {
  size_t bytes = kind->slots * sizeof *row->slots;
  if (kind->latest == NULL ||
      memcmp(kind->latest->items, row->slots, bytes) != 0) {
    Slots *slots = wl_alloc(store->heap, slots_bytes(kind));
    slots->refs = 1;
    memcpy(slots->items, row->slots, bytes);
    wl_store_release_slots(store, kind, kind->latest);
    kind->latest = slots;
  }
  kind->latest->refs++;
  return kind->latest;
}

static void write_row(wl_Store *store, Object *object, const wl_FacetRow *row) {
  wl_Kind *kind = object->space->kind;
  object->tests = row->tests;
  if (kind->slots == 0)
    return;
  Slots *slots = slots_of_row(store, kind, row);
  wl_store_release_slots(store, kind, object->slots);
  object->slots = slots;
}

/* ---- one write, as the sets see it ---- */

typedef struct Write {
  wl_Store *store;
  wl_Kind *kind;
  Space *space;
  wl_Id id;
  wl_Value old, now; /* absent: it was not, or is no more, there */
  wl_FacetRow before, after;
  bool answers_differ;
} Write;

static void wake(Write *w, wl_LiveSet *set) {
  wl_set_note(set, w->id);
  size_t n;
  const uint64_t *subscribers = wl_set_subscribers(set, &n);
  for (size_t i = 0; i < n; i++)
    w->store->waker(w->store->context, subscribers[i]);
}

static void join(Write *w, wl_LiveSet *set) {
  wl_set_join(set, w->id, &w->after);
  wake(w, set);
}

static void leave(Write *w, wl_LiveSet *set) {
  wl_set_leave(set, w->id, &w->before);
  wake(w, set);
}

static void stay(Write *w, wl_LiveSet *set) {
  if (w->answers_differ)
    wl_set_change(set, &w->before, &w->after);
  wake(w, set);
}

/* The set under a key, made when missing: it then has one reference, that of
 * its members. */
static void join_under(Write *w, wl_Table *table, wl_Value key) {
  wl_LiveSet *set = wl_table_get(table, key);
  if (set == NULL) {
    set = wl_set_new(w->store->heap, w->kind->options.facets);
    wl_set_register(set, table, key);
  } else if (wl_set_count(set) == 0) {
    wl_set_retain(set);
  }
  join(w, set);
}

static void leave_under(Write *w, wl_Table *table, wl_Value key) {
  wl_LiveSet *set = wl_table_get(table, key);
  leave(w, set);
  if (wl_set_count(set) == 0)
    wl_set_release(set);
}

/* Move the object between the sets of a table when its key changed. An absent
 * key is no set. */
static void rekey(Write *w, wl_Table *table, wl_Value old, wl_Value now) {
  bool same = wl_equal(old, now);
  if (same && !wl_is_absent(now))
    stay(w, wl_table_get(table, now));
  if (same)
    return;
  if (!wl_is_absent(old))
    leave_under(w, table, old);
  if (!wl_is_absent(now))
    join_under(w, table, now);
}

static void update_all(Write *w) {
  if (wl_is_absent(w->old))
    join(w, w->kind->all);
  else if (wl_is_absent(w->now))
    leave(w, w->kind->all);
  else
    stay(w, w->kind->all);
}

static void update_where(Write *w) {
  uint32_t was = wl_is_absent(w->old) ? 0 : w->before.tests & w->kind->asked;
  uint32_t is = wl_is_absent(w->now) ? 0 : w->after.tests & w->kind->asked;
  for (uint32_t any = was | is; any != 0; any &= any - 1) {
    int test = __builtin_ctz(any);
    wl_LiveSet *set = w->kind->where[test];
    if (!(is >> test & 1))
      leave(w, set);
    else if (!(was >> test & 1))
      join(w, set);
    else
      stay(w, set);
  }
}

/* The data of a set of texts, which is not looked at. */
static const char here = 1;

static bool sums_differ(const Write *w) {
  if (!w->answers_differ)
    return false;
  for (size_t i = 0; i < w->kind->slots; i++)
    if (w->before.slots[i] != w->after.slots[i] &&
        wl_facets_slot_type(w->kind->options.facets, i) == WL_FACET_SUM)
      return true;
  return false;
}

static void touch(Write *w, size_t i, wl_Value old, wl_Value now) {
  wl_Table *touched = &w->kind->touched[i];
  if (wl_equal(old, now) && !sums_differ(w))
    return;
  if (!wl_is_absent(old))
    wl_table_put(touched, old, (void *)(uintptr_t)&here);
  if (!wl_is_absent(now))
    wl_table_put(touched, now, (void *)(uintptr_t)&here);
}

/* Most objects have no owner but their controller. */
static void update_plain(Write *w) {
  wl_Value old = wl_store_owners_of(w->store, w->old);
  wl_Value now = wl_store_owners_of(w->store, w->now);
  wl_Table *plain = &w->kind->plain;
  for (size_t i = 0, n = wl_length(old); i < n; i++) {
    wl_Value uid = wl_store_plain_owner(w->store, old, i);
    if (wl_is_absent(uid))
      continue;
    if (wl_store_has_plain_owner(w->store, now, uid))
      stay(w, wl_table_get(plain, uid));
    else
      leave_under(w, plain, uid);
  }
  for (size_t i = 0, n = wl_same(old, now) ? 0 : wl_length(now); i < n; i++) {
    wl_Value uid = wl_store_plain_owner(w->store, now, i);
    if (!wl_is_absent(uid) && !wl_store_has_plain_owner(w->store, old, uid))
      join_under(w, plain, uid);
  }
}

static void update_keyed(Write *w) {
  bool was = !wl_is_absent(w->old), is = !wl_is_absent(w->now);
  for (size_t i = 0; i < w->kind->indexed_count; i++) {
    const wl_Path *path = w->kind->indexed[i];
    wl_Value old = was ? indexed_text(path, w->old) : WL_VALUE_ABSENT;
    wl_Value now = is ? indexed_text(path, w->now) : WL_VALUE_ABSENT;
    rekey(w, &w->kind->index_sets[i], old, now);
    if (w->kind->touching[i])
      touch(w, i, old, now);
  }
  rekey(w, &w->kind->owned, wl_store_controller_of(w->store, w->old),
        wl_store_controller_of(w->store, w->now));
  update_plain(w);
}

/* ---- standing queries ---- */

static bool belongs(const Write *w, const Standing *standing, wl_Value object) {
  return !standing->orphans ||
         wl_is_absent(wl_store_controller_of(w->store, object));
}

/* Leave the queries that `old` was in and `now` is not, then join or change
 * the others. Membership before is read from the set itself. */
static void update_standing(Write *w) {
  if (!wl_is_absent(w->old)) {
    const Plan *plan =
        wl_space_plan(w->store, w->space, labels_of(w->store, w->old));
    for (size_t i = 0; i < plan->standing_count; i++) {
      Standing *s = plan->standing[i];
      if (!wl_set_has(s->set, w->id))
        continue;
      bool stays =
          !wl_is_absent(w->now) && belongs(w, s, w->now) &&
          wl_selector_matches(s->selector, labels_of(w->store, w->now));
      if (stays)
        stay(w, s->set);
      else
        leave(w, s->set);
    }
  }
  if (wl_is_absent(w->now))
    return;
  const Plan *plan =
      wl_space_plan(w->store, w->space, labels_of(w->store, w->now));
  for (size_t i = 0; i < plan->standing_count; i++) {
    Standing *s = plan->standing[i];
    if (wl_set_has(s->set, w->id) || !belongs(w, s, w->now))
      continue;
    join(w, s->set);
  }
}

static void update_postings(Write *w) {
  wl_Value old = labels_of(w->store, w->old);
  wl_Value now = labels_of(w->store, w->now);
  bool was = !wl_is_absent(w->old), is = !wl_is_absent(w->now);
  if (was && is && wl_same(old, now))
    return;
  if (is)
    wl_space_post(w->store, w->space, now, w->id);
  if (was)
    wl_space_unpost(w->store, w->space, old, now, w->id);
  if (was && !is)
    roaring_bitmap_remove(w->space->ids, w->id);
  else if (is && !was)
    roaring_bitmap_add(w->space->ids, w->id);
}

void wl_store_index(wl_Store *store, wl_Id id, Space *space, wl_Value old,
                    wl_Value now) {
  Write w = {.store = store,
             .kind = space->kind,
             .space = space,
             .id = id,
             .old = old,
             .now = now};
  if (!wl_is_absent(old))
    wl_store_read_row(store, id, &w.before);
  if (!wl_is_absent(now)) {
    wl_facets_evaluate(w.kind->options.facets, now, old,
                       wl_is_absent(old) ? NULL : &w.before, &w.after);
    w.answers_differ = wl_is_absent(old) || w.before.tests != w.after.tests ||
                       memcmp(w.before.slots, w.after.slots,
                              w.kind->slots * sizeof *w.after.slots) != 0;
    if (w.answers_differ)
      write_row(store, object_at(store, id), &w.after);
  }
  w.kind->revision = store->revision;
  update_all(&w);
  update_where(&w);
  update_keyed(&w);
  update_standing(&w);
  update_postings(&w);
}

void wl_store_fill_standing(wl_Store *store, Standing *standing) {
  wl_Ids ids = {NULL, 0, 0};
  const Space *space = standing->space;
  wl_store_select(store, space->kind, space->name, standing->selector, &ids);
  for (size_t i = 0; i < ids.length; i++) {
    wl_Value object = object_at(store, ids.items[i])->value;
    if (standing->orphans &&
        !wl_is_absent(wl_store_controller_of(store, object)))
      continue;
    wl_FacetRow row;
    wl_store_read_row(store, ids.items[i], &row);
    wl_set_join(standing->set, ids.items[i], &row);
  }
  wl_ids_free(store->heap, &ids);
}

/* ---- handles ---- */

wl_LiveSet *wl_store_all(wl_Store *store, wl_Kind *kind) {
  (void)store;
  return wl_set_retain(kind->all);
}

wl_LiveSet *wl_store_where(wl_Store *store, wl_Kind *kind, size_t test) {
  if (kind->where[test] != NULL)
    return wl_set_retain(kind->where[test]);
  wl_LiveSet *set = wl_set_new(store->heap, kind->options.facets);
  for (wl_Id id = wl_set_next(kind->all, 0); id != 0;
       id = wl_set_next(kind->all, id)) {
    wl_FacetRow row;
    wl_store_read_row(store, id, &row);
    if (row.tests >> test & 1)
      wl_set_join(set, id, &row);
  }
  kind->where[test] = set;
  kind->asked |= (uint32_t)1 << test;
  return wl_set_retain(set);
}

static int compare_texts(const void *a, const void *b) {
  return wl_string_compare(*(const wl_Value *)a, *(const wl_Value *)b);
}

wl_Value wl_store_touched(wl_Store *store, wl_Kind *kind, size_t i) {
  wl_Table *touched = &kind->touched[i];
  kind->touching[i] = true;
  wl_Builder texts;
  wl_builder_init(&texts, store->heap);
  for (size_t at = 0; at < touched->size; at++) {
    wl_Value text;
    if (wl_table_at(touched, at, &text) != NULL)
      wl_builder_add(&texts, wl_retain(text));
  }
  wl_table_destroy(touched);
  if (texts.length > 1)
    qsort(texts.items, texts.length, sizeof *texts.items, compare_texts);
  return wl_builder_list(&texts);
}

static wl_LiveSet *handle(wl_Store *store, wl_Kind *kind, wl_Table *table,
                          wl_Value key) {
  wl_LiveSet *set = wl_table_get(table, key);
  if (set != NULL)
    return wl_set_retain(set);
  set = wl_set_new(store->heap, kind->options.facets);
  wl_set_register(set, table, key);
  return set;
}

wl_LiveSet *wl_store_owned(wl_Store *store, wl_Kind *kind, wl_Value uid) {
  return handle(store, kind, &kind->owned, uid);
}

wl_LiveSet *wl_store_indexed(wl_Store *store, wl_Kind *kind, size_t i,
                             wl_Value text) {
  return handle(store, kind, &kind->index_sets[i], text);
}

void wl_store_drop_set(wl_Store *store, wl_LiveSet *set) {
  Standing *standing = wl_set_query(set);
  if (wl_set_release(set) && standing != NULL)
    wl_space_drop_standing(store, standing);
}
