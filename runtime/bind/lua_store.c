/* SPDX-License-Identifier: MIT */
/* lua_store.c - Lua module "wl.store": the objects of a cluster, and the
 * queue of keys that its writes make.
 *
 *   local s = store.open { seed = 1, history = 100000 }
 *   local pod = s:kind { name=, resource=, namespaced=, facets=, sums=,
 *                        indexed=, generation=, keeping= }
 *
 * A write of an object enqueues its id for whoever reconciles its kind
 * (s:reconciles), the id of its controller for whoever reconciles that, and
 * the subscribers of the live sets it is in. Times are milliseconds. */
#include "lua_store.h"

#include <lauxlib.h>

#include "host.h"
#include "lua_selector.h"
#include "lua_value.h"

/* ---- the dispatch ---- */

static void enqueue(StoreBox *box, wl_Id id, const wl_Kind *kind) {
  const KindTag *tag = wl_kind_tag(kind);
  if (tag->source == 0)
    return;
  wl_queue_add(box->queue, id, tag->source, wl_store_now(box->store));
  wl_lua_store_note_wake(box, id);
}

void wl_lua_store_wake(StoreBox *box, uint64_t subscriber) {
  uint64_t key = subscriber & (((uint64_t)1 << 48) - 1);
  wl_queue_add(box->queue, key, (uint32_t)(subscriber >> 48),
               wl_store_now(box->store));
  wl_lua_store_note_wake(box, key);
}

static void on_wake(void *context, uint64_t subscriber) {
  wl_lua_store_wake(context, subscriber);
}

/* The controller `uid` of what has been written. `same`: it was so before. */
static void enqueue_controller(StoreBox *box, const wl_Change *change,
                               wl_Value uid, bool same) {
  if (wl_type(uid) != WL_STRING)
    return;
  wl_Id id = wl_store_find_uid(box->store, uid);
  if (id == 0)
    return;
  const wl_Kind *owner = wl_store_kind_of(box->store, id);
  if (!same || wl_lua_store_matters(owner, change))
    enqueue(box, id, owner);
}

static void note_error(StoreBox *box, lua_State *L) {
  if (box->raised) {
    lua_pop(L, 1);
    return;
  }
  box->raised = true;
  box->error = luaL_ref(L, LUA_REGISTRYINDEX);
}

/* Call a function of the script's in the middle of a write. It may come back to
 * the store, on another thread too, but only to read. */
static bool call_lua(StoreBox *box, lua_State *L, int arguments, int results) {
  int status = wl_call(L, arguments, results);
  box->L = L;
  if (status != LUA_OK)
    note_error(box, L);
  return status == LUA_OK;
}

/* listener(kind, id, type, old, now, revision, writer) */
static void tell_lua(StoreBox *box, const wl_Change *change) {
  static const char *const types[] = {"ADDED", "MODIFIED", "DELETED"};
  lua_State *L = box->L;
  const KindTag *tag = wl_kind_tag(change->kind);
  if (!lua_checkstack(L, 16))
    return;
  box->inside++; /* pushing may collect, and so call, too */
  lua_rawgeti(L, LUA_REGISTRYINDEX, box->listener);
  lua_pushinteger(L, tag->number);
  lua_pushinteger(L, change->id);
  lua_pushstring(L, types[change->type]);
  wl_lua_push_value(L, change->old);
  wl_lua_push_value(L, change->now);
  lua_pushinteger(L, (lua_Integer)change->revision);
  wl_lua_push_value(L, change->writer);
  call_lua(box, L, 7, 0);
  box->inside--;
}

static bool is_watched(const KindTag *tag) {
  return tag->watched || (tag->gate != NULL && wl_set_count(tag->gate) > 0);
}

