/* SPDX-License-Identifier: MIT */
/* restore.c - putting an object into the store as it is. */
#include "store_private.h"

static bool is_text(wl_Value v) {
  return wl_type(v) == WL_STRING && wl_text(&v).length > 0;
}

static bool refuse_taken(const wl_Kind *kind, wl_Value name, wl_Error *error) {
  wl_Value resource = kind->options.resource;
  return wl_fail(error, WL_EEXISTS, "%s \"%s\" already exists",
                 wl_text(&resource).bytes, wl_text(&name).bytes);
}

static bool is_free(wl_Store *store, const Space *space, wl_Value metadata,
                    wl_Error *error) {
  wl_Value name = wl_map_get(metadata, store->words.name);
  wl_Value uid = wl_map_get(metadata, store->words.uid);
  if (!is_text(name))
    return wl_fail(error, WL_EINVALID, "an object to restore needs a name");
  uint32_t hash = wl_store_name_hash(space, name);
  if (wl_store_find_in(store, space, name, hash) != 0)
    return refuse_taken(space->kind, name, error);
  if (is_text(uid) && wl_store_find_uid(store, uid) != 0)
    return wl_fail(error, WL_EEXISTS, "an object with uid \"%s\" exists",
                   wl_text(&uid).bytes);
  return true;
}

wl_Id wl_store_restore(wl_Store *store, wl_Kind *kind, wl_Value object,
                       wl_Error *error) {
  const Words *w = &store->words;
  wl_Heap *heap = store->heap;
  wl_Value given = metadata_of(store, object);
  if (wl_type(given) != WL_MAP) {
    wl_fail(error, WL_EINVALID, "an object needs metadata");
    return 0;
  }
  wl_Value space_name = kind->options.namespaced
                            ? wl_map_get(given, w->namespace_)
                            : WL_VALUE_ABSENT;
  Space *space = wl_space_of(store, kind, space_name);
  if (!is_free(store, space, given, error))
    return 0;
  wl_Id id = store->last_id = wl_store_next_id(store);
  wl_Value metadata = wl_retain(given);
  if (!is_text(wl_map_get(given, w->uid)))
    metadata =
        wl_map_with(heap, metadata, w->uid, wl_store_make_uid(store, id));
  wl_table_put(&store->restored, wl_map_get(metadata, w->uid),
               (void *)(uintptr_t)id);
  metadata = wl_map_with(heap, metadata, w->resource_version,
                         wl_store_next_revision(store));
  wl_store_commit(store, id, space,
                  wl_map_with(heap, wl_retain(object), w->metadata, metadata));
  return id;
}
