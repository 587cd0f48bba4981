/* SPDX-License-Identifier: MIT */
/* lua_batch.c - batches of module "wl.store": references to many objects,
 * which cost Lua nothing until they are looked at.
 *
 *   #b, b[i]                 the object now, or nil when it is gone
 *   b:each()                 iterator of views of those that are there
 *   b:id(i)
 *   b:slice(i [, j])         a new batch
 *   b:add(object's id | batch)
 *   b:pluck(path)            { what is there at the path in each, or false }
 *   b:without(batch)         a new batch: the members that are not in the other
 *   b:split(facet)           two: that pass the test facet, and the others
 *   b:distinct()             a new batch: each member once
 *   b:group_by(path, ...)    see lua_batch_group.c
 *
 * Both batches of `without` are in the order of creation, as is what
 * `distinct` makes. */
#include <lauxlib.h>
#include <stdlib.h>

#include "host.h"
#include "lua_store.h"
#include "lua_value.h"

BatchBox *wl_lua_push_batch(lua_State *L, int store) {
  BatchBox *box = lua_newuserdatauv(L, sizeof *box, 1);
  *box = (BatchBox){.ids = {NULL, 0, 0}};
  luaL_setmetatable(L, BATCH);
  lua_pushvalue(L, store);
  lua_setiuservalue(L, -2, 1);
  return box;
}

void wl_lua_batch_filled(lua_State *L, const BatchBox *box) {
  size_t kilobytes = box->ids.capacity * sizeof(wl_Id) / 1024;
  if (kilobytes > 0)
    lua_gc(L, LUA_GCSTEP, (int)kilobytes);
}

BatchBox *wl_lua_check_batch(lua_State *L, int index) {
  return luaL_checkudata(L, index, BATCH);
}

static int batch_gc(lua_State *L) {
  BatchBox *box = wl_lua_check_batch(L, 1);
  wl_ids_free(wl_host_heap(L), &box->ids);
  return 0;
}

static int batch_length(lua_State *L) {
  lua_pushinteger(L, (lua_Integer)wl_lua_check_batch(L, 1)->ids.length);
  return 1;
}

/* b[i], or a method: upvalue 1 is the table of methods. */
static int batch_index(lua_State *L) {
  const BatchBox *box = wl_lua_check_batch(L, 1);
  if (!lua_isinteger(L, 2)) {
    lua_pushvalue(L, 2);
    lua_rawget(L, lua_upvalueindex(1));
    return 1;
  }
  lua_Integer i = lua_tointeger(L, 2);
  if (i < 1 || (size_t)i > box->ids.length)
    return 0;
  wl_lua_push_object(L, wl_lua_store_of(L, 1)->store, box->ids.items[i - 1]);
  return 1;
}

static int batch_id(lua_State *L) {
  const BatchBox *box = wl_lua_check_batch(L, 1);
  lua_Integer i = luaL_checkinteger(L, 2);
  if (i < 1 || (size_t)i > box->ids.length)
    return 0;
  lua_pushinteger(L, box->ids.items[i - 1]);
  return 1;
}

/* Upvalues: the batch, the place last given. */
static int each_next(lua_State *L) {
  const BatchBox *box = wl_lua_check_batch(L, lua_upvalueindex(1));
  const StoreBox *store = wl_lua_store_of(L, lua_upvalueindex(1));
  size_t i = (size_t)lua_tointeger(L, lua_upvalueindex(2));
  while (i < box->ids.length &&
         wl_is_absent(wl_store_value(store->store, box->ids.items[i])))
    i++;
  if (i >= box->ids.length)
    return 0;
  lua_pushinteger(L, (lua_Integer)i + 1);
  lua_replace(L, lua_upvalueindex(2));
  wl_lua_push_object(L, store->store, box->ids.items[i]);
  return 1;
}

static int batch_each(lua_State *L) {
  wl_lua_check_batch(L, 1);
  lua_pushvalue(L, 1);
  lua_pushinteger(L, 0);
  lua_pushcclosure(L, each_next, 2);
  return 1;
}

BatchBox *wl_lua_push_batch_like(lua_State *L, int index) {
  lua_getiuservalue(L, index, 1);
  BatchBox *box = wl_lua_push_batch(L, lua_gettop(L));
  lua_remove(L, -2);
  return box;
}

static int batch_slice(lua_State *L) {
  const BatchBox *box = wl_lua_check_batch(L, 1);
  lua_Integer first = luaL_checkinteger(L, 2);
  lua_Integer last = luaL_optinteger(L, 3, (lua_Integer)box->ids.length);
  if (first < 1)
    first = 1;
  if (last > (lua_Integer)box->ids.length)
    last = (lua_Integer)box->ids.length;
  BatchBox *part = wl_lua_push_batch_like(L, 1);
  for (lua_Integer i = first; i <= last; i++)
    wl_ids_add(wl_host_heap(L), &part->ids, box->ids.items[i - 1]);
  wl_lua_batch_filled(L, part);
  return 1;
}