static void on_change(void *context, const wl_Change *change) {
  StoreBox *box = context;
  enqueue(box, change->id, change->kind);
  wl_Value was = wl_store_controller_of(box->store, change->old);
  wl_Value is = wl_store_controller_of(box->store, change->now);
  bool same = change->type == WL_MODIFIED && wl_equal(was, is);
  enqueue_controller(box, change, is, same);
  if (!same)
    enqueue_controller(box, change, was, false);
  if (box->collector != 0)
    wl_lua_store_note_owners(box, change);
  if (is_watched(wl_kind_tag(change->kind)) && box->listener != LUA_NOREF)
    tell_lua(box, change);
}

/* Take what a sum came to from the stack; nil is nothing. */
static bool take_amount(StoreBox *box, lua_State *L, int64_t *amount) {
  int whole;
  *amount = lua_tointegerx(L, -1, &whole);
  whole = whole || lua_isnil(L, -1);
  const char *found = luaL_typename(L, -1);
  lua_pop(L, 1);
  if (whole)
    return true;
  lua_pushfstring(L, "a sum facet's function must return an integer, not a %s",
                  found);
  note_error(box, L);
  return false;
}

/* sums[call](part, part, ...) -> integer */
static bool on_sum(void *context, int64_t call, const wl_Value *parts, size_t n,
                   int64_t *amount) {
  StoreBox *box = context;
  lua_State *L = box->L;
  if (!lua_checkstack(L, 16))
    return false;
  box->inside++;
  lua_rawgeti(L, LUA_REGISTRYINDEX, box->sums);
  lua_rawgeti(L, -1, (lua_Integer)call);
  lua_remove(L, -2);
  for (size_t i = 0; i < n; i++)
    wl_lua_push_value(L, parts[i]);
  bool ok = call_lua(box, L, (int)n, 1) && take_amount(box, L, amount);
  box->inside--;
  return ok;
}

/* ---- arguments ---- */

StoreBox *wl_lua_check_store(lua_State *L, int index) {
  StoreBox *box = luaL_checkudata(L, index, STORE);
  if (box->store == NULL)
    luaL_argerror(L, index, "this store is closed");
  box->L = L;
  return box;
}

void wl_lua_store_begin(lua_State *L, StoreBox *box) {
  if (box->store == NULL)
    luaL_error(L, "this store is closed");
  if (box->inside > 0)
    luaL_error(L, "a store must not be changed in the middle of a write: from "
                  "a listener, or from a sum facet's function");
  box->L = L;
}

void wl_lua_store_settle(lua_State *L, StoreBox *box) {
  if (!box->raised)
    return;
  box->raised = false;
  lua_rawgeti(L, LUA_REGISTRYINDEX, box->error);
  luaL_unref(L, LUA_REGISTRYINDEX, box->error);
  lua_error(L);
}

wl_Kind *wl_lua_check_kind(lua_State *L, StoreBox *box, int index) {
  lua_Integer number = luaL_checkinteger(L, index);
  luaL_argcheck(L, number >= 1 && number <= box->kind_count, index,
                "not the number of a kind of this store");
  return box->kinds[number];
}

wl_Id wl_lua_check_id(lua_State *L, int index) {
  lua_Integer id = luaL_checkinteger(L, index);
  luaL_argcheck(L, id >= 0 && id <= UINT32_MAX, index, "not an object's id");
  return (wl_Id)id;
}

size_t wl_lua_check_test(lua_State *L, const wl_Kind *kind, int index) {
  luaL_checkstring(L, index);
  wl_Value name = wl_lua_borrow_value(L, index);
  wl_FacetType type;
  size_t at;
  if (!wl_facets_find(wl_kind_facets(kind), name, &type, &at) ||
      type != WL_FACET_TEST)
    luaL_error(L, "%s has no test facet \"%s\"",
               wl_text(&(wl_Value){wl_kind_name(kind).bits}).bytes,
               wl_text(&name).bytes);
  return at;
}

void wl_lua_push_object(lua_State *L, const wl_Store *store, wl_Id id) {
  wl_lua_push_value(L, wl_store_value(store, id));
}

