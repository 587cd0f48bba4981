/* SPDX-License-Identifier: MIT */
/* lua_mould.c - Lua module "wl.mould": what is made of values that differ in a
 * few texts; see core/mould.h.
 *
 *   local m = mould.learn({ in1, out1 }, { in2, out2 }, plain, free)  -- | nil
 *   m:cast(in3)                                                -- out3 | nil
 *
 * `plain` and `free` are lists of lists of keys. */
#include <lauxlib.h>

#include "../core/mould.h"
#include "host.h"
#include "lua_value.h"

static const char MOULD[] = "wl.mould";

typedef struct MouldBox {
  wl_Mould *mould; /* NULL until learned, and when collected */
} MouldBox;

/* The item of the table at `table`, pushed and borrowed. */
static wl_Value push_item(lua_State *L, int table, int i) {
  luaL_checktype(L, table, LUA_TTABLE);
  lua_rawgeti(L, table, i);
  return wl_lua_borrow_value(L, lua_gettop(L));
}

int luaopen_wl_mould(lua_State *L);

static int mould_learn(lua_State *L) {
  lua_settop(L, 4);
  wl_Value plain = wl_lua_borrow_value(L, 3);
  wl_Value free = wl_lua_borrow_value(L, 4);
  wl_Example examples[2];
  for (int i = 0; i < 2; i++) {
    examples[i].in = push_item(L, 1 + i, 1);
    examples[i].out = push_item(L, 1 + i, 2);
  }
  MouldBox *box = lua_newuserdatauv(L, sizeof *box, 0);
  box->mould = NULL;
  luaL_setmetatable(L, MOULD);
  box->mould = wl_mould_learn(wl_host_heap(L), examples, plain, free);
  if (box->mould == NULL)
    lua_pushnil(L);
  return 1;
}

static int mould_cast(lua_State *L) {
  MouldBox *box = luaL_checkudata(L, 1, MOULD);
  luaL_argcheck(L, box->mould != NULL, 1, "this mould was collected");
  wl_Value in = wl_lua_borrow_value(L, 2);
  wl_Value *slot = wl_lua_push_slot(L);
  *slot = wl_mould_cast(wl_host_heap(L), box->mould, in);
  wl_lua_finish_slot(L);
  return 1;
}

static int mould_gc(lua_State *L) {
  MouldBox *box = luaL_checkudata(L, 1, MOULD);
  wl_Mould *mould = box->mould;
  box->mould = NULL;
  wl_mould_free(wl_host_heap(L), mould);
  return 0;
}

static const luaL_Reg functions[] = {{"learn", mould_learn}, {NULL, NULL}};
static const luaL_Reg methods[] = {{"cast", mould_cast}, {NULL, NULL}};
static const luaL_Reg metamethods[] = {{"__gc", mould_gc}, {NULL, NULL}};

int luaopen_wl_mould(lua_State *L) {
  wl_lua_need_values(L);
  luaL_newmetatable(L, MOULD);
  luaL_setfuncs(L, metamethods, 0);
  luaL_newlib(L, methods);
  lua_setfield(L, -2, "__index");
  luaL_newlib(L, functions);
  return 1;
}
