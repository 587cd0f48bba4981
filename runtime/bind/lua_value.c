/* SPDX-License-Identifier: MIT */
/*
 * lua_value.c - Lua module "wl.value": immutable values as Lua sees them
 *
 * Reading a field is the hottest crossing of the border. Its closure has as
 * upvalues the metatable, the key cache and a table of recent views, so that
 * reading `o.spec` again makes no new userdata (and so nothing to collect).
 */
#include "lua_value.h"

#include <lauxlib.h>

#include "../io/json.h"
#include "host.h"
#include "lua_key.h"
#include "lua_scratch.h"
#include "lua_value_private.h"

enum { RECENT = 256 }; /* slots of the table of recent views */
enum { UP_META = 1, UP_KEYS, UP_RECENT }; /* upvalues of view_index */

static const char RECENT_VIEWS[] = "wl.value.recent"; /* in the registry */
const char wl_lua_null = 'n';

/* ---- pushing ---- */

static View *new_view(lua_State *L, int meta) {
  View *view = lua_newuserdatauv(L, sizeof *view, 0);
  view->value = WL_VALUE_ABSENT;
  lua_pushvalue(L, meta);
  lua_setmetatable(L, -2);
  return view;
}

/* `meta` and `recent` are valid stack indexes or upvalues. */
static void push_view(lua_State *L, wl_Value v, int meta, int recent) {
  int slot = 1 + (int)((v.bits >> 4 ^ v.bits >> 12) & (RECENT - 1));
  lua_rawgeti(L, recent, slot);
  const View *seen = lua_touserdata(L, -1);
  if (seen != NULL && wl_same(seen->value, v))
    return;
  lua_pop(L, 1);
  new_view(L, meta)->value = wl_retain(v);
  lua_pushvalue(L, -1);
  lua_rawseti(L, recent, slot);
}

/* Whether v was a scalar, which is pushed then. */
static bool push_scalar(lua_State *L, wl_Value v, wl_Type type) {
  wl_Text text;
  switch (type) {
  case WL_LIST:
  case WL_MAP:
    return false;
  case WL_ABSENT:
    lua_pushnil(L);
    break;
  case WL_NULL:
    lua_pushlightuserdata(L, (void *)(uintptr_t)&wl_lua_null);
    break;
  case WL_BOOL:
    lua_pushboolean(L, wl_bool(v));
    break;
  case WL_INT:
    lua_pushinteger(L, wl_int(v));
    break;
  case WL_DOUBLE:
    lua_pushnumber(L, wl_double(v));
    break;
  case WL_STRING:
    text = wl_text(&v);
    lua_pushlstring(L, text.bytes, text.length);
    break;
  }
  return true;
}

void wl_lua_push_value(lua_State *L, wl_Value v) {
  if (push_scalar(L, v, wl_type(v)))
    return;
  luaL_checkstack(L, 4, NULL);
  luaL_getmetatable(L, VIEW);
  lua_rawgetp(L, LUA_REGISTRYINDEX, RECENT_VIEWS);
  push_view(L, v, lua_absindex(L, -2), lua_absindex(L, -1));
  lua_replace(L, -3); /* over the metatable */
  lua_pop(L, 1);
}

void wl_lua_push_holder(lua_State *L, wl_Value v) {
  luaL_getmetatable(L, VIEW);
  new_view(L, lua_absindex(L, -1))->value = wl_retain(v);
  lua_remove(L, -2);
}

wl_Value *wl_lua_push_slot(lua_State *L) {
  luaL_checkstack(L, 4, NULL);
  wl_lua_push_holder(L, WL_VALUE_ABSENT);
  View *view = lua_touserdata(L, -1);
  return &view->value;
}

void wl_lua_finish_slot(lua_State *L) {
  const View *view = lua_touserdata(L, -1);
  if (push_scalar(L, view->value, wl_type(view->value)))
    lua_remove(L, -2);
}

int wl_lua_fail(lua_State *L, const wl_Error *error) {
  lua_pushnil(L);
  lua_pushstring(L, error->message);
  lua_pushstring(L, wl_code_name(error->code));
  return 3;
}