/* ---- opening and closing ---- */

static lua_Integer integer_field(lua_State *L, int table, const char *name,
                                 lua_Integer otherwise) {
  lua_getfield(L, table, name);
  lua_Integer n = luaL_optinteger(L, -1, otherwise);
  lua_pop(L, 1);
  return n;
}

static int store_open(lua_State *L) {
  luaL_checktype(L, 1, LUA_TTABLE);
  lua_Integer seed = integer_field(L, 1, "seed", 0);
  lua_Integer history = integer_field(L, 1, "history", 0);
  luaL_argcheck(L, history >= 0, 1, "history must not be negative");
  StoreBox *box = lua_newuserdatauv(L, sizeof *box, 0);
  *box = (StoreBox){.listener = LUA_NOREF, .sums = LUA_NOREF};
  luaL_setmetatable(L, STORE);
  lua_newtable(L);
  box->sums = luaL_ref(L, LUA_REGISTRYINDEX);
  box->store = wl_store_new(wl_host_heap(L), (uint64_t)seed, (size_t)history);
  box->queue = wl_queue_new(wl_host_heap(L));
  wl_store_listen(box->store, on_change, on_wake, box);
  wl_builder_init(&box->departed, wl_host_heap(L));
  wl_buffer_init(&box->wakes, wl_host_heap(L));
  box->uid_path[0] = wl_key(wl_host_heap(L), "metadata");
  box->uid_path[1] = wl_key(wl_host_heap(L), "uid");
  return 1;
}

static int store_close(lua_State *L) {
  StoreBox *box = luaL_checkudata(L, 1, STORE);
  if (box->store == NULL)
    return 0;
  wl_lua_store_begin(L, box);
  wl_builder_destroy(&box->departed);
  wl_buffer_destroy(&box->wakes);
  wl_ids_free(wl_host_heap(L), &box->concerns);
  wl_release(wl_host_heap(L), box->uid_path[0]);
  wl_release(wl_host_heap(L), box->uid_path[1]);
  wl_lua_store_forget_cares(box);
  wl_store_free(box->store);
  wl_queue_free(box->queue);
  box->store = NULL;
  luaL_unref(L, LUA_REGISTRYINDEX, box->sums);
  luaL_unref(L, LUA_REGISTRYINDEX, box->listener);
  return 0;
}

/* ---- kinds ---- */

/* Append options.sums to the store's functions. A facet's `call` counts over
 * all kinds, in the order in which they were added. */
static void add_sums(lua_State *L, const StoreBox *box) {
  lua_rawgeti(L, LUA_REGISTRYINDEX, box->sums);
  lua_Integer n = (lua_Integer)lua_rawlen(L, -1);
  if (lua_getfield(L, 2, "sums") == LUA_TTABLE)
    for (lua_Integer i = 1; lua_geti(L, -1, i) == LUA_TFUNCTION; i++)
      lua_seti(L, 3, n + i);
  lua_settop(L, 2);
}

static wl_Value value_field(lua_State *L, const char *name) {
  lua_getfield(L, 2, name);
  return wl_lua_borrow_optional(L, lua_gettop(L)); /* stays on the stack */
}

static int store_kind(lua_State *L) {
  StoreBox *box = wl_lua_check_store(L, 1);
  luaL_checktype(L, 2, LUA_TTABLE);
  lua_settop(L, 2);
  luaL_argcheck(L, box->kind_count < MAX_KINDS, 2, "too many kinds");
  add_sums(L, box);
  wl_KindOptions options = {.name = value_field(L, "name"),
                            .resource = value_field(L, "resource"),
                            .indexed = value_field(L, "indexed"),
                            .generation = value_field(L, "generation"),
                            .keeping = value_field(L, "keeping")};
  wl_Value facets = value_field(L, "facets");
  lua_getfield(L, 2, "namespaced");
  options.namespaced = lua_toboolean(L, -1);
  luaL_argcheck(L,
                wl_type(options.name) == WL_STRING &&
                    wl_type(options.resource) == WL_STRING,
                2, "a kind needs a name and a resource");
  wl_Error error;
  options.facets =
      wl_facets_compile(wl_host_heap(L), facets, on_sum, box, &error);
  if (options.facets == NULL)
    return luaL_error(L, "%s", error.message);
  KindTag *tag = &box->tags[box->kind_count + 1];
  *tag = (KindTag){.number = box->kind_count + 1};
  options.tag = tag;
  wl_Kind *kind = wl_store_add_kind(box->store, &options, &error);
  if (kind == NULL)
    return luaL_error(L, "%s", error.message);
  box->kinds[++box->kind_count] = kind;
  lua_pushinteger(L, box->kind_count);
  return 1;
}

