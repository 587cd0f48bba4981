/* SPDX-License-Identifier: MIT */
/* modules.h - the C modules that Lua can require */
#ifndef WL_MODULES_H
#define WL_MODULES_H

#include <lua.h>

typedef struct wl_Module {
  const char *name; /* NULL ends the list */
  lua_CFunction open;
} wl_Module;

extern const wl_Module wl_modules[]; /* the first is "wl.base" */

#endif
