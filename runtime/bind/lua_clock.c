/* SPDX-License-Identifier: MIT */
/* lua_clock.c - Lua module "wl.clock": two clocks with the same face.
 *
 *   local c = clock.virtual(start)   -- moved by waiting, which takes no time
 *   local c = clock.real()           -- the world's; Ctrl-C ends a wait
 *   c:now()                          -- seconds since the epoch
 *   c:wait(until)                    -- true; false when interrupted before
 *   c:interrupted()                  -- was there a Ctrl-C since last asked?
 *   c:catch_interrupts(boolean)      -- from now on; at first they are not
 *   c:close()
 *
 * No clock goes back: to wait for a moment that has passed is to wait for
 * nothing. */
#include <lauxlib.h>
#include <lua.h>

#include "../core/clock.h"
#include "../io/loop.h"
#include "lua_time.h"

int luaopen_wl_clock(lua_State *L);

static const char CLOCK[] = "wl.clock";

typedef struct Box {
  wl_Clock virtual;
  wl_Loop *loop; /* NULL when virtual, and when closed */
  bool open;
} Box;

static Box *check_clock(lua_State *L) {
  Box *box = luaL_checkudata(L, 1, CLOCK);
  luaL_argcheck(L, box->open, 1, "this clock is closed");
  return box;
}

static Box *push_clock(lua_State *L) {
  Box *box = lua_newuserdatauv(L, sizeof *box, 0);
  *box = (Box){.open = false};
  luaL_setmetatable(L, CLOCK);
  return box;
}

static int clock_virtual(lua_State *L) {
  int64_t start_ms = lua_isnoneornil(L, 1) ? 0 : wl_lua_check_ms(L, 1);
  Box *box = push_clock(L);
  wl_clock_init(&box->virtual, start_ms);
  box->open = true;
  return 1;
}

static int clock_real(lua_State *L) {
  Box *box = push_clock(L);
  box->loop = wl_loop_new();
  if (box->loop == NULL)
    return luaL_error(L, "the system gives no event loop");
  box->open = true;
  return 1;
}

static int clock_now(lua_State *L) {
  const Box *box = check_clock(L);
  wl_lua_push_seconds(L, box->loop != NULL ? wl_loop_now(box->loop)
                                           : wl_clock_now(&box->virtual));
  return 1;
}

static int clock_wait(lua_State *L) {
  Box *box = check_clock(L);
  int64_t until_ms = wl_lua_check_ms(L, 2);
  bool reached = true;
  if (box->loop != NULL)
    reached = wl_loop_wait(box->loop, until_ms);
  else
    wl_clock_advance(&box->virtual, until_ms);
  lua_pushboolean(L, reached);
  return 1;
}

static int clock_interrupted(lua_State *L) {
  Box *box = check_clock(L);
  lua_pushboolean(L, box->loop != NULL && wl_loop_interrupted(box->loop));
  return 1;
}

static int clock_catch_interrupts(lua_State *L) {
  Box *box = check_clock(L);
  luaL_checktype(L, 2, LUA_TBOOLEAN);
  if (box->loop != NULL)
    wl_loop_catch_interrupts(box->loop, lua_toboolean(L, 2));
  return 0;
}

static int clock_close(lua_State *L) {
  Box *box = luaL_checkudata(L, 1, CLOCK);
  wl_loop_free(box->loop);
  box->loop = NULL;
  box->open = false;
  return 0;
}

static const luaL_Reg functions[] = {
    {"virtual", clock_virtual}, {"real", clock_real}, {NULL, NULL}};

static const luaL_Reg methods[] = {{"now", clock_now},
                                   {"wait", clock_wait},
                                   {"interrupted", clock_interrupted},
                                   {"catch_interrupts", clock_catch_interrupts},
                                   {"close", clock_close},
                                   {NULL, NULL}};

static const luaL_Reg metamethods[] = {
    {"__gc", clock_close}, {"__close", clock_close}, {NULL, NULL}};

int luaopen_wl_clock(lua_State *L) {
  luaL_newmetatable(L, CLOCK);
  luaL_setfuncs(L, metamethods, 0);
  luaL_newlib(L, methods);
  lua_setfield(L, -2, "__index");
  lua_pop(L, 1);
  luaL_newlib(L, functions);
  return 1;
}
