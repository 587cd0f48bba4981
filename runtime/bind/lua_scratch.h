/* SPDX-License-Identifier: MIT */
/*
 * lua_scratch.h - what a binding must give back when Lua raises
 *
 * A userdata that owns a buffer and a few values. A binding pushes it first
 * and works in it; the collector frees what is left in it.
 */
#ifndef WL_LUA_SCRATCH_H
#define WL_LUA_SCRATCH_H

#include <lua.h>

#include "../core/buffer.h"
#include "../core/value.h"

typedef struct wl_Scratch {
  wl_Buffer text;
  wl_Value values[2]; /* absent, or owned */
} wl_Scratch;

/* Pushed; valid while it is on the stack. */
wl_Scratch *wl_lua_push_scratch(lua_State *L);
/* Push the text, and give back at once what the scratch holds. */
void wl_lua_push_text(lua_State *L, wl_Scratch *scratch);
void wl_lua_empty_scratch(wl_Scratch *scratch);

#endif
