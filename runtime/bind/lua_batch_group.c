/* SPDX-License-Identifier: MIT */
/* lua_batch_group.c - sorting the objects of a batch into groups of like ones.
 *
 *   b:group_by(path, ...)    { {values..., batch = b}, ... } in the order of
 *                            the first of each group
 *
 * Objects are alike when their parts at all paths are equal. A path may ask
 * for a part of each item of a list, "spec.containers[*].image"; its value is
 * then the list. Paths into a part that two objects share cost nothing; equal
 * parts that are not shared are compared once an object, hashes being kept in
 * the parts. */
#include <lauxlib.h>
#include <string.h>

#include "host.h"
#include "lua_store.h"
#include "lua_value.h"

enum { MAX_PATHS = 32, MAX_ROOTS = 4 };

static const char ITEMS[] = "[*]";

typedef struct Part {
  const wl_Path *path;
  const wl_Path *of_item; /* NULL: the part itself is meant */
  size_t root;            /* the part of the object that it is in */
} Part;

typedef struct Grouping {
  const wl_Store *store;
  wl_Heap *heap;
  Part parts[MAX_PATHS];
  size_t count;
  const wl_Path *roots[MAX_ROOTS];
  size_t root_count;
  int groups; /* stack index of the result */
  int index;  /* stack index of a table: group's hash -> its batch */
} Grouping;

/* ---- reading the paths ---- */

/* Compiled; it lives as long as what is left on the stack. */
static const wl_Path *compile(lua_State *L, const char *text, size_t length) {
  lua_pushlstring(L, text, length);
  return wl_lua_check_path(L, -1);
}

static size_t find_root(lua_State *L, Grouping *g, const char *text) {
  const wl_Path *root = compile(L, text, strcspn(text, ".["));
  for (size_t i = 0; i < g->root_count; i++)
    if (g->roots[i] == root)
      return i;
  if (g->root_count == MAX_ROOTS)
    return MAX_ROOTS;
  g->roots[g->root_count] = root;
  return g->root_count++;
}

static void read_path(lua_State *L, Grouping *g, int index) {
  const char *text = luaL_checkstring(L, index);
  const char *items = strstr(text, ITEMS);
  Part *part = &g->parts[g->count++];
  luaL_checkstack(L, 3, "too many paths");
  part->root = find_root(L, g, text);
  size_t length = items != NULL ? (size_t)(items - text) : strlen(text);
  part->path = compile(L, text, length);
  part->of_item = NULL;
  if (items != NULL)
    part->of_item =
        compile(L, items + strlen(ITEMS), strlen(items + strlen(ITEMS)));
}

/* ---- alike ---- */

static bool equal_items(const wl_Path *path, wl_Value a, wl_Value b) {
  size_t n = wl_length(a);
  if (wl_type(a) != WL_LIST || wl_type(b) != WL_LIST)
    return wl_equal(a, b);
  if (n != wl_length(b))
    return false;
  for (size_t i = 0; i < n; i++)
    if (!wl_equal(wl_path_get(path, wl_list_get(a, i)),
                  wl_path_get(path, wl_list_get(b, i))))
      return false;
  return true;
}

static bool alike(const Grouping *g, wl_Value a, wl_Value b) {
  bool shared[MAX_ROOTS + 1] = {false};
  for (size_t i = 0; i < g->root_count; i++)
    shared[i] =
        wl_same(wl_path_get(g->roots[i], a), wl_path_get(g->roots[i], b));
  for (size_t i = 0; i < g->count; i++) {
    const Part *part = &g->parts[i];
    if (shared[part->root])
      continue;
    wl_Value x = wl_path_get(part->path, a), y = wl_path_get(part->path, b);
    if (wl_same(x, y))
      continue;
    if (part->of_item != NULL ? !equal_items(part->of_item, x, y)
                              : !wl_equal(x, y))
      return false;
  }
  return true;
}

static bool belongs(const Grouping *g, const BatchBox *group, wl_Value object) {
  return alike(g, wl_store_value(g->store, group->ids.items[0]), object);
}

static uint64_t mix(uint64_t hash, uint32_t part) {
  hash = (hash ^ part) * 0x9e3779b97f4a7c15u;
  return hash ^ hash >> 32;
}

static lua_Integer hash_of(const Grouping *g, wl_Value object) {
  uint64_t hash = 0;
  for (size_t i = 0; i < g->count; i++) {
    const Part *part = &g->parts[i];
    wl_Value v = wl_path_get(part->path, object);
    if (part->of_item == NULL || wl_type(v) != WL_LIST) {
      hash = mix(hash, wl_hash(v));
      continue;
    }
    for (size_t k = 0; k < wl_length(v); k++)
      hash = mix(hash, wl_hash(wl_path_get(part->of_item, wl_list_get(v, k))));
    hash = mix(hash, (uint32_t)wl_length(v));
  }
  return (lua_Integer)(hash >> 1);
}

/* ---- the groups ---- */

/* Push a new group { part, ..., batch = b } and enter it in the result. */
static BatchBox *push_group(lua_State *L, const Grouping *g, wl_Value object) {
  lua_createtable(L, (int)g->count, 1);
  for (size_t i = 0; i < g->count; i++) {
    wl_lua_push_value(L, wl_path_get(g->parts[i].path, object));
    lua_rawseti(L, -2, (lua_Integer)i + 1);
  }
  lua_pushvalue(L, -1);
  lua_rawseti(L, g->groups, (lua_Integer)lua_rawlen(L, g->groups) + 1);
  BatchBox *batch = wl_lua_push_batch_like(L, 1);
  lua_setfield(L, -2, "batch");
  return batch;
}

/* The group's batch; leaves nothing on the stack. Groups with the same hash
 * are chained under successive hashes. */
static BatchBox *group_of(lua_State *L, const Grouping *g, wl_Value object) {
  for (lua_Integer hash = hash_of(g, object);; hash++) {
    if (lua_rawgeti(L, g->index, hash) == LUA_TNIL) {
      lua_pop(L, 1);
      BatchBox *batch = push_group(L, g, object);
      lua_getfield(L, -1, "batch");
      lua_rawseti(L, g->index, hash);
      lua_pop(L, 1);
      return batch;
    }
    BatchBox *batch = wl_lua_check_batch(L, -1);
    lua_pop(L, 1);
    if (belongs(g, batch, object))
      return batch;
  }
}

int wl_lua_batch_group_by(lua_State *L) {
  const BatchBox *box = wl_lua_check_batch(L, 1);
  Grouping g = {.store = wl_lua_store_of(L, 1)->store, .heap = wl_host_heap(L)};
  int top = lua_gettop(L);
  luaL_argcheck(L, top >= 2 && top <= MAX_PATHS + 1, 2, "1 to 32 paths");
  for (int i = 2; i <= top; i++)
    read_path(L, &g, i);
  lua_newtable(L);
  g.groups = lua_gettop(L);
  lua_newtable(L);
  g.index = lua_gettop(L);
  luaL_checkstack(L, 8, "too many paths");
  BatchBox *last = NULL;
  for (size_t i = 0; i < box->ids.length; i++) {
    wl_Value object = wl_store_value(g.store, box->ids.items[i]);
    if (wl_is_absent(object))
      continue;
    if (last == NULL || !belongs(&g, last, object))
      last = group_of(L, &g, object);
    wl_ids_add(g.heap, &last->ids, box->ids.items[i]);
  }
  lua_settop(L, g.groups);
  return 1;
}
