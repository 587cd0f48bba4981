/* SPDX-License-Identifier: MIT */
/*
 * bulk.c - one change applied to many objects
 *
 * A merge patch and columns change some sections of an object (metadata, spec,
 * status). Objects of one template share their sections, so what a section
 * becomes is remembered by the section and the columns' values for it: pods
 * bound to one node share their new spec, too.
 */
#include <string.h>

#include "merge.h"
#include "store_private.h"

enum { LEAST_MEMO_BITS = 4, MOST_MEMO_BITS = 16 };

typedef struct Memo {
  wl_Value from; /* absent: empty. Owned, as are the others. */
  wl_Value cells[WL_COLUMNS];
  wl_Value to;
} Memo;

typedef struct Section {
  wl_Value key;
  wl_Value patch; /* absent: only columns */
  const wl_Column *columns[WL_COLUMNS];
  size_t column_count;
  Memo *memos;
} Section;

typedef struct Bulk {
  wl_Store *store;
  unsigned memo_bits; /* 2^bits memos a section */
  Section *sections;
  size_t count, size;
} Bulk;

static size_t memo_count(const Bulk *bulk) {
  return (size_t)1 << bulk->memo_bits;
}

static Section *section_of(Bulk *bulk, wl_Value key) {
  for (size_t i = 0; i < bulk->count; i++)
    if (wl_same(bulk->sections[i].key, key))
      return &bulk->sections[i];
  Section *section = &bulk->sections[bulk->count++];
  *section = (Section){.key = key, .patch = WL_VALUE_ABSENT};
  size_t memos = memo_count(bulk);
  section->memos = wl_alloc(bulk->store->heap, memos * sizeof(Memo));
  for (size_t i = 0; i < memos; i++)
    section->memos[i].from = WL_VALUE_ABSENT;
  return section;
}

static void prepare(Bulk *bulk, wl_Value patch, const wl_Column *columns,
                    size_t n) {
  size_t patched = wl_type(patch) == WL_MAP ? wl_length(patch) : 0;
  bulk->size = patched + n;
  bulk->sections =
      wl_alloc(bulk->store->heap, bulk->size * sizeof *bulk->sections);
  for (size_t i = 0; i < patched; i++)
    section_of(bulk, wl_map_key_at(patch, i))->patch =
        wl_map_value_at(patch, i);
  for (size_t i = 0; i < n; i++) {
    Section *section = section_of(bulk, columns[i].path[0]);
    section->columns[section->column_count++] = &columns[i];
  }
}

static void clear_memo(wl_Heap *heap, const Section *section, Memo *memo) {
  if (wl_is_absent(memo->from))
    return;
  wl_release(heap, memo->from);
  wl_release(heap, memo->to);
  for (size_t i = 0; i < section->column_count; i++)
    wl_release(heap, memo->cells[i]);
  memo->from = WL_VALUE_ABSENT;
}

static void finish(Bulk *bulk) {
  wl_Heap *heap = bulk->store->heap;
  for (size_t s = 0; s < bulk->count; s++) {
    Section *section = &bulk->sections[s];
    for (size_t i = 0; i < memo_count(bulk); i++)
      clear_memo(heap, section, &section->memos[i]);
    wl_dealloc(heap, section->memos, memo_count(bulk) * sizeof(Memo));
  }
  wl_dealloc(heap, bulk->sections, bulk->size * sizeof *bulk->sections);
}

/* What a section's part of the patch makes of it; null removes it. */
static wl_Value patched(wl_Heap *heap, const Section *section, wl_Value from) {
  if (wl_is_absent(section->patch))
    return wl_retain(from);
  return wl_same(section->patch, WL_VALUE_NULL)
             ? WL_VALUE_ABSENT
             : wl_merge(heap, from, section->patch);
}

/* The successor of a section, a new reference. */
static wl_Value change(wl_Heap *heap, const Section *section, wl_Value from,
                       size_t row) {
  wl_Value to = patched(heap, section, from);
  for (size_t i = 0; i < section->column_count; i++) {
    const wl_Column *column = section->columns[i];
    wl_Value cell = wl_retain(column->values[row]);
    wl_Value changed = wl_with_path(heap, wl_retain(to), column->path + 1,
                                    column->depth - 1, cell);
    if (wl_is_absent(changed))
      continue; /* the path does not fit this object */
    wl_release(heap, to);
    to = changed;
  }
  return to;
}

static Memo *memo_for(const Bulk *bulk, const Section *section, wl_Value from,
                      size_t row) {
  uint64_t hash = from.bits * 0x9e3779b97f4a7c15u;
  for (size_t i = 0; i < section->column_count; i++)
    hash = (hash ^ section->columns[i]->values[row].bits) * 0x9e3779b97f4a7c15u;
  return &section->memos[hash >> (64 - bulk->memo_bits)];
}

static bool remembers(const Section *section, const Memo *memo, wl_Value from,
                      size_t row) {
  if (wl_is_absent(memo->from) || !wl_same(memo->from, from))
    return false;
  for (size_t i = 0; i < section->column_count; i++)
    if (!wl_same(memo->cells[i], section->columns[i]->values[row]))
      return false;
  return true;
}

/* ---- what one field of a section was set to, remembered by the store ----
 * Pods are bound in many small batches; those of a template on one node share
 * their spec all the same. */

