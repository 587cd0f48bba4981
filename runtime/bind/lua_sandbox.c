/* SPDX-License-Identifier: MIT */
/*
 * lua_sandbox.c - Lua module "wl.sandbox_core", beneath lua/wl/sandbox.lua
 *
 * Calls under a budget, and those functions of the standard library by which
 * a script could get round one: pcall, xpcall and coroutines, which pass a
 * stop on instead of catching it.
 */
#include <lauxlib.h>
#include <lua.h>
#include <stdbool.h>
#include <string.h>

#include "budget.h"
#include "guarded.h"

int luaopen_wl_sandbox_core(lua_State *L);

/* ---- calls under a budget ---- */

static bool has_place(const char *text) {
  const char *colon = strchr(text, ':');
  return colon != NULL && colon > text && colon[1] >= '0' && colon[1] <= '9';
}

/* What was raised, as text that begins with a place. */
static int located(lua_State *L) {
  if (lua_type(L, 1) == LUA_TTABLE && luaL_getmetafield(L, 1, "__tostring"))
    luaL_tolstring(L, 1, NULL);
  else if (!lua_isstring(L, 1))
    lua_pushfstring(L, "raised a %s, not a message", luaL_typename(L, 1));
  else
    lua_pushvalue(L, 1);
  const char *text = lua_tostring(L, -1);
  lua_Debug frame;
  if (text == NULL || has_place(text))
    return 1;
  for (int level = 1; lua_getstack(L, level, &frame); level++) {
    lua_getinfo(L, "Sl", &frame);
    if (frame.currentline > 0) {
      lua_pushfstring(L, "%s:%d: %s", frame.short_src, frame.currentline, text);
      return 1;
    }
  }
  return 1;
}

/* With a message on top. */
static int failed(lua_State *L, wl_Budget *budget, int status) {
  static const char *const WHY[] = {"Error", "Timeout", "Memory"};
  if (status == LUA_ERRMEM)
    budget->stopped = WL_STOP_MEMORY;
  if (budget->stopped != WL_STOP_NONE)
    wl_budget_push_message(L, budget);
  lua_pushboolean(L, 0);
  lua_insert(L, -2);
  lua_pushstring(L, WHY[budget->stopped]);
  return 3;
}

/* call(instructions, bytes, fn, ...) -> true, results; or false, message and
 * "Error", "Timeout" or "Memory". */
static int core_call(lua_State *L) {
  lua_Integer instructions = luaL_checkinteger(L, 1);
  lua_Integer bytes = luaL_checkinteger(L, 2);
  luaL_argcheck(L, instructions > 0, 1, "a positive number expected");
  luaL_argcheck(L, bytes > 0, 2, "a positive number expected");
  luaL_checkany(L, 3);
  lua_pushcfunction(L, located);
  lua_replace(L, 2);
  wl_Budget budget;
  wl_budget_begin(L, &budget, instructions, (size_t)bytes);
  int status = lua_pcall(L, lua_gettop(L) - 3, LUA_MULTRET, 2);
  wl_budget_end(L, &budget);
  if (status != LUA_OK || budget.stopped != WL_STOP_NONE)
    return failed(L, &budget, status);
  lua_pushboolean(L, 1);
  lua_replace(L, 2);
  return lua_gettop(L) - 1;
}

/* spent() -> instructions executed in the call that runs, about; or nil */
static int core_spent(lua_State *L) {
  wl_Budget *budget = wl_budget_of(L);
  if (budget == NULL)
    return 0;
  lua_pushinteger(L, budget->instructions - budget->left);
  return 1;
}

/* charge(n): n more instructions were executed. */
static int core_charge(lua_State *L) {
  wl_budget_charge(L, luaL_checkinteger(L, 1));
  return 0;
}

/* is_plain(x) -> is it a table without a metatable? */
static int core_is_plain(lua_State *L) {
  bool plain = lua_type(L, 1) == LUA_TTABLE && !lua_getmetatable(L, 1);
  lua_pushboolean(L, plain);
  return 1;
}

/* ---- pcall and xpcall for scripts ---- */

static int after_call(lua_State *L, int status, lua_KContext first) {
  if (status != LUA_OK && status != LUA_YIELD) {
    if (wl_budget_stops(L, status))
      return lua_error(L);
    lua_pushboolean(L, 0);
    lua_insert(L, -2);
    return 2;
  }
  return lua_gettop(L) - (int)first;
}

