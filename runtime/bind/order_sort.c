/* SPDX-License-Identifier: MIT */
/*
 * order_sort.c - a stable table.sort
 *
 * Lua's own leaves equal elements in an order that depends on the machine's
 * clock once an array is large. This one keeps them as they were, and writes
 * the array only when all comparisons are done: one that raises changes
 * nothing.
 */
#include <lauxlib.h>
#include <limits.h>
#include <stdbool.h>
#include <string.h>

#include "order.h"

/* Where things are on the stack while sorting. */
enum { ARRAY = 1, LESS = 2, ITEMS = 3 };

/* All numbers, or all strings, and no function to compare them? */
static bool is_plain(lua_State *L, int n) {
  if (!lua_isnil(L, LESS))
    return false;
  lua_rawgeti(L, ITEMS, 1);
  int type = lua_type(L, -1);
  lua_pop(L, 1);
  if (type != LUA_TNUMBER && type != LUA_TSTRING)
    return false;
  for (int i = 2; i <= n; i++) {
    bool same = lua_rawgeti(L, ITEMS, i) == type;
    lua_pop(L, 1);
    if (!same)
      return false;
  }
  return true;
}

static void sort_plain(lua_State *L, int n, int *order) {
  wl_Ordered *items = lua_newuserdatauv(L, (size_t)n * sizeof *items, 0);
  for (int i = 0; i < n; i++) {
    lua_rawgeti(L, ITEMS, i + 1); /* kept alive by the table */
    items[i] = wl_ordered(L, -1, i);
    lua_pop(L, 1);
  }
  wl_ordered_sort(items, (size_t)n);
  for (int i = 0; i < n; i++)
    order[i] = items[i].at;
  lua_pop(L, 1);
}

static bool is_less(lua_State *L, int a, int b) {
  bool less;
  if (lua_isnil(L, LESS)) {
    lua_rawgeti(L, ITEMS, a + 1);
    lua_rawgeti(L, ITEMS, b + 1);
    less = lua_compare(L, -2, -1, LUA_OPLT);
    lua_pop(L, 2);
    return less;
  }
  lua_pushvalue(L, LESS);
  lua_rawgeti(L, ITEMS, a + 1);
  lua_rawgeti(L, ITEMS, b + 1);
  lua_call(L, 2, 1);
  less = lua_toboolean(L, -1);
  lua_pop(L, 1);
  return less;
}

/* Merge order[low, middle) and order[middle, high), both sorted. */
static void merge(lua_State *L, int *order, int *spare, int low, int middle,
                  int high) {
  if (!is_less(L, order[middle], order[middle - 1]))
    return;
  memcpy(spare + low, order + low, (size_t)(middle - low) * sizeof *order);
  int left = low, right = middle, to = low;
  while (left < middle && right < high)
    if (is_less(L, order[right], spare[left]))
      order[to++] = order[right++];
    else
      order[to++] = spare[left++];
  memcpy(order + to, spare + left, (size_t)(middle - left) * sizeof *order);
}

static void sort_by_merging(lua_State *L, int n, int *order, int *spare) {
  for (int width = 1; width<n; width = width> INT_MAX / 2 ? n : 2 * width)
    for (int low = 0; n - low > width; low += 2 * width) {
      int high = n - low > 2 * width ? low + 2 * width : n;
      merge(L, order, spare, low, low + width, high);
      if (high == n)
        break;
    }
}

/* table.sort(t [, less]) */
static int stable_sort(lua_State *L) {
  enum { MOST = INT_MAX / 4 };
  if (lua_type(L, 1) != LUA_TTABLE && !luaL_getmetafield(L, 1, "__newindex"))
    luaL_checktype(L, 1, LUA_TTABLE);
  if (!lua_isnoneornil(L, LESS))
    luaL_checktype(L, LESS, LUA_TFUNCTION);
  lua_settop(L, LESS);
  lua_Integer length = luaL_len(L, ARRAY);
  if (length < 2)
    return 0;
  luaL_argcheck(L, length < MOST, 1, "array too big");
  int n = (int)length;
  lua_createtable(L, n, 0);
  for (int i = 1; i <= n; i++) {
    lua_geti(L, ARRAY, i);
    lua_rawseti(L, ITEMS, i);
  }
  int *order = lua_newuserdatauv(L, 2 * (size_t)n * sizeof *order, 0);
  for (int i = 0; i < n; i++)
    order[i] = i;
  if (is_plain(L, n))
    sort_plain(L, n, order);
  else
    sort_by_merging(L, n, order, order + n);
  for (int i = 0; i < n; i++) {
    lua_rawgeti(L, ITEMS, order[i] + 1);
    lua_seti(L, ARRAY, i + 1);
  }
  return 0;
}

void wl_push_sort(lua_State *L) {
  lua_pushcfunction(L, stable_sort);
}