static int batch_add(lua_State *L) {
  BatchBox *box = wl_lua_check_batch(L, 1);
  const BatchBox *more = luaL_testudata(L, 2, BATCH);
  wl_Heap *heap = wl_host_heap(L);
  luaL_argcheck(L, !box->held, 1, "this batch is being written");
  if (more == NULL)
    wl_ids_add(heap, &box->ids, wl_lua_check_id(L, 2));
  size_t n = more == NULL ? 0 : more->ids.length; /* it may be the same */
  for (size_t i = 0; i < n; i++)
    wl_ids_add(heap, &box->ids, more->ids.items[i]);
  lua_settop(L, 1);
  return 1;
}

static int batch_pluck(lua_State *L) {
  const BatchBox *box = wl_lua_check_batch(L, 1);
  const StoreBox *store = wl_lua_store_of(L, 1);
  const wl_Path *path = wl_lua_check_path(L, 2);
  lua_createtable(L, (int)box->ids.length, 0);
  for (size_t i = 0; i < box->ids.length; i++) {
    wl_Value object = wl_store_value(store->store, box->ids.items[i]);
    wl_Value part = wl_path_get(path, object);
    if (wl_is_absent(part))
      lua_pushboolean(L, false);
    else
      wl_lua_push_value(L, part);
    lua_rawseti(L, -2, (lua_Integer)i + 1);
  }
  return 1;
}

static int batch_without(lua_State *L) {
  const wl_Ids *ids = &wl_lua_check_batch(L, 1)->ids;
  const wl_Ids *other = &wl_lua_check_batch(L, 2)->ids;
  BatchBox *rest = wl_lua_push_batch_like(L, 1);
  for (size_t i = 0, j = 0; i < ids->length; i++) {
    while (j < other->length && other->items[j] < ids->items[i])
      j++;
    if (j == other->length || other->items[j] != ids->items[i])
      wl_ids_add(wl_host_heap(L), &rest->ids, ids->items[i]);
  }
  return 1;
}

static int by_id(const void *a, const void *b) {
  wl_Id x = *(const wl_Id *)a, y = *(const wl_Id *)b;
  return (x > y) - (x < y);
}

static int batch_distinct(lua_State *L) {
  const wl_Ids *ids = &wl_lua_check_batch(L, 1)->ids;
  BatchBox *box = wl_lua_push_batch_like(L, 1);
  for (size_t i = 0; i < ids->length; i++)
    wl_ids_add(wl_host_heap(L), &box->ids, ids->items[i]);
  size_t kept = 0;
  if (box->ids.length > 0)
    qsort(box->ids.items, box->ids.length, sizeof *box->ids.items, by_id);
  for (size_t i = 0; i < box->ids.length; i++)
    if (kept == 0 || box->ids.items[kept - 1] != box->ids.items[i])
      box->ids.items[kept++] = box->ids.items[i];
  box->ids.length = kept;
  wl_lua_batch_filled(L, box);
  return 1;
}

static int batch_split(lua_State *L) {
  const BatchBox *box = wl_lua_check_batch(L, 1);
  const StoreBox *store = wl_lua_store_of(L, 1);
  wl_Heap *heap = wl_host_heap(L);
  luaL_checkstring(L, 2);
  const wl_Kind *kind = NULL;
  for (size_t i = 0; i < box->ids.length && kind == NULL; i++)
    kind = wl_store_kind_of(store->store, box->ids.items[i]);
  uint32_t mask =
      kind == NULL ? 0 : (uint32_t)1 << wl_lua_check_test(L, kind, 2);
  BatchBox *pass = wl_lua_push_batch_like(L, 1),
           *fail = wl_lua_push_batch_like(L, 1);
  for (size_t i = 0; i < box->ids.length; i++) {
    wl_Id id = box->ids.items[i];
    bool passes = (wl_store_tests(store->store, id) & mask) != 0;
    wl_ids_add(heap, passes ? &pass->ids : &fail->ids, id);
  }
  return 2;
}

static const luaL_Reg methods[] = {
    {"add", batch_add},         {"distinct", batch_distinct},
    {"each", batch_each},       {"group_by", wl_lua_batch_group_by},
    {"id", batch_id},           {"pluck", batch_pluck},
    {"slice", batch_slice},     {"split", batch_split},
    {"without", batch_without}, {NULL, NULL},
};

void wl_lua_open_batches(lua_State *L) {
  luaL_newmetatable(L, BATCH);
  lua_pushcfunction(L, batch_gc);
  lua_setfield(L, -2, "__gc");
  lua_pushcfunction(L, batch_length);
  lua_setfield(L, -2, "__len");
  luaL_newlib(L, methods);
  lua_pushcclosure(L, batch_index, 1);
  lua_setfield(L, -2, "__index");
  lua_pop(L, 1);
}
