/* SPDX-License-Identifier: MIT */
/*
 * lua_key.h - Lua strings as interned keys
 *
 * Field names reach C as Lua strings, the same few hundred again and again.
 * A direct-mapped cache, by the address of the Lua string and verified by its
 * bytes (an address may be used again), saves interning them each time. It
 * holds one reference a slot.
 */
#ifndef WL_LUA_KEY_H
#define WL_LUA_KEY_H

#include <lua.h>
#include <stdint.h>
#include <string.h>

#include "../core/value.h"

enum { WL_KEY_SLOTS = 512 };

typedef struct wl_KeySlot {
  const char *lua;   /* of the Lua string; NULL: empty */
  const char *bytes; /* the key's own */
  size_t length;
  wl_Value key;
} wl_KeySlot;

typedef struct wl_KeyCache {
  wl_Heap *heap;
  wl_KeySlot slots[WL_KEY_SLOTS];
} wl_KeyCache;

/* The cache of this state. */
wl_KeyCache *wl_lua_keys(lua_State *L);
/* Push it as userdata, to be an upvalue of what looks up often. */
void wl_lua_push_keys(lua_State *L);

wl_Value wl_key_cache_miss(wl_KeyCache *cache, wl_KeySlot *slot,
                           const char *text, size_t length);

/* The key of the bytes of a Lua string. Borrowed: valid until the next
 * lookup; retain it to keep it. Never raises. */
static inline wl_Value wl_key_cache_get(wl_KeyCache *cache, const char *text,
                                        size_t length) {
  uintptr_t address = (uintptr_t)text;
  wl_KeySlot *slot =
      &cache->slots[(address >> 4 ^ address >> 13) & (WL_KEY_SLOTS - 1)];
  if (slot->lua == text && slot->length == length &&
      memcmp(slot->bytes, text, length) == 0)
    return slot->key;
  return wl_key_cache_miss(cache, slot, text, length);
}

/* The key that the string at `index` is. Borrowed as above. Raises when it
 * is no string. */
wl_Value wl_lua_check_key(lua_State *L, int index);

#endif
