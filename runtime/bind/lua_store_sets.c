/* SPDX-License-Identifier: MIT */
/* lua_store_sets.c - which live sets module "wl.store" has. */
#include <lauxlib.h>

#include "host.h"
#include "lua_selector.h"
#include "lua_store.h"
#include "lua_value.h"

static int push_owned(lua_State *L, wl_Value v) {
  wl_lua_push_value(L, v);
  wl_release(wl_host_heap(L), v);
  return 1;
}

static int store_all(lua_State *L) {
  StoreBox *box = wl_lua_check_store(L, 1);
  wl_Kind *kind = wl_lua_check_kind(L, box, 2);
  SetBox *set = wl_lua_push_set(L, 1);
  set->kind = kind;
  set->set = wl_store_all(box->store, kind);
  return 1;
}

static int store_owned(lua_State *L) {
  StoreBox *box = wl_lua_check_store(L, 1);
  wl_Kind *kind = wl_lua_check_kind(L, box, 2);
  size_t length;
  const char *text = luaL_checklstring(L, 3, &length);
  SetBox *set = wl_lua_push_set(L, 1);
  set->kind = kind;
  wl_Heap *heap = wl_store_heap(box->store); /* nothing raises from here */
  wl_Value uid = wl_string_new(heap, text, length);
  set->set = wl_store_owned(box->store, kind, uid);
  wl_release(heap, uid);
  return 1;
}

/* s:indexed(kind, i, text): i counts the kind's indexed paths from 1 */
static int store_indexed(lua_State *L) {
  StoreBox *box = wl_lua_check_store(L, 1);
  wl_Kind *kind = wl_lua_check_kind(L, box, 2);
  lua_Integer i = luaL_checkinteger(L, 3);
  luaL_argcheck(L, i >= 1 && (size_t)i <= wl_kind_indexed(kind), 3,
                "the kind has no such index");
  luaL_checkstring(L, 4);
  wl_Value text = wl_lua_borrow_value(L, 4);
  SetBox *set = wl_lua_push_set(L, 1);
  set->kind = kind;
  set->set = wl_store_indexed(box->store, kind, (size_t)i - 1, text);
  return 1;
}

/* s:touched(kind, i) -> list view of texts at the i-th indexed path whose
 * live sets gained or lost a member since the last call, or whose sums
 * changed */
static int store_touched(lua_State *L) {
  StoreBox *box = wl_lua_check_store(L, 1);
  wl_Kind *kind = wl_lua_check_kind(L, box, 2);
  lua_Integer i = luaL_checkinteger(L, 3);
  luaL_argcheck(L, i >= 1 && (size_t)i <= wl_kind_indexed(kind), 3,
                "the kind has no such index");
  return push_owned(L, wl_store_touched(box->store, kind, (size_t)i - 1));
}

/* s:kind_revision(kind) -> the kind's latest write */
static int store_kind_revision(lua_State *L) {
  StoreBox *box = wl_lua_check_store(L, 1);
  const wl_Kind *kind = wl_lua_check_kind(L, box, 2);
  lua_pushinteger(L, (lua_Integer)wl_kind_revision(kind));
  return 1;
}

static int store_next_uid(lua_State *L) {
  StoreBox *box = wl_lua_check_store(L, 1);
  return push_owned(L, wl_store_next_uid(box->store));
}

/* s:free_name(kind, namespace | nil, prefix) */
static int store_free_name(lua_State *L) {
  StoreBox *box = wl_lua_check_store(L, 1);
  wl_Kind *kind = wl_lua_check_kind(L, box, 2);
  luaL_checkstring(L, 4);
  wl_Value space = wl_lua_borrow_optional(L, 3);
  wl_Value prefix = wl_lua_borrow_value(L, 4);
  return push_owned(L, wl_store_free_name(box->store, kind, space, prefix));
}

/* s:standing(kind, namespace, selector, orphans) */
static int store_standing(lua_State *L) {
  StoreBox *box = wl_lua_check_store(L, 1);
  wl_Kind *kind = wl_lua_check_kind(L, box, 2);
  wl_Value space = wl_lua_borrow_optional(L, 3);
  wl_Selector *selector = wl_lua_check_selector(L, 4);
  bool orphans = lua_toboolean(L, 5);
  SetBox *set = wl_lua_push_set(L, 1);
  set->kind = kind;
  set->set = wl_store_standing(box->store, kind, space, selector, orphans);
  return 1;
}

/* s:where(kind, test facet) */
static int store_where(lua_State *L) {
  StoreBox *box = wl_lua_check_store(L, 1);
  wl_Kind *kind = wl_lua_check_kind(L, box, 2);
  size_t test = wl_lua_check_test(L, kind, 3);
  SetBox *set = wl_lua_push_set(L, 1);
  set->kind = kind;
  set->set = wl_store_where(box->store, kind, test);
  return 1;
}

const luaL_Reg wl_lua_store_sets[] = {
    {"all", store_all},           {"free_name", store_free_name},
    {"indexed", store_indexed},   {"kind_revision", store_kind_revision},
    {"next_uid", store_next_uid}, {"owned", store_owned},
    {"standing", store_standing}, {"touched", store_touched},
    {"where", store_where},       {NULL, NULL},
};