/* ---- metamethods ---- */

wl_Value wl_lua_view_value(lua_State *L, int index) {
  const View *view = luaL_testudata(L, index, VIEW);
  return view != NULL ? view->value : WL_VALUE_ABSENT;
}

/* Argument 1, checked against the metatable in the upvalue. */
static wl_Value index_target(lua_State *L) {
  const View *view = lua_touserdata(L, 1);
  if (view != NULL && lua_getmetatable(L, 1)) {
    bool right = lua_rawequal(L, -1, lua_upvalueindex(UP_META));
    lua_pop(L, 1);
    if (right)
      return view->value;
  }
  luaL_checkudata(L, 1, VIEW); /* raises */
  return WL_VALUE_ABSENT;
}

static int view_index(lua_State *L) {
  wl_Value target = index_target(L), found = WL_VALUE_ABSENT;
  int type = lua_type(L, 2);
  if (type == LUA_TSTRING) {
    size_t length;
    const char *name = lua_tolstring(L, 2, &length);
    wl_KeyCache *keys = lua_touserdata(L, lua_upvalueindex(UP_KEYS));
    found = wl_map_get(target, wl_key_cache_get(keys, name, length));
  } else if (type == LUA_TNUMBER) {
    found = wl_list_get(target, (size_t)lua_tointeger(L, 2) - 1);
  }
  if (!push_scalar(L, found, wl_type(found)))
    push_view(L, found, lua_upvalueindex(UP_META), lua_upvalueindex(UP_RECENT));
  return 1;
}

static int view_newindex(lua_State *L) {
  luaL_checkudata(L, 1, VIEW);
  return luaL_error(L,
                    "values are immutable: use update(object, function(draft) "
                    "draft.%s = ... end)",
                    lua_type(L, 2) == LUA_TSTRING ? lua_tostring(L, 2)
                                                  : "field");
}

static int view_len(lua_State *L) {
  const View *view = luaL_checkudata(L, 1, VIEW);
  lua_pushinteger(L, (lua_Integer)wl_length(view->value));
  return 1;
}

/* The iterator of pairs: the position is its upvalue. */
static int view_next(lua_State *L) {
  const View *view = luaL_checkudata(L, 1, VIEW);
  lua_Integer at = lua_tointeger(L, lua_upvalueindex(1));
  if ((size_t)at >= wl_length(view->value)) {
    lua_pushnil(L);
    return 1;
  }
  lua_pushinteger(L, at + 1);
  lua_copy(L, -1, lua_upvalueindex(1));
  if (wl_type(view->value) == WL_LIST) {
    wl_lua_push_value(L, wl_list_get(view->value, (size_t)at));
    return 2;
  }
  wl_lua_push_value(L, wl_map_key_at(view->value, (size_t)at));
  wl_lua_push_value(L, wl_map_value_at(view->value, (size_t)at));
  return 2;
}

static int view_pairs(lua_State *L) {
  luaL_checkudata(L, 1, VIEW);
  lua_pushinteger(L, 0);
  lua_pushcclosure(L, view_next, 1);
  lua_pushvalue(L, 1);
  return 2;
}

static int view_gc(lua_State *L) {
  View *view = luaL_checkudata(L, 1, VIEW);
  wl_Value v = view->value;
  view->value = WL_VALUE_ABSENT;
  wl_release(wl_host_heap(L), v);
  return 0;
}

int wl_lua_value_eq(lua_State *L) {
  bool left = luaL_testudata(L, 1, VIEW) != NULL || wl_lua_is_draft(L, 1);
  bool right = luaL_testudata(L, 2, VIEW) != NULL || wl_lua_is_draft(L, 2);
  lua_pushboolean(
      L, left && right &&
             wl_equal(wl_lua_borrow_value(L, 1), wl_lua_borrow_value(L, 2)));
  return 1;
}

/* ---- text ---- */

