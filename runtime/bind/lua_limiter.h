/* SPDX-License-Identifier: MIT */
/* lua_limiter.h - rate limiters described by a table, for the other bindings */
#ifndef WL_LUA_LIMITER_H
#define WL_LUA_LIMITER_H

#include <lua.h>

#include "../core/limiter.h"

/* A limiter by the table at `index`: { exponential = { base, max }, fast_slow
 * = { fast, slow, tries }, bucket = { per_second, burst }, jitter =, rng = },
 * each optional; nil or none: no wait. Raises before anything is made. */
wl_Limiter *wl_lua_new_limiter(lua_State *L, int index);

/* Add `limiter` to the module table on top of the stack. */
void wl_lua_add_limiters(lua_State *L);

#endif
