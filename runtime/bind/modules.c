/* SPDX-License-Identifier: MIT */
#include "modules.h"

#include <stddef.h>

int luaopen_wl_base(lua_State *L);
int luaopen_wl_heapq(lua_State *L);
int luaopen_wl_host(lua_State *L);
int luaopen_wl_value(lua_State *L);

const wl_Module wl_modules[] = {
    {"wl.base", luaopen_wl_base},
    {"wl.heapq", luaopen_wl_heapq},
    {"wl.host", luaopen_wl_host},
    {"wl.value", luaopen_wl_value},
    {NULL, NULL},
};
