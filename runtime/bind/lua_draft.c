/* SPDX-License-Identifier: MIT */
/*
 * lua_draft.c - changing values from Lua
 *
 * update() gives its function a draft, which reads like a view and takes
 * assignments; core/draft.h does the work. A handle in Lua is the address of
 * its Root, a node's number and the update's serial number; its user value
 * keeps the Root alive. Roots are used again: a serial that is not the Root's
 * any more tells a handle whose update is over.
 */
#include <lauxlib.h>

#include "../core/draft.h"
#include "host.h"
#include "lua_key.h"
#include "lua_value_private.h"

#define ROOT "wl.draft.root"

enum { UP_META = 1, UP_KEYS }; /* upvalues of draft_index and _newindex */

typedef struct Root {
  wl_Draft draft;
  uint32_t serial; /* odd while an update runs */
  wl_Value result;
} Root;

typedef struct Handle {
  Root *root;
  uint32_t node, serial;
} Handle;

static const char SPARE[] = "wl.draft.spare"; /* a Root at rest, registry */

/* ---- handles ---- */

static int root_gc(lua_State *L) {
  Root *root = luaL_checkudata(L, 1, ROOT);
  wl_Value result = root->result;
  root->result = WL_VALUE_ABSENT;
  root->serial += root->serial & 1; /* handles are over */
  wl_release(root->draft.heap, result);
  wl_draft_destroy(&root->draft);
  return 0;
}

static void push_root(lua_State *L) {
  if (lua_rawgetp(L, LUA_REGISTRYINDEX, SPARE) == LUA_TUSERDATA) {
    lua_pushnil(L);
    lua_rawsetp(L, LUA_REGISTRYINDEX, SPARE);
    return;
  }
  lua_pop(L, 1);
  Root *root = lua_newuserdatauv(L, sizeof *root, 0);
  *root = (Root){.result = WL_VALUE_ABSENT};
  wl_draft_init(&root->draft, wl_host_heap(L));
  luaL_setmetatable(L, ROOT);
}

/* `holder` is an index where the Root or a handle of it is; `meta` the
 * metatable of drafts. */
static void push_handle(lua_State *L, Root *root, uint32_t node, int holder,
                        int meta) {
  Handle *handle = lua_newuserdatauv(L, sizeof *handle, 1);
  *handle = (Handle){.root = root, .node = node, .serial = root->serial};
  lua_pushvalue(L, meta);
  lua_setmetatable(L, -2);
  lua_pushvalue(L, holder);
  lua_setiuservalue(L, -2, 1);
}

static const Handle *open_handle(lua_State *L, const Handle *handle) {
  if (handle->serial != handle->root->serial)
    luaL_error(L, "this draft is over: it can be used only inside the "
                  "function given to update");
  return handle;
}

static const Handle *check_handle(lua_State *L, int index) {
  return open_handle(L, luaL_checkudata(L, index, DRAFT));
}

/* Argument 1 of a metamethod whose upvalue is the metatable. */
static const Handle *target_handle(lua_State *L) {
  const Handle *handle = lua_touserdata(L, 1);
  if (handle != NULL && lua_getmetatable(L, 1)) {
    bool right = lua_rawequal(L, -1, lua_upvalueindex(UP_META));
    lua_pop(L, 1);
    if (right)
      return open_handle(L, handle);
  }
  return check_handle(L, 1); /* raises */
}

static wl_Value own_value(const Handle *handle) {
  return wl_draft_own(&handle->root->draft, handle->node);
}

bool wl_lua_is_draft(lua_State *L, int index) {
  return luaL_testudata(L, index, DRAFT) != NULL;
}

wl_Value wl_lua_draft_value(lua_State *L, int index) {
  const Handle *handle = check_handle(L, index);
  return wl_draft_value(&handle->root->draft, handle->node);
}

wl_Type wl_lua_draft_type(lua_State *L, int index) {
  return wl_type(own_value(check_handle(L, index)));
}

/* ---- reading ---- */

/* Push what is at a place of the node of the handle at index 1. */
static void push_place(lua_State *L, const Handle *handle, wl_Value key,
                       wl_Value found, int meta) {
  wl_Draft *d = &handle->root->draft;
  uint32_t child = wl_draft_child(d, handle->node, key);
  if (child == WL_DRAFT_NONE) {
    wl_Type type = wl_type(found);
    if (type != WL_LIST && type != WL_MAP) {
      wl_lua_push_value(L, found);
      return;
    }
    child = wl_draft_open(d, handle->node, key);
  }
  lua_getiuservalue(L, 1, 1);
  push_handle(L, handle->root, child, lua_gettop(L), meta);
}

