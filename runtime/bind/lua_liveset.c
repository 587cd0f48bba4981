/* SPDX-License-Identifier: MIT */
/* lua_liveset.c - live sets of module "wl.store":
 *
 *   #set, set:count()              members
 *   set:count "ready"              members that pass a test facet
 *   set:count("phase", "Running")  members with this answer of a value facet
 *   set:counts "phase"             { [answer] = count, ... }
 *   set:count_before("since", s)   members whose time facet is at or before s
 *   set:next_time("since", s)      the earliest time after s, or nil
 *   set:sum "cpu"
 *   set:each([facet])              iterator of views, in order of creation
 *   set:first([facet])             a view, or nil
 *   set:batch([facet [, limit]])   a batch
 *   set:has(id)
 *   set:written_since(revision)    two batches, of what was written after it:
 *                                  members, and ids of the kind that are no
 *                                  members now; nil when that is forgotten
 *   set:changes()                  a batch of the objects that joined, changed
 *                                  or left since last; at first, all members
 *   set:version()                  moves when a member joins or answers
 *                                  otherwise, not when one leaves
 *   set:subscribe(source, key), set:unsubscribe(source, key)
 *   set:close()                    optional: lets go of it at once */
#include <lauxlib.h>

#include "lua_key.h"
#include "lua_store.h"
#include "lua_value.h"

StoreBox *wl_lua_store_of(lua_State *L, int index) {
  lua_getiuservalue(L, index, 1);
  StoreBox *box = wl_lua_check_store(L, -1);
  lua_pop(L, 1);
  return box;
}

SetBox *wl_lua_push_set(lua_State *L, int store) {
  SetBox *box = lua_newuserdatauv(L, sizeof *box, 1);
  *box = (SetBox){.store = luaL_checkudata(L, store, STORE)};
  luaL_setmetatable(L, LIVESET);
  lua_pushvalue(L, store);
  lua_setiuservalue(L, -2, 1);
  return box;
}

SetBox *wl_lua_check_set(lua_State *L, int index) {
  SetBox *box = luaL_checkudata(L, index, LIVESET);
  if (box->set == NULL || box->store->store == NULL)
    luaL_argerror(L, index, "this live set is closed");
  return box;
}

static int set_close(lua_State *L) {
  SetBox *box = luaL_checkudata(L, 1, LIVESET);
  if (box->set == NULL)
    return 0;
  lua_getiuservalue(L, 1, 1);
  StoreBox *store = luaL_checkudata(L, -1, STORE);
  if (store->store != NULL) { /* else it went with its store */
    if (box->journal != NULL)
      wl_set_close_journal(box->set, box->journal);
    wl_store_drop_set(store->store, box->set);
  }
  box->journal = NULL;
  box->set = NULL;
  return 0;
}

/* ---- facets ---- */

/* Its name, borrowed until the next lookup of a key. */
static wl_Value find_facet(lua_State *L, const SetBox *box, int index,
                           wl_FacetType *type, size_t *at) {
  luaL_checkstring(L, index);
  wl_Value name = wl_lua_check_key(L, index);
  if (!wl_facets_find(wl_kind_facets(box->kind), name, type, at))
    luaL_error(L, "there is no facet \"%s\"", wl_text(&name).bytes);
  return name;
}

static size_t check_slot(lua_State *L, const SetBox *box, int index,
                         wl_FacetType wanted) {
  static const char *const names[] = {"test", "value", "time", "sum"};
  wl_FacetType type;
  size_t at;
  wl_Value name = find_facet(L, box, index, &type, &at);
  if (type != wanted)
    luaL_error(L, "facet \"%s\" is a %s facet, not a %s facet",
               wl_text(&name).bytes, names[type], names[wanted]);
  return at;
}

static int set_count(lua_State *L) {
  const SetBox *box = wl_lua_check_set(L, 1);
  if (lua_isnoneornil(L, 2)) {
    lua_pushinteger(L, (lua_Integer)wl_set_count(box->set));
    return 1;
  }
  if (!lua_isnoneornil(L, 3)) {
    size_t slot = check_slot(L, box, 2, WL_FACET_VALUE);
    wl_Value text = wl_lua_borrow_value(L, 3);
    lua_pushinteger(L, wl_set_count_value(box->set, slot, text));
    return 1;
  }
  size_t at = check_slot(L, box, 2, WL_FACET_TEST);
  lua_pushinteger(L, wl_set_tally(box->set, WL_FACET_TEST, at));
  return 1;
}

