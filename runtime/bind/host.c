/* SPDX-License-Identifier: MIT */
#include "host.h"

#include <lauxlib.h>
#include <lua.h>
#include <lualib.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bundle.h"
#include "memory.h"
#include "modules.h"

struct wl_Host {
  lua_State *L;
  wl_Heap *heap;     /* of the values */
  wl_Heap *lua_heap; /* of Lua's own objects */
  const char *home;
  struct wl_Budget *budget; /* of the call that runs, or NULL */
};

static const char TRACEBACK[] = "wl.traceback"; /* in the registry */

static void out_of_memory(void *context, size_t wanted) {
  (void)context;
  fprintf(stderr, "wlrun: out of memory (wanted %zu bytes more)\n", wanted);
  exit(2);
}

wl_Host *wl_host_of(lua_State *L) {
  wl_Host *host;
  memcpy(&host, lua_getextraspace(L), sizeof host);
  return host;
}

wl_Heap *wl_host_heap(lua_State *L) {
  return wl_host_of(L)->heap;
}

const char *wl_host_home(lua_State *L) {
  return wl_host_of(L)->home;
}

struct wl_Budget **wl_host_budget(lua_State *L) {
  return &wl_host_of(L)->budget;
}

/* ---- life ---- */

/* When the collector begins again, in per cent of the memory in use; and with
 * no more in use than so many kilobytes, later. */
enum { GC_PAUSE = 140, GC_LONG_PAUSE = 240, GC_LITTLE = 32 << 10 };

static int open_all(lua_State *L) {
  luaL_openlibs(L);
  /* Values live outside Lua's memory and hang on small objects inside it: a
   * collector that waits until that memory doubles would keep too many. */
  lua_gc(L, LUA_GCINC, GC_PAUSE, 0, 0);
  wl_bundle_install(L);
  luaL_getsubtable(L, LUA_REGISTRYINDEX, LUA_PRELOAD_TABLE);
  for (const wl_Module *module = wl_modules; module->name != NULL; module++) {
    lua_pushcfunction(L, module->open);
    lua_setfield(L, -2, module->name);
  }
  lua_pop(L, 1);
  luaL_requiref(L, "wl.base", wl_modules[0].open, 0);
  return 0;
}

void wl_host_pace(lua_State *L) {
  bool little = lua_gc(L, LUA_GCCOUNT) < GC_LITTLE;
  int before = lua_gc(L, LUA_GCSETPAUSE, little ? GC_LONG_PAUSE : GC_PAUSE);
  if (before != GC_PAUSE && before != GC_LONG_PAUSE) /* a script's choice */
    lua_gc(L, LUA_GCSETPAUSE, before);
}

static int panic(lua_State *L) {
  const char *message = lua_tostring(L, -1);
  fprintf(stderr, "wlrun: %s\n", message != NULL ? message : "unknown error");
  exit(2);
}

wl_Host *wl_host_new(const char *home) {
  wl_Host *host = calloc(1, sizeof *host);
  if (host == NULL)
    return NULL;
  host->home = home;
  host->heap = wl_heap_new(out_of_memory, host);
  host->lua_heap = wl_heap_new(out_of_memory, host);
  host->L = lua_newstate(wl_lua_alloc, host->lua_heap);
  if (host->L == NULL)
    out_of_memory(host, 0);
  memcpy(lua_getextraspace(host->L), &host, sizeof host);
  lua_atpanic(host->L, panic);
  lua_pushcfunction(host->L, open_all);
  lua_call(host->L, 0, 0);
  return host;
}

void wl_host_free(wl_Host *host) {
  if (host == NULL)
    return;
  lua_close(host->L);
  wl_heap_free(host->lua_heap);
  wl_heap_free(host->heap);
  free(host);
}

/* ---- calling, and telling where it went wrong ---- */

/* Finding a frame costs its depth, so of a deep stack only both ends are
 * looked at. */
enum { HEAD = 10, TAIL = 4, WINDOW = 200 };

static int depth_of(lua_State *of) {
  lua_Debug frame;
  int low = 0, high = 1;
  while (lua_getstack(of, high, &frame)) {
    low = high;
    high *= 2;
  }
  while (low < high) {
    int middle = low + (high - low) / 2;
    if (lua_getstack(of, middle, &frame))
      low = middle + 1;
    else
      high = middle;
  }
  return low;
}