/* The key or index that the Lua value at 2 is for this value; absent when it
 * fits not. Keys are borrowed, see lua_key.h. */
static wl_Value place_of(lua_State *L, wl_Value v, wl_KeyCache *keys) {
  if (wl_type(v) == WL_LIST) {
    lua_Integer i = lua_isinteger(L, 2) ? lua_tointeger(L, 2) : 0;
    return i > 0 && i <= (lua_Integer)wl_length(v) + 1
               ? wl_int_new(keys->heap, i - 1)
               : WL_VALUE_ABSENT;
  }
  if (lua_type(L, 2) != LUA_TSTRING)
    return WL_VALUE_ABSENT;
  size_t length;
  const char *name = lua_tolstring(L, 2, &length);
  return wl_key_cache_get(keys, name, length);
}

static wl_Value at_place(wl_Value v, wl_Value key) {
  return wl_type(key) == WL_INT ? wl_list_get(v, (size_t)wl_int(key))
                                : wl_map_get(v, key);
}

static int draft_index(lua_State *L) {
  const Handle *handle = target_handle(L);
  wl_Value v = own_value(handle);
  wl_Value key = place_of(L, v, lua_touserdata(L, lua_upvalueindex(UP_KEYS)));
  push_place(L, handle, key, at_place(v, key), lua_upvalueindex(UP_META));
  return 1;
}

static int draft_len(lua_State *L) {
  lua_pushinteger(L, (lua_Integer)wl_length(own_value(check_handle(L, 1))));
  return 1;
}

/* Upvalues: position, a holder of the value as it was when pairs was called.
 * Yields what the draft has now under the keys it had then. */
static int draft_next(lua_State *L) {
  const Handle *handle = check_handle(L, 1);
  wl_Value then = wl_lua_view_value(L, lua_upvalueindex(2));
  bool list = wl_type(then) == WL_LIST;
  lua_Integer at = lua_tointeger(L, lua_upvalueindex(1));
  for (; at < (lua_Integer)wl_length(then); at++) {
    wl_Value key = list ? wl_int_new(handle->root->draft.heap, at)
                        : wl_map_key_at(then, (size_t)at);
    wl_Value found = at_place(own_value(handle), key);
    if (wl_is_absent(found))
      continue;
    lua_pushinteger(L, at + 1);
    lua_copy(L, -1, lua_upvalueindex(1));
    if (!list)
      wl_lua_push_value(L, key);
    luaL_getmetatable(L, DRAFT);
    int key_index = lua_gettop(L) - 1;
    push_place(L, handle, key, found, lua_gettop(L));
    lua_pushvalue(L, key_index);
    lua_insert(L, -2);
    return 2;
  }
  lua_pushnil(L);
  return 1;
}

static int draft_pairs(lua_State *L) {
  const Handle *handle = check_handle(L, 1);
  lua_pushinteger(L, 0);
  wl_lua_push_holder(L, own_value(handle));
  lua_pushcclosure(L, draft_next, 2);
  lua_pushvalue(L, 1);
  return 2;
}

/* ---- assigning ---- */

static void refuse_place(lua_State *L, wl_Value v) {
  if (wl_type(v) != WL_LIST)
    luaL_error(L, "this is a map: its fields have names, not a %s",
               luaL_typename(L, 2));
  if (!lua_isinteger(L, 2))
    luaL_error(L, "this is a list: its items are numbered 1 to %I",
               (LUAI_UACINT)wl_length(v));
  luaL_error(L, "a list has no holes: it has %I items, and [%I] would be set",
             (LUAI_UACINT)wl_length(v), (LUAI_UACINT)lua_tointeger(L, 2));
}

/* {} is an empty map until its first item is assigned. */
static void make_list(lua_State *L, wl_Draft *d, uint32_t node) {
  wl_Value v = wl_draft_own(d, node);
  if (wl_type(v) == WL_MAP && wl_length(v) == 0 && lua_isinteger(L, 2) &&
      !lua_isnil(L, 3))
    wl_draft_replace(d, node, wl_list_empty(d->heap));
}

static bool fits_below(const wl_Draft *d, uint32_t node, wl_Value new) {
  return wl_draft_depth(d, node) + 1 + wl_depth(new) <= MAX_DEPTH;
}

