/* SPDX-License-Identifier: MIT */
/* lua_file.c - Lua module "wl.file" */
#include <lauxlib.h>
#include <string.h>

#include "../io/directory.h"
#include "../io/file.h"
#include "lua_scratch.h"
#include "lua_value.h"

int luaopen_wl_file(lua_State *L);

/* file.read(path [, limit_in_bytes]) -> text | nil, message, code */
static int file_read(lua_State *L) {
  const char *path = luaL_checkstring(L, 1);
  lua_Integer limit = luaL_optinteger(L, 2, WL_FILE_BYTES);
  luaL_argcheck(L, limit >= 0, 2, "a number of bytes");
  wl_Error error = {.code = WL_OK};
  wl_Scratch *scratch = wl_lua_push_scratch(L);
  if (!wl_file_read(&scratch->text, path, (size_t)limit, &error))
    return wl_lua_fail(L, &error);
  wl_lua_push_text(L, scratch);
  return 1;
}

/* file.list(path) -> names of what a directory holds, those of directories
 * with a "/" at the end, in no order | nil, message, code */
static int file_list(lua_State *L) {
  const char *path = luaL_checkstring(L, 1);
  wl_Error error = {.code = WL_OK};
  wl_Scratch *scratch = wl_lua_push_scratch(L);
  if (!wl_directory_read(&scratch->text, path, &error))
    return wl_lua_fail(L, &error);
  lua_newtable(L);
  lua_Integer count = 0;
  for (size_t at = 0; at < scratch->text.length;) {
    const char *name = scratch->text.bytes + at;
    at += strlen(name) + 1;
    lua_pushstring(L, name);
    lua_seti(L, -2, ++count);
  }
  return 1;
}

/* file.make_directory(path) -> true | nil, message, code; those above it, too
 */
static int file_make_directory(lua_State *L) {
  wl_Error error = {.code = WL_OK};
  if (!wl_directory_make(luaL_checkstring(L, 1), &error))
    return wl_lua_fail(L, &error);
  lua_pushboolean(L, 1);
  return 1;
}

static const luaL_Reg functions[] = {{"list", file_list},
                                     {"make_directory", file_make_directory},
                                     {"read", file_read},
                                     {NULL, NULL}};

int luaopen_wl_file(lua_State *L) {
  wl_lua_need_values(L);
  luaL_newlib(L, functions);
  return 1;
}