void wl_lua_store_each(StoreBox *box, wl_Kind *kind,
                       void (*visit)(StoreBox *, wl_Id, const wl_Kind *)) {
  wl_LiveSet *all = wl_store_all(box->store, kind);
  for (wl_Id id = wl_set_next(all, 0); id != 0; id = wl_set_next(all, id))
    visit(box, id, kind);
  wl_store_drop_set(box->store, all);
}

/* s:reconciles(kind) -> source: the ids of its objects that there are, and of
 * those written from now on, are enqueued */
static int store_reconciles(lua_State *L) {
  StoreBox *box = wl_lua_check_store(L, 1);
  wl_Kind *kind = wl_lua_check_kind(L, box, 2);
  KindTag *tag = wl_kind_tag(kind);
  if (tag->source == 0) {
    tag->source = wl_queue_add_source(box->queue);
    wl_lua_store_each(box, kind, enqueue);
  }
  lua_pushinteger(L, tag->source);
  return 1;
}

/* s:source([late]) -> a source of the queue for keys that are no ids */
static int store_source(lua_State *L) {
  StoreBox *box = wl_lua_check_store(L, 1);
  uint32_t source = wl_queue_add_source(box->queue);
  if (lua_toboolean(L, 2))
    wl_queue_set_late(box->queue, source);
  lua_pushinteger(L, source);
  return 1;
}

/* s:watch(kind [, on]): writes are told to the listener
 * s:watch(kind, set): while the live set has members */
static int store_watch(lua_State *L) {
  StoreBox *box = wl_lua_check_store(L, 1);
  KindTag *tag = wl_kind_tag(wl_lua_check_kind(L, box, 2));
  if (luaL_testudata(L, 3, LIVESET) == NULL)
    tag->watched = lua_isnone(L, 3) || lua_toboolean(L, 3);
  else if (tag->gate == NULL)
    tag->gate = wl_set_retain(wl_lua_check_set(L, 3)->set);
  else
    tag->watched = true;
  return 0;
}

static int store_listen(lua_State *L) {
  StoreBox *box = wl_lua_check_store(L, 1);
  luaL_checktype(L, 2, LUA_TFUNCTION);
  lua_settop(L, 2);
  luaL_unref(L, LUA_REGISTRYINDEX, box->listener);
  box->listener = luaL_ref(L, LUA_REGISTRYINDEX);
  return 0;
}

/* ---- reading ---- */

static int store_set_now(lua_State *L) {
  StoreBox *box = wl_lua_check_store(L, 1);
  wl_store_set_now(box->store, luaL_checkinteger(L, 2));
  wl_host_pace(L);
  return 0;
}

static int store_set_writer(lua_State *L) {
  StoreBox *box = wl_lua_check_store(L, 1);
  luaL_checkstring(L, 2);
  wl_store_set_writer(box->store, wl_lua_borrow_value(L, 2));
  return 0;
}

static int push_id(lua_State *L, wl_Id id) {
  if (id == 0)
    return 0;
  lua_pushinteger(L, id);
  return 1;
}

