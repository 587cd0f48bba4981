/* SPDX-License-Identifier: MIT */
/*
 * lua_ids.h - numbers for Lua's keys
 *
 * The core knows a key by a number; scripts use strings, numbers or booleans.
 * A userdata keeps both directions in two tables, its user values IDS and
 * KEYS. Numbers are dense and used again. Ids that nobody needs are swept out
 * only when there have come to be many, so that no operation pays for it.
 */
#ifndef WL_LUA_IDS_H
#define WL_LUA_IDS_H

#include <lua.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "../core/heap.h"

enum { WL_IDS_OF_KEYS = 1, WL_KEYS_OF_IDS = 2, WL_ID_USER_VALUES = 2 };

typedef struct wl_Ids {
  wl_Heap *heap;
  uint32_t *free; /* ids to be used again */
  size_t free_count, free_room;
  uint32_t last; /* highest id given out */
  size_t limit;  /* sweep when that many are in use */
} wl_Ids;

/* Is this id still needed by what `owner` points to? */
typedef bool wl_IdNeeded(const void *owner, uint64_t id);

/* Set the user values of the userdata on top of the stack, which holds `ids`
 * and has WL_ID_USER_VALUES of them or more. */
void wl_lua_ids_init(lua_State *L, wl_Ids *ids, wl_Heap *heap);
void wl_lua_ids_destroy(wl_Ids *ids);

/* The id of the key at index 2, for the userdata at index 1; 0: it has none.
 * Raises when that cannot be a key. */
uint64_t wl_lua_id_of(lua_State *L);
/* The same, but it gets one. */
uint64_t wl_lua_id_for(lua_State *L, wl_Ids *ids, wl_IdNeeded *needed,
                       const void *owner);
/* Push the key of an id. */
void wl_lua_push_key(lua_State *L, uint64_t id);

#endif
