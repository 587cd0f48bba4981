/* SPDX-License-Identifier: MIT */
/* lua_order.c - declared orders of module "wl.store".
 *
 *   local order = s:order(kind, description)   -- see rank.h
 *   s:rank(order, batch [, context [, limit [, round]]])
 *                                   -- sorts the batch in place, and cuts it
 *
 * An order keeps the store's userdata as its uservalue. */
#include <lauxlib.h>

#include "host.h"
#include "lua_store.h"
#include "lua_value.h"

#define ORDER "wl.order"

typedef struct OrderBox {
  wl_Order *order; /* NULL: closed */
} OrderBox;

int wl_lua_store_order(lua_State *L) {
  StoreBox *box = wl_lua_check_store(L, 1);
  const wl_Kind *kind = wl_lua_check_kind(L, box, 2);
  wl_Value description = wl_lua_borrow_value(L, 3);
  OrderBox *order = lua_newuserdatauv(L, sizeof *order, 1);
  order->order = NULL;
  luaL_setmetatable(L, ORDER);
  lua_pushvalue(L, 1);
  lua_setiuservalue(L, -2, 1);
  wl_Error error;
  order->order = wl_order_compile(wl_host_heap(L), wl_kind_facets(kind),
                                  description, &error);
  return order->order == NULL ? luaL_error(L, "%s", error.message) : 1;
}

int wl_lua_store_rank(lua_State *L) {
  StoreBox *box = wl_lua_check_store(L, 1);
  const OrderBox *order = luaL_checkudata(L, 2, ORDER);
  BatchBox *batch = wl_lua_check_batch(L, 3);
  const BatchBox *context =
      lua_isnoneornil(L, 4) ? NULL : wl_lua_check_batch(L, 4);
  luaL_argcheck(L, order->order != NULL, 2, "this order is closed");
  luaL_argcheck(L, !batch->held, 3, "this batch is being written");
  size_t n = batch->ids.length;
  lua_Integer limit = luaL_optinteger(L, 5, (lua_Integer)n);
  lua_Integer round = luaL_optinteger(L, 6, 0);
  luaL_argcheck(L, limit >= 0, 5, "a number of objects expected");
  luaL_argcheck(L, round >= 0, 6, "a number of objects expected");
  if ((size_t)limit < n)
    batch->ids.length = (size_t)limit;
  wl_rank(box->store, order->order, context == NULL ? NULL : &context->ids,
          batch->ids.items, n, (size_t)limit, (size_t)round);
  lua_settop(L, 3);
  return 1;
}

static int order_gc(lua_State *L) {
  OrderBox *box = luaL_checkudata(L, 1, ORDER);
  wl_order_free(box->order);
  box->order = NULL;
  return 0;
}

void wl_lua_open_orders(lua_State *L) {
  luaL_newmetatable(L, ORDER);
  lua_pushcfunction(L, order_gc);
  lua_setfield(L, -2, "__gc");
  lua_pop(L, 1);
}
