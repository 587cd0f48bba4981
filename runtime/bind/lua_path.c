/* SPDX-License-Identifier: MIT */
/* lua_path.c - value.get and value.with, and the paths compiled so far */
#include <lauxlib.h>

#include "../core/merge.h"
#include "host.h"
#include "lua_value_private.h"

enum { KEPT_PATHS = 1000 };

static const char PATHS[] = "wl.path"; /* metatable; and cache, by address */

typedef struct Box {
  wl_Path *path; /* NULL: closed */
} Box;

static int path_gc(lua_State *L) {
  Box *box = luaL_checkudata(L, 1, PATHS);
  wl_path_free(wl_host_heap(L), box->path);
  box->path = NULL;
  return 0;
}

/* The box of the text at `index` that does not exist yet. */
static Box *new_box(lua_State *L, int index) {
  size_t length;
  const char *text = luaL_checklstring(L, index, &length);
  Box *box = lua_newuserdatauv(L, sizeof *box, 0);
  box->path = NULL;
  if (luaL_newmetatable(L, PATHS)) {
    lua_pushcfunction(L, path_gc);
    lua_setfield(L, -2, "__gc");
  }
  lua_setmetatable(L, -2);
  wl_Error error;
  box->path = wl_path_parse(wl_host_heap(L), text, length, &error);
  if (box->path == NULL)
    luaL_argerror(L, index, error.message);
  return box;
}

/* Push the table of boxes by text; emptied when it is full. */
static void push_cache(lua_State *L) {
  lua_rawgetp(L, LUA_REGISTRYINDEX, PATHS);
  if (lua_istable(L, -1)) {
    lua_rawgeti(L, -1, 1);
    lua_Integer left = lua_tointeger(L, -1);
    lua_pop(L, 1);
    if (left > 0)
      return;
  }
  lua_pop(L, 1);
  lua_createtable(L, 1, 0);
  lua_pushinteger(L, KEPT_PATHS);
  lua_rawseti(L, -2, 1);
  lua_pushvalue(L, -1);
  lua_rawsetp(L, LUA_REGISTRYINDEX, PATHS);
}

/* `cache` is on top. */
static void remember(lua_State *L, int text, int box) {
  lua_pushvalue(L, text);
  lua_pushvalue(L, box);
  lua_rawset(L, -3);
  lua_rawgeti(L, -1, 1);
  lua_pushinteger(L, lua_tointeger(L, -1) - 1);
  lua_rawseti(L, -3, 1);
  lua_pop(L, 1);
}

const wl_Path *wl_lua_check_path(lua_State *L, int index) {
  luaL_checktype(L, index, LUA_TSTRING);
  index = lua_absindex(L, index);
  push_cache(L);
  lua_pushvalue(L, index);
  Box *box;
  if (lua_rawget(L, -2) == LUA_TUSERDATA) {
    box = lua_touserdata(L, -1);
    lua_remove(L, -2);
  } else {
    lua_pop(L, 1);
    box = new_box(L, index);
    lua_insert(L, -2);
    remember(L, index, lua_gettop(L) - 1);
    lua_pop(L, 1);
  }
  lua_replace(L, index);
  return box->path;
}

int wl_lua_value_get(lua_State *L) {
  wl_Value v = wl_lua_borrow_optional(L, 1);
  wl_lua_push_value(L, wl_path_get(wl_lua_check_path(L, 2), v));
  return 1;
}

int wl_lua_value_with(lua_State *L) {
  lua_settop(L, 3);
  wl_Value v = wl_lua_borrow_value(L, 1);
  const wl_Path *path = wl_lua_check_path(L, 2);
  wl_Value new = wl_lua_borrow_optional(L, 3);
  wl_Error error;
  wl_lua_push_holder(L, WL_VALUE_ABSENT);
  View *holder = lua_touserdata(L, -1);
  holder->value =
      wl_path_with(wl_host_heap(L), path, wl_retain(v), wl_retain(new), &error);
  if (wl_is_absent(holder->value) && wl_path_length(path) > 0)
    return luaL_error(L, "%s", error.message);
  if (wl_depth(holder->value) > MAX_DEPTH)
    return luaL_error(L, "nested too deeply");
  wl_lua_push_value(L, holder->value);
  return 1;
}

int wl_lua_value_share(lua_State *L) {
  lua_settop(L, 2);
  wl_Value now = wl_lua_borrow_value(L, 1);
  wl_Value old = wl_lua_borrow_optional(L, 2);
  wl_lua_push_holder(L, WL_VALUE_ABSENT);
  View *holder = lua_touserdata(L, -1);
  holder->value = wl_share(wl_host_heap(L), wl_retain(now), old);
  wl_lua_push_value(L, holder->value);
  return 1;
}
