/* SPDX-License-Identifier: MIT */
/*
 * lua_base.c - Lua module "wl.base": the standard library, made repeatable
 *
 * Two runs of one scenario print the same. So nothing a script calls may
 * depend on where memory lies or on the wall clock: pairs and next have a
 * fixed order, table.sort is stable, tostring numbers objects instead of
 * printing addresses, and math.random starts from a fixed seed. Opening the
 * module changes the globals.
 */
#include <lauxlib.h>
#include <lua.h>
#include <stdbool.h>
#include <stdio.h>

#include "order.h"

int luaopen_wl_base(lua_State *L);

/* Upvalues of tostring, print and format: numbers by object (weak), the last
 * number given, in [0] of the same table. */
enum { NUMBERS = 1, ORIGINAL = 2 };

static bool has_address(lua_State *L, int index) {
  int type = lua_type(L, index);
  return type == LUA_TTABLE || type == LUA_TFUNCTION || type == LUA_TUSERDATA ||
         type == LUA_TTHREAD;
}

/* The number of an object: 1 for the first one that was ever printed. */
static lua_Integer number_of(lua_State *L, int index) {
  lua_pushvalue(L, index);
  if (lua_rawget(L, lua_upvalueindex(NUMBERS)) == LUA_TNIL) {
    lua_pop(L, 1);
    lua_rawgeti(L, lua_upvalueindex(NUMBERS), 0);
    lua_pushinteger(L, lua_tointeger(L, -1) + 1);
    lua_replace(L, -2);
    lua_pushvalue(L, -1);
    lua_rawseti(L, lua_upvalueindex(NUMBERS), 0);
    lua_pushvalue(L, index);
    lua_pushvalue(L, -2);
    lua_rawset(L, lua_upvalueindex(NUMBERS));
  }
  lua_Integer number = lua_tointeger(L, -1);
  lua_pop(L, 1);
  return number;
}

static const char *push_text(lua_State *L, int index, size_t *length) {
  if (!has_address(L, index) ||
      luaL_getmetafield(L, index, "__tostring") != LUA_TNIL)
    return luaL_tolstring(L, index, length);
  const char *kind = luaL_typename(L, index);
  if (luaL_getmetafield(L, index, "__name") == LUA_TSTRING)
    kind = lua_tostring(L, -1);
  char number[24]; /* looks like the address it stands for */
  snprintf(number, sizeof number, "0x%08llx", number_of(L, index));
  lua_pushfstring(L, "%s: %s", kind, number);
  return lua_tolstring(L, -1, length);
}

static int base_tostring(lua_State *L) {
  luaL_checkany(L, 1);
  push_text(L, 1, NULL);
  return 1;
}

static int base_print(lua_State *L) {
  int n = lua_gettop(L);
  for (int i = 1; i <= n; i++) {
    size_t length;
    const char *text = push_text(L, i, &length);
    if (i > 1)
      fputc('\t', stdout);
    fwrite(text, 1, length, stdout);
    lua_settop(L, n);
  }
  fputc('\n', stdout);
  fflush(stdout);
  return 0;
}

static int base_format(lua_State *L) {
  int n = lua_gettop(L);
  for (int i = 2; i <= n; i++)
    if (has_address(L, i)) {
      push_text(L, i, NULL);
      lua_replace(L, i);
      lua_settop(L, n);
    }
  return lua_tocfunction(L, lua_upvalueindex(ORIGINAL))(L);
}

/* math.randomseed() without a seed starts the fixed sequence again. */
static int base_randomseed(lua_State *L) {
  if (lua_gettop(L) == 0)
    lua_pushinteger(L, 0);
  lua_pushvalue(L, lua_upvalueindex(1));
  lua_insert(L, 1);
  lua_call(L, lua_gettop(L) - 1, 0);
  return 0;
}

/* base.unordered(t) -> Lua's next, t: for loops whose order cannot be seen,
 * where a sort would cost too much. */
static int base_unordered(lua_State *L) {
  luaL_checktype(L, 1, LUA_TTABLE);
  lua_pushvalue(L, lua_upvalueindex(1));
  lua_pushvalue(L, 1);
  return 2;
}

static void install_order(lua_State *L) {
  lua_getglobal(L, "next");
  lua_pushvalue(L, -1);
  lua_pushcclosure(L, base_unordered, 1);
  lua_setfield(L, 1, "unordered");
  wl_push_pairs(L);
  lua_setglobal(L, "pairs");
  wl_push_next(L);
  lua_setglobal(L, "next");
  lua_getglobal(L, "table");
  wl_push_sort(L);
  lua_setfield(L, -2, "sort");
  lua_pop(L, 1);
}

static void install_text(lua_State *L) {
  lua_newtable(L);
  lua_newtable(L);
  lua_pushliteral(L, "k");
  lua_setfield(L, -2, "__mode");
  lua_setmetatable(L, -2);
  lua_pushvalue(L, -1);
  lua_pushcclosure(L, base_tostring, 1);
  lua_setglobal(L, "tostring");
  lua_pushvalue(L, -1);
  lua_pushcclosure(L, base_print, 1);
  lua_setglobal(L, "print");
  lua_getglobal(L, "string");
  lua_insert(L, -2);
  lua_getfield(L, -2, "format");
  lua_pushcclosure(L, base_format, 2);
  lua_setfield(L, -2, "format");
  lua_pop(L, 1);
}

static void install_chance(lua_State *L) {
  lua_getglobal(L, "math");
  lua_getfield(L, -1, "randomseed");
  lua_pushcclosure(L, base_randomseed, 1);
  lua_pushvalue(L, -1);
  lua_setfield(L, -3, "randomseed");
  lua_call(L, 0, 0);
  lua_pop(L, 1);
}

int luaopen_wl_base(lua_State *L) {
  lua_settop(L, 0);
  lua_newtable(L);
  install_order(L);
  install_text(L);
  install_chance(L);
  return 1;
}
