/* SPDX-License-Identifier: MIT */
/*
 * order_pairs.c - pairs and next that visit keys in a fixed order
 *
 * Lua's own order of string keys changes from process to process. Here pairs
 * notes the keys in order when it starts. A table whose own order happens to
 * be the fixed one (every array, a map of one key) is left to Lua's next.
 *
 * As in Lua, fields may be changed and cleared on the way. A key that is a
 * table, function or other object has no fixed order: pairs raises, except
 * for code installed below /usr, which does not know about wlrun and gets
 * such keys last.
 */
#include <lauxlib.h>
#include <stdbool.h>
#include <string.h>

#include "order.h"

/* Upvalues of an iterator: where it is, then its keys: one by one when they
 * are few, else all in one table. */
enum { POSITION = 1, MANY = 2, FIRST = 3, FEW_KEYS = 200 };

static void push_key(lua_State *L, lua_Integer i) {
  if (lua_istable(L, lua_upvalueindex(MANY)))
    lua_rawgeti(L, lua_upvalueindex(MANY), i);
  else /* past the last one nil, as Lua has it */
    lua_pushvalue(L, lua_upvalueindex(FIRST + (int)i - 1));
}

/* The position after the key at index 2, which is not at `position`. */
static lua_Integer locate(lua_State *L) {
  wl_Ordered wanted = wl_ordered(L, 2, 0);
  for (lua_Integer i = 1;; i++) {
    push_key(L, i);
    if (lua_isnil(L, -1))
      return luaL_error(L, "invalid key to 'next'");
    bool same = lua_rawequal(L, 2, -1);
    wl_Ordered key = wl_ordered(L, -1, 0);
    lua_pop(L, 1);
    if (same)
      return i + 1;
    if (wanted.class != WL_ORDER_NONE && wl_ordered_compare(&key, &wanted) > 0)
      return i;
  }
}

static lua_Integer following(lua_State *L) {
  lua_Integer position = lua_tointeger(L, lua_upvalueindex(POSITION));
  if (lua_isnoneornil(L, 2))
    return 1;
  if (position > 0) {
    push_key(L, position);
    bool same = lua_rawequal(L, 2, -1);
    lua_pop(L, 1);
    if (same)
      return position + 1;
  }
  return locate(L);
}

/* iterator(table, key) -> next key, value | nil */
static int iterate(lua_State *L) {
  for (lua_Integer i = following(L);; i++) {
    push_key(L, i);
    if (lua_isnil(L, -1))
      return 1;
    lua_pushvalue(L, -1);
    if (lua_rawget(L, 1) != LUA_TNIL) {
      lua_pushinteger(L, i);
      lua_replace(L, lua_upvalueindex(POSITION));
      return 2;
    }
    lua_pop(L, 2);
  }
}

static bool is_library(lua_State *L) {
  lua_Debug caller;
  if (!lua_getstack(L, 1, &caller))
    return false;
  lua_getinfo(L, "S", &caller);
  return strncmp(caller.source, "@/usr/", 6) == 0;
}

static void check_orderable(lua_State *L, int index) {
  if (!is_library(L))
    luaL_error(L,
               "a key is a %s, which has no fixed place among the others; "
               "go through an array instead",
               luaL_typename(L, index));
}

/* Does Lua's own next visit the table in the fixed order? Counts the keys in
 * any case. */
static bool is_in_order(lua_State *L, int table, size_t *count) {
  bool in_order = true;
  wl_Ordered last = {.class = WL_ORDER_NUMBER, .as.integer = LUA_MININTEGER};
  *count = 0;
  for (lua_pushnil(L); lua_next(L, table); lua_pop(L, 1)) {
    if ((*count)++ > 0 && !in_order)
      continue;
    wl_Ordered key = wl_ordered(L, -2, 0);
    if (key.class == WL_ORDER_NONE)
      in_order = false;
    else if (*count > 1)
      in_order = wl_ordered_compare(&last, &key) < 0;
    last = key;
  }
  return in_order;
}

/* Push the keys, `count` of them, onto the stack or, when `keys` is not 0,
 * into the table there; note their order in `order`. */
static void take_keys(lua_State *L, int table, int keys, wl_Ordered *order) {
  int i = 0;
  for (lua_pushnil(L); lua_next(L, table); i++) {
    lua_pop(L, 1);
    order[i] = wl_ordered(L, -1, i);
    if (order[i].class == WL_ORDER_NONE)
      check_orderable(L, -1);
    lua_pushvalue(L, -1);
    if (keys != 0)
      lua_rawseti(L, keys, i + 1);
  }
}