static int set_counts(lua_State *L) {
  const SetBox *box = wl_lua_check_set(L, 1);
  size_t slot = check_slot(L, box, 2, WL_FACET_VALUE);
  lua_newtable(L);
  wl_Value text;
  int64_t count;
  for (size_t i = 0; wl_set_value_at(box->set, slot, i, &text, &count); i++) {
    wl_lua_push_value(L, text);
    lua_pushinteger(L, count);
    lua_rawset(L, -3);
  }
  return 1;
}

static int set_sum(lua_State *L) {
  const SetBox *box = wl_lua_check_set(L, 1);
  size_t slot = check_slot(L, box, 2, WL_FACET_SUM);
  lua_pushinteger(L, wl_set_tally(box->set, WL_FACET_SUM, slot));
  return 1;
}

static int64_t check_seconds(lua_State *L, int index) {
  lua_Number seconds = luaL_checknumber(L, index);
  if (seconds < -1e15 || seconds > 1e15)
    luaL_argerror(L, index, "seconds since 1970");
  int64_t whole = (int64_t)seconds;
  return whole > seconds ? whole - 1 : whole;
}

static int set_count_before(lua_State *L) {
  const SetBox *box = wl_lua_check_set(L, 1);
  size_t slot = check_slot(L, box, 2, WL_FACET_TIME);
  lua_pushinteger(L, wl_set_count_until(box->set, slot, check_seconds(L, 3)));
  return 1;
}

static int set_next_time(lua_State *L) {
  const SetBox *box = wl_lua_check_set(L, 1);
  size_t slot = check_slot(L, box, 2, WL_FACET_TIME);
  int64_t next = wl_set_time_after(box->set, slot, check_seconds(L, 3));
  if (next == WL_FACET_NONE)
    return 0;
  lua_pushinteger(L, next);
  return 1;
}

/* ---- members ---- */

/* A test facet's bit as a mask, or 0 for all members. */
static uint32_t optional_mask(lua_State *L, const SetBox *box, int index) {
  if (lua_isnoneornil(L, index))
    return 0;
  return (uint32_t)1 << wl_lua_check_test(L, box->kind, index);
}

static wl_Id next_member(const StoreBox *store, const wl_LiveSet *set,
                         wl_Id after, uint32_t mask) {
  wl_Id id = wl_set_next(set, after);
  while (id != 0 && mask != 0 && !(wl_store_tests(store->store, id) & mask))
    id = wl_set_next(set, id);
  return id;
}

/* Upvalues: the set, the id last given, the mask. */
static int each_next(lua_State *L) {
  SetBox *box = wl_lua_check_set(L, lua_upvalueindex(1));
  StoreBox *store = wl_lua_store_of(L, lua_upvalueindex(1));
  wl_Id after = (wl_Id)lua_tointeger(L, lua_upvalueindex(2));
  uint32_t mask = (uint32_t)lua_tointeger(L, lua_upvalueindex(3));
  wl_Id id = next_member(store, box->set, after, mask);
  if (id == 0)
    return 0;
  lua_pushinteger(L, id);
  lua_replace(L, lua_upvalueindex(2));
  wl_lua_push_object(L, store->store, id);
  return 1;
}

static int set_each(lua_State *L) {
  const SetBox *box = wl_lua_check_set(L, 1);
  uint32_t mask = optional_mask(L, box, 2);
  lua_pushvalue(L, 1);
  lua_pushinteger(L, 0);
  lua_pushinteger(L, mask);
  lua_pushcclosure(L, each_next, 3);
  return 1;
}

static int set_first(lua_State *L) {
  const SetBox *box = wl_lua_check_set(L, 1);
  const StoreBox *store = wl_lua_store_of(L, 1);
  wl_Id id = next_member(store, box->set, 0, optional_mask(L, box, 2));
  if (id == 0)
    return 0;
  wl_lua_push_object(L, store->store, id);
  return 1;
}

static int set_batch(lua_State *L) {
  const SetBox *box = wl_lua_check_set(L, 1);
  const StoreBox *store = wl_lua_store_of(L, 1);
  uint32_t mask = optional_mask(L, box, 2);
  lua_Integer limit = luaL_optinteger(L, 3, LUA_MAXINTEGER);
  lua_getiuservalue(L, 1, 1);
  BatchBox *batch = wl_lua_push_batch(L, lua_gettop(L));
  wl_Id ids[256], last = 0;
  size_t n;
  while ((n = wl_set_read(box->set, last, ids, 256)) > 0) {
    for (size_t i = 0; i < n; i++) {
      if ((lua_Integer)batch->ids.length >= limit)
        return 1;
      if (mask == 0 || wl_store_tests(store->store, ids[i]) & mask)
        wl_ids_add(wl_store_heap(store->store), &batch->ids, ids[i]);
    }
    last = ids[n - 1];
  }
  wl_lua_batch_filled(L, batch);
  return 1;
}

