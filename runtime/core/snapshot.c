/* SPDX-License-Identifier: MIT */
/* snapshot.c - the objects of a store as they are or were, to begin another
 * store with. */
#include <string.h>

#include "idmap.h"
#include "store_private.h"

typedef struct Item {
  wl_Id id;
  uint32_t kind; /* its place among the store's kinds */
  wl_Value value;
} Item;

struct wl_Snapshot {
  wl_Heap *heap;
  uint64_t revision, seed;
  int64_t time_ms;
  wl_Rng names;
  wl_Id last_id;
  wl_Value *kinds; /* their names */
  size_t kind_count;
  Item *items; /* in order of id */
  size_t count, size;
};

/* ---- taking one ---- */

static void note_kinds(wl_Snapshot *shot, const wl_Store *store) {
  shot->kind_count = store->kind_count;
  shot->kinds =
      wl_alloc(shot->heap, (store->kind_count + 1) * sizeof *shot->kinds);
  for (size_t i = 0; i < store->kind_count; i++)
    shot->kinds[i] = wl_retain(store->kinds[i]->options.name);
}

static uint32_t place_of(const wl_Store *store, const wl_Kind *kind) {
  uint32_t i = 0;
  while (store->kinds[i] != kind)
    i++;
  return i;
}

static void add_item(wl_Snapshot *shot, const wl_Store *store, wl_Id id,
                     const wl_Kind *kind, wl_Value value) {
  if (wl_is_absent(value) || wl_store_is_finished(store, kind, value))
    return;
  if (shot->count == shot->size) {
    size_t size = shot->size == 0 ? 64 : 2 * shot->size;
    shot->items =
        wl_realloc(shot->heap, shot->items, shot->size * sizeof *shot->items,
                   size * sizeof *shot->items);
    shot->size = size;
  }
  shot->items[shot->count++] =
      (Item){id, place_of(store, kind), wl_retain(value)};
}

/* The entry of each object's first write after the revision, by id: its place
 * in the log and 1. */
static void later_writes(wl_Store *store, size_t from, wl_IdMap *later) {
  wl_idmap_init(later, store->heap);
  for (size_t i = store->log_count; i-- > from;)
    *wl_idmap_at(later, wl_store_entry(store, i)->id) = (uint32_t)i + 1;
}

static void gather(wl_Snapshot *shot, wl_Store *store, size_t from) {
  wl_IdMap later;
  later_writes(store, from, &later);
  for (wl_Id id = 1; id <= store->last_id; id++) {
    uint32_t place = later.count == 0 ? 0 : wl_idmap_get(&later, id);
    if (place == 0 && store->pages[id / PAGE_OBJECTS] == NULL) {
      if (later.count == 0)
        id |= PAGE_OBJECTS - 1; /* a page without objects */
      continue;
    }
    const Entry *entry = place == 0 ? NULL : wl_store_entry(store, place - 1);
    const Object *object = object_at(store, id);
    if (entry != NULL)
      add_item(shot, store, id, entry->kind, entry->old);
    else if (object != NULL)
      add_item(shot, store, id, object->space->kind, object->value);
  }
  wl_idmap_destroy(&later);
}

/* The id that the latest object had got: those that came later count up. */
static wl_Id last_id_at(const wl_Store *store, size_t from) {
  for (size_t i = from; i < store->log_count; i++)
    if (wl_store_entry(store, i)->type == WL_ADDED)
      return wl_store_entry(store, i)->id - 1;
  return store->last_id;
}

