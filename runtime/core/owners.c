/* SPDX-License-Identifier: MIT */
/* owners.c - owner references: who an object's owners are, and what hangs on
 * an owner. One of an object's owners may be its controller; those that are
 * not, the plain ones, have live sets of their own. */
#include "store_private.h"

wl_Value wl_store_owners_of(const wl_Store *store, wl_Value object) {
  return wl_map_get(metadata_of(store, object), store->words.owners);
}

wl_Value wl_store_controller_of(const wl_Store *store, wl_Value object) {
  const Words *w = &store->words;
  wl_Value owners = wl_store_owners_of(store, object);
  for (size_t i = 0, n = wl_length(owners); i < n; i++) {
    wl_Value owner = wl_list_get(owners, i);
    if (wl_same(wl_map_get(owner, w->controller), WL_VALUE_TRUE))
      return wl_map_get(owner, w->uid);
  }
  return WL_VALUE_ABSENT;
}

/* The uid of an owner that is no controller; absent for a controller. */
static wl_Value plain_uid(const wl_Store *store, wl_Value owners, size_t i) {
  const Words *w = &store->words;
  wl_Value owner = wl_list_get(owners, i);
  if (wl_same(wl_map_get(owner, w->controller), WL_VALUE_TRUE))
    return WL_VALUE_ABSENT;
  wl_Value uid = wl_map_get(owner, w->uid);
  return wl_type(uid) == WL_STRING ? uid : WL_VALUE_ABSENT;
}

static bool has_plain(const wl_Store *store, wl_Value owners, size_t n,
                      wl_Value uid) {
  for (size_t i = 0; i < n; i++)
    if (wl_equal(plain_uid(store, owners, i), uid))
      return true;
  return false;
}

wl_Value wl_store_plain_owner(const wl_Store *store, wl_Value owners,
                              size_t i) {
  wl_Value uid = plain_uid(store, owners, i);
  return wl_is_absent(uid) || has_plain(store, owners, i, uid) ? WL_VALUE_ABSENT
                                                               : uid;
}

bool wl_store_has_plain_owner(const wl_Store *store, wl_Value owners,
                              wl_Value uid) {
  return has_plain(store, owners, wl_length(owners), uid);
}

wl_Id wl_store_owner_there(const wl_Store *store, const wl_Kind *kind,
                           wl_Value object, wl_Value reference) {
  const Words *w = &store->words;
  wl_Value uid = wl_map_get(reference, w->uid);
  wl_Id id = wl_type(uid) == WL_STRING ? wl_store_find_uid(store, uid) : 0;
  if (id == 0)
    return 0;
  const Object *owner = object_at(store, id);
  const wl_Kind *owner_kind = owner->space->kind;
  if (!wl_equal(owner->name, wl_map_get(reference, w->name)) ||
      !wl_equal(owner_kind->options.name, wl_map_get(reference, w->kind)))
    return 0;
  if (!owner_kind->options.namespaced)
    return id;
  wl_Value space = wl_map_get(metadata_of(store, object), w->namespace_);
  return kind->options.namespaced && wl_equal(owner->space->name, space) ? id
                                                                         : 0;
}

bool wl_store_is_held(const wl_Store *store, wl_Value object) {
  const Words *w = &store->words;
  wl_Value metadata = metadata_of(store, object);
  return !wl_is_absent(wl_map_get(metadata, w->deletion)) &&
         wl_length(wl_map_get(metadata, w->finalizers)) > 0;
}

/* ---- what hangs on an owner ---- */

static wl_LiveSet *members(const wl_Table *table, wl_Value uid) {
  wl_LiveSet *set = table->count == 0 ? NULL : wl_table_get(table, uid);
  return set != NULL && wl_set_count(set) > 0 ? set : NULL;
}

bool wl_store_owns_any(const wl_Store *store, wl_Value uid) {
  for (size_t i = 0; i < store->kind_count; i++)
    if (members(&store->kinds[i]->owned, uid) != NULL ||
        members(&store->kinds[i]->plain, uid) != NULL)
      return true;
  return false;
}

wl_LiveSet *wl_store_dependents(const wl_Kind *kind, wl_Value uid,
                                bool controlled) {
  return members(controlled ? &kind->owned : &kind->plain, uid);
}