static void push_few(lua_State *L, int table, size_t count) {
  wl_Ordered order[FEW_KEYS];
  luaL_checkstack(L, 2 * (int)count + FIRST, NULL);
  int first = lua_gettop(L) + 1;
  take_keys(L, table, 0, order);
  wl_ordered_sort(order, count);
  lua_pushinteger(L, 0);
  lua_pushboolean(L, 0);
  for (size_t i = 0; i < count; i++)
    lua_pushvalue(L, first + order[i].at);
  lua_pushcclosure(L, iterate, FIRST - 1 + (int)count);
  lua_replace(L, first);
  lua_settop(L, first);
}

static void push_many(lua_State *L, int table, size_t count) {
  lua_pushinteger(L, 0);
  lua_createtable(L, (int)count, 0);
  lua_createtable(L, (int)count, 0);
  int unsorted = lua_gettop(L), sorted = unsorted - 1;
  wl_Ordered *order = lua_newuserdatauv(L, count * sizeof *order, 0);
  take_keys(L, table, unsorted, order);
  wl_ordered_sort(order, count);
  for (size_t i = 0; i < count; i++) {
    lua_rawgeti(L, unsorted, order[i].at + 1);
    lua_rawseti(L, sorted, (lua_Integer)i + 1);
  }
  lua_settop(L, sorted);
  lua_pushcclosure(L, iterate, MANY);
}

/* Push an iterator over the `count` keys of a table. */
static void push_iterator(lua_State *L, int table, size_t count) {
  if (count <= FEW_KEYS)
    push_few(L, table, count);
  else
    push_many(L, table, count);
}

/* pairs(t); upvalue: Lua's next */
static int ordered_pairs(lua_State *L) {
  luaL_checkany(L, 1);
  if (luaL_getmetafield(L, 1, "__pairs") != LUA_TNIL) {
    lua_pushvalue(L, 1);
    lua_call(L, 1, 3);
    return 3;
  }
  size_t count;
  luaL_checktype(L, 1, LUA_TTABLE);
  if (is_in_order(L, 1, &count))
    lua_pushvalue(L, lua_upvalueindex(1));
  else
    push_iterator(L, 1, count);
  lua_pushvalue(L, 1);
  lua_pushnil(L);
  return 3;
}

/* The smallest key, by one look at each. */
static int push_first(lua_State *L) {
  wl_Ordered first = {0};
  int objects = 0;
  bool any = false;
  lua_settop(L, 1);
  lua_pushnil(L); /* index 2: the smallest so far */
  for (lua_pushnil(L); lua_next(L, 1); lua_pop(L, 1)) {
    wl_Ordered key = wl_ordered(L, -2, 0);
    objects += key.class == WL_ORDER_NONE;
    if (any && wl_ordered_compare(&key, &first) >= 0)
      continue;
    any = true;
    first = key;
    lua_pushvalue(L, -2);
    lua_replace(L, 2);
  }
  if (!any)
    return 1;
  if (first.class == WL_ORDER_NONE && objects > 1)
    check_orderable(L, 2);
  lua_pushvalue(L, 2);
  lua_rawget(L, 1);
  return 2;
}

/* The walk of the table at index 1 is now done by what is on the top. */
static void set_walk(lua_State *L) {
  lua_pushvalue(L, 1);
  lua_insert(L, -2);
  lua_rawset(L, lua_upvalueindex(1));
}

/* next(t [, key]). Upvalue: the iterators of the walks in progress, by table
 * (weak). next(t) costs a look at each key; a whole walk one sort. */
static int ordered_next(lua_State *L) {
  luaL_checktype(L, 1, LUA_TTABLE);
  lua_settop(L, 2);
  lua_pushvalue(L, 1);
  bool walking = lua_rawget(L, lua_upvalueindex(1)) != LUA_TNIL;
  if (lua_isnil(L, 2)) {
    if (walking) {
      lua_pushnil(L);
      set_walk(L);
    }
    return push_first(L);
  }
  if (!walking) {
    size_t count;
    is_in_order(L, 1, &count);
    push_iterator(L, 1, count);
    lua_pushvalue(L, -1);
    set_walk(L);
  }
  lua_pushvalue(L, 1);
  lua_pushvalue(L, 2);
  lua_call(L, 2, 2);
  if (!lua_isnil(L, -2))
    return 2;
  lua_pushnil(L);
  set_walk(L); /* the walk is over */
  lua_pushnil(L);
  return 1;
}

void wl_push_pairs(lua_State *L) {
  lua_pushcclosure(L, ordered_pairs, 1);
}

void wl_push_next(lua_State *L) {
  lua_newtable(L);
  lua_newtable(L);
  lua_pushliteral(L, "k");
  lua_setfield(L, -2, "__mode");
  lua_setmetatable(L, -2);
  lua_pushcclosure(L, ordered_next, 1);
}
