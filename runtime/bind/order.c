/* SPDX-License-Identifier: MIT */
#include "order.h"

#include <stdlib.h>
#include <string.h>

wl_Ordered wl_ordered(lua_State *L, int index, int at) {
  wl_Ordered item = {.class = WL_ORDER_NONE, .at = at};
  switch (lua_type(L, index)) {
  case LUA_TNUMBER:
    item.class = WL_ORDER_NUMBER;
    item.is_float = !lua_isinteger(L, index);
    if (item.is_float)
      item.as.number = lua_tonumber(L, index);
    else
      item.as.integer = lua_tointeger(L, index);
    break;
  case LUA_TSTRING:
    item.class = WL_ORDER_STRING;
    item.as.bytes = lua_tolstring(L, index, &item.length);
    break;
  case LUA_TBOOLEAN:
    item.class = WL_ORDER_BOOLEAN;
    item.as.integer = lua_toboolean(L, index);
    break;
  default:
    break;
  }
  return item;
}

static int compare_strings(const wl_Ordered *a, const wl_Ordered *b) {
  size_t shorter = a->length < b->length ? a->length : b->length;
  int order = memcmp(a->as.bytes, b->as.bytes, shorter);
  if (order != 0)
    return order;
  return (a->length > b->length) - (a->length < b->length);
}

/* An integer that a double cannot tell from a float comes first. */
static int compare_numbers(const wl_Ordered *a, const wl_Ordered *b) {
  if (!a->is_float && !b->is_float)
    return (a->as.integer > b->as.integer) - (a->as.integer < b->as.integer);
  lua_Number x = a->is_float ? a->as.number : (lua_Number)a->as.integer;
  lua_Number y = b->is_float ? b->as.number : (lua_Number)b->as.integer;
  if (x != y)
    return x < y ? -1 : 1;
  return a->is_float - b->is_float;
}

int wl_ordered_compare(const wl_Ordered *a, const wl_Ordered *b) {
  if (a->class != b->class)
    return a->class < b->class ? -1 : 1;
  if (a->class == WL_ORDER_STRING)
    return compare_strings(a, b);
  if (a->class == WL_ORDER_NUMBER)
    return compare_numbers(a, b);
  if (a->class == WL_ORDER_BOOLEAN)
    return (int)(a->as.integer - b->as.integer);
  return 0;
}

static int compare_then_place(const void *a, const void *b) {
  const wl_Ordered *x = a, *y = b;
  int order = wl_ordered_compare(x, y);
  return order != 0 ? order : (x->at > y->at) - (x->at < y->at);
}

void wl_ordered_sort(wl_Ordered *items, size_t n) {
  enum { FEW = 12 };
  if (n > FEW) {
    qsort(items, n, sizeof *items, compare_then_place);
    return;
  }
  for (size_t i = 1; i < n; i++) {
    wl_Ordered item = items[i];
    size_t j = i;
    for (; j > 0 && compare_then_place(&item, &items[j - 1]) < 0; j--)
      items[j] = items[j - 1];
    items[j] = item;
  }
}