/* s:find(kind, namespace, name) -> id, or nil */
static int store_find(lua_State *L) {
  StoreBox *box = wl_lua_check_store(L, 1);
  wl_Kind *kind = wl_lua_check_kind(L, box, 2);
  luaL_checkstring(L, 4);
  wl_Value space = wl_lua_borrow_optional(L, 3);
  if (wl_is_absent(space))
    space = wl_key(wl_host_heap(L), ""); /* lives in the word */
  return push_id(
      L, wl_store_find(box->store, kind, space, wl_lua_borrow_value(L, 4)));
}

static int store_find_uid(lua_State *L) {
  StoreBox *box = wl_lua_check_store(L, 1);
  size_t length;
  const char *text = luaL_checklstring(L, 2, &length);
  wl_Heap *heap = wl_store_heap(box->store);
  wl_Value uid = wl_string_new(heap, text, length);
  wl_Id id = wl_store_find_uid(box->store, uid);
  wl_release(heap, uid);
  return push_id(L, id);
}

static int store_get(lua_State *L) {
  StoreBox *box = wl_lua_check_store(L, 1);
  wl_lua_push_object(L, box->store, wl_lua_check_id(L, 2));
  return 1;
}

static int store_kind_of(lua_State *L) {
  StoreBox *box = wl_lua_check_store(L, 1);
  const wl_Kind *kind = wl_store_kind_of(box->store, wl_lua_check_id(L, 2));
  if (kind == NULL)
    return 0;
  const KindTag *tag = wl_kind_tag(kind);
  lua_pushinteger(L, tag->number);
  return 1;
}

/* s:select(kind, namespace | nil, selector | nil) -> batch */
static int store_select(lua_State *L) {
  StoreBox *box = wl_lua_check_store(L, 1);
  const wl_Kind *kind = wl_lua_check_kind(L, box, 2);
  wl_Value space = wl_lua_borrow_optional(L, 3);
  wl_Selector *selector =
      lua_isnoneornil(L, 4) ? NULL : wl_lua_check_selector(L, 4);
  BatchBox *batch = wl_lua_push_batch(L, 1);
  wl_store_select(box->store, kind, space, selector, &batch->ids);
  wl_lua_batch_filled(L, batch);
  return 1;
}

/* ---- the module ---- */

static const luaL_Reg methods[] = {
    {"close", store_close},
    {"find", store_find},
    {"find_uid", store_find_uid},
    {"get", store_get},
    {"kind", store_kind},
    {"kind_of", store_kind_of},
    {"listen", store_listen},
    {"order", wl_lua_store_order},
    {"rank", wl_lua_store_rank},
    {"reconciles", store_reconciles},
    {"select", store_select},
    {"set_now", store_set_now},
    {"set_writer", store_set_writer},
    {"source", store_source},
    {"watch", store_watch},
    {NULL, NULL},
};

static const luaL_Reg metamethods[] = {
    {"__close", store_close}, {"__gc", store_close}, {NULL, NULL}};

static const luaL_Reg functions[] = {{"open", store_open}, {NULL, NULL}};

int luaopen_wl_store(lua_State *L);
int luaopen_wl_store(lua_State *L) {
  wl_lua_need_values(L);
  wl_lua_open_livesets(L);
  wl_lua_open_batches(L);
  wl_lua_open_orders(L);
  wl_lua_open_snapshots(L);
  luaL_newmetatable(L, STORE);
  luaL_setfuncs(L, metamethods, 0);
  luaL_newlib(L, methods);
  luaL_setfuncs(L, wl_lua_store_owners, 0);
  luaL_setfuncs(L, wl_lua_store_writing, 0);
  luaL_setfuncs(L, wl_lua_store_history, 0);
  luaL_setfuncs(L, wl_lua_store_queueing, 0);
  luaL_setfuncs(L, wl_lua_store_sets, 0);
  luaL_setfuncs(L, wl_lua_store_snapshots, 0);
  lua_setfield(L, -2, "__index");
  luaL_newlib(L, functions);
  return 1;
}
