/* SPDX-License-Identifier: MIT */
/* store.c - kinds, and objects by name and id. */
#include <stdio.h>
#include <string.h>

#include "clock.h"
#include "store_private.h"

enum { FIRST_NAMES = 256 };

/* ---- the store ---- */

static void intern_words(wl_Store *store) {
  wl_Heap *heap = store->heap;
  store->words = (Words){
      .metadata = wl_key(heap, "metadata"),
      .name = wl_key(heap, "name"),
      .namespace_ = wl_key(heap, "namespace"),
      .uid = wl_key(heap, "uid"),
      .resource_version = wl_key(heap, "resourceVersion"),
      .generation = wl_key(heap, "generation"),
      .creation = wl_key(heap, "creationTimestamp"),
      .deletion = wl_key(heap, "deletionTimestamp"),
      .grace = wl_key(heap, "deletionGracePeriodSeconds"),
      .finalizers = wl_key(heap, "finalizers"),
      .owners = wl_key(heap, "ownerReferences"),
      .labels = wl_key(heap, "labels"),
      .controller = wl_key(heap, "controller"),
      .generate_name = wl_key(heap, "generateName"),
      .kind = wl_key(heap, "kind"),
  };
}

wl_Store *wl_store_new(wl_Heap *heap, uint64_t seed, size_t history_limit) {
  wl_Store *store = wl_alloc_zeroed(heap, sizeof *store);
  store->heap = heap;
  store->seed = seed * 0x9e3779b97f4a7c15u + 0xd1342543de82ef95u;
  store->seed ^= store->seed >> 31;
  store->now_text = store->writer = WL_VALUE_ABSENT;
  store->log_limit = history_limit;
  store->name_size = FIRST_NAMES;
  store->by_name = wl_alloc_zeroed(heap, FIRST_NAMES * sizeof(NameSlot));
  wl_rng_init(&store->names, seed, "names", 5);
  store->forgotten_names = store->names;
  wl_table_init(&store->restored, heap);
  intern_words(store);
  return store;
}

static void free_objects(wl_Store *store) {
  for (wl_Id id = 1; id <= store->last_id; id++)
    if (object_at(store, id) != NULL)
      wl_store_drop_object(store, id);
  wl_dealloc(store->heap, store->pages,
             store->page_count * sizeof(*store->pages));
}

static void free_sets(wl_Table *sets) {
  for (size_t i = 0; i < sets->size; i++) {
    wl_LiveSet *set = wl_table_at(sets, i, NULL);
    if (set != NULL)
      wl_set_free(set);
  }
  wl_table_destroy(sets);
}

static void free_kind(wl_Store *store, wl_Kind *kind) {
  wl_Heap *heap = store->heap;
  for (size_t i = 0; i < kind->spaces.size; i++) {
    Space *space = wl_table_at(&kind->spaces, i, NULL);
    if (space != NULL)
      wl_space_free(store, space);
  }
  wl_table_destroy(&kind->spaces);
  wl_store_release_slots(store, kind, kind->latest);
  free_sets(&kind->owned);
  free_sets(&kind->plain);
  for (size_t i = 0; i < kind->indexed_count; i++) {
    wl_path_free(heap, kind->indexed[i]);
    free_sets(&kind->index_sets[i]);
    wl_table_destroy(&kind->touched[i]);
  }
  for (size_t i = 0; i < kind->generation_count; i++)
    wl_path_free(heap, kind->generation[i]);
  for (size_t i = 0; i < kind->keeping_count; i++)
    wl_path_free(heap, kind->keeping[i]);
  wl_set_free(kind->all);
  for (size_t i = 0; i < WL_FACET_TESTS; i++)
    if (kind->where[i] != NULL)
      wl_set_free(kind->where[i]);
  wl_facets_free(kind->options.facets);
  wl_release(heap, kind->options.name);
  wl_release(heap, kind->options.resource);
  wl_dealloc(heap, kind, sizeof *kind);
}

void wl_store_free(wl_Store *store) {
  if (store == NULL)
    return;
  wl_Heap *heap = store->heap;
  wl_store_log_free(store);
  wl_store_settings_free(store);
  free_objects(store);
  for (size_t i = 0; i < store->kind_count; i++)
    free_kind(store, store->kinds[i]);
  wl_dealloc(heap, store->kinds, store->kind_count * sizeof(*store->kinds));
  wl_dealloc(heap, store->by_name, store->name_size * sizeof(NameSlot));
  wl_Value words[sizeof store->words / sizeof(wl_Value)];
  memcpy(words, &store->words, sizeof words);
  for (size_t i = 0; i < sizeof words / sizeof *words; i++)
    wl_release(heap, words[i]);
  wl_release(heap, store->now_text);
  wl_release(heap, store->writer);
  wl_table_destroy(&store->restored);
  wl_dealloc(heap, store, sizeof *store);
}

wl_Heap *wl_store_heap(const wl_Store *store) {
  return store->heap;
}

void wl_store_listen(wl_Store *store, wl_Listener *listener, wl_Waker *waker,
                     void *context) {
  store->listener = listener;
  store->waker = waker;
  store->context = context;
}

