/* SPDX-License-Identifier: MIT */
/* lua_process.c - Lua module "wl.process": programs run beside this one.
 *
 *   local pool = process.pool()
 *   pool:start({ program, argument, ... } [, limit in seconds])
 *       -- its number, from 1 on; or nil, message, code
 *   pool:wait()   -- the number of one that has ended, how; nil: none is
 * running pool:close()  -- kills what runs
 *
 * How it ended: { status =, signal =, timed_out =, seconds =, output = }, the
 * output of both streams in the order in which it came.
 *
 *   process.program()      -- the path of this program
 *   process.processors()   -- how many there are */
#include <lauxlib.h>
#include <lua.h>
#include <uv.h>

#include "../io/process.h"
#include "host.h"
#include "lua_scratch.h"
#include "lua_value.h"

int luaopen_wl_process(lua_State *L);

static const char POOL[] = "wl.process";

typedef struct Box {
  wl_Processes *pool; /* NULL: closed */
} Box;

static wl_Processes *check_pool(lua_State *L) {
  const Box *box = luaL_checkudata(L, 1, POOL);
  luaL_argcheck(L, box->pool != NULL, 1, "this pool is closed");
  return box->pool;
}

static int process_pool(lua_State *L) {
  Box *box = lua_newuserdatauv(L, sizeof *box, 0);
  box->pool = NULL;
  luaL_setmetatable(L, POOL);
  box->pool = wl_processes_new(wl_host_heap(L));
  return box->pool != NULL ? 1
                           : luaL_error(L, "the system gives no event loop");
}

/* The texts of the list at `index`, which keeps them alive; pushes a userdata
 * with the array. */
static char **push_argv(lua_State *L, int index) {
  luaL_checktype(L, index, LUA_TTABLE);
  lua_Integer n = luaL_len(L, index);
  luaL_argcheck(L, n > 0, index, "a program and its arguments");
  char **argv = lua_newuserdatauv(L, ((size_t)n + 1) * sizeof *argv, 0);
  for (lua_Integer i = 0; i < n; i++) {
    luaL_argcheck(L, lua_geti(L, index, i + 1) == LUA_TSTRING, index,
                  "arguments are strings");
    argv[i] = (char *)(size_t)lua_tostring(L, -1);
    lua_pop(L, 1);
  }
  argv[n] = NULL;
  return argv;
}

static int pool_start(lua_State *L) {
  wl_Processes *pool = check_pool(L);
  lua_Number limit = luaL_optnumber(L, 3, 0);
  luaL_argcheck(L, limit >= 0 && limit < 1e9, 3, "a number of seconds");
  char **argv = push_argv(L, 2);
  wl_Error error = {.code = WL_OK};
  int number = wl_processes_start(pool, argv, (uint64_t)(limit * 1e3), &error);
  if (number == 0)
    return wl_lua_fail(L, &error);
  lua_pushinteger(L, number);
  return 1;
}

static int pool_wait(lua_State *L) {
  wl_Processes *pool = check_pool(L);
  wl_Scratch *scratch = wl_lua_push_scratch(L);
  wl_Ended ended;
  if (!wl_processes_wait(pool, &ended, &scratch->text))
    return 0;
  lua_pushinteger(L, ended.number);
  lua_createtable(L, 0, 5);
  lua_pushinteger(L, ended.status);
  lua_setfield(L, -2, "status");
  if (ended.signal != 0) {
    lua_pushinteger(L, ended.signal);
    lua_setfield(L, -2, "signal");
  }
  lua_pushboolean(L, ended.timed_out);
  lua_setfield(L, -2, "timed_out");
  lua_pushnumber(L, (lua_Number)ended.nanoseconds * 1e-9);
  lua_setfield(L, -2, "seconds");
  wl_lua_push_text(L, scratch);
  lua_setfield(L, -2, "output");
  return 2;
}

static int pool_close(lua_State *L) {
  Box *box = luaL_checkudata(L, 1, POOL);
  wl_processes_free(box->pool);
  box->pool = NULL;
  return 0;
}

static int process_program(lua_State *L) {
  char path[4096];
  size_t size = sizeof path;
  if (uv_exepath(path, &size) != 0)
    return luaL_error(L, "the path of this program is not known");
  lua_pushlstring(L, path, size);
  return 1;
}

static int process_processors(lua_State *L) {
  lua_pushinteger(L, uv_available_parallelism());
  return 1;
}

static const luaL_Reg functions[] = {{"pool", process_pool},
                                     {"processors", process_processors},
                                     {"program", process_program},
                                     {NULL, NULL}};

static const luaL_Reg methods[] = {{"start", pool_start},
                                   {"wait", pool_wait},
                                   {"close", pool_close},
                                   {NULL, NULL}};

static const luaL_Reg metamethods[] = {
    {"__gc", pool_close}, {"__close", pool_close}, {NULL, NULL}};

int luaopen_wl_process(lua_State *L) {
  luaL_newmetatable(L, POOL);
  luaL_setfuncs(L, metamethods, 0);
  luaL_newlib(L, methods);
  lua_setfield(L, -2, "__index");
  lua_pop(L, 1);
  luaL_newlib(L, functions);
  return 1;
}