wl_Snapshot *wl_store_snapshot(wl_Store *store, uint64_t revision,
                               wl_Error *error) {
  if (!wl_store_reaches(store, revision, error))
    return NULL;
  size_t from = (size_t)(revision - wl_store_oldest(store));
  bool is_present = revision == store->revision;
  const Entry *entry = from == 0 ? NULL : wl_store_entry(store, from - 1);
  wl_Snapshot *shot = wl_alloc_zeroed(store->heap, sizeof *shot);
  shot->heap = store->heap;
  shot->revision = revision;
  shot->seed = store->seed;
  shot->time_ms = is_present      ? store->now_ms
                  : entry != NULL ? entry->time_ms
                                  : store->forgotten_ms;
  shot->names = is_present      ? store->names
                : entry != NULL ? entry->names
                                : store->forgotten_names;
  shot->last_id = last_id_at(store, from);
  note_kinds(shot, store);
  gather(shot, store, from);
  return shot;
}

void wl_snapshot_free(wl_Snapshot *shot) {
  if (shot == NULL)
    return;
  wl_Heap *heap = shot->heap;
  for (size_t i = 0; i < shot->count; i++)
    wl_release(heap, shot->items[i].value);
  for (size_t i = 0; i < shot->kind_count; i++)
    wl_release(heap, shot->kinds[i]);
  wl_dealloc(heap, shot->items, shot->size * sizeof *shot->items);
  wl_dealloc(heap, shot->kinds, (shot->kind_count + 1) * sizeof *shot->kinds);
  wl_dealloc(heap, shot, sizeof *shot);
}

uint64_t wl_snapshot_revision(const wl_Snapshot *shot) {
  return shot->revision;
}
int64_t wl_snapshot_time(const wl_Snapshot *shot) {
  return shot->time_ms;
}
size_t wl_snapshot_count(const wl_Snapshot *shot) {
  return shot->count;
}

/* ---- beginning with one ---- */

static bool fits(const wl_Store *store, const wl_Snapshot *shot,
                 wl_Error *error) {
  if (store->last_id != 0 || store->revision != 0)
    return wl_fail(error, WL_EINVALID,
                   "only a store without objects can begin with others'");
  if (store->kind_count < shot->kind_count)
    return wl_fail(error, WL_EINVALID, "the store has %zu kinds, not %zu",
                   store->kind_count, shot->kind_count);
  for (size_t i = 0; i < shot->kind_count; i++) {
    wl_Value name = store->kinds[i]->options.name, other = shot->kinds[i];
    if (!wl_equal(name, other))
      return wl_fail(error, WL_EINVALID, "kind %zu is %s, not %s", i + 1,
                     wl_text(&name).bytes, wl_text(&other).bytes);
  }
  return true;
}

static Space *space_for(wl_Store *store, wl_Kind *kind, wl_Value object) {
  return wl_space_of(
      store, kind,
      kind->options.namespaced
          ? wl_map_get(metadata_of(store, object), store->words.namespace_)
          : WL_VALUE_ABSENT);
}

static void put(wl_Store *store, const Item *item) {
  Space *space = space_for(store, store->kinds[item->kind], item->value);
  Object *object = wl_store_new_object(store, item->id);
  wl_Value metadata = metadata_of(store, item->value);
  object->space = space;
  object->value = wl_retain(item->value);
  object->name = wl_map_get(metadata, store->words.name);
  object->hash = wl_store_name_hash(space, object->name);
  wl_store_put_name(store, item->id);
  wl_store_index(store, item->id, space, WL_VALUE_ABSENT, object->value);
  wl_Value uid = wl_map_get(metadata, store->words.uid);
  if (wl_store_find_uid(store, uid) != item->id)
    wl_table_put(&store->restored, uid, (void *)(uintptr_t)item->id);
}

bool wl_store_load(wl_Store *store, const wl_Snapshot *shot, wl_Error *error) {
  if (!fits(store, shot, error))
    return false;
  store->seed = shot->seed;
  store->names = store->forgotten_names = shot->names;
  store->revision = shot->revision;
  store->last_id = shot->last_id;
  store->forgotten_ms = shot->time_ms;
  wl_store_set_now(store, shot->time_ms);
  for (size_t i = 0; i < shot->count; i++)
    put(store, &shot->items[i]);
  return true;
}
