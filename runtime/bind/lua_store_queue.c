/* SPDX-License-Identifier: MIT */
/* lua_store_queue.c - the queue of module "wl.store": keys that
 * writes and scripts make wait, for whoever works on them. */
#include <lauxlib.h>
#include <string.h>

#include "host.h"
#include "lua_selector.h"
#include "lua_store.h"
#include "lua_value.h"

static lua_Integer check_key(lua_State *L, int index) {
  lua_Integer key = luaL_checkinteger(L, index);
  luaL_argcheck(L, key >= 0 && key < (lua_Integer)1 << 48, index,
                "a key is an id or an integer below 2^48");
  return key;
}

uint32_t wl_lua_check_source(lua_State *L, const StoreBox *box, int index) {
  lua_Integer source = luaL_checkinteger(L, index);
  if (source < 0 || (size_t)source >= wl_queue_source_count(box->queue))
    luaL_argerror(L, index, "not a source of this store");
  return (uint32_t)source;
}

/* s:enqueue(key, source, delay_ms) */
static int store_enqueue(lua_State *L) {
  StoreBox *box = wl_lua_check_store(L, 1);
  lua_Integer delay = luaL_optinteger(L, 4, 0);
  wl_queue_add_after(box->queue, (uint64_t)check_key(L, 2),
                     wl_lua_check_source(L, box, 3), wl_store_now(box->store),
                     delay);
  return 0;
}

/* s:retry(key, source) -> delay in ms */
static int store_retry(lua_State *L) {
  StoreBox *box = wl_lua_check_store(L, 1);
  int64_t delay = 0;
  wl_queue_retry(box->queue, (uint64_t)check_key(L, 2),
                 wl_lua_check_source(L, box, 3), wl_store_now(box->store),
                 &delay);
  lua_pushinteger(L, delay);
  return 1;
}

static int store_forget(lua_State *L) {
  StoreBox *box = wl_lua_check_store(L, 1);
  wl_queue_forget(box->queue, (uint64_t)check_key(L, 2));
  return 0;
}

/* s:settle(key): the key, which is held, need not wait again */
static int store_settle(lua_State *L) {
  StoreBox *box = wl_lua_check_store(L, 1);
  wl_queue_settle(box->queue, (uint64_t)check_key(L, 2));
  return 0;
}

/* s:take() -> key, its kind's number (nil when it is no object); nil: nothing
 * is ready */
static int store_take(lua_State *L) {
  StoreBox *box = wl_lua_check_store(L, 1);
  uint64_t key;
  if (wl_queue_get(box->queue, wl_store_now(box->store), &key) != WL_QUEUE_KEY)
    return 0;
  lua_pushinteger(L, (lua_Integer)key);
  const wl_Kind *kind =
      key <= UINT32_MAX ? wl_store_kind_of(box->store, (wl_Id)key) : NULL;
  if (kind == NULL)
    return 1;
  const KindTag *tag = wl_kind_tag(kind);
  lua_pushinteger(L, tag->number);
  return 2;
}

static int store_done(lua_State *L) {
  StoreBox *box = wl_lua_check_store(L, 1);
  wl_queue_done(box->queue, (uint64_t)check_key(L, 2),
                wl_store_now(box->store));
  return 0;
}

/* s:next_due() -> ms, or nil */
static int store_next_due(lua_State *L) {
  StoreBox *box = wl_lua_check_store(L, 1);
  int64_t due;
  if (!wl_queue_next_due(box->queue, &due))
    return 0;
  lua_pushinteger(L, due);
  return 1;
}

/* s:set_limiter(base_ms, max_ms): the delays of s:retry */
static int store_set_limiter(lua_State *L) {
  StoreBox *box = wl_lua_check_store(L, 1);
  lua_Integer base = luaL_checkinteger(L, 2), max = luaL_checkinteger(L, 3);
  luaL_argcheck(L, base > 0 && max >= base, 2, "0 < base <= max");
  wl_Limiter *limiter = wl_limiter_new(wl_host_heap(L));
  wl_limiter_add_exponential(limiter, base, max);
  wl_queue_set_limiter(box->queue, limiter);
  return 0;
}

/* ---- who woke whom ---- */

void wl_lua_store_note_wake(StoreBox *box, uint64_t key) {
  if (!box->noting)
    return;
  Wake wake = {key, wl_store_revision(box->store)};
  wl_buffer_add(&box->wakes, (const char *)&wake, sizeof wake);
}

/* s:note_wakes(boolean): from now on, or not any more */
static int store_note_wakes(lua_State *L) {
  StoreBox *box = wl_lua_check_store(L, 1);
  luaL_checktype(L, 2, LUA_TBOOLEAN);
  box->noting = lua_toboolean(L, 2);
  return 0;
}

/* s:wakes() -> { key, revision of the write that put it in the queue, ... }
 * since the last call */
static int store_wakes(lua_State *L) {
  StoreBox *box = wl_lua_check_store(L, 1);
  lua_Integer count = 0;
  Wake wake;
  lua_newtable(L);
  for (size_t at = 0; at < box->wakes.length; at += sizeof wake) {
    memcpy(&wake, box->wakes.bytes + at, sizeof wake);
    lua_pushinteger(L, (lua_Integer)wake.key);
    lua_rawseti(L, -2, ++count);
    lua_pushinteger(L, (lua_Integer)wake.revision);
    lua_rawseti(L, -2, ++count);
  }
  wl_buffer_truncate(&box->wakes, 0);
  return 1;
}

const luaL_Reg wl_lua_store_queueing[] = {
    {"done", store_done},
    {"enqueue", store_enqueue},
    {"forget", store_forget},
    {"next_due", store_next_due},
    {"retry", store_retry},
    {"set_limiter", store_set_limiter},
    {"settle", store_settle},
    {"take", store_take},
    {"note_wakes", store_note_wakes},
    {"wakes", store_wakes},
    {NULL, NULL},
};
