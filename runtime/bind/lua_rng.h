/* SPDX-License-Identifier: MIT */
/* lua_rng.h - streams of chance, for the other bindings */
#ifndef WL_LUA_RNG_H
#define WL_LUA_RNG_H

#include <lua.h>

#include "../core/rng.h"

/* Borrowed while the argument is on the stack. Raises when it is none. */
wl_Rng *wl_lua_check_rng(lua_State *L, int index);

#endif