static int sandbox_pcall(lua_State *L) {
  luaL_checkany(L, 1);
  lua_pushboolean(L, 1);
  lua_insert(L, 1);
  int status = lua_pcallk(L, lua_gettop(L) - 2, LUA_MULTRET, 0, 0, after_call);
  return after_call(L, status, 0);
}

/* The script's own handler, unless the script is being stopped. */
static int handle(lua_State *L) {
  if (wl_budget_stops(L, LUA_OK))
    return 1;
  lua_pushvalue(L, lua_upvalueindex(1));
  lua_insert(L, 1);
  lua_call(L, 1, 1);
  return 1;
}

static int sandbox_xpcall(lua_State *L) {
  luaL_checktype(L, 2, LUA_TFUNCTION);
  lua_pushvalue(L, 2);
  lua_pushcclosure(L, handle, 1);
  lua_replace(L, 2);
  lua_pushboolean(L, 1);
  lua_pushvalue(L, 1);
  lua_rotate(L, 3, 2); /* fn, handler, true, fn, arguments */
  int status = lua_pcallk(L, lua_gettop(L) - 4, LUA_MULTRET, 2, 2, after_call);
  return after_call(L, status, 2);
}

/* ---- coroutines for scripts ---- */

enum { COROUTINE = 1000 }; /* what one costs: so many go by uncounted */

static int sandbox_create(lua_State *L) {
  luaL_checktype(L, 1, LUA_TFUNCTION);
  wl_budget_charge(L, COROUTINE);
  lua_State *thread = lua_newthread(L);
  lua_pushvalue(L, 1);
  lua_xmove(L, thread, 1);
  return 1;
}

/* Resume with the n values on top: true, results, or false, error on top;
 * returns how many. A stop inside is raised here as well. */
static int resume(lua_State *L, lua_State *thread, int n) {
  if (!lua_checkstack(thread, n))
    return luaL_error(L, "too many arguments to resume");
  lua_xmove(L, thread, n);
  wl_Budget *budget = wl_budget_of(L);
  if (budget != NULL)
    wl_budget_enter(budget, thread);
  int results = 0;
  int status = lua_resume(thread, L, n, &results);
  if (budget != NULL)
    budget->running = L;
  if (status != LUA_OK && status != LUA_YIELD) {
    bool stops = wl_budget_stops(L, status);
    lua_xmove(thread, L, 1);
    return stops ? lua_error(L) : -1;
  }
  if (!lua_checkstack(L, results + 1)) {
    lua_pop(thread, results);
    return luaL_error(L, "too many results to resume");
  }
  lua_xmove(thread, L, results);
  return results;
}

static int sandbox_resume(lua_State *L) {
  luaL_checktype(L, 1, LUA_TTHREAD);
  int results = resume(L, lua_tothread(L, 1), lua_gettop(L) - 1);
  lua_pushboolean(L, results >= 0);
  if (results < 0)
    results = 1;
  lua_insert(L, -(results + 1));
  return results + 1;
}

static int resume_wrapped(lua_State *L) {
  lua_State *thread = lua_tothread(L, lua_upvalueindex(1));
  int results = resume(L, thread, lua_gettop(L));
  return results < 0 ? lua_error(L) : results;
}

static int sandbox_wrap(lua_State *L) {
  sandbox_create(L);
  lua_pushcclosure(L, resume_wrapped, 1);
  return 1;
}

static const luaL_Reg functions[] = {
    {"call", core_call},        {"spent", core_spent},
    {"charge", core_charge},    {"is_plain", core_is_plain},
    {"pcall", sandbox_pcall},   {"xpcall", sandbox_xpcall},
    {"create", sandbox_create}, {"resume", sandbox_resume},
    {"wrap", sandbox_wrap},     {NULL, NULL},
};

int luaopen_wl_sandbox_core(lua_State *L) {
  luaL_newlib(L, functions);
  wl_guard_strings(L);
  wl_guard_tables(L);
  lua_setfield(L, -2, "table");
  wl_guard_utf8(L);
  lua_setfield(L, -2, "utf8");
  return 1;
}
