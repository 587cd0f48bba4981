/* SPDX-License-Identifier: MIT */
/* lua_heapq.c - Lua module "wl.heapq": numbered items by priority.
 *
 *   local q = heapq.new()      -- the greatest priority first
 *   q:set(item, priority)      -- put in, or move; items are integers from 1
 *   q:first()                  -- item, priority; nil when empty
 *   q:pop()                    -- the same, and takes it out
 *   q:get(item), q:remove(item), q:clear(), #q
 *
 * Equal priorities: the lowest item first. A Lua heap owns its wl_Heapq and
 * frees it on q:close(), <close> or collection. */
#include <lauxlib.h>
#include <lua.h>

#include "../core/heapq.h"
#include "host.h"

static const char HEAPQ[] = "wl.heapq";

typedef struct Box {
  wl_Heapq q;
  int open;
} Box;

static Box *check_box(lua_State *L) {
  return luaL_checkudata(L, 1, HEAPQ);
}

static wl_Heapq *check_heapq(lua_State *L) {
  Box *box = check_box(L);
  if (!box->open)
    luaL_argerror(L, 1, "this heap is closed");
  return &box->q;
}

static uint32_t check_item(lua_State *L, int index) {
  lua_Integer item = luaL_checkinteger(L, index);
  luaL_argcheck(L, item >= 1 && item <= WL_HEAPQ_MAX_ITEM, index,
                "an item is an integer from 1 to 16777216");
  return (uint32_t)item;
}

static int heapq_new(lua_State *L) {
  Box *box = lua_newuserdatauv(L, sizeof *box, 0);
  box->open = 0;
  luaL_setmetatable(L, HEAPQ);
  wl_heapq_init(&box->q, wl_host_heap(L));
  box->open = 1;
  return 1;
}

static int heapq_set(lua_State *L) {
  wl_Heapq *q = check_heapq(L);
  uint32_t item = check_item(L, 2);
  lua_Number priority = luaL_checknumber(L, 3);
  luaL_argcheck(L, priority == priority, 3, "a priority is not NaN");
  wl_heapq_set(q, item, priority);
  return 0;
}

static int push_entry(lua_State *L, const wl_HeapqEntry *entry) {
  if (entry == NULL)
    return 0;
  lua_pushinteger(L, entry->item);
  lua_pushnumber(L, entry->priority);
  return 2;
}

static int heapq_first(lua_State *L) {
  return push_entry(L, wl_heapq_first(check_heapq(L)));
}

static int heapq_pop(lua_State *L) {
  wl_Heapq *q = check_heapq(L);
  int pushed = push_entry(L, wl_heapq_first(q));
  if (pushed != 0)
    wl_heapq_remove(q, wl_heapq_first(q)->item);
  return pushed;
}

static int heapq_get(lua_State *L) {
  wl_Heapq *q = check_heapq(L);
  const wl_HeapqEntry *entry = wl_heapq_get(q, check_item(L, 2));
  if (entry == NULL)
    return 0;
  lua_pushnumber(L, entry->priority);
  return 1;
}

static int heapq_remove(lua_State *L) {
  wl_Heapq *q = check_heapq(L);
  lua_pushboolean(L, wl_heapq_remove(q, check_item(L, 2)));
  return 1;
}

static int heapq_clear(lua_State *L) {
  wl_heapq_clear(check_heapq(L));
  return 0;
}

static int heapq_length(lua_State *L) {
  lua_pushinteger(L, check_heapq(L)->length);
  return 1;
}

static int heapq_close(lua_State *L) {
  Box *box = check_box(L);
  if (box->open) {
    box->open = 0;
    wl_heapq_destroy(&box->q);
  }
  return 0;
}

static const luaL_Reg functions[] = {{"new", heapq_new}, {NULL, NULL}};

static const luaL_Reg methods[] = {
    {"set", heapq_set},       {"first", heapq_first},
    {"pop", heapq_pop},       {"get", heapq_get},
    {"remove", heapq_remove}, {"clear", heapq_clear},
    {"close", heapq_close},   {NULL, NULL}};

static const luaL_Reg metamethods[] = {{"__len", heapq_length},
                                       {"__gc", heapq_close},
                                       {"__close", heapq_close},
                                       {NULL, NULL}};

int luaopen_wl_heapq(lua_State *L) {
  luaL_newmetatable(L, HEAPQ);
  luaL_setfuncs(L, metamethods, 0);
  luaL_newlib(L, methods);
  lua_setfield(L, -2, "__index");
  lua_pop(L, 1);
  luaL_newlib(L, functions);
  return 1;
}
