/* SPDX-License-Identifier: MIT */
/* lua_excerpt.h - errors about a place in a text, as scripts get them */
#ifndef WL_LUA_EXCERPT_H
#define WL_LUA_EXCERPT_H

#include <lua.h>

#include "../core/error.h"

/* The string field `file` of the options table at `index` (nil allowed); it
 * stays on the stack. NULL when there is none. */
const char *wl_lua_opt_file(lua_State *L, int index);

/* Push nil; "file:line:column: message" with the line and a caret under it;
 * the code; and {line =, column =}. Returns 4. `file` may be NULL. */
int wl_lua_fail_at(lua_State *L, const wl_Error *error, const char *file,
                   const char *text, size_t length);

#endif
