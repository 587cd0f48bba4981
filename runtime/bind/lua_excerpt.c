/* SPDX-License-Identifier: MIT */
#include "lua_excerpt.h"

#include <lauxlib.h>

#include "../io/excerpt.h"
#include "lua_scratch.h"

const char *wl_lua_opt_file(lua_State *L, int index) {
  if (lua_isnoneornil(L, index))
    return NULL;
  luaL_checktype(L, index, LUA_TTABLE);
  if (lua_getfield(L, index, "file") == LUA_TNIL)
    return NULL;
  return luaL_checkstring(L, -1);
}

static void put_message(wl_Buffer *out, const wl_Error *error, const char *file,
                        const char *text, size_t length) {
  if (file != NULL) {
    wl_buffer_add_text(out, file);
    wl_buffer_add_char(out, ':');
  }
  if (error->line > 0)
    wl_buffer_print(out, "%zu:%zu:", error->line, error->column);
  if (out->length > 0)
    wl_buffer_add_char(out, ' ');
  wl_buffer_add_text(out, error->message);
  if (error->line > 0) {
    wl_buffer_add_char(out, '\n');
    wl_excerpt(out, text, length, error->line, error->column);
  }
}

int wl_lua_fail_at(lua_State *L, const wl_Error *error, const char *file,
                   const char *text, size_t length) {
  wl_Scratch *scratch = wl_lua_push_scratch(L);
  put_message(&scratch->text, error, file, text, length);
  lua_pushnil(L);
  wl_lua_push_text(L, scratch);
  lua_pushstring(L, wl_code_name(error->code));
  lua_createtable(L, 0, 2);
  lua_pushinteger(L, (lua_Integer)error->line);
  lua_setfield(L, -2, "line");
  lua_pushinteger(L, (lua_Integer)error->column);
  lua_setfield(L, -2, "column");
  return 4;
}
