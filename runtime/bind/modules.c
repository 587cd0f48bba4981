/* SPDX-License-Identifier: MIT */
#include "modules.h"

#include <stddef.h>

int luaopen_wl_base(lua_State *L);
int luaopen_wl_clock(lua_State *L);
int luaopen_wl_cron(lua_State *L);
int luaopen_wl_file(lua_State *L);
int luaopen_wl_heapq(lua_State *L);
int luaopen_wl_host(lua_State *L);
int luaopen_wl_json(lua_State *L);
int luaopen_wl_mould(lua_State *L);
int luaopen_wl_names(lua_State *L);
int luaopen_wl_process(lua_State *L);
int luaopen_wl_queue(lua_State *L);
int luaopen_wl_rng(lua_State *L);
int luaopen_wl_sandbox_core(lua_State *L);
int luaopen_wl_selector(lua_State *L);
int luaopen_wl_store(lua_State *L);
int luaopen_wl_terminal(lua_State *L);
int luaopen_wl_time(lua_State *L);
int luaopen_wl_timer(lua_State *L);
int luaopen_wl_patch_core(lua_State *L);
int luaopen_wl_value(lua_State *L);
int luaopen_wl_yaml(lua_State *L);

const wl_Module wl_modules[] = {
    {"wl.base", luaopen_wl_base},
    {"wl.clock", luaopen_wl_clock},
    {"wl.cron", luaopen_wl_cron},
    {"wl.file", luaopen_wl_file},
    {"wl.heapq", luaopen_wl_heapq},
    {"wl.host", luaopen_wl_host},
    {"wl.json", luaopen_wl_json},
    {"wl.mould", luaopen_wl_mould},
    {"wl.names", luaopen_wl_names},
    {"wl.process", luaopen_wl_process},
    {"wl.queue", luaopen_wl_queue},
    {"wl.rng", luaopen_wl_rng},
    {"wl.sandbox_core", luaopen_wl_sandbox_core},
    {"wl.selector", luaopen_wl_selector},
    {"wl.store", luaopen_wl_store},
    {"wl.terminal", luaopen_wl_terminal},
    {"wl.time", luaopen_wl_time},
    {"wl.timer", luaopen_wl_timer},
    {"wl.patch_core", luaopen_wl_patch_core},
    {"wl.value", luaopen_wl_value},
    {"wl.yaml", luaopen_wl_yaml},
    {NULL, NULL},
};
