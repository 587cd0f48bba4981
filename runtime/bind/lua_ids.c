/* SPDX-License-Identifier: MIT */
#include "lua_ids.h"

#include <lauxlib.h>

enum { FIRST_LIMIT = 256 };

void wl_lua_ids_init(lua_State *L, wl_Ids *ids, wl_Heap *heap) {
  *ids = (wl_Ids){.heap = heap, .limit = FIRST_LIMIT};
  lua_newtable(L);
  lua_setiuservalue(L, -2, WL_IDS_OF_KEYS);
  lua_newtable(L);
  lua_setiuservalue(L, -2, WL_KEYS_OF_IDS);
}

void wl_lua_ids_destroy(wl_Ids *ids) {
  wl_dealloc(ids->heap, ids->free, ids->free_room * sizeof *ids->free);
  ids->free = NULL;
  ids->free_count = ids->free_room = 0;
}

/* Push the id of the key, or nil. The table of ids is left beneath it. */
static int push_id(lua_State *L) {
  int type = lua_type(L, 2);
  if (type != LUA_TSTRING && type != LUA_TNUMBER && type != LUA_TBOOLEAN)
    luaL_argerror(L, 2, "a key is a string, a number or a boolean");
  lua_getiuservalue(L, 1, WL_IDS_OF_KEYS);
  lua_pushvalue(L, 2);
  return lua_rawget(L, -2);
}

uint64_t wl_lua_id_of(lua_State *L) {
  push_id(L);
  lua_Integer id = lua_tointeger(L, -1);
  lua_pop(L, 2);
  return (uint64_t)id;
}

void wl_lua_push_key(lua_State *L, uint64_t id) {
  lua_getiuservalue(L, 1, WL_KEYS_OF_IDS);
  lua_rawgeti(L, -1, (lua_Integer)id);
  lua_remove(L, -2);
}

static void add_free(wl_Ids *ids, uint32_t id) {
  if (ids->free_count == ids->free_room) {
    size_t old = ids->free_room;
    ids->free_room = old == 0 ? FIRST_LIMIT : old * 2;
    ids->free = wl_realloc(ids->heap, ids->free, old * sizeof *ids->free,
                           ids->free_room * sizeof *ids->free);
  }
  ids->free[ids->free_count++] = id;
}

/* Clears what exists only, so no table grows and nothing is raised. */
static void sweep(lua_State *L, wl_Ids *ids, wl_IdNeeded *needed,
                  const void *owner) {
  lua_getiuservalue(L, 1, WL_IDS_OF_KEYS);
  lua_getiuservalue(L, 1, WL_KEYS_OF_IDS);
  for (uint32_t id = ids->last; id > 0; id--) {
    if (needed(owner, id))
      continue;
    if (lua_rawgeti(L, -1, id) != LUA_TNIL) {
      lua_pushnil(L);
      lua_rawset(L, -4);
      lua_pushnil(L);
      lua_rawseti(L, -2, id);
      add_free(ids, id);
    } else {
      lua_pop(L, 1);
    }
  }
  lua_pop(L, 2);
  size_t used = ids->last - ids->free_count;
  ids->limit = used < FIRST_LIMIT / 2 ? FIRST_LIMIT : used * 2;
}

uint64_t wl_lua_id_for(lua_State *L, wl_Ids *ids, wl_IdNeeded *needed,
                       const void *owner) {
  if (push_id(L) != LUA_TNIL) {
    lua_Integer known = lua_tointeger(L, -1);
    lua_pop(L, 2);
    return (uint64_t)known;
  }
  lua_pop(L, 1);
  luaL_argcheck(L,
                lua_type(L, 2) != LUA_TNUMBER ||
                    lua_tonumber(L, 2) == lua_tonumber(L, 2),
                2, "a key is not NaN");
  if (ids->last - ids->free_count >= ids->limit)
    sweep(L, ids, needed, owner);
  bool again = ids->free_count > 0;
  uint32_t id = again ? ids->free[ids->free_count - 1] : ids->last + 1;
  lua_getiuservalue(L, 1, WL_KEYS_OF_IDS);
  lua_pushvalue(L, 2);
  lua_rawseti(L, -2, id); /* harmless if the next one raises */
  lua_pop(L, 1);
  lua_pushvalue(L, 2);
  lua_pushinteger(L, id);
  lua_rawset(L, -3);
  lua_pop(L, 1);
  if (again)
    ids->free_count--;
  else
    ids->last = id;
  return id;
}
