/* SPDX-License-Identifier: MIT */
/* lua_time.h - moments and durations crossing the border to Lua.
 *
 * In C they are milliseconds, in Lua seconds: an integer where they are
 * whole, else a float. */
#ifndef WL_LUA_TIME_H
#define WL_LUA_TIME_H

#include <lua.h>
#include <stdint.h>

/* The argument, rounded to the nearest millisecond. Raises unless it is a
 * number; an infinite or huge one is as far away as can be. */
int64_t wl_lua_check_ms(lua_State *L, int index);
void wl_lua_push_seconds(lua_State *L, int64_t ms);

#endif
