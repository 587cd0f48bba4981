/* SPDX-License-Identifier: MIT */
/* lua_queue.c - Lua module "wl.queue": keys waiting to be reconciled.
 *
 *   local q = queue.new { exponential = { 0.005, 1000 } }  -- see lua_limiter.c
 *   q:add(key [, now [, source]])
 *   q:add_after(key, delay [, now [, source]])  -- the earlier due time wins
 *   q:retry(key [, now [, source]])   -- seconds until it comes again
 *   q:forget(key), q:failures(key)
 *   q:get([now])                      -- key | nil, "empty" or "ended"
 *   q:done(key [, now])               -- false: the key was not held
 *   q:length([now]), #q, q:next_due(), q:metrics([now])
 *   q:source(name)                    -- a number for `source`, made when new
 *   q:shut_down(), q:is_shut_down(), q:is_drained(), q:close()
 *
 * A key is a string, a number or a boolean. Times are seconds; `now` left out
 * is the time of the call before, and may not go back. Sources take turns.
 *
 * A Lua queue owns its wl_Queue and frees it on close or collection. */
#include <lauxlib.h>
#include <lua.h>

#include "../core/queue.h"
#include "host.h"
#include "lua_ids.h"
#include "lua_limiter.h"
#include "lua_time.h"

int luaopen_wl_queue(lua_State *L);

static const char QUEUE[] = "wl.queue";
enum { SOURCES = WL_ID_USER_VALUES + 1 }; /* user value: names to numbers */

typedef struct Box {
  wl_Queue *q; /* NULL: closed */
  int64_t now_ms;
  wl_Ids ids;
} Box;

/* Argument 1, checked against the metatable in the upvalue: what
 * luaL_checkudata does, without looking the type up by its name. */
static Box *check_queue(lua_State *L) {
  Box *box = lua_touserdata(L, 1);
  if (box == NULL || !lua_getmetatable(L, 1) ||
      !lua_rawequal(L, -1, lua_upvalueindex(1)))
    box = luaL_checkudata(L, 1, QUEUE); /* raises */
  lua_pop(L, 1);
  if (box->q == NULL)
    luaL_argerror(L, 1, "this queue is closed");
  return box;
}

static int64_t check_now(lua_State *L, Box *box, int index) {
  if (lua_isnoneornil(L, index))
    return box->now_ms;
  int64_t now_ms = wl_lua_check_ms(L, index);
  if (now_ms < box->now_ms)
    luaL_argerror(L, index, "time does not go back");
  return box->now_ms = now_ms;
}

static uint32_t check_source(lua_State *L, const Box *box, int index) {
  lua_Integer source = luaL_optinteger(L, index, 0);
  if (source < 0 || (size_t)source >= wl_queue_source_count(box->q))
    luaL_argerror(L, index, "no such source: see q:source(name)");
  return (uint32_t)source;
}

static bool is_known(const void *queue, uint64_t id) {
  return wl_queue_knows(queue, id);
}

static uint64_t id_for(lua_State *L, Box *box) {
  return wl_lua_id_for(L, &box->ids, is_known, box->q);
}

static int queue_new(lua_State *L) {
  lua_settop(L, 1);
  Box *box = lua_newuserdatauv(L, sizeof *box, SOURCES);
  box->q = NULL;
  box->now_ms = 0;
  luaL_setmetatable(L, QUEUE);
  wl_lua_ids_init(L, &box->ids, wl_host_heap(L));
  lua_newtable(L);
  lua_setiuservalue(L, -2, SOURCES);
  wl_Limiter *limiter = wl_lua_new_limiter(L, 1);
  box->q = wl_queue_new(wl_host_heap(L));
  wl_queue_set_limiter(box->q, limiter);
  return 1;
}

static int queue_source(lua_State *L) {
  Box *box = check_queue(L);
  luaL_checkstring(L, 2);
  lua_getiuservalue(L, 1, SOURCES);
  lua_pushvalue(L, 2);
  if (lua_rawget(L, -2) == LUA_TNIL) {
    lua_Integer next = (lua_Integer)wl_queue_source_count(box->q);
    lua_pushvalue(L, 2);
    lua_pushinteger(L, next);
    lua_rawset(L, -4);
    wl_queue_add_source(box->q);
    lua_pushinteger(L, next);
  }
  return 1;
}

static int queue_add(lua_State *L) {
  Box *box = check_queue(L);
  int64_t now_ms = check_now(L, box, 3);
  uint32_t source = check_source(L, box, 4);
  uint64_t id = id_for(L, box);
  lua_pushboolean(L, wl_queue_add(box->q, id, source, now_ms));
  return 1;
}

static int queue_add_after(lua_State *L) {
  Box *box = check_queue(L);
  int64_t delay_ms = wl_lua_check_ms(L, 3), now_ms = check_now(L, box, 4);
  uint32_t source = check_source(L, box, 5);
  uint64_t id = id_for(L, box);
  lua_pushboolean(L, wl_queue_add_after(box->q, id, source, now_ms, delay_ms));
  return 1;
}

static int queue_retry(lua_State *L) {
  Box *box = check_queue(L);
  int64_t now_ms = check_now(L, box, 3), delay_ms;
  uint32_t source = check_source(L, box, 4);
  uint64_t id = id_for(L, box);
  if (!wl_queue_retry(box->q, id, source, now_ms, &delay_ms))
    return 0;
  wl_lua_push_seconds(L, delay_ms);
  return 1;
}

static int queue_forget(lua_State *L) {
  const Box *box = check_queue(L);
  wl_queue_forget(box->q, wl_lua_id_of(L));
  return 0;
}

