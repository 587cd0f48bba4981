/* SPDX-License-Identifier: MIT */
/* lua_store_snapshot.c - the state of a store at a moment, to begin another
 * with:
 *
 *   local shot = s:snapshot([revision])
 *   shot:revision(), shot:time() (ms), #shot (objects)
 *   other:load(shot)        other: no objects yet, the same kinds first
 *
 * A snapshot is independent of its store. */
#include <lauxlib.h>

#include "host.h"
#include "lua_store.h"
#include "lua_value.h"

#define SNAPSHOT "wl.snapshot"

typedef struct SnapshotBox {
  wl_Snapshot *shot; /* NULL: not taken */
} SnapshotBox;

static const wl_Snapshot *check_snapshot(lua_State *L, int index) {
  SnapshotBox *box = luaL_checkudata(L, index, SNAPSHOT);
  luaL_argcheck(L, box->shot != NULL, index, "this snapshot was not taken");
  return box->shot;
}

static int snapshot_gc(lua_State *L) {
  SnapshotBox *box = luaL_checkudata(L, 1, SNAPSHOT);
  wl_snapshot_free(box->shot);
  box->shot = NULL;
  return 0;
}

static int snapshot_length(lua_State *L) {
  lua_pushinteger(L, (lua_Integer)wl_snapshot_count(check_snapshot(L, 1)));
  return 1;
}

static int snapshot_revision(lua_State *L) {
  lua_pushinteger(L, (lua_Integer)wl_snapshot_revision(check_snapshot(L, 1)));
  return 1;
}

static int snapshot_time(lua_State *L) {
  lua_pushinteger(L, wl_snapshot_time(check_snapshot(L, 1)));
  return 1;
}

/* s:snapshot([revision]) -> snapshot; or nil, message, code */
static int store_snapshot(lua_State *L) {
  StoreBox *box = wl_lua_check_store(L, 1);
  lua_Integer revision =
      luaL_optinteger(L, 2, (lua_Integer)wl_store_revision(box->store));
  luaL_argcheck(L, revision >= 0, 2, "a revision is not negative");
  SnapshotBox *made = lua_newuserdatauv(L, sizeof *made, 0);
  made->shot = NULL;
  luaL_setmetatable(L, SNAPSHOT);
  wl_Error error;
  made->shot = wl_store_snapshot(box->store, (uint64_t)revision, &error);
  return made->shot != NULL ? 1 : wl_lua_fail(L, &error);
}

/* s:load(snapshot) -> true; or nil, message, code */
static int store_load(lua_State *L) {
  StoreBox *box = wl_lua_check_store(L, 1);
  const wl_Snapshot *shot = check_snapshot(L, 2);
  wl_Error error;
  wl_lua_store_begin(L, box);
  if (!wl_store_load(box->store, shot, &error))
    return wl_lua_fail(L, &error);
  wl_lua_store_settle(L, box);
  lua_pushboolean(L, 1);
  return 1;
}

void wl_lua_open_snapshots(lua_State *L) {
  static const luaL_Reg methods[] = {
      {"revision", snapshot_revision}, {"time", snapshot_time}, {NULL, NULL}};
  static const luaL_Reg metamethods[] = {
      {"__gc", snapshot_gc}, {"__len", snapshot_length}, {NULL, NULL}};
  luaL_newmetatable(L, SNAPSHOT);
  luaL_setfuncs(L, metamethods, 0);
  luaL_newlib(L, methods);
  lua_setfield(L, -2, "__index");
  lua_pop(L, 1);
}

const luaL_Reg wl_lua_store_snapshots[] = {
    {"load", store_load}, {"snapshot", store_snapshot}, {NULL, NULL}};
