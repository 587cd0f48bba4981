/* SPDX-License-Identifier: MIT */
/* lua_limiter.c - the rate limiters of Lua module "wl.queue".
 *
 *   local l = queue.limiter { exponential = { 0.005, 1000 } }
 *   l:when(key [, now])   -- seconds to wait; counts one failure
 *   l:failures(key)
 *   l:forget(key)
 *   l:close()
 *
 * The rules may be combined: the longest wait wins.
 *   exponential = { base, max }     base * 2^failures seconds, for each key
 *   fast_slow = { fast, slow, n }   fast for the first n failures, then slow
 *   bucket = { per_second, burst }  for all keys together
 *   jitter = 0.5, rng = stream      up to half of an exponential wait is cut */
#include "lua_limiter.h"

#include <lauxlib.h>

#include "host.h"
#include "lua_ids.h"
#include "lua_rng.h"
#include "lua_time.h"

static const char LIMITER[] = "wl.queue.limiter";

typedef struct Box {
  wl_Limiter *l; /* NULL: closed */
  wl_Ids ids;
} Box;

/* ---- reading the rules ---- */

typedef struct Rules {
  bool exponential, fast_slow, bucket;
  int64_t base, max, fast, slow;
  lua_Integer tries;
  lua_Number per_second, burst, jitter;
  const wl_Rng *rng;
} Rules;

/* Push the i-th element of the list `name`. */
static void push_part(lua_State *L, const char *name, int i) {
  if (lua_geti(L, -1, i) != LUA_TNUMBER)
    luaL_error(L, "%s[%d] must be a number", name, i);
}

static int64_t take_ms(lua_State *L, const char *name, int i) {
  push_part(L, name, i);
  int64_t ms = wl_lua_check_ms(L, -1);
  if (ms < 0)
    luaL_error(L, "%s[%d] must not be negative", name, i);
  lua_pop(L, 1);
  return ms;
}

static lua_Number take_number(lua_State *L, const char *name, int i) {
  push_part(L, name, i);
  lua_Number n = lua_tonumber(L, -1);
  lua_pop(L, 1);
  return n;
}

static bool push_rule(lua_State *L, int index, const char *name) {
  int type = lua_getfield(L, index, name);
  if (type != LUA_TNIL && type != LUA_TTABLE)
    luaL_error(L, "%s must be a list of numbers", name);
  return type == LUA_TTABLE;
}

static void read_key_rules(lua_State *L, int index, Rules *r) {
  r->exponential = push_rule(L, index, "exponential");
  if (r->exponential) {
    r->base = take_ms(L, "exponential", 1);
    r->max = take_ms(L, "exponential", 2);
  }
  r->fast_slow = push_rule(L, index, "fast_slow");
  if (r->fast_slow) {
    r->fast = take_ms(L, "fast_slow", 1);
    r->slow = take_ms(L, "fast_slow", 2);
    r->tries = (lua_Integer)take_number(L, "fast_slow", 3);
    if (r->tries < 0 || r->tries > UINT32_MAX)
      luaL_error(L, "fast_slow[3] must not be negative");
  }
  lua_pop(L, 2);
}

static void read_common_rules(lua_State *L, int index, Rules *r) {
  r->bucket = push_rule(L, index, "bucket");
  if (r->bucket) {
    r->per_second = take_number(L, "bucket", 1);
    r->burst = take_number(L, "bucket", 2);
    if (!(r->per_second > 0) || !(r->burst >= 1))
      luaL_error(L, "bucket needs a positive rate, and a burst of 1 or more");
  }
  r->jitter = 0;
  r->rng = NULL;
  if (lua_getfield(L, index, "jitter") != LUA_TNIL) {
    r->jitter = luaL_checknumber(L, -1);
    if (!(r->jitter >= 0 && r->jitter <= 1))
      luaL_error(L, "jitter must be from 0 to 1");
    lua_getfield(L, index, "rng");
    r->rng = wl_lua_check_rng(L, -1);
    lua_pop(L, 1);
  }
  lua_pop(L, 2);
}

wl_Limiter *wl_lua_new_limiter(lua_State *L, int index) {
  Rules r = {0};
  if (!lua_isnoneornil(L, index)) {
    luaL_checktype(L, index, LUA_TTABLE);
    read_key_rules(L, index, &r);
    read_common_rules(L, index, &r);
  }
  wl_Limiter *l = wl_limiter_new(wl_host_heap(L));
  if (r.exponential)
    wl_limiter_add_exponential(l, r.base, r.max);
  if (r.fast_slow)
    wl_limiter_add_fast_slow(l, r.fast, r.slow, (uint32_t)r.tries);
  if (r.bucket)
    wl_limiter_add_bucket(l, r.per_second, r.burst);
  if (r.rng != NULL)
    wl_limiter_set_jitter(l, r.rng, r.jitter);
  return l;
}

/* ---- limiters of their own ---- */

static Box *check_limiter(lua_State *L) {
  Box *box = luaL_checkudata(L, 1, LIMITER);
  luaL_argcheck(L, box->l != NULL, 1, "this limiter is closed");
  return box;
}

static int limiter_new(lua_State *L) {
  lua_settop(L, 1);
  Box *box = lua_newuserdatauv(L, sizeof *box, WL_ID_USER_VALUES);
  box->l = NULL;
  luaL_setmetatable(L, LIMITER);
  wl_lua_ids_init(L, &box->ids, wl_host_heap(L));
  box->l = wl_lua_new_limiter(L, 1);
  return 1;
}

static bool has_failed(const void *limiter, uint64_t id) {
  return wl_limiter_failures(limiter, id) > 0;
}

static int limiter_when(lua_State *L) {
  Box *box = check_limiter(L);
  int64_t now_ms = lua_isnoneornil(L, 3) ? 0 : wl_lua_check_ms(L, 3);
  uint64_t id = wl_lua_id_for(L, &box->ids, has_failed, box->l);
  wl_lua_push_seconds(L, wl_limiter_when(box->l, id, now_ms));
  return 1;
}

static int limiter_failures(lua_State *L) {
  const Box *box = check_limiter(L);
  lua_pushinteger(L, wl_limiter_failures(box->l, wl_lua_id_of(L)));
  return 1;
}

static int limiter_forget(lua_State *L) {
  Box *box = check_limiter(L);
  wl_limiter_forget(box->l, wl_lua_id_of(L));
  return 0;
}

static int limiter_close(lua_State *L) {
  Box *box = luaL_checkudata(L, 1, LIMITER);
  if (box->l != NULL)
    wl_lua_ids_destroy(&box->ids);
  wl_limiter_free(box->l);
  box->l = NULL;
  return 0;
}

static const luaL_Reg methods[] = {{"when", limiter_when},
                                   {"failures", limiter_failures},
                                   {"forget", limiter_forget},
                                   {"close", limiter_close},
                                   {NULL, NULL}};

static const luaL_Reg metamethods[] = {
    {"__gc", limiter_close}, {"__close", limiter_close}, {NULL, NULL}};

void wl_lua_add_limiters(lua_State *L) {
  luaL_newmetatable(L, LIMITER);
  luaL_setfuncs(L, metamethods, 0);
  luaL_newlib(L, methods);
  lua_setfield(L, -2, "__index");
  lua_pop(L, 1);
  lua_pushcfunction(L, limiter_new);
  lua_setfield(L, -2, "limiter");
}
