/* SPDX-License-Identifier: MIT */
#include "bundle.h"

#include <lauxlib.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "host.h"

extern const wl_Bundle wl_bundle; /* bundle_data.S */

static const char *bytes_at(uint32_t offset) {
  return (const char *)&wl_bundle + offset;
}

static int compare(const wl_BundleEntry *entry, const char *name,
                   size_t length) {
  size_t shorter = entry->name_length < length ? entry->name_length : length;
  int order = memcmp(bytes_at(entry->name), name, shorter);
  if (order != 0)
    return order;
  return (entry->name_length > length) - (entry->name_length < length);
}

static const wl_BundleEntry *find(const char *name) {
  size_t length = strlen(name);
  uint32_t low = 0, high = wl_bundle.count;
  while (low < high) {
    uint32_t middle = low + (high - low) / 2;
    int order = compare(&wl_bundle.entries[middle], name, length);
    if (order == 0)
      return &wl_bundle.entries[middle];
    if (order < 0)
      low = middle + 1;
    else
      high = middle;
  }
  return NULL;
}

/* "wl.x" -> "lua/wl/x.lua", "stdlib.x" -> "stdlib/x.lua"; NULL (nothing
 * pushed) for any other name. */
static const char *push_path(lua_State *L, const char *name) {
  bool ours = strncmp(name, "wl.", 3) == 0;
  if (!ours && strncmp(name, "stdlib.", 7) != 0)
    return NULL;
  luaL_gsub(L, name, ".", "/");
  lua_pushfstring(L, "%s%s.lua", ours ? "lua/" : "", lua_tostring(L, -1));
  lua_remove(L, -2);
  return lua_tostring(L, -1);
}

static void load_inside(lua_State *L, const char *name, const char *path) {
  const wl_BundleEntry *entry = find(name);
  if (entry == NULL) {
    luaL_error(L, "module '%s' not found: no '%s' in wlrun", name, path);
    return;
  }
  lua_pushfstring(L, "=%s", path);
  if (luaL_loadbufferx(L, bytes_at(entry->code), entry->code_length,
                       lua_tostring(L, -1), "b") != LUA_OK)
    lua_error(L);
  lua_pushstring(L, path);
}

static bool push_contents(lua_State *L, const char *file) {
  luaL_Buffer text;
  FILE *stream = fopen(file, "rb");
  if (stream == NULL)
    return false;
  luaL_buffinit(L, &text);
  size_t n;
  do {
    char *place = luaL_prepbuffer(&text);
    n = fread(place, 1, LUAL_BUFFERSIZE, stream);
    luaL_addsize(&text, n);
  } while (n > 0);
  fclose(stream);
  luaL_pushresult(&text);
  return true;
}

static void load_from_home(lua_State *L, const char *home, const char *name,
                           const char *path) {
  const char *file = lua_pushfstring(L, "%s/%s", home, path);
  if (!push_contents(L, file))
    luaL_error(L, "module '%s' not found: no file '%s'", name, file);
  const char *chunk = lua_pushfstring(L, "=%s", path);
  if (luaL_loadbufferx(L, lua_tostring(L, -2), lua_rawlen(L, -2), chunk, "t") !=
      LUA_OK)
    lua_error(L);
  lua_pushstring(L, file);
}

/* searcher(name) -> loader, path | nothing when the name is not ours */
static int search(lua_State *L) {
  const char *name = luaL_checkstring(L, 1);
  const char *home = wl_host_home(L);
  const char *path = push_path(L, name);
  if (path == NULL)
    return 0;
  if (home != NULL)
    load_from_home(L, home, name, path);
  else
    load_inside(L, name, path);
  return 2;
}

void wl_bundle_install(lua_State *L) {
  lua_getglobal(L, "package");
  lua_getfield(L, -1, "searchers");
  for (lua_Integer i = luaL_len(L, -1); i >= 2; i--) {
    lua_rawgeti(L, -1, i);
    lua_rawseti(L, -2, i + 1);
  }
  lua_pushcfunction(L, search);
  lua_rawseti(L, -2, 2);
  lua_pop(L, 2);
}
