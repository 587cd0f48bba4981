/* SPDX-License-Identifier: MIT */
/*
 * lua_value.h - values crossing the border to Lua, for the other bindings
 *
 * To Lua: scalars arrive as Lua's own (null as a sentinel), lists and maps as
 * views, userdata that hold one reference. From Lua: views, drafts and plain
 * tables alike. Nothing is copied but plain tables.
 *
 * "Raises" means a Lua error with the path of what is wrong; nothing leaks
 * when that happens.
 */
#ifndef WL_LUA_VALUE_H
#define WL_LUA_VALUE_H

#include <lua.h>

#include "../core/error.h"
#include "../core/path.h"
#include "../core/value.h"

/* A binding that uses what follows calls this when it is opened. */
void wl_lua_need_values(lua_State *L);

/* Push a borrowed value; absent becomes nil. */
void wl_lua_push_value(lua_State *L, wl_Value v);
/* For a value that is made: push a slot, put the value the caller owns into
 * it, and finish it, which leaves the value on the stack. The slot owns it all
 * the while, so nothing leaks when something raises. */
wl_Value *wl_lua_push_slot(lua_State *L); /* absent */
void wl_lua_finish_slot(lua_State *L);    /* the slot is on top */

/* The argument as a value that the caller owns. Raises when it is nil or
 * cannot be stored. */
wl_Value wl_lua_check_value(lua_State *L, int index);
/* The same, borrowed: the stack slot is replaced by what keeps it alive. Use
 * this where something after it may raise. */
wl_Value wl_lua_borrow_value(lua_State *L, int index);
/* Like borrow, but nil or none is absent. */
wl_Value wl_lua_borrow_optional(lua_State *L, int index);
/* Borrowed when the slot holds a view; else absent. Never raises. */
wl_Value wl_lua_view_value(lua_State *L, int index);

/* The string at `index` as a compiled path. Borrowed while the stack slot,
 * which is replaced, stays. Raises when it does not parse. */
const wl_Path *wl_lua_check_path(lua_State *L, int index);

/* Call the function at `function` with a draft of `base` (a list or map). Its
 * results are dropped. Pushes one value that keeps the outcome alive and
 * returns the outcome, borrowed from that; it is the same word as `base` when
 * nothing changed. What the function raises goes through. */
wl_Value wl_lua_run_draft(lua_State *L, wl_Value base, int function);
/* The outcome at `index` is not needed any more: optional, and faster than
 * leaving it to the collector. */
void wl_lua_end_draft(lua_State *L, int index);

/* Push nil, the message and the code's name; returns 3. */
int wl_lua_fail(lua_State *L, const wl_Error *error);

#endif
