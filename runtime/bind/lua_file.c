/* SPDX-License-Identifier: MIT */
/* lua_file.c - Lua module "wl.file" */
#include <lauxlib.h>

#include "../io/file.h"
#include "lua_scratch.h"
#include "lua_value.h"

int luaopen_wl_file(lua_State *L);

/* file.read(path [, limit_in_bytes]) -> text | nil, message, code */
static int file_read(lua_State *L) {
  const char *path = luaL_checkstring(L, 1);
  lua_Integer limit = luaL_optinteger(L, 2, WL_FILE_BYTES);
  luaL_argcheck(L, limit >= 0, 2, "a number of bytes");
  wl_Error error = {WL_OK};
  wl_Scratch *scratch = wl_lua_push_scratch(L);
  if (!wl_file_read(&scratch->text, path, (size_t)limit, &error))
    return wl_lua_fail(L, &error);
  wl_lua_push_text(L, scratch);
  return 1;
}

static const luaL_Reg functions[] = {{"read", file_read}, {NULL, NULL}};

int luaopen_wl_file(lua_State *L) {
  wl_lua_need_values(L);
  luaL_newlib(L, functions);
  return 1;
}
