/* SPDX-License-Identifier: MIT */
/* lua_timer.c - Lua module "wl.timer": whatever is to happen later.
 *
 *   local t = timer.new()
 *   t:add(due, payload)      -- a handle; payload: anything but nil
 *   t:cancel(handle)         -- the payload, nil when it is gone already
 *   t:move(handle, due)      -- false when it is gone already
 *   t:next()                 -- when the first is due, or nil
 *   t:pop(now)               -- payload, due; nil when nothing is due
 *   t:pop_all(now, into)     -- how many payloads were put into into[1..n]
 *   #t, t:clear(), t:close()
 *
 * Times are seconds. Equal times come out in the order they were added.
 * Payloads are kept in the user value; in C an entry holds its reference there.
 */
#include <lauxlib.h>
#include <lua.h>

#include "../core/timer.h"
#include "host.h"
#include "lua_time.h"

int luaopen_wl_timer(lua_State *L);

static const char TIMERS[] = "wl.timer";
enum { PAYLOADS = 1 };

typedef struct Box {
  wl_Timers *t; /* NULL: closed */
} Box;

/* As in lua_queue.c: the metatable is the upvalue. */
static wl_Timers *check_timers(lua_State *L) {
  const Box *box = lua_touserdata(L, 1);
  if (box == NULL || !lua_getmetatable(L, 1) ||
      !lua_rawequal(L, -1, lua_upvalueindex(1)))
    box = luaL_checkudata(L, 1, TIMERS); /* raises */
  lua_pop(L, 1);
  if (box->t == NULL)
    luaL_argerror(L, 1, "these timers are closed");
  return box->t;
}

static int timer_new(lua_State *L) {
  Box *box = lua_newuserdatauv(L, sizeof *box, 1);
  box->t = NULL;
  luaL_setmetatable(L, TIMERS);
  lua_newtable(L);
  lua_setiuservalue(L, -2, PAYLOADS);
  box->t = wl_timers_new(wl_host_heap(L));
  return 1;
}

static int timer_add(lua_State *L) {
  wl_Timers *t = check_timers(L);
  int64_t due_ms = wl_lua_check_ms(L, 2);
  luaL_argcheck(L, !lua_isnoneornil(L, 3), 3, "a payload is not nil");
  lua_settop(L, 3);
  lua_getiuservalue(L, 1, PAYLOADS);
  lua_insert(L, 3);
  int ref = luaL_ref(L, 3);
  lua_pushinteger(L, (lua_Integer)wl_timers_add(t, due_ms, (uint64_t)ref));
  return 1;
}

/* Replace the table of payloads on top of the stack by one of them, which
 * leaves the table. */
static void take_payload(lua_State *L, int table, uint64_t ref) {
  lua_rawgeti(L, table, (lua_Integer)ref);
  luaL_unref(L, table, (int)ref);
}

static int timer_cancel(lua_State *L) {
  wl_Timers *t = check_timers(L);
  uint64_t ref;
  if (!wl_timers_cancel(t, (wl_Timer)luaL_checkinteger(L, 2), &ref))
    return 0;
  lua_settop(L, 2);
  lua_getiuservalue(L, 1, PAYLOADS);
  take_payload(L, 3, ref);
  return 1;
}

static int timer_move(lua_State *L) {
  wl_Timers *t = check_timers(L);
  wl_Timer timer = (wl_Timer)luaL_checkinteger(L, 2);
  lua_pushboolean(L, wl_timers_move(t, timer, wl_lua_check_ms(L, 3)));
  return 1;
}

static int timer_next(lua_State *L) {
  int64_t due_ms;
  if (!wl_timers_next(check_timers(L), &due_ms))
    return 0;
  wl_lua_push_seconds(L, due_ms);
  return 1;
}

static int timer_pop(lua_State *L) {
  wl_Timers *t = check_timers(L);
  int64_t now_ms = wl_lua_check_ms(L, 2), due_ms;
  uint64_t ref;
  lua_settop(L, 2);
  lua_getiuservalue(L, 1, PAYLOADS);
  if (!wl_timers_pop(t, now_ms, &due_ms, &ref))
    return 0;
  take_payload(L, 3, ref);
  wl_lua_push_seconds(L, due_ms);
  return 2;
}

static int timer_pop_all(lua_State *L) {
  wl_Timers *t = check_timers(L);
  int64_t now_ms = wl_lua_check_ms(L, 2), due_ms;
  uint64_t ref;
  lua_Integer n = 0;
  luaL_checktype(L, 3, LUA_TTABLE);
  lua_settop(L, 3);
  lua_getiuservalue(L, 1, PAYLOADS);
  while (wl_timers_pop(t, now_ms, &due_ms, &ref)) {
    take_payload(L, 4, ref);
    lua_rawseti(L, 3, ++n);
  }
  lua_pushinteger(L, n);
  return 1;
}

static int timer_len(lua_State *L) {
  lua_pushinteger(L, (lua_Integer)wl_timers_count(check_timers(L)));
  return 1;
}

static int timer_clear(lua_State *L) {
  wl_Timers *t = check_timers(L);
  lua_newtable(L);
  lua_setiuservalue(L, 1, PAYLOADS);
  wl_timers_clear(t);
  return 0;
}

static int timer_close(lua_State *L) {
  Box *box = luaL_checkudata(L, 1, TIMERS);
  wl_timers_free(box->t);
  box->t = NULL;
  return 0;
}

static const luaL_Reg functions[] = {{"new", timer_new}, {NULL, NULL}};

static const luaL_Reg methods[] = {{"add", timer_add},
                                   {"cancel", timer_cancel},
                                   {"move", timer_move},
                                   {"next", timer_next},
                                   {"pop", timer_pop},
                                   {"pop_all", timer_pop_all},
                                   {"clear", timer_clear},
                                   {"close", timer_close},
                                   {NULL, NULL}};

static const luaL_Reg metamethods[] = {{"__len", timer_len},
                                       {"__gc", timer_close},
                                       {"__close", timer_close},
                                       {NULL, NULL}};

int luaopen_wl_timer(lua_State *L) {
  luaL_newmetatable(L, TIMERS);
  lua_pushvalue(L, -1);
  luaL_setfuncs(L, metamethods, 1);
  luaL_newlibtable(L, methods);
  lua_pushvalue(L, -2);
  luaL_setfuncs(L, methods, 1);
  lua_setfield(L, -2, "__index");
  lua_pop(L, 1);
  luaL_newlib(L, functions);
  return 1;
}
