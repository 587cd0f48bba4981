/* SPDX-License-Identifier: MIT */
/* guarded.h - functions of the standard library that a budget holds to account
 */
#ifndef WL_GUARDED_H
#define WL_GUARDED_H

#include <lua.h>

/* Take the places of those in `string` that can be kept busy. */
void wl_guard_strings(lua_State *L);

/* Each pushes a table with those of `table`, of `utf8`. */
void wl_guard_tables(lua_State *L);
void wl_guard_utf8(lua_State *L);

#endif
