/* SPDX-License-Identifier: MIT */
/* history.c - the log of writes: a ring of what each write replaced. The
 * state at a revision is the present with the later writes undone. */
#include <string.h>

#include "store_private.h"

enum { FIRST_ENTRIES = 1024 };

Entry *wl_store_entry(const wl_Store *store, size_t i) {
  return &store->log[(store->log_start + i) % store->log_size];
}

static void drop_oldest(wl_Store *store) {
  Entry *entry = wl_store_entry(store, 0);
  store->forgotten_ms = entry->time_ms;
  store->forgotten_names = entry->names;
  wl_release(store->heap, entry->old);
  wl_release(store->heap, entry->writer);
  store->log_start = (store->log_start + 1) % store->log_size;
  store->log_count--;
}

static void grow_log(wl_Store *store) {
  size_t size = store->log_size == 0 ? FIRST_ENTRIES : 2 * store->log_size;
  if (size > store->log_limit)
    size = store->log_limit;
  Entry *log = wl_alloc(store->heap, size * sizeof *log);
  for (size_t i = 0; i < store->log_count; i++)
    log[i] = *wl_store_entry(store, i);
  wl_dealloc(store->heap, store->log, store->log_size * sizeof *log);
  store->log = log;
  store->log_start = 0;
  store->log_size = size;
}

void wl_store_log(wl_Store *store, const wl_Change *change) {
  if (store->log_limit == 0)
    return;
  if (store->log_count == store->log_limit)
    drop_oldest(store);
  if (store->log_count == store->log_size)
    grow_log(store);
  Entry *entry = wl_store_entry(store, store->log_count++);
  *entry = (Entry){.revision = change->revision,
                   .time_ms = change->time_ms,
                   .kind = change->kind,
                   .old = wl_retain(change->old),
                   .writer = wl_retain(change->writer),
                   .names = store->names,
                   .id = change->id,
                   .type = change->type};
}

void wl_store_log_free(wl_Store *store) {
  while (store->log_count > 0)
    drop_oldest(store);
  wl_dealloc(store->heap, store->log, store->log_size * sizeof *store->log);
}

uint64_t wl_store_oldest(const wl_Store *store) {
  return store->revision - store->log_count;
}

bool wl_store_reaches(const wl_Store *store, uint64_t revision,
                      wl_Error *error) {
  if (revision > store->revision)
    return wl_fail(error, WL_EINVALID, "revision %llu has not been written",
                   (unsigned long long)revision);
  if (revision < wl_store_oldest(store))
    return wl_fail(error, WL_EGONE,
                   "revision %llu is no longer in the history, which reaches "
                   "back to %llu",
                   (unsigned long long)revision,
                   (unsigned long long)wl_store_oldest(store));
  return true;
}

/* The place in the log of the first write after a reachable revision: the
 * log has every revision from the oldest on. */
static size_t place_after(const wl_Store *store, uint64_t revision) {
  return (size_t)(revision - wl_store_oldest(store));
}

wl_Value wl_store_value_at(wl_Store *store, wl_Id id, uint64_t revision,
                           wl_Error *error) {
  if (!wl_store_reaches(store, revision, error))
    return WL_VALUE_ABSENT;
  for (size_t i = place_after(store, revision); i < store->log_count; i++)
    if (wl_store_entry(store, i)->id == id)
      return wl_retain(wl_store_entry(store, i)->old);
  return wl_retain(wl_store_value(store, id));
}

/* Ids of the kind that exist now or were written later, in order. */
static roaring_bitmap_t *candidates(wl_Store *store, const wl_Kind *kind,
                                    size_t from) {
  roaring_bitmap_t *ids = roaring_bitmap_create();
  for (wl_Id id = wl_set_next(kind->all, 0); id != 0;
       id = wl_set_next(kind->all, id))
    roaring_bitmap_add(ids, id);
  for (size_t i = from; i < store->log_count; i++)
    if (wl_store_entry(store, i)->kind == kind)
      roaring_bitmap_add(ids, wl_store_entry(store, i)->id);
  return ids;
}

/* What the first later write of each object replaced, by id. */
static void first_later(wl_Store *store, const wl_Kind *kind, size_t from,
                        wl_Table *later) {
  wl_table_init(later, store->heap);
  for (size_t i = from; i < store->log_count; i++) {
    Entry *entry = wl_store_entry(store, i);
    wl_Value key = wl_int_new(store->heap, entry->id);
    if (entry->kind == kind && wl_table_get(later, key) == NULL)
      wl_table_put(later, key, entry);
  }
}