static void assign_draft(lua_State *L, wl_Draft *d, uint32_t node,
                         wl_Value key) {
  const Handle *source = check_handle(L, 3);
  wl_Draft *from = &source->root->draft;
  wl_Value new = wl_draft_value(from, source->node);
  if (!fits_below(d, node, new))
    luaL_error(L, "nested too deeply");
  if (from == d)
    wl_draft_move(d, node, key, source->node);
  else
    wl_draft_put(d, node, key, wl_retain(new));
}

static void assign_value(lua_State *L, wl_Draft *d, uint32_t node,
                         wl_KeyCache *keys) {
  wl_Value new = wl_lua_check_value(L, 3);
  if (!fits_below(d, node, new)) {
    wl_release(d->heap, new);
    luaL_error(L, "nested too deeply");
  }
  /* Looked up again: converting may have displaced the key, or, when the new
   * value holds this draft, changed the draft's own value. */
  wl_draft_put(d, node, place_of(L, wl_draft_own(d, node), keys), new);
}

static int draft_newindex(lua_State *L) {
  const Handle *handle = target_handle(L);
  wl_Draft *d = &handle->root->draft;
  wl_KeyCache *keys = lua_touserdata(L, lua_upvalueindex(UP_KEYS));
  make_list(L, d, handle->node);
  wl_Value v = own_value(handle);
  wl_Value key = place_of(L, v, keys);
  if (wl_is_absent(key))
    refuse_place(L, v);
  if (lua_isnil(L, 3)) {
    if (wl_type(v) == WL_LIST && wl_int(key) + 1 < (int64_t)wl_length(v))
      luaL_error(L, "a list has no holes: use table.remove(list, %I)",
                 (LUAI_UACINT)lua_tointeger(L, 2));
    wl_draft_put(d, handle->node, key, WL_VALUE_ABSENT);
  } else if (wl_lua_is_draft(L, 3)) {
    assign_draft(L, d, handle->node, key);
  } else {
    assign_value(L, d, handle->node, keys);
  }
  return 0;
}

/* ---- running ---- */

wl_Value wl_lua_run_draft(lua_State *L, wl_Value base, int function) {
  function = lua_absindex(L, function);
  luaL_checkstack(L, 8, NULL);
  push_root(L);
  Root *root = lua_touserdata(L, -1);
  wl_draft_begin(&root->draft, base);
  root->serial++;
  lua_pushvalue(L, function);
  luaL_getmetatable(L, DRAFT);
  push_handle(L, root, 0, lua_gettop(L) - 2, lua_gettop(L));
  lua_remove(L, -2);
  lua_call(L, 1, 0);
  root->serial++;
  root->result = wl_draft_end(&root->draft);
  return root->result;
}

void wl_lua_end_draft(lua_State *L, int index) {
  Root *root = luaL_checkudata(L, index, ROOT);
  wl_release(root->draft.heap, root->result);
  root->result = WL_VALUE_ABSENT;
  lua_pushvalue(L, index);
  lua_rawsetp(L, LUA_REGISTRYINDEX, SPARE);
}

int wl_lua_value_update(lua_State *L) {
  wl_Value v = wl_lua_borrow_value(L, 1);
  luaL_checktype(L, 2, LUA_TFUNCTION);
  luaL_argcheck(L, wl_type(v) == WL_LIST || wl_type(v) == WL_MAP, 1,
                "a list or map expected");
  wl_Value new = wl_lua_run_draft(L, v, 2);
  int holder = lua_gettop(L);
  wl_lua_push_value(L, new);
  wl_lua_end_draft(L, holder);
  return 1;
}

/* ---- opening ---- */

static const luaL_Reg metamethods[] = {
    {"__len", draft_len},
    {"__pairs", draft_pairs},
    {"__eq", wl_lua_value_eq},
    {"__tostring", wl_lua_value_tostring},
    {NULL, NULL},
};

static void set_hot(lua_State *L, const char *name, lua_CFunction function) {
  lua_pushvalue(L, -1); /* UP_META */
  wl_lua_push_keys(L);
  lua_pushcclosure(L, function, 2);
  lua_setfield(L, -2, name);
}

void wl_lua_open_drafts(lua_State *L) {
  if (luaL_newmetatable(L, ROOT)) {
    lua_pushcfunction(L, root_gc);
    lua_setfield(L, -2, "__gc");
  }
  luaL_newmetatable(L, DRAFT);
  luaL_setfuncs(L, metamethods, 0);
  set_hot(L, "__index", draft_index);
  set_hot(L, "__newindex", draft_newindex);
  lua_pushliteral(L, DRAFT);
  lua_setfield(L, -2, "__metatable");
  lua_pop(L, 2);
}
