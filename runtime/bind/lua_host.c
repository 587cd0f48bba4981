/* SPDX-License-Identifier: MIT */
/* lua_host.c - Lua module "wl.host": calls with the user's traceback, and the
 * end of the program. */
#include <lauxlib.h>
#include <lua.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <time.h>

#include "host.h"

int luaopen_wl_host(lua_State *L);

/* host.call(f, ...) -> true, results | false, error value, traceback: like
 * xpcall, with one line of text for each frame of the user's files. */
static int host_call(lua_State *L) {
  luaL_checkany(L, 1);
  if (wl_call(L, lua_gettop(L) - 1, LUA_MULTRET) == LUA_OK) {
    lua_pushboolean(L, 1);
    lua_insert(L, 1);
    return lua_gettop(L);
  }
  lua_pushboolean(L, 0);
  lua_insert(L, -2);
  wl_push_traceback(L);
  return 3;
}

/* host.traceback([thread]) -> the user's frames, from the caller on */
static int host_traceback(lua_State *L) {
  lua_State *of = lua_tothread(L, 1);
  wl_push_user_frames(L, of != NULL ? of : L, of != NULL ? 0 : 1);
  return 1;
}

/* os.exit([code]): Lua's own would leave the heap behind. */
static int host_exit(lua_State *L) {
  int status = EXIT_SUCCESS;
  if (lua_isboolean(L, 1))
    status = lua_toboolean(L, 1) ? EXIT_SUCCESS : EXIT_FAILURE;
  else
    status = (int)luaL_optinteger(L, 1, EXIT_SUCCESS);
  wl_host_free(wl_host_of(L)); /* and the state with it */
  exit(status);
}

/* host.seconds() -> wall-clock seconds since some moment. For measuring
 * wlrun itself; nothing that a scenario can see may depend on it. */
static int host_seconds(lua_State *L) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  lua_pushnumber(L, (lua_Number)now.tv_sec + (lua_Number)now.tv_nsec * 1e-9);
  return 1;
}

/* host.peak_memory() -> bytes, the most that was resident so far */
static int host_peak_memory(lua_State *L) {
  struct rusage usage;
  getrusage(RUSAGE_SELF, &usage);
  lua_pushinteger(L, (lua_Integer)usage.ru_maxrss * 1024);
  return 1;
}

static const luaL_Reg functions[] = {
    {"call", host_call},
    {"peak_memory", host_peak_memory},
    {"seconds", host_seconds},
    {"traceback", host_traceback},
    {NULL, NULL},
};

int luaopen_wl_host(lua_State *L) {
  luaL_newlib(L, functions);
  lua_pushliteral(L, WL_VERSION);
  lua_setfield(L, -2, "version");
  if (wl_host_home(L) != NULL) {
    lua_pushstring(L, wl_host_home(L));
    lua_setfield(L, -2, "home");
  }
  lua_getglobal(L, "os");
  lua_pushcfunction(L, host_exit);
  lua_setfield(L, -2, "exit");
  lua_pop(L, 1);
  return 1;
}
