/* SPDX-License-Identifier: MIT */
/* lua_value_private.h - what the files of module wl.value share */
#ifndef WL_LUA_VALUE_PRIVATE_H
#define WL_LUA_VALUE_PRIVATE_H

#include <lua.h>

#include "lua_value.h"

#define VIEW  "wl.value" /* metatable of a View */
#define DRAFT "wl.draft"
#define LIST  "wl.list" /* metatable that marks a plain table as a list */

enum { MAX_DEPTH = 1000 };

/* Holds a list or map, or, where Lua never sees it, any value. */
typedef struct View {
  wl_Value value; /* absent once collected */
} View;

/* The sentinel of JSON null is a light userdata: this address. */
extern const char wl_lua_null;

/* Is the stack slot a draft? */
bool wl_lua_is_draft(lua_State *L, int index);
/* The value that the draft at `index` has now, borrowed until it changes.
 * Raises when its update is over. */
wl_Value wl_lua_draft_value(lua_State *L, int index);
/* Its type, without gathering what changed below. */
wl_Type wl_lua_draft_type(lua_State *L, int index);

/* Push a View of v, which may be a scalar. */
void wl_lua_push_holder(lua_State *L, wl_Value v);
/* Push a deep copy as plain tables. */
void wl_lua_push_table(lua_State *L, wl_Value v);

/* __len, __pairs, __eq and __tostring of views and drafts alike. */
int wl_lua_value_tostring(lua_State *L);
int wl_lua_value_eq(lua_State *L);

/* Functions of the module, kept in other files. */
int wl_lua_value_update(lua_State *L);
int wl_lua_value_get(lua_State *L);
int wl_lua_value_with(lua_State *L);
int wl_lua_value_share(lua_State *L);
int wl_lua_value_table(lua_State *L);
int wl_lua_value_list(lua_State *L);
int wl_lua_value_type(lua_State *L);
int wl_lua_value_is_list(lua_State *L);
int wl_lua_value_is_map(lua_State *L);
void wl_lua_open_drafts(lua_State *L);

#endif