void wl_store_set_now(wl_Store *store, int64_t now_ms) {
  if (now_ms / 1000 != store->now_ms / 1000) {
    wl_release(store->heap, store->now_text);
    store->now_text = WL_VALUE_ABSENT;
  }
  store->now_ms = now_ms;
}

int64_t wl_store_now(const wl_Store *store) {
  return store->now_ms;
}

wl_Value wl_store_now_text(wl_Store *store) {
  if (wl_is_absent(store->now_text)) {
    char text[WL_TIME_SIZE];
    size_t length = wl_time_format(store->now_ms, text);
    store->now_text = wl_string_intern(store->heap, text, length);
  }
  return store->now_text;
}

void wl_store_set_writer(wl_Store *store, wl_Value writer) {
  wl_release(store->heap, store->writer);
  store->writer = wl_retain(writer);
}

uint64_t wl_store_revision(const wl_Store *store) {
  return store->revision;
}

/* ---- kinds ---- */

static bool compile_paths(wl_Heap *heap, wl_Value texts, wl_Path **paths,
                          size_t max, size_t *count, wl_Error *error) {
  size_t n = wl_length(texts);
  if (n > max)
    return wl_fail(error, WL_ELIMIT, "at most %zu paths", max);
  for (size_t i = 0; i < n; i++) {
    wl_Value item = wl_list_get(texts, i);
    if (wl_type(item) != WL_STRING)
      return wl_fail(error, WL_EINVALID, "a path must be a string");
    wl_Text text = wl_text(&item);
    paths[i] = wl_path_parse(heap, text.bytes, text.length, error);
    if (paths[i] == NULL)
      return false;
    (*count)++;
  }
  return true;
}

wl_Kind *wl_store_add_kind(wl_Store *store, const wl_KindOptions *options,
                           wl_Error *error) {
  wl_Heap *heap = store->heap;
  wl_Kind *kind = wl_alloc_zeroed(heap, sizeof *kind);
  kind->options = *options;
  kind->options.name = wl_retain(options->name);
  kind->options.resource = wl_retain(options->resource);
  kind->options.indexed = kind->options.generation = WL_VALUE_ABSENT;
  kind->options.keeping = WL_VALUE_ABSENT;
  kind->slots = wl_facets_slots(options->facets);
  kind->all = wl_set_new(heap, options->facets);
  wl_table_init(&kind->owned, heap);
  wl_table_init(&kind->plain, heap);
  wl_table_init(&kind->spaces, heap);
  for (size_t i = 0; i < MAX_INDEXED; i++) {
    wl_table_init(&kind->index_sets[i], heap);
    wl_table_init(&kind->touched[i], heap);
  }
  if (!compile_paths(heap, options->indexed, kind->indexed, MAX_INDEXED,
                     &kind->indexed_count, error) ||
      !compile_paths(heap, options->generation, kind->generation,
                     MAX_GENERATION, &kind->generation_count, error) ||
      !compile_paths(heap, options->keeping, kind->keeping, MAX_KEEPING,
                     &kind->keeping_count, error)) {
    free_kind(store, kind);
    return NULL;
  }
  size_t bytes = store->kind_count * sizeof(*store->kinds);
  store->kinds =
      wl_realloc(heap, store->kinds, bytes, bytes + sizeof(*store->kinds));
  store->kinds[store->kind_count++] = kind;
  return kind;
}

void *wl_kind_tag(const wl_Kind *kind) {
  return kind->options.tag;
}
wl_Value wl_kind_name(const wl_Kind *kind) {
  return kind->options.name;
}
const wl_Facets *wl_kind_facets(const wl_Kind *kind) {
  return kind->options.facets;
}

uint64_t wl_kind_revision(const wl_Kind *kind) {
  return kind->revision;
}
size_t wl_kind_indexed(const wl_Kind *kind) {
  return kind->indexed_count;
}

/* ---- objects by id ---- */

Object *wl_store_new_object(wl_Store *store, wl_Id id) {
  size_t at = id / PAGE_OBJECTS;
  if (at >= store->page_count) {
    size_t count = store->page_count == 0 ? 16 : 2 * store->page_count;
    store->pages = wl_realloc(store->heap, store->pages,
                              store->page_count * sizeof(*store->pages),
                              count * sizeof(*store->pages));
    memset(store->pages + store->page_count, 0,
           (count - store->page_count) * sizeof(*store->pages));
    store->page_count = count;
  }
  if (store->pages[at] == NULL) {
    Page *page = wl_alloc_zeroed(store->heap, sizeof *page);
    for (size_t i = 0; i < PAGE_OBJECTS; i++)
      page->objects[i].value = WL_VALUE_ABSENT;
    store->pages[at] = page;
  }
  store->pages[at]->alive++;
  return &store->pages[at]->objects[id % PAGE_OBJECTS];
}

void wl_store_drop_object(wl_Store *store, wl_Id id) {
  Object *object = object_at(store, id);
  wl_store_release_slots(store, object->space->kind, object->slots);
  wl_Value value = object->value;
  *object = (Object){.value = WL_VALUE_ABSENT};
  wl_release(store->heap, value);
  Page **page = &store->pages[id / PAGE_OBJECTS];
  if (--(*page)->alive == 0) {
    wl_dealloc(store->heap, *page, sizeof **page);
    *page = NULL;
  }
}

