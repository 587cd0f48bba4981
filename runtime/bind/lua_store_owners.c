/* SPDX-License-Identifier: MIT */
/* lua_store_owners.c - what module "wl.store" tells a garbage collector, and
 * what it asks about owners:
 *
 *   s:cares(kind, owner, paths) which changes wake owners of what they own
 *   s:collects(source, key)     the key is enqueued when there is something,
 *                               to begin with in what is there already
 *   s:departed()                uids of objects that went and had dependents
 *   s:concerns()                { [kind] = batch, ... }: objects that came or
 *                               changed with an owner that is not there, are
 *                               being deleted and have finalizers, or are
 *                               being deleted and lost a dependent
 *   s:dependents(uid)           list of live sets of all objects that have it
 *                               among their owners: one or two a kind
 *   s:owning(batch)             two batches: whose objects have dependents,
 *                               and the others */
#include <stdlib.h>

#include <lauxlib.h>

#include "host.h"
#include "lua_store.h"
#include "lua_value.h"

/* ---- what owners want to know ---- */

bool wl_lua_store_matters(const wl_Kind *owner, const wl_Change *change) {
  const KindTag *tag = wl_kind_tag(change->kind);
  for (size_t i = 0; i < tag->care_count; i++)
    if (tag->cares[i].owner == owner)
      return wl_changes_matter(tag->cares[i].changes, change->old, change->now);
  return true;
}

/* s:cares(kind, owner, paths): of changes that leave all these alone, objects'
 * owners of that kind are not told; see core/changes.h */
static int store_cares(lua_State *L) {
  StoreBox *box = wl_lua_check_store(L, 1);
  KindTag *tag = wl_kind_tag(wl_lua_check_kind(L, box, 2));
  const wl_Kind *owner = wl_lua_check_kind(L, box, 3);
  luaL_checktype(L, 4, LUA_TTABLE);
  size_t bytes = tag->care_count * sizeof *tag->cares;
  wl_Heap *heap = wl_host_heap(L);
  wl_Changes *changes = wl_changes_new(heap);
  tag->cares = wl_realloc(heap, tag->cares, bytes, bytes + sizeof *tag->cares);
  tag->cares[tag->care_count++] = (Care){owner, changes};
  for (lua_Integer i = 1; lua_rawgeti(L, 4, i) != LUA_TNIL; i++) {
    wl_Error error;
    size_t length;
    const char *path = luaL_checklstring(L, -1, &length);
    if (!wl_changes_add(changes, path, length, &error))
      return luaL_argerror(L, 4, lua_pushstring(L, error.message));
    lua_pop(L, 1);
  }
  return 0;
}

void wl_lua_store_forget_cares(StoreBox *box) {
  for (int i = 1; i <= box->kind_count; i++) {
    KindTag *tag = &box->tags[i];
    for (size_t j = 0; j < tag->care_count; j++)
      wl_changes_free(tag->cares[j].changes);
    if (tag->gate != NULL)
      wl_store_drop_set(box->store, tag->gate);
    wl_dealloc(wl_store_heap(box->store), tag->cares,
               tag->care_count * sizeof *tag->cares);
  }
}

/* ---- noting ---- */

static void note_concern(StoreBox *box, wl_Id id) {
  wl_Ids *ids = &box->concerns;
  if (ids->length == 0 || ids->items[ids->length - 1] != id)
    wl_ids_add(wl_store_heap(box->store), ids, id);
  wl_lua_store_wake(box, box->collector);
}

static bool owners_stand(const StoreBox *box, const wl_Change *change,
                         wl_Value owners) {
  for (size_t i = 0, n = wl_length(owners); i < n; i++)
    if (wl_store_owner_there(box->store, change->kind, change->now,
                             wl_list_get(owners, i)) == 0)
      return false;
  return true;
}

/* Owners that are being deleted may be waiting for this. */
static void note_relieved(StoreBox *box, const wl_Change *change,
                          wl_Value owners) {
  for (size_t i = 0, n = wl_length(owners); i < n; i++) {
    wl_Id id = wl_store_owner_there(box->store, change->kind, change->old,
                                    wl_list_get(owners, i));
    if (id != 0 && wl_store_is_held(box->store, wl_store_value(box->store, id)))
      note_concern(box, id);
  }
}

static void note_departed(StoreBox *box, wl_Value object) {
  wl_Value uid = wl_get_path(object, box->uid_path, 2);
  if (!wl_store_owns_any(box->store, uid))
    return;
  wl_builder_add(&box->departed, wl_retain(uid));
  wl_lua_store_wake(box, box->collector);
}

