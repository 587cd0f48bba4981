/* SPDX-License-Identifier: MIT */
/* lua_json.c - Lua module "wl.json" */
#include <lauxlib.h>

#include "../io/json.h"
#include "host.h"
#include "lua_excerpt.h"
#include "lua_scratch.h"
#include "lua_value.h"

int luaopen_wl_json(lua_State *L);

/* json.parse(text [, {file = name}]) -> value | nil, message, code, place */
static int json_parse(lua_State *L) {
  size_t length;
  const char *text = luaL_checklstring(L, 1, &length);
  lua_settop(L, 2);
  const char *file = wl_lua_opt_file(L, 2);
  wl_Error error = {.code = WL_OK};
  wl_Scratch *scratch = wl_lua_push_scratch(L);
  scratch->values[0] = wl_json_read(wl_host_heap(L), text, length, &error);
  if (wl_is_absent(scratch->values[0]))
    return wl_lua_fail_at(L, &error, file, text, length);
  wl_lua_push_value(L, scratch->values[0]);
  wl_lua_empty_scratch(scratch);
  return 1;
}

static wl_JsonStyle check_style(lua_State *L, int index) {
  wl_JsonStyle style = {false, 0};
  if (lua_isnoneornil(L, index))
    return style;
  luaL_checktype(L, index, LUA_TTABLE);
  lua_getfield(L, index, "sorted");
  style.sorted = lua_toboolean(L, -1);
  lua_getfield(L, index, "pretty");
  style.indent = lua_toboolean(L, -1) ? 4 : 0;
  lua_pop(L, 2);
  return style;
}

/* json.format(value [, {pretty =, sorted =}]) -> text | nil, message, code */
static int json_format(lua_State *L) {
  lua_settop(L, 2);
  wl_JsonStyle style = check_style(L, 2);
  wl_Value value = wl_lua_borrow_value(L, 1);
  wl_Error error = {.code = WL_OK};
  wl_Scratch *scratch = wl_lua_push_scratch(L);
  if (!wl_json_write(&scratch->text, value, &style, &error))
    return wl_lua_fail(L, &error);
  wl_lua_push_text(L, scratch);
  return 1;
}

static const luaL_Reg functions[] = {
    {"format", json_format}, {"parse", json_parse}, {NULL, NULL}};

int luaopen_wl_json(lua_State *L) {
  wl_lua_need_values(L);
  luaL_newlib(L, functions);
  return 1;
}