static int queue_failures(lua_State *L) {
  const Box *box = check_queue(L);
  lua_pushinteger(L, wl_queue_failures(box->q, wl_lua_id_of(L)));
  return 1;
}

static int queue_get(lua_State *L) {
  Box *box = check_queue(L);
  uint64_t id;
  wl_QueueGot got = wl_queue_get(box->q, check_now(L, box, 2), &id);
  if (got == WL_QUEUE_KEY) {
    wl_lua_push_key(L, id);
    return 1;
  }
  lua_pushnil(L);
  lua_pushstring(L, got == WL_QUEUE_ENDED ? "ended" : "empty");
  return 2;
}

static int queue_done(lua_State *L) {
  Box *box = check_queue(L);
  int64_t now_ms = check_now(L, box, 3);
  lua_pushboolean(L, wl_queue_done(box->q, wl_lua_id_of(L), now_ms));
  return 1;
}

static int queue_length(lua_State *L) {
  Box *box = check_queue(L);
  size_t length = wl_queue_length(box->q, check_now(L, box, 2));
  lua_pushinteger(L, (lua_Integer)length);
  return 1;
}

static int queue_len(lua_State *L) { /* the operand comes twice */
  lua_settop(L, 1);
  return queue_length(L);
}

static int queue_next_due(lua_State *L) {
  int64_t due_ms;
  if (!wl_queue_next_due(check_queue(L)->q, &due_ms))
    return 0;
  wl_lua_push_seconds(L, due_ms);
  return 1;
}

static int queue_shut_down(lua_State *L) {
  wl_queue_shut_down(check_queue(L)->q);
  return 0;
}

static int queue_is_shut_down(lua_State *L) {
  lua_pushboolean(L, wl_queue_is_shut_down(check_queue(L)->q));
  return 1;
}

static int queue_is_drained(lua_State *L) {
  lua_pushboolean(L, wl_queue_is_drained(check_queue(L)->q));
  return 1;
}

/* ---- metrics ---- */

static void set_count(lua_State *L, const char *name, uint64_t n) {
  lua_pushinteger(L, (lua_Integer)n);
  lua_setfield(L, -2, name);
}

static void set_seconds(lua_State *L, const char *name, int64_t ms) {
  wl_lua_push_seconds(L, ms);
  lua_setfield(L, -2, name);
}

static void set_times(lua_State *L, const char *name, const wl_QueueTimes *t) {
  lua_createtable(L, 0, 4);
  set_count(L, "count", t->count);
  set_seconds(L, "sum", t->sum_ms);
  set_seconds(L, "max", t->max_ms);
  lua_createtable(L, WL_QUEUE_BUCKETS, 0);
  for (int i = 0; i < WL_QUEUE_BUCKETS; i++) {
    lua_pushinteger(L, (lua_Integer)t->buckets[i]);
    lua_rawseti(L, -2, i + 1);
  }
  lua_setfield(L, -2, "buckets");
  lua_setfield(L, -2, name);
}

/* { adds, retries, depth, delayed, held, unfinished, longest, latency = times,
 * work = times }, times = { count, sum, max, buckets }; buckets[i] counts
 * durations of less than 2^(i-1) milliseconds that are in none before. */
static int queue_metrics(lua_State *L) {
  Box *box = check_queue(L);
  wl_QueueMetrics m = wl_queue_metrics(box->q, check_now(L, box, 2));
  lua_createtable(L, 0, 9);
  set_count(L, "adds", m.adds);
  set_count(L, "retries", m.retries);
  set_count(L, "depth", m.depth);
  set_count(L, "delayed", m.delayed);
  set_count(L, "held", m.held);
  set_seconds(L, "unfinished", m.unfinished_ms);
  set_seconds(L, "longest", m.longest_ms);
  set_times(L, "latency", &m.latency);
  set_times(L, "work", &m.work);
  return 1;
}

/* ---- the module ---- */

static int queue_close(lua_State *L) {
  Box *box = luaL_checkudata(L, 1, QUEUE);
  if (box->q != NULL)
    wl_lua_ids_destroy(&box->ids);
  wl_queue_free(box->q);
  box->q = NULL;
  return 0;
}

static const luaL_Reg functions[] = {{"new", queue_new}, {NULL, NULL}};

static const luaL_Reg methods[] = {{"source", queue_source},
                                   {"add", queue_add},
                                   {"add_after", queue_add_after},
                                   {"retry", queue_retry},
                                   {"forget", queue_forget},
                                   {"failures", queue_failures},
                                   {"get", queue_get},
                                   {"done", queue_done},
                                   {"length", queue_length},
                                   {"next_due", queue_next_due},
                                   {"metrics", queue_metrics},
                                   {"shut_down", queue_shut_down},
                                   {"is_shut_down", queue_is_shut_down},
                                   {"is_drained", queue_is_drained},
                                   {"close", queue_close},
                                   {NULL, NULL}};

static const luaL_Reg metamethods[] = {{"__len", queue_len},
                                       {"__gc", queue_close},
                                       {"__close", queue_close},
                                       {NULL, NULL}};

int luaopen_wl_queue(lua_State *L) {
  luaL_newmetatable(L, QUEUE);
  lua_pushvalue(L, -1);
  luaL_setfuncs(L, metamethods, 1);
  luaL_newlibtable(L, methods);
  lua_pushvalue(L, -2);
  luaL_setfuncs(L, methods, 1);
  lua_setfield(L, -2, "__index");
  lua_pop(L, 1);
  luaL_newlib(L, functions);
  wl_lua_add_limiters(L);
  return 1;
}
