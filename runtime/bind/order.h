/* SPDX-License-Identifier: MIT */
/*
 * order.h - a fixed order of Lua values, for keys and for sorting
 *
 * Numbers ascending, then strings by bytes, then false and true. Values of
 * other types have no order of their own: they come last, all equal.
 */
#ifndef WL_ORDER_H
#define WL_ORDER_H

#include <lua.h>
#include <stddef.h>

typedef enum wl_OrderClass {
  WL_ORDER_NUMBER,
  WL_ORDER_STRING,
  WL_ORDER_BOOLEAN,
  WL_ORDER_NONE
} wl_OrderClass;

/* A value as the order sees it. A string's bytes are borrowed from Lua. */
typedef struct wl_Ordered {
  wl_OrderClass class;
  int at; /* where the caller found it; decides between equals */
  size_t length;
  union {
    const char *bytes;
    lua_Integer integer;
    lua_Number number;
  } as;
  int is_float;
} wl_Ordered;

wl_Ordered wl_ordered(lua_State *L, int index, int at);
int wl_ordered_compare(const wl_Ordered *a, const wl_Ordered *b);
void wl_ordered_sort(wl_Ordered *items, size_t n); /* O(n log n) */

/* Each pushes a function: pairs and next in that order, and a table.sort
 * that is stable. wl_push_pairs replaces Lua's own next, on the top. */
void wl_push_pairs(lua_State *L);
void wl_push_next(lua_State *L);
void wl_push_sort(lua_State *L);

#endif