int wl_lua_value_tostring(lua_State *L) {
  wl_Value v = wl_lua_borrow_value(L, 1);
  wl_Scratch *scratch = wl_lua_push_scratch(L);
  wl_Error error;
  if (wl_json_write(&scratch->text, v, &(wl_JsonStyle){0}, &error))
    wl_lua_push_text(L, scratch);
  else
    lua_pushfstring(L, "(%s)", error.message);
  return 1;
}

static int null_tostring(lua_State *L) {
  if (lua_touserdata(L, 1) == &wl_lua_null)
    lua_pushliteral(L, "null");
  else
    lua_pushfstring(L, "userdata: %p", lua_topointer(L, 1));
  return 1;
}

/* ---- the module ---- */

/* A view or a scalar of anything that can be one. */
static int value_of(lua_State *L) {
  luaL_checkany(L, 1);
  if (lua_isnil(L, 1))
    return 1;
  wl_lua_push_value(L, wl_lua_borrow_value(L, 1));
  return 1;
}

static int value_equal(lua_State *L) {
  wl_Value a = wl_lua_borrow_optional(L, 1);
  lua_pushboolean(L, wl_equal(a, wl_lua_borrow_optional(L, 2)));
  return 1;
}

static int value_hash(lua_State *L) {
  lua_pushinteger(L, wl_hash(wl_lua_borrow_value(L, 1)));
  return 1;
}

static const luaL_Reg functions[] = {
    {"of", value_of},
    {"equal", value_equal},
    {"hash", value_hash},
    {"get", wl_lua_value_get},
    {"share", wl_lua_value_share},
    {"with", wl_lua_value_with},
    {"update", wl_lua_value_update},
    {"table", wl_lua_value_table},
    {"list", wl_lua_value_list},
    {"type", wl_lua_value_type},
    {"is_list", wl_lua_value_is_list},
    {"is_map", wl_lua_value_is_map},
    {NULL, NULL},
};

static const luaL_Reg metamethods[] = {
    {"__newindex", view_newindex},
    {"__len", view_len},
    {"__pairs", view_pairs},
    {"__eq", wl_lua_value_eq},
    {"__tostring", wl_lua_value_tostring},
    {"__gc", view_gc},
    {NULL, NULL},
};

static void make_recent(lua_State *L) {
  lua_createtable(L, RECENT, 0);
  for (int i = 1; i <= RECENT; i++) {
    lua_pushboolean(L, 0);
    lua_rawseti(L, -2, i);
  }
  lua_pushvalue(L, -1);
  lua_rawsetp(L, LUA_REGISTRYINDEX, RECENT_VIEWS);
}

static void make_views(lua_State *L) {
  luaL_newmetatable(L, VIEW);
  luaL_setfuncs(L, metamethods, 0);
  lua_pushvalue(L, -1); /* UP_META */
  wl_lua_push_keys(L);
  make_recent(L);
  lua_pushcclosure(L, view_index, 3);
  lua_setfield(L, -2, "__index");
  lua_pushliteral(L, VIEW); /* what getmetatable tells */
  lua_setfield(L, -2, "__metatable");
  lua_pop(L, 1);
}

/* All light userdata share one metatable; the sentinel is the only one that
 * scripts see. */
static void push_null(lua_State *L) {
  lua_pushlightuserdata(L, (void *)(uintptr_t)&wl_lua_null);
  lua_createtable(L, 0, 1);
  lua_pushcfunction(L, null_tostring);
  lua_setfield(L, -2, "__tostring");
  lua_setmetatable(L, -2);
}

int luaopen_wl_value(lua_State *L);

void wl_lua_need_values(lua_State *L) {
  luaL_requiref(L, "wl.value", luaopen_wl_value, 0);
  lua_pop(L, 1);
}

int luaopen_wl_value(lua_State *L) {
  make_views(L);
  wl_lua_open_drafts(L);
  luaL_newmetatable(L, LIST);
  lua_pop(L, 1);
  luaL_newlib(L, functions);
  push_null(L);
  lua_setfield(L, -2, "null");
  return 1;
}