static bool is_users(lua_State *of, int level) {
  lua_Debug frame;
  lua_getstack(of, level, &frame);
  lua_getinfo(of, "S", &frame);
  return frame.source[0] == '@';
}

static void add_frame(luaL_Buffer *text, lua_State *of, int level) {
  lua_State *L = text->L;
  lua_Debug frame;
  lua_getstack(of, level, &frame);
  lua_getinfo(of, "Snl", &frame);
  lua_pushfstring(L, "\n  %s:%d: in ", frame.short_src, frame.currentline);
  luaL_addvalue(text);
  if (*frame.what == 'm')
    lua_pushliteral(L, "main chunk");
  else if (*frame.namewhat != '\0')
    lua_pushfstring(L, "function '%s'", frame.name);
  else
    lua_pushfstring(L, "function <line %d>", frame.linedefined);
  luaL_addvalue(text);
}

void wl_push_user_frames(lua_State *L, lua_State *of, int level) {
  int end = depth_of(of), head_end = level + WINDOW, tail[TAIL];
  int heads = 0, tails = 0, last = end - 1;
  luaL_Buffer text;
  luaL_buffinit(L, &text);
  for (; level < end && level < head_end && heads < HEAD; level++)
    if (is_users(of, level)) {
      add_frame(&text, of, level);
      heads++;
    }
  for (; last >= level && last > end - WINDOW && tails < TAIL; last--)
    if (is_users(of, last))
      tail[tails++] = last;
  if (last >= level)
    luaL_addstring(&text, "\n  ...");
  while (tails > 0)
    add_frame(&text, of, tail[--tails]);
  luaL_pushresult(&text);
}

/* A message that starts with the place in a file of ours tells of our own
 * mistake, if no file of the user's is in sight. */
static bool is_ours(lua_State *L, int message) {
  const char *text = lua_tostring(L, message);
  return text != NULL &&
         (strncmp(text, "lua/", 4) == 0 || strncmp(text, "stdlib/", 7) == 0);
}

static int note_traceback(lua_State *L) {
  wl_push_user_frames(L, L, 1);
  if (lua_rawlen(L, -1) == 0 && is_ours(L, 1))
    luaL_traceback(L, L, "", 1); /* all of it helps */
  lua_setfield(L, LUA_REGISTRYINDEX, TRACEBACK);
  lua_settop(L, 1); /* the error value, as it was */
  return 1;
}

int wl_call(lua_State *L, int arguments, int results) {
  int function = lua_gettop(L) - arguments;
  lua_pushliteral(L, "");
  lua_setfield(L, LUA_REGISTRYINDEX, TRACEBACK);
  lua_pushcfunction(L, note_traceback);
  lua_insert(L, function);
  int status = lua_pcall(L, arguments, results, function);
  lua_remove(L, function);
  return status;
}

void wl_push_traceback(lua_State *L) {
  lua_getfield(L, LUA_REGISTRYINDEX, TRACEBACK);
}

/* ---- the program ---- */

static void push_arguments(lua_State *L, int argc, char **argv) {
  lua_createtable(L, argc > 0 ? argc - 1 : 0, 1);
  for (int i = 0; i < argc; i++) {
    lua_pushstring(L, argv[i]);
    lua_rawseti(L, -2, i);
  }
}

static int run_main(lua_State *L) {
  lua_pushvalue(L, 1);
  lua_setglobal(L, "arg");
  lua_getglobal(L, "require");
  lua_pushliteral(L, "wl.cli");
  lua_call(L, 1, 1);
  lua_getfield(L, -1, "main");
  lua_pushvalue(L, 1);
  lua_call(L, 1, 1);
  return 1;
}

int wl_host_main(wl_Host *host, int argc, char **argv) {
  lua_State *L = host->L;
  lua_pushcfunction(L, run_main);
  push_arguments(L, argc, argv);
  if (wl_call(L, 1, 1) == LUA_OK)
    return (int)lua_tointeger(L, -1);
  const char *message = luaL_tolstring(L, -1, NULL);
  wl_push_traceback(L);
  fprintf(stderr, "wlrun: %s%s\n", message, lua_tostring(L, -1));
  return 2;
}