struct wl_Setting {
  wl_Value from; /* absent: empty. Owned, as are the others. */
  wl_Value section, field, cell, to;
};

enum { SETTING_BITS = 14 };

static void clear_setting(wl_Heap *heap, struct wl_Setting *s) {
  if (wl_is_absent(s->from))
    return;
  const wl_Value owned[] = {s->from, s->section, s->field, s->cell, s->to};
  for (size_t i = 0; i < sizeof owned / sizeof *owned; i++)
    wl_release(heap, owned[i]);
  s->from = WL_VALUE_ABSENT;
}

void wl_store_settings_free(wl_Store *store) {
  if (store->settings == NULL)
    return;
  for (size_t i = 0; i < (size_t)1 << SETTING_BITS; i++)
    clear_setting(store->heap, &store->settings[i]);
  wl_dealloc(store->heap, store->settings,
             sizeof *store->settings << SETTING_BITS);
}

static struct wl_Setting *setting_for(wl_Store *store, const Section *section,
                                      wl_Value from, wl_Value cell) {
  if (store->settings == NULL) {
    store->settings =
        wl_alloc(store->heap, sizeof *store->settings << SETTING_BITS);
    for (size_t i = 0; i < (size_t)1 << SETTING_BITS; i++)
      store->settings[i].from = WL_VALUE_ABSENT;
  }
  uint64_t hash = from.bits * 0x9e3779b97f4a7c15u;
  hash = (hash ^ cell.bits ^ section->key.bits) * 0x9e3779b97f4a7c15u;
  return &store->settings[hash >> (64 - SETTING_BITS)];
}

static wl_Value set_field(wl_Store *store, const Section *section,
                          wl_Value from, size_t row) {
  const wl_Column *column = section->columns[0];
  wl_Value cell = column->values[row], field = column->path[1];
  struct wl_Setting *s = setting_for(store, section, from, cell);
  if (!wl_is_absent(s->from) && wl_same(s->from, from) &&
      wl_same(s->cell, cell) && wl_same(s->field, field) &&
      wl_same(s->section, section->key))
    return wl_retain(s->to);
  wl_Value to = change(store->heap, section, from, row);
  clear_setting(store->heap, s);
  *s = (struct wl_Setting){wl_retain(from), wl_retain(section->key),
                           wl_retain(field), wl_retain(cell), wl_retain(to)};
  return to;
}

static bool is_one_field(const Section *section) {
  return wl_is_absent(section->patch) && section->column_count == 1 &&
         section->columns[0]->depth == 2;
}

static wl_Value successor(const Bulk *bulk, const Section *section,
                          wl_Value from, size_t row) {
  wl_Heap *heap = bulk->store->heap;
  if (wl_is_absent(from))
    return change(heap, section, from, row);
  if (is_one_field(section))
    return set_field(bulk->store, section, from, row);
  Memo *memo = memo_for(bulk, section, from, row);
  if (remembers(section, memo, from, row))
    return wl_retain(memo->to);
  wl_Value to = change(heap, section, from, row);
  clear_memo(heap, section, memo);
  memo->from = wl_retain(from);
  memo->to = wl_retain(to);
  for (size_t i = 0; i < section->column_count; i++)
    memo->cells[i] = wl_retain(section->columns[i]->values[row]);
  return to;
}

/* What the store keeps in metadata is not changed by a patch. *Takes* now. */
static wl_Value with_kept(const Bulk *bulk, wl_Id id, wl_Value now) {
  wl_Store *store = bulk->store;
  const Object *object = object_at(store, id);
  wl_Value stored = metadata_of(store, object->value);
  wl_Value metadata = metadata_of(store, now);
  if (wl_same(metadata, stored))
    return now;
  wl_Value kept = wl_type(metadata) == WL_MAP
                      ? wl_store_keep(store, object->space->kind,
                                      wl_retain(metadata), stored)
                      : wl_retain(stored);
  return wl_map_with(store->heap, now, store->words.metadata, kept);
}

static void update_one(Bulk *bulk, wl_Id id, size_t row) {
  wl_Store *store = bulk->store;
  wl_Value old = object_at(store, id)->value, now = wl_retain(old);
  for (size_t i = 0; i < bulk->count; i++) {
    const Section *section = &bulk->sections[i];
    wl_Value from = wl_map_get(old, section->key);
    wl_Value to = successor(bulk, section, from, row);
    now = wl_is_absent(to) ? wl_map_without(store->heap, now, section->key)
                           : wl_map_with(store->heap, now, section->key, to);
  }
  now = with_kept(bulk, id, now);
  if (wl_equal(now, old))
    wl_release(store->heap, now);
  else
    wl_store_replace(store, id, now);
}

size_t wl_store_update_many(wl_Store *store, const wl_Id *ids, size_t n,
                            wl_Value patch, const wl_Column *columns,
                            size_t column_count) {
  Bulk bulk = {.store = store, .memo_bits = LEAST_MEMO_BITS};
  while (bulk.memo_bits < MOST_MEMO_BITS && memo_count(&bulk) < 2 * n)
    bulk.memo_bits++;
  size_t written = 0;
  prepare(&bulk, patch, columns, column_count);
  for (size_t i = 0; i < n; i++) {
    if (object_at(store, ids[i]) == NULL)
      continue;
    update_one(&bulk, ids[i], i);
    written++;
  }
  finish(&bulk);
  return written;
}
