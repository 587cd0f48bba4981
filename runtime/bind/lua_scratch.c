/* SPDX-License-Identifier: MIT */
#include "lua_scratch.h"

#include <lauxlib.h>

#include "host.h"

static const char SCRATCH[] = "wl.scratch";

void wl_lua_empty_scratch(wl_Scratch *scratch) {
  wl_buffer_destroy(&scratch->text);
  for (int i = 0; i < 2; i++) {
    wl_Value v = scratch->values[i];
    scratch->values[i] = WL_VALUE_ABSENT;
    wl_release(scratch->text.heap, v);
  }
}

static int scratch_gc(lua_State *L) {
  wl_lua_empty_scratch(luaL_checkudata(L, 1, SCRATCH));
  return 0;
}

wl_Scratch *wl_lua_push_scratch(lua_State *L) {
  wl_Scratch *scratch = lua_newuserdatauv(L, sizeof *scratch, 0);
  *scratch = (wl_Scratch){.values = {WL_VALUE_ABSENT, WL_VALUE_ABSENT}};
  wl_buffer_init(&scratch->text, wl_host_heap(L));
  if (luaL_newmetatable(L, SCRATCH)) {
    lua_pushcfunction(L, scratch_gc);
    lua_setfield(L, -2, "__gc");
  }
  lua_setmetatable(L, -2);
  return scratch;
}

void wl_lua_push_text(lua_State *L, wl_Scratch *scratch) {
  lua_pushlstring(L, scratch->text.length > 0 ? scratch->text.bytes : "",
                  scratch->text.length);
  wl_lua_empty_scratch(scratch);
}