wl_Value wl_store_list_at(wl_Store *store, const wl_Kind *kind,
                          uint64_t revision, wl_Error *error) {
  if (!wl_store_reaches(store, revision, error))
    return WL_VALUE_ABSENT;
  size_t from = place_after(store, revision);
  wl_Table later;
  first_later(store, kind, from, &later);
  roaring_bitmap_t *ids = candidates(store, kind, from);
  wl_Builder list;
  wl_builder_init(&list, store->heap);
  roaring_uint32_iterator_t it;
  for (roaring_init_iterator(ids, &it); it.has_value;
       roaring_advance_uint32_iterator(&it)) {
    wl_Id id = it.current_value;
    const Entry *entry = wl_table_get(&later, wl_int_new(store->heap, id));
    wl_Value value = entry != NULL ? entry->old : wl_store_value(store, id);
    if (!wl_is_absent(value))
      wl_builder_add(&list, wl_retain(value));
  }
  roaring_bitmap_free(ids);
  wl_table_destroy(&later);
  return wl_builder_list(&list);
}

bool wl_store_written_since(const wl_Store *store, const wl_Kind *kind,
                            uint64_t revision, wl_Ids *out) {
  if (!wl_store_reaches(store, revision, NULL))
    return false;
  roaring_bitmap_t *ids = roaring_bitmap_create();
  for (size_t i = place_after(store, revision); i < store->log_count; i++)
    if (wl_store_entry(store, i)->kind == kind)
      roaring_bitmap_add(ids, wl_store_entry(store, i)->id);
  roaring_uint32_iterator_t it;
  for (roaring_init_iterator(ids, &it); it.has_value;
       roaring_advance_uint32_iterator(&it))
    wl_ids_add(store->heap, out, it.current_value);
  roaring_bitmap_free(ids);
  return true;
}

uint64_t wl_store_revision_at(const wl_Store *store, int64_t time_ms) {
  size_t low = 0, high = store->log_count; /* the log is in order of time */
  while (low < high) {
    size_t middle = low + (high - low) / 2;
    if (wl_store_entry(store, middle)->time_ms <= time_ms)
      low = middle + 1;
    else
      high = middle;
  }
  return wl_store_oldest(store) + low;
}

/* ---- reading the log ---- */

struct wl_LogReader {
  wl_Heap *heap; /* of the store, which it may outlive */
  wl_Store *store;
  uint64_t end;  /* the revision when it was opened */
  size_t from;   /* the place of the first write to read */
  size_t count;  /* of writes to read */
  size_t place;  /* of the next */
  size_t *later; /* the next write of the same object; 0: none */
};

/* Backwards, so that what a write made is what the next one replaced. */
static void link_writes(wl_LogReader *reader) {
  wl_Heap *heap = reader->store->heap;
  wl_Table last;
  wl_table_init(&last, heap);
  for (size_t i = reader->count; i > 0; i--) {
    const Entry *entry = wl_store_entry(reader->store, reader->from + i - 1);
    wl_Value key = wl_int_new(heap, entry->id);
    reader->later[i - 1] = (size_t)wl_table_get(&last, key);
    wl_table_put(&last, key, (void *)(reader->from + i - 1));
  }
  wl_table_destroy(&last);
}

wl_LogReader *wl_store_read_log(wl_Store *store, uint64_t revision,
                                wl_Error *error) {
  if (!wl_store_reaches(store, revision, error))
    return NULL;
  wl_LogReader *reader = wl_alloc(store->heap, sizeof *reader);
  size_t from = place_after(store, revision);
  *reader = (wl_LogReader){.heap = store->heap,
                           .store = store,
                           .end = store->revision,
                           .from = from,
                           .count = store->log_count - from};
  reader->later = wl_alloc(store->heap, reader->count * sizeof *reader->later);
  link_writes(reader);
  return reader;
}

static wl_Value made_by(const wl_LogReader *reader, const Entry *entry) {
  size_t later = reader->later[reader->place];
  return later != 0 ? wl_store_entry(reader->store, later)->old
                    : wl_store_value(reader->store, entry->id);
}

bool wl_log_next(wl_LogReader *reader, wl_Change *change) {
  if (reader->place == reader->count || reader->store->revision != reader->end)
    return false;
  const Entry *entry =
      wl_store_entry(reader->store, reader->from + reader->place);
  *change = (wl_Change){.revision = entry->revision,
                        .time_ms = entry->time_ms,
                        .id = entry->id,
                        .type = entry->type,
                        .kind = entry->kind,
                        .old = entry->old,
                        .now = made_by(reader, entry),
                        .writer = entry->writer};
  reader->place++;
  return true;
}

void wl_log_close(wl_LogReader *reader) {
  wl_Heap *heap = reader->heap;
  wl_dealloc(heap, reader->later, reader->count * sizeof *reader->later);
  wl_dealloc(heap, reader, sizeof *reader);
}
