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
 *   b:without(batch)         a new batch: the members that are not in the
 * other; both in the order of creation b:split(facet)           two batches:
 * whose objects pass the test facet, and the others b:group_by(path, ...)    {
 * {values..., batch = b}, ... } in the order of the first of each group.
 * Objects are together when they share the very parts at the paths, or have
 * equal ones that are not lists or maps. */
#include <lauxlib.h>

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

static BatchBox *push_like(lua_State *L, int index) {
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
  BatchBox *part = push_like(L, 1);
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
  BatchBox *rest = push_like(L, 1);
  for (size_t i = 0, j = 0; i < ids->length; i++) {
    while (j < other->length && other->items[j] < ids->items[i])
      j++;
    if (j == other->length || other->items[j] != ids->items[i])
      wl_ids_add(wl_host_heap(L), &rest->ids, ids->items[i]);
  }
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
  BatchBox *pass = push_like(L, 1), *fail = push_like(L, 1);
  for (size_t i = 0; i < box->ids.length; i++) {
    wl_Id id = box->ids.items[i];
    bool passes = (wl_store_tests(store->store, id) & mask) != 0;
    wl_ids_add(heap, passes ? &pass->ids : &fail->ids, id);
  }
  return 2;
}

/* ---- grouping ---- */

enum { MAX_PATHS = 24 };

typedef struct Grouping {
  const wl_Store *store;
  wl_Heap *heap;
  const wl_Path *paths[MAX_PATHS];
  size_t count;
  int groups; /* stack index of the result */
  int index;  /* stack index of a table: group's hash -> list of its groups */
} Grouping;

static bool alike(wl_Value a, wl_Value b) {
  if (wl_same(a, b))
    return true;
  wl_Type type = wl_type(a);
  return type != WL_LIST && type != WL_MAP && wl_equal(a, b);
}

/* Do the objects share the parts? Compared with the first of the group. */
static bool belongs(const Grouping *g, const BatchBox *group,
                    const wl_Value *parts) {
  wl_Value first = wl_store_value(g->store, group->ids.items[0]);
  for (size_t i = 0; i < g->count; i++)
    if (!alike(wl_path_get(g->paths[i], first), parts[i]))
      return false;
  return true;
}

static lua_Integer hash_parts(const Grouping *g, const wl_Value *parts) {
  uint64_t hash = 0;
  for (size_t i = 0; i < g->count; i++) {
    wl_Type type = wl_type(parts[i]);
    uint64_t part =
        type == WL_LIST || type == WL_MAP ? parts[i].bits : wl_hash(parts[i]);
    hash = (hash ^ part) * 0x9e3779b97f4a7c15u;
    hash ^= hash >> 32;
  }
  return (lua_Integer)(hash >> 1);
}

/* Push a new group { part, ..., batch = b } and enter it in the result. */
static BatchBox *push_group(lua_State *L, const Grouping *g,
                            const wl_Value *parts) {
  lua_createtable(L, (int)g->count, 1);
  for (size_t i = 0; i < g->count; i++) {
    wl_lua_push_value(L, parts[i]);
    lua_rawseti(L, -2, (lua_Integer)i + 1);
  }
  lua_pushvalue(L, -1);
  lua_rawseti(L, g->groups, (lua_Integer)lua_rawlen(L, g->groups) + 1);
  BatchBox *batch = push_like(L, 1);
  lua_setfield(L, -2, "batch");
  return batch;
}

/* The group's batch; leaves nothing on the stack. Groups with the same hash
 * are chained under successive hashes. */
static BatchBox *group_of(lua_State *L, const Grouping *g,
                          const wl_Value *parts) {
  for (lua_Integer hash = hash_parts(g, parts);; hash++) {
    if (lua_rawgeti(L, g->index, hash) == LUA_TNIL) {
      lua_pop(L, 1);
      BatchBox *batch = push_group(L, g, parts);
      lua_getfield(L, -1, "batch");
      lua_rawseti(L, g->index, hash);
      lua_pop(L, 1);
      return batch;
    }
    BatchBox *batch = wl_lua_check_batch(L, -1);
    lua_pop(L, 1);
    if (belongs(g, batch, parts))
      return batch;
  }
}

static int batch_group_by(lua_State *L) {
  const BatchBox *box = wl_lua_check_batch(L, 1);
  Grouping g = {.store = wl_lua_store_of(L, 1)->store, .heap = wl_host_heap(L)};
  int top = lua_gettop(L);
  luaL_argcheck(L, top >= 2 && top <= MAX_PATHS + 1, 2, "1 to 24 paths");
  for (int i = 2; i <= top; i++)
    g.paths[g.count++] = wl_lua_check_path(L, i);
  lua_newtable(L);
  g.groups = lua_gettop(L);
  lua_newtable(L);
  g.index = lua_gettop(L);
  BatchBox *last = NULL;
  for (size_t i = 0; i < box->ids.length; i++) {
    wl_Value object = wl_store_value(g.store, box->ids.items[i]);
    wl_Value parts[MAX_PATHS];
    if (wl_is_absent(object))
      continue;
    for (size_t k = 0; k < g.count; k++)
      parts[k] = wl_path_get(g.paths[k], object);
    if (last == NULL || !belongs(&g, last, parts))
      last = group_of(L, &g, parts);
    wl_ids_add(g.heap, &last->ids, box->ids.items[i]);
  }
  lua_settop(L, g.groups);
  return 1;
}

static const luaL_Reg methods[] = {
    {"add", batch_add},
    {"each", batch_each},
    {"group_by", batch_group_by},
    {"id", batch_id},
    {"pluck", batch_pluck},
    {"slice", batch_slice},
    {"split", batch_split},
    {"without", batch_without},
    {NULL, NULL},
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
