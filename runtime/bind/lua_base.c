/* SPDX-License-Identifier: MIT */
#include <lauxlib.h>
#include <lua.h>

int luaopen_wl_base(lua_State *L);

int luaopen_wl_base(lua_State *L) {
  lua_newtable(L);
  return 1;
}