static int set_changes(lua_State *L) {
  SetBox *box = wl_lua_check_set(L, 1);
  wl_Heap *heap = wl_store_heap(wl_lua_store_of(L, 1)->store);
  if (box->journal == NULL) {
    lua_settop(L, 1);
    box->journal = wl_set_open_journal(box->set);
    return set_batch(L);
  }
  lua_getiuservalue(L, 1, 1);
  BatchBox *batch = wl_lua_push_batch(L, lua_gettop(L));
  const wl_Id *ids;
  size_t n = wl_journal_read(box->journal, &ids);
  for (size_t i = 0; i < n; i++)
    wl_ids_add(heap, &batch->ids, ids[i]);
  wl_lua_batch_filled(L, batch);
  return 1;
}

static int set_has(lua_State *L) {
  const SetBox *box = wl_lua_check_set(L, 1);
  lua_pushboolean(L, wl_set_has(box->set, wl_lua_check_id(L, 2)));
  return 1;
}

static int set_written_since(lua_State *L) {
  const SetBox *box = wl_lua_check_set(L, 1);
  const StoreBox *store = wl_lua_store_of(L, 1);
  lua_Integer revision = luaL_checkinteger(L, 2);
  luaL_argcheck(L, revision >= 0, 2, "a revision is not negative");
  lua_getiuservalue(L, 1, 1);
  BatchBox *members = wl_lua_push_batch(L, lua_gettop(L));
  BatchBox *others = wl_lua_push_batch(L, lua_gettop(L) - 1);
  wl_Heap *heap = wl_store_heap(store->store);
  if (!wl_store_written_since(store->store, box->kind, (uint64_t)revision,
                              &others->ids))
    return 0;
  size_t rest = 0;
  for (size_t i = 0; i < others->ids.length; i++) {
    wl_Id id = others->ids.items[i];
    if (wl_set_has(box->set, id))
      wl_ids_add(heap, &members->ids, id);
    else
      others->ids.items[rest++] = id;
  }
  others->ids.length = rest;
  return 2;
}

static int set_version(lua_State *L) {
  lua_pushinteger(L, (lua_Integer)wl_set_version(wl_lua_check_set(L, 1)->set));
  return 1;
}

static int set_length(lua_State *L) {
  lua_pushinteger(L, (lua_Integer)wl_set_count(wl_lua_check_set(L, 1)->set));
  return 1;
}

/* ---- subscribers ---- */

uint64_t wl_lua_check_subscriber(lua_State *L, const StoreBox *box) {
  uint32_t source = wl_lua_check_source(L, box, 2);
  lua_Integer key = luaL_checkinteger(L, 3);
  luaL_argcheck(L, source < 65536, 2, "not a source for subscribers");
  luaL_argcheck(L, key >= 0 && key < (lua_Integer)1 << 48, 3, "not a key");
  return (uint64_t)source << 48 | (uint64_t)key;
}

static int set_subscribe(lua_State *L) {
  const SetBox *box = wl_lua_check_set(L, 1);
  wl_set_subscribe(box->set, wl_lua_check_subscriber(L, box->store));
  return 0;
}

static int set_unsubscribe(lua_State *L) {
  const SetBox *box = wl_lua_check_set(L, 1);
  wl_set_unsubscribe(box->set, wl_lua_check_subscriber(L, box->store));
  return 0;
}

static const luaL_Reg methods[] = {
    {"batch", set_batch},
    {"changes", set_changes},
    {"close", set_close},
    {"count", set_count},
    {"count_before", set_count_before},
    {"counts", set_counts},
    {"each", set_each},
    {"first", set_first},
    {"has", set_has},
    {"next_time", set_next_time},
    {"subscribe", set_subscribe},
    {"sum", set_sum},
    {"unsubscribe", set_unsubscribe},
    {"version", set_version},
    {"written_since", set_written_since},
    {NULL, NULL},
};

static const luaL_Reg metamethods[] = {{"__close", set_close},
                                       {"__gc", set_close},
                                       {"__len", set_length},
                                       {NULL, NULL}};

void wl_lua_open_livesets(lua_State *L) {
  luaL_newmetatable(L, LIVESET);
  luaL_setfuncs(L, metamethods, 0);
  luaL_newlib(L, methods);
  lua_setfield(L, -2, "__index");
  lua_pop(L, 1);
}