wl_Value wl_store_value(const wl_Store *store, wl_Id id) {
  const Object *object = object_at(store, id);
  return object == NULL ? WL_VALUE_ABSENT : object->value;
}

const wl_Kind *wl_store_kind_of(const wl_Store *store, wl_Id id) {
  const Object *object = object_at(store, id);
  return object == NULL ? NULL : object->space->kind;
}

uint32_t wl_store_tests(const wl_Store *store, wl_Id id) {
  const Object *object = object_at(store, id);
  return object == NULL ? 0 : object->tests;
}

/* ---- objects by name ---- */

uint32_t wl_store_name_hash(const Space *space, wl_Value name) {
  uint32_t hash = wl_hash(name) ^ (space->serial * 0x9e3779b9u);
  return hash ^ (hash >> 15);
}

wl_Id wl_store_find_in(const wl_Store *store, const Space *space, wl_Value name,
                       uint32_t hash) {
  size_t mask = store->name_size - 1;
  for (size_t at = hash & mask; store->by_name[at].id != 0;
       at = (at + 1) & mask) {
    if (store->by_name[at].hash != hash)
      continue;
    const Object *object = object_at(store, store->by_name[at].id);
    if (object->space == space && wl_equal(object->name, name))
      return store->by_name[at].id;
  }
  return 0;
}

static void grow_names(wl_Store *store) {
  size_t old_size = store->name_size;
  NameSlot *old = store->by_name;
  store->name_size = 2 * old_size;
  store->by_name =
      wl_alloc_zeroed(store->heap, store->name_size * sizeof(NameSlot));
  size_t mask = store->name_size - 1;
  for (size_t i = 0; i < old_size; i++) {
    if (old[i].id == 0)
      continue;
    size_t at = old[i].hash & mask;
    while (store->by_name[at].id != 0)
      at = (at + 1) & mask;
    store->by_name[at] = old[i];
  }
  wl_dealloc(store->heap, old, old_size * sizeof(NameSlot));
}

void wl_store_put_name(wl_Store *store, wl_Id id) {
  if (store->name_count * 4 >= store->name_size * 3)
    grow_names(store);
  uint32_t hash = object_at(store, id)->hash;
  size_t mask = store->name_size - 1, at = hash & mask;
  while (store->by_name[at].id != 0)
    at = (at + 1) & mask;
  store->by_name[at] = (NameSlot){hash, id};
  store->name_count++;
}

void wl_store_forget_name(wl_Store *store, wl_Id id) {
  size_t mask = store->name_size - 1;
  size_t at = object_at(store, id)->hash & mask;
  while (store->by_name[at].id != id)
    at = (at + 1) & mask;
  for (size_t next = (at + 1) & mask; store->by_name[next].id != 0;
       next = (next + 1) & mask) {
    size_t home = store->by_name[next].hash & mask;
    if (((next - home) & mask) < ((next - at) & mask))
      continue;
    store->by_name[at] = store->by_name[next];
    at = next;
  }
  store->by_name[at] = (NameSlot){0, 0};
  store->name_count--;
}

wl_Id wl_store_find(const wl_Store *store, const wl_Kind *kind, wl_Value space,
                    wl_Value name) {
  const Space *found = wl_space_find(kind, space);
  if (found == NULL || wl_type(name) != WL_STRING)
    return 0;
  return wl_store_find_in(store, found, name, wl_store_name_hash(found, name));
}

/* ---- lists ---- */

void wl_ids_add(wl_Heap *heap, wl_Ids *ids, wl_Id id) {
  if (ids->length == ids->capacity) {
    size_t capacity = ids->capacity == 0 ? 16 : 2 * ids->capacity;
    ids->items = wl_realloc(heap, ids->items, ids->capacity * sizeof(wl_Id),
                            capacity * sizeof(wl_Id));
    ids->capacity = capacity;
  }
  ids->items[ids->length++] = id;
}

void wl_ids_free(wl_Heap *heap, wl_Ids *ids) {
  wl_dealloc(heap, ids->items, ids->capacity * sizeof(wl_Id));
  *ids = (wl_Ids){NULL, 0, 0};
}

void wl_pointers_add(wl_Heap *heap, void *array, size_t *count, size_t *size,
                     void *item) {
  void **items;
  memcpy(&items, array, sizeof items);
  if (*count == *size) {
    size_t longer = *size == 0 ? 4 : 2 * *size;
    items = wl_realloc(heap, items, *size * sizeof(*items),
                       longer * sizeof(*items));
    memcpy(array, &items, sizeof items);
    *size = longer;
  }
  items[(*count)++] = item;
}

void wl_pointers_remove(void *array, size_t *count, const void *item) {
  void **items;
  memcpy(&items, array, sizeof items);
  for (size_t i = 0; i < *count; i++) {
    if (items[i] != item)
      continue;
    memmove(items + i, items + i + 1, (*count - i - 1) * sizeof(*items));
    (*count)--;
    return;
  }
}
