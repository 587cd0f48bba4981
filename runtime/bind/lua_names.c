/* SPDX-License-Identifier: MIT */
/* lua_names.c - Lua module "wl.names": what Kubernetes accepts as a name.
 *
 *   names.dns_label(text)         -- true | nil, message, "Invalid"
 *   names.port_number(integer)    -- the same
 *   names.faults(rule, text)      -- array of messages, empty when valid
 *   names.rules                   -- array of the rules' names
 *
 * There is a function for each rule of core/names.h. */
#include <lauxlib.h>
#include <lua.h>

#include "../core/names.h"

int luaopen_wl_names(lua_State *L);

static int push_refusal(lua_State *L, const char **faults, size_t count) {
  luaL_Buffer message;
  lua_pushnil(L);
  luaL_buffinit(L, &message);
  for (size_t i = 0; i < count; i++) {
    if (i > 0)
      luaL_addstring(&message, "; ");
    luaL_addstring(&message, faults[i]);
  }
  luaL_pushresult(&message);
  lua_pushliteral(L, "Invalid");
  return 3;
}

/* The function of the rule in upvalue 1. */
static int names_rule(lua_State *L) {
  const char *faults[WL_NAME_FAULTS];
  size_t length;
  const char *text = luaL_checklstring(L, 1, &length);
  wl_NameRule rule = (wl_NameRule)lua_tointeger(L, lua_upvalueindex(1));
  size_t count = wl_name_check(rule, text, length, faults);
  if (count > 0)
    return push_refusal(L, faults, count);
  lua_pushboolean(L, 1);
  return 1;
}

static int names_port_number(lua_State *L) {
  const char *faults[] = {"must be between 1 and 65535, inclusive"};
  lua_Integer port = luaL_checkinteger(L, 1);
  if (port < 1 || port > 65535)
    return push_refusal(L, faults, 1);
  lua_pushboolean(L, 1);
  return 1;
}

/* Upvalue 1: from the rules' names to their numbers. */
static wl_NameRule check_rule(lua_State *L, int index) {
  luaL_checkstring(L, index);
  lua_pushvalue(L, index);
  lua_rawget(L, lua_upvalueindex(1));
  if (lua_isnil(L, -1))
    luaL_argerror(L, index, "no such rule: see names.rules");
  wl_NameRule rule = (wl_NameRule)lua_tointeger(L, -1);
  lua_pop(L, 1);
  return rule;
}

static int names_faults(lua_State *L) {
  const char *faults[WL_NAME_FAULTS];
  size_t length;
  wl_NameRule rule = check_rule(L, 1);
  const char *text = luaL_checklstring(L, 2, &length);
  size_t count = wl_name_check(rule, text, length, faults);
  lua_createtable(L, (int)count, 0);
  for (size_t i = 0; i < count; i++) {
    lua_pushstring(L, faults[i]);
    lua_rawseti(L, -2, (lua_Integer)i + 1);
  }
  return 1;
}

int luaopen_wl_names(lua_State *L) {
  lua_newtable(L); /* the module */
  lua_newtable(L); /* its rules */
  lua_newtable(L); /* their numbers */
  for (int rule = 0; rule < WL_NAME_RULES; rule++) {
    const char *word = wl_name_rule_word((wl_NameRule)rule);
    lua_pushinteger(L, rule);
    lua_pushcclosure(L, names_rule, 1);
    lua_setfield(L, -4, word);
    lua_pushstring(L, word);
    lua_rawseti(L, -3, rule + 1);
    lua_pushinteger(L, rule);
    lua_setfield(L, -2, word);
  }
  lua_pushcclosure(L, names_faults, 1);
  lua_setfield(L, -3, "faults");
  lua_setfield(L, -2, "rules");
  lua_pushcfunction(L, names_port_number);
  lua_setfield(L, -2, "port_number");
  return 1;
}
