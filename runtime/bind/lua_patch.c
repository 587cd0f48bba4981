/* SPDX-License-Identifier: MIT */
/*
 * lua_patch.c - Lua module "wl.patch_core", beneath lua/wl/patch.lua
 *
 * Patches are functions. A table of patch types is a userdata that owns its
 * wl_PatchTypes and frees it on collection.
 */
#include <lauxlib.h>

#include "../core/patch.h"
#include "host.h"
#include "lua_key.h"
#include "lua_value.h"

static const char TYPES[] = "wl.patch_types";

/* ---- results ---- */

/* The value in the slot on top, or nil, message, code. */
static int give(lua_State *L, wl_Value result, const wl_Error *error) {
  if (wl_is_absent(result))
    return wl_lua_fail(L, error);
  wl_lua_finish_slot(L);
  return 1;
}

/* ---- JSON patches ---- */

static int core_merge(lua_State *L) {
  wl_Error error = {0};
  wl_Value original = wl_lua_borrow_optional(L, 1);
  wl_Value patch = wl_lua_borrow_value(L, 2);
  wl_Value *out = wl_lua_push_slot(L);
  *out = wl_patch_merge(wl_host_heap(L), original, patch, &error);
  return give(L, *out, &error);
}

static int core_diff(lua_State *L) {
  wl_Error error = {0};
  wl_Value from = wl_lua_borrow_optional(L, 1);
  wl_Value to = wl_lua_borrow_value(L, 2);
  wl_Value *out = wl_lua_push_slot(L);
  *out = wl_patch_diff(wl_host_heap(L), from, to, &error);
  return give(L, *out, &error);
}

static int core_diff3(lua_State *L) {
  wl_Error error = {0};
  lua_settop(L, 3);
  wl_Value original = wl_lua_borrow_optional(L, 1);
  wl_Value modified = wl_lua_borrow_optional(L, 2);
  wl_Value current = wl_lua_borrow_optional(L, 3);
  wl_Value *out = wl_lua_push_slot(L);
  *out = wl_patch_diff3(wl_host_heap(L), original, modified, current, &error);
  return give(L, *out, &error);
}

static int core_json(lua_State *L) {
  wl_Error error = {0};
  wl_Value original = wl_lua_borrow_value(L, 1);
  wl_Value operations = wl_lua_borrow_value(L, 2);
  wl_Value *out = wl_lua_push_slot(L);
  *out = wl_patch_json(wl_host_heap(L), original, operations, &error);
  return give(L, *out, &error);
}

/* ---- types ---- */

typedef struct Box {
  wl_PatchTypes *types; /* NULL: closed */
  uint32_t count;
} Box;

static Box *check_box(lua_State *L) {
  Box *box = luaL_checkudata(L, 1, TYPES);
  luaL_argcheck(L, box->types != NULL, 1, "closed");
  return box;
}

static uint32_t check_number(lua_State *L, const Box *box, int index) {
  lua_Integer number = luaL_checkinteger(L, index);
  luaL_argcheck(L, number >= 0 && number < box->count, index, "no such type");
  return (uint32_t)number;
}

static wl_PatchType check_type(lua_State *L) {
  const Box *box = check_box(L);
  return (wl_PatchType){.types = box->types, .number = check_number(L, box, 2)};
}

static int core_types(lua_State *L) {
  Box *box = lua_newuserdatauv(L, sizeof *box, 0);
  *box = (Box){0};
  luaL_setmetatable(L, TYPES);
  box->types = wl_patch_types_new(wl_host_heap(L));
  return 1;
}

/* types:add(kind, name) -> number */
static int types_add(lua_State *L) {
  static const char *const kinds[] = {"leaf", "object", "map", "any", NULL};
  Box *box = check_box(L);
  int kind = luaL_checkoption(L, 2, NULL, kinds);
  const char *name = luaL_optstring(L, 3, NULL);
  lua_pushinteger(L, box->count++);
  wl_patch_types_add(box->types, (wl_PatchKind)kind, name);
  return 1;
}

