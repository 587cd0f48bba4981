/* SPDX-License-Identifier: MIT */
/*
 * host.h - one Lua state, the heap beneath it and the modules in it
 *
 * A host is a whole wlrun: two of them in one process share nothing. The heap
 * outlives the Lua state, so userdata may give blocks back when collected.
 */
#ifndef WL_HOST_H
#define WL_HOST_H

#include "../core/heap.h"

typedef struct lua_State lua_State;
typedef struct wl_Host wl_Host;

/* `home`: directory that lua/ and stdlib/ are read from instead of the copy
 * in the binary, or NULL. Borrowed for the host's life. NULL when out of
 * memory. */
wl_Host *wl_host_new(const char *home);
void wl_host_free(wl_Host *host); /* NULL allowed */

/* Run wl.cli's main with these arguments; argv[0] is the program. Returns the
 * exit status. What escapes from the Lua side is printed on stderr. */
int wl_host_main(wl_Host *host, int argc, char **argv);

/* ---- for the modules in the state ---- */

wl_Host *wl_host_of(lua_State *L);
wl_Heap *wl_host_heap(lua_State *L); /* O(1) */
/* Let the collector lag as far as the memory in use allows; to be called now
 * and then. O(1). */
void wl_host_pace(lua_State *L);
const char *wl_host_home(lua_State *L);

/* Where the budget of the call that runs is kept: see budget.h. O(1) */
struct wl_Budget **wl_host_budget(lua_State *L);

/* lua_pcall with a handler that notes the traceback of the user's frames. On
 * failure only the error value is left; wl_push_traceback pushes the text. */
int wl_call(lua_State *L, int arguments, int results);
void wl_push_traceback(lua_State *L);

/* Push the stack of `of` as text, one user frame a line, from `level` on: no
 * C function, nothing of lua/ or stdlib/. "" when the user has no frame. */
void wl_push_user_frames(lua_State *L, lua_State *of, int level);

#endif