void wl_lua_store_note_owners(StoreBox *box, const wl_Change *change) {
  wl_Value old = wl_store_owners_of(box->store, change->old);
  wl_Value now = wl_store_owners_of(box->store, change->now);
  bool same = wl_same(old, now);
  if (!same && !owners_stand(box, change, now))
    note_concern(box, change->id);
  else if (wl_store_is_held(box->store, change->now))
    note_concern(box, change->id);
  if (!same)
    note_relieved(box, change, old);
  if (change->type == WL_DELETED)
    note_departed(box, change->old);
}

/* ---- asking ---- */

static void note_present(StoreBox *box, wl_Id id, const wl_Kind *kind) {
  wl_Change change = {.id = id,
                      .type = WL_ADDED,
                      .kind = kind,
                      .old = WL_VALUE_ABSENT,
                      .now = wl_store_value(box->store, id)};
  wl_lua_store_note_owners(box, &change);
}

static int store_collects(lua_State *L) {
  StoreBox *box = wl_lua_check_store(L, 1);
  box->collector = wl_lua_check_subscriber(L, box);
  for (int i = 1; i <= box->kind_count; i++)
    wl_lua_store_each(box, box->kinds[i], note_present);
  return 0;
}

static int store_departed(lua_State *L) {
  StoreBox *box = wl_lua_check_store(L, 1);
  wl_Value list = wl_builder_list(&box->departed);
  wl_lua_push_value(L, list);
  wl_release(wl_host_heap(L), list);
  return 1;
}

static int compare_ids(const void *a, const void *b) {
  wl_Id x = *(const wl_Id *)a, y = *(const wl_Id *)b;
  return (x > y) - (x < y);
}

/* The batch of a kind in the table on top of the stack, made when missing. */
static BatchBox *batch_of_kind(lua_State *L, int number) {
  if (lua_rawgeti(L, 2, number) == LUA_TNIL) {
    lua_pop(L, 1);
    wl_lua_push_batch(L, 1);
    lua_pushvalue(L, -1);
    lua_rawseti(L, 2, number);
  }
  BatchBox *batch = wl_lua_check_batch(L, -1);
  lua_pop(L, 1);
  return batch;
}

static int store_concerns(lua_State *L) {
  StoreBox *box = wl_lua_check_store(L, 1);
  wl_Ids *ids = &box->concerns;
  lua_settop(L, 1);
  lua_newtable(L);
  if (ids->length > 1)
    qsort(ids->items, ids->length, sizeof *ids->items, compare_ids);
  for (size_t i = 0; i < ids->length; i++) {
    const wl_Kind *kind = wl_store_kind_of(box->store, ids->items[i]);
    if (kind == NULL || (i > 0 && ids->items[i] == ids->items[i - 1]))
      continue;
    const KindTag *tag = wl_kind_tag(kind);
    wl_ids_add(wl_host_heap(L), &batch_of_kind(L, tag->number)->ids,
               ids->items[i]);
  }
  ids->length = 0;
  return 1;
}

static int store_dependents(lua_State *L) {
  StoreBox *box = wl_lua_check_store(L, 1);
  luaL_checkstring(L, 2);
  wl_Value uid = wl_lua_borrow_value(L, 2);
  lua_newtable(L);
  for (int i = 0; i < 2 * box->kind_count; i++) {
    wl_Kind *kind = box->kinds[i / 2 + 1];
    wl_LiveSet *members = wl_store_dependents(kind, uid, i % 2 == 0);
    if (members == NULL)
      continue;
    SetBox *set = wl_lua_push_set(L, 1);
    set->kind = kind;
    set->set = wl_set_retain(members);
    lua_rawseti(L, -2, (lua_Integer)lua_rawlen(L, -2) + 1);
  }
  return 1;
}

static int store_owning(lua_State *L) {
  StoreBox *box = wl_lua_check_store(L, 1);
  const BatchBox *batch = wl_lua_check_batch(L, 2);
  BatchBox *owning = wl_lua_push_batch(L, 1);
  BatchBox *others = wl_lua_push_batch(L, 1);
  for (size_t i = 0; i < batch->ids.length; i++) {
    wl_Id id = batch->ids.items[i];
    wl_Value object = wl_store_value(box->store, id);
    wl_Value uid = wl_get_path(object, box->uid_path, 2);
    bool owns = wl_store_owns_any(box->store, uid);
    wl_ids_add(wl_host_heap(L), owns ? &owning->ids : &others->ids, id);
  }
  return 2;
}

const luaL_Reg wl_lua_store_owners[] = {
    {"cares", store_cares},
    {"collects", store_collects},
    {"concerns", store_concerns},
    {"departed", store_departed},
    {"dependents", store_dependents},
    {"owning", store_owning},
    {NULL, NULL},
};