/* types:field(number, name, type [, strategy, merge_key]); a strategy is
 * "merge", "replace", "retainKeys", or two with a comma. */
static int types_field(lua_State *L) {
  Box *box = check_box(L);
  uint32_t number = check_number(L, box, 2);
  const char *strategy = luaL_optstring(L, 5, "");
  wl_PatchField field = {.type = check_number(L, box, 4),
                         .merge = strstr(strategy, "merge") != NULL,
                         .replace = strstr(strategy, "replace") != NULL,
                         .retain_keys = strstr(strategy, "retainKeys") != NULL,
                         .merge_key = WL_VALUE_ABSENT};
  luaL_checktype(L, 3, LUA_TSTRING);
  if (!lua_isnoneornil(L, 6))
    luaL_checktype(L, 6, LUA_TSTRING);
  wl_Value name = wl_retain(wl_lua_check_key(L, 3));
  if (!lua_isnoneornil(L, 6))
    field.merge_key = wl_lua_check_key(L, 6);
  wl_patch_types_field(box->types, number, name, field);
  wl_release(wl_host_heap(L), name);
  return 0;
}

/* types:strategic(number, original, patch) */
static int types_strategic(lua_State *L) {
  wl_Error error = {0};
  wl_PatchType type = check_type(L);
  wl_Value original = wl_lua_borrow_value(L, 3);
  wl_Value patch = wl_lua_borrow_value(L, 4);
  wl_Value *out = wl_lua_push_slot(L);
  *out = wl_patch_strategic(wl_host_heap(L), original, patch, type, &error);
  return give(L, *out, &error);
}

/* types:diff(number, from, to) */
static int types_diff(lua_State *L) {
  wl_Error error = {0};
  lua_settop(L, 4);
  wl_PatchType type = check_type(L);
  wl_Value from = wl_lua_borrow_optional(L, 3);
  wl_Value to = wl_lua_borrow_optional(L, 4);
  wl_Value *out = wl_lua_push_slot(L);
  *out = wl_patch_strategic_diff(wl_host_heap(L), from, to, type, &error);
  return give(L, *out, &error);
}

/* types:diff3(number, original, modified, current, overwrite) */
static int types_diff3(lua_State *L) {
  wl_Error error = {0};
  lua_settop(L, 6);
  wl_PatchType type = check_type(L);
  wl_Value original = wl_lua_borrow_optional(L, 3);
  wl_Value modified = wl_lua_borrow_optional(L, 4);
  wl_Value current = wl_lua_borrow_optional(L, 5);
  wl_Value *out = wl_lua_push_slot(L);
  *out = wl_patch_strategic_diff3(wl_host_heap(L), original, modified, current,
                                  type, lua_toboolean(L, 6), &error);
  return give(L, *out, &error);
}

static int types_gc(lua_State *L) {
  Box *box = luaL_checkudata(L, 1, TYPES);
  wl_patch_types_free(box->types);
  box->types = NULL;
  return 0;
}

/* ---- the module ---- */

static const luaL_Reg functions[] = {
    {"merge", core_merge}, {"diff", core_diff},   {"diff3", core_diff3},
    {"json", core_json},   {"types", core_types}, {NULL, NULL},
};

static const luaL_Reg methods[] = {
    {"add", types_add},
    {"field", types_field},
    {"strategic", types_strategic},
    {"diff", types_diff},
    {"diff3", types_diff3},
    {NULL, NULL},
};

static const luaL_Reg metamethods[] = {
    {"__gc", types_gc},
    {NULL, NULL},
};

int luaopen_wl_patch_core(lua_State *L);

int luaopen_wl_patch_core(lua_State *L) {
  wl_lua_need_values(L);
  luaL_newmetatable(L, TYPES);
  luaL_setfuncs(L, metamethods, 0);
  luaL_newlib(L, methods);
  lua_setfield(L, -2, "__index");
  lua_pop(L, 1);
  luaL_newlib(L, functions);
  return 1;
}
