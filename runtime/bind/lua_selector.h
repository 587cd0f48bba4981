/* SPDX-License-Identifier: MIT */
/* lua_selector.h - selectors, for the other bindings
 *
 * What is returned is borrowed while the stack slot, which is replaced by what
 * keeps it alive, stays. Both raise when the argument is no selector. */
#ifndef WL_LUA_SELECTOR_H
#define WL_LUA_SELECTOR_H

#include <lua.h>

#include "../core/field_selector.h"
#include "../core/selector.h"

/* A selector, its text, or a LabelSelector object; nil matches nothing. */
wl_Selector *wl_lua_check_selector(lua_State *L, int index);
/* A field selector or its text. */
wl_FieldSelector *wl_lua_check_field_selector(lua_State *L, int index);

/* Add `fields` to the module table on top of the stack. */
void wl_lua_add_field_selectors(lua_State *L);

#endif
