/* SPDX-License-Identifier: MIT */
#include "lua_key.h"

#include <lauxlib.h>

#include "host.h"

static const char CACHE[] = "wl.keys";

wl_Value wl_key_cache_miss(wl_KeyCache *cache, wl_KeySlot *slot,
                           const char *text, size_t length) {
  wl_Value old = slot->key;
  slot->key = wl_string_intern(cache->heap, text, length);
  slot->lua = text;
  slot->bytes = wl_text(&slot->key).bytes;
  slot->length = length;
  wl_release(cache->heap, old);
  return slot->key;
}

static int cache_gc(lua_State *L) {
  wl_KeyCache *cache = luaL_checkudata(L, 1, CACHE);
  for (size_t i = 0; i < WL_KEY_SLOTS; i++) {
    wl_release(cache->heap, cache->slots[i].key);
    cache->slots[i] = (wl_KeySlot){.key = WL_VALUE_ABSENT};
  }
  return 0;
}

static void make_cache(lua_State *L) {
  wl_KeyCache *cache = lua_newuserdatauv(L, sizeof *cache, 0);
  cache->heap = wl_host_heap(L);
  for (size_t i = 0; i < WL_KEY_SLOTS; i++)
    cache->slots[i] = (wl_KeySlot){.key = WL_VALUE_ABSENT};
  if (luaL_newmetatable(L, CACHE)) {
    lua_pushcfunction(L, cache_gc);
    lua_setfield(L, -2, "__gc");
  }
  lua_setmetatable(L, -2);
  lua_pushvalue(L, -1);
  lua_rawsetp(L, LUA_REGISTRYINDEX, CACHE);
}

void wl_lua_push_keys(lua_State *L) {
  if (lua_rawgetp(L, LUA_REGISTRYINDEX, CACHE) == LUA_TUSERDATA)
    return;
  lua_pop(L, 1);
  make_cache(L);
}

wl_KeyCache *wl_lua_keys(lua_State *L) {
  wl_lua_push_keys(L);
  wl_KeyCache *cache = lua_touserdata(L, -1);
  lua_pop(L, 1); /* the registry keeps it */
  return cache;
}

wl_Value wl_lua_check_key(lua_State *L, int index) {
  size_t length;
  luaL_checktype(L, index, LUA_TSTRING);
  const char *text = lua_tolstring(L, index, &length);
  return wl_key_cache_get(wl_lua_keys(L), text, length);
}
