/* SPDX-License-Identifier: MIT */
/* lua_yaml.c - Lua module "wl.yaml" */
#include <lauxlib.h>

#include "../io/excerpt.h"
#include "../io/yaml.h"
#include "host.h"
#include "lua_excerpt.h"
#include "lua_scratch.h"
#include "lua_value.h"

int luaopen_wl_yaml(lua_State *L);

/* Push a scratch with the documents and their lines. False when the text is
 * not good: then the four results of a failure are pushed. */
static bool read_documents(lua_State *L, wl_Scratch **scratch) {
  size_t length;
  const char *text = luaL_checklstring(L, 1, &length);
  lua_settop(L, 2);
  const char *file = wl_lua_opt_file(L, 2);
  wl_Error error = {.code = WL_OK};
  wl_YamlStream stream;
  *scratch = wl_lua_push_scratch(L);
  if (!wl_yaml_read(wl_host_heap(L), text, length, &stream, &error)) {
    wl_lua_fail_at(L, &error, file, text, length);
    return false;
  }
  (*scratch)->values[0] = stream.documents;
  (*scratch)->values[1] = stream.lines;
  return true;
}

static int fail_many(lua_State *L, const wl_Scratch *scratch) {
  size_t length;
  const char *text = luaL_checklstring(L, 1, &length);
  wl_Error error;
  wl_fail(&error, WL_EINVALID,
          "a second document begins here: yaml.parse_all reads them all");
  error.line = (size_t)wl_int(wl_list_get(scratch->values[1], 1));
  error.column = 1;
  return wl_lua_fail_at(L, &error, wl_lua_opt_file(L, 2), text, length);
}

/* yaml.parse(text [, {file = name}]) -> value | nil, message, code, place */
static int yaml_parse(lua_State *L) {
  wl_Scratch *scratch;
  if (!read_documents(L, &scratch))
    return 4;
  size_t n = wl_length(scratch->values[0]);
  if (n > 1)
    return fail_many(L, scratch);
  wl_lua_push_value(L, n == 0 ? WL_VALUE_NULL
                              : wl_list_get(scratch->values[0], 0));
  wl_lua_empty_scratch(scratch);
  return 1;
}

/* yaml.parse_all(text [, {file = name}]) -> {value..., lines = {line...}} */
static int yaml_parse_all(lua_State *L) {
  wl_Scratch *scratch;
  if (!read_documents(L, &scratch))
    return 4;
  int n = (int)wl_length(scratch->values[0]);
  lua_createtable(L, n, 1);
  lua_createtable(L, n, 0);
  for (int i = 0; i < n; i++) {
    wl_lua_push_value(L, wl_list_get(scratch->values[0], (size_t)i));
    lua_rawseti(L, -3, i + 1);
    wl_lua_push_value(L, wl_list_get(scratch->values[1], (size_t)i));
    lua_rawseti(L, -2, i + 1);
  }
  lua_setfield(L, -2, "lines");
  wl_lua_empty_scratch(scratch);
  return 1;
}

/* yaml.format(value [, {sorted = bool}]) -> text | nil, message, code */
static int yaml_format(lua_State *L) {
  bool sorted = false;
  lua_settop(L, 2);
  if (!lua_isnoneornil(L, 2)) {
    luaL_checktype(L, 2, LUA_TTABLE);
    lua_getfield(L, 2, "sorted");
    sorted = lua_toboolean(L, -1);
  }
  wl_Value value = wl_lua_borrow_value(L, 1);
  wl_Error error = {.code = WL_OK};
  wl_Scratch *scratch = wl_lua_push_scratch(L);
  if (!wl_yaml_write(&scratch->text, value, sorted, &error))
    return wl_lua_fail(L, &error);
  wl_lua_push_text(L, scratch);
  return 1;
}

/* yaml.locate(text, document, path) -> line, column | nil */
static int yaml_locate(lua_State *L) {
  size_t length, line, column;
  const char *text = luaL_checklstring(L, 1, &length);
  lua_Integer document = luaL_checkinteger(L, 2);
  const char *path = luaL_checkstring(L, 3);
  luaL_argcheck(L, document >= 1, 2, "documents count from 1");
  if (!wl_yaml_locate(text, length, (size_t)document - 1, path, &line, &column))
    return 0;
  lua_pushinteger(L, (lua_Integer)line);
  lua_pushinteger(L, (lua_Integer)column);
  return 2;
}

/* yaml.excerpt(text, line, column) -> that line with a caret under it */
static int yaml_excerpt(lua_State *L) {
  size_t length;
  const char *text = luaL_checklstring(L, 1, &length);
  lua_Integer line = luaL_checkinteger(L, 2);
  lua_Integer column = luaL_optinteger(L, 3, 1);
  luaL_argcheck(L, line >= 1, 2, "lines count from 1");
  luaL_argcheck(L, column >= 1, 3, "columns count from 1");
  wl_Scratch *scratch = wl_lua_push_scratch(L);
  wl_excerpt(&scratch->text, text, length, (size_t)line, (size_t)column);
  wl_lua_push_text(L, scratch);
  return 1;
}

static const luaL_Reg functions[] = {
    {"excerpt", yaml_excerpt},     {"format", yaml_format},
    {"locate", yaml_locate},       {"parse", yaml_parse},
    {"parse_all", yaml_parse_all}, {NULL, NULL}};

int luaopen_wl_yaml(lua_State *L) {
  wl_lua_need_values(L);
  luaL_newlib(L, functions);
  return 1;
}
