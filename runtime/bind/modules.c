/* SPDX-License-Identifier: MIT */
#include "modules.h"

#include <stddef.h>

int luaopen_wl_base(lua_State *L);
int luaopen_wl_file(lua_State *L);
int luaopen_wl_heapq(lua_State *L);
int luaopen_wl_host(lua_State *L);
int luaopen_wl_json(lua_State *L);
int luaopen_wl_value(lua_State *L);
int luaopen_wl_yaml(lua_State *L);

const wl_Module wl_modules[] = {
    {"wl.base", luaopen_wl_base},
    {"wl.file", luaopen_wl_file},
    {"wl.heapq", luaopen_wl_heapq},
    {"wl.host", luaopen_wl_host},
    {"wl.json", luaopen_wl_json},
    {"wl.value", luaopen_wl_value},
    {"wl.yaml", luaopen_wl_yaml},
    {NULL, NULL},
};
