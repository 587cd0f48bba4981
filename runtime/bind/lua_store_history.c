/* SPDX-License-Identifier: MIT */
/* lua_store_history.c - the history of module "wl.store". */
#include <lauxlib.h>

#include "host.h"
#include "lua_store.h"
#include "lua_value.h"

static uint64_t check_revision(lua_State *L, int index) {
  lua_Integer revision = luaL_checkinteger(L, index);
  luaL_argcheck(L, revision >= 0, index, "a revision is not negative");
  return (uint64_t)revision;
}

/* s:revision([at_ms]) -> the newest write, or the newest until a moment */
static int store_revision(lua_State *L) {
  StoreBox *box = wl_lua_check_store(L, 1);
  uint64_t revision =
      lua_isnoneornil(L, 2)
          ? wl_store_revision(box->store)
          : wl_store_revision_at(box->store, luaL_checkinteger(L, 2));
  lua_pushinteger(L, (lua_Integer)revision);
  return 1;
}

static int store_oldest(lua_State *L) {
  StoreBox *box = wl_lua_check_store(L, 1);
  lua_pushinteger(L, (lua_Integer)wl_store_oldest(box->store));
  return 1;
}

/* s:value_at(id, revision) -> view; nil when it was not there, with a message
 * and code when that is not known */
static int store_value_at(lua_State *L) {
  StoreBox *box = wl_lua_check_store(L, 1);
  wl_Id id = wl_lua_check_id(L, 2);
  wl_Error error = {.code = WL_OK};
  wl_Value v = wl_store_value_at(box->store, id, check_revision(L, 3), &error);
  if (error.code != WL_OK)
    return wl_lua_fail(L, &error);
  wl_lua_push_value(L, v);
  wl_release(wl_host_heap(L), v);
  return 1;
}

/* s:list_at(kind, revision) -> list view of the objects as they were */
static int store_list_at(lua_State *L) {
  StoreBox *box = wl_lua_check_store(L, 1);
  const wl_Kind *kind = wl_lua_check_kind(L, box, 2);
  wl_Error error;
  wl_Value v = wl_store_list_at(box->store, kind, check_revision(L, 3), &error);
  if (wl_is_absent(v))
    return wl_lua_fail(L, &error);
  wl_lua_push_value(L, v);
  wl_release(wl_host_heap(L), v);
  return 1;
}

/* ---- the log ---- */

static const char LOG[] = "wl.store.log";

typedef struct LogBox {
  wl_LogReader *reader; /* NULL: closed */
  StoreBox *store;      /* kept alive by the user value */
} LogBox;

static int log_close(lua_State *L) {
  LogBox *box = luaL_checkudata(L, 1, LOG);
  if (box->reader != NULL)
    wl_log_close(box->reader);
  box->reader = NULL;
  return 0;
}

static int log_call(lua_State *L) {
  static const char *const types[] = {"ADDED", "MODIFIED", "DELETED"};
  LogBox *box = luaL_checkudata(L, 1, LOG);
  wl_Change change;
  if (box->reader == NULL || box->store->store == NULL ||
      !wl_log_next(box->reader, &change))
    return 0;
  lua_pushinteger(L, (lua_Integer)change.revision);
  lua_pushinteger(L, change.time_ms);
  lua_pushstring(L, types[change.type]);
  const KindTag *tag = wl_kind_tag(change.kind);
  lua_pushinteger(L, tag->number);
  lua_pushinteger(L, change.id);
  wl_lua_push_value(L, change.old);
  wl_lua_push_value(L, change.now);
  wl_lua_push_value(L, change.writer);
  return 8;
}

static void make_log_class(lua_State *L) {
  static const luaL_Reg methods[] = {{"__call", log_call},
                                     {"__gc", log_close},
                                     {"__close", log_close},
                                     {NULL, NULL}};
  if (luaL_newmetatable(L, LOG))
    luaL_setfuncs(L, methods, 0);
  lua_pop(L, 1);
}

/* for revision, ms, type, kind, id, old, now, writer in s:log(revision) do:
 * the writes after it, in order; nil, message, code when some are forgotten.
 * It ends when the store is written to meanwhile. */
static int store_log(lua_State *L) {
  StoreBox *store = wl_lua_check_store(L, 1);
  uint64_t revision = check_revision(L, 2);
  make_log_class(L);
  LogBox *box = lua_newuserdatauv(L, sizeof *box, 1);
  *box = (LogBox){.store = store};
  luaL_setmetatable(L, LOG);
  lua_pushvalue(L, 1);
  lua_setiuservalue(L, -2, 1);
  wl_Error error;
  box->reader = wl_store_read_log(store->store, revision, &error);
  return box->reader != NULL ? 1 : wl_lua_fail(L, &error);
}

const luaL_Reg wl_lua_store_history[] = {
    {"list_at", store_list_at},   {"log", store_log},
    {"oldest", store_oldest},     {"revision", store_revision},
    {"value_at", store_value_at}, {NULL, NULL},
};
