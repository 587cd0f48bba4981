/* SPDX-License-Identifier: MIT */
/*
 * bundle.h - the Lua files inside the binary
 *
 * runtime/embed.c compiles lua/ and stdlib/ into one block of bytes at build
 * time; here `require` finds them in it. Chunks are named "=lua/wl/x.lua":
 * the "=" tells them from the user's files, which Lua names "@file".
 */
#ifndef WL_BUNDLE_H
#define WL_BUNDLE_H

#include <lua.h>
#include <stdint.h>

typedef struct wl_BundleEntry {
  uint32_t name, name_length; /* "wl.cli", "stdlib.kinds.pod" */
  uint32_t code, code_length;
} wl_BundleEntry;

/* The block: entries sorted by name, then the bytes they point to. Offsets
 * count from its start. Byte order is the machine's: it never leaves the
 * binary. */
typedef struct wl_Bundle {
  uint32_t count;
  wl_BundleEntry entries[];
} wl_Bundle;

/* Put a searcher right after package.preload's. With a home in the host it
 * reads the files there, without one the block. */
void wl_bundle_install(lua_State *L);

#endif
