/* SPDX-License-Identifier: MIT */
/* lua_store_write.c - the writes of module "wl.store". A refusal returns nil,
 * a message and its code; the object's view or a count otherwise. */
#include <string.h>

#include <lauxlib.h>

#include "host.h"
#include "lua_store.h"
#include "lua_value.h"

/* What was written is gone when that took its last finalizer. */
static int push_written(lua_State *L, StoreBox *box, wl_Id id,
                        wl_Value written) {
  wl_lua_store_settle(L, box);
  wl_Value stored = wl_store_value(box->store, id);
  wl_lua_push_value(L, wl_is_absent(stored) ? written : stored);
  lua_pushinteger(L, id);
  return 2;
}

/* s:create(kind, object) -> view, id */
static int store_create(lua_State *L) {
  StoreBox *box = wl_lua_check_store(L, 1);
  wl_Kind *kind = wl_lua_check_kind(L, box, 2);
  wl_Value object = wl_lua_borrow_value(L, 3);
  wl_Error error;
  wl_lua_store_begin(L, box);
  wl_Id id = wl_store_create(box->store, kind, object, &error);
  return id == 0 ? wl_lua_fail(L, &error) : push_written(L, box, id, object);
}

/* s:restore(kind, object) -> view, id: as it is, see wl_store_restore */
static int store_restore(lua_State *L) {
  StoreBox *box = wl_lua_check_store(L, 1);
  wl_Kind *kind = wl_lua_check_kind(L, box, 2);
  wl_Value object = wl_lua_borrow_value(L, 3);
  wl_Error error;
  wl_lua_store_begin(L, box);
  wl_Id id = wl_store_restore(box->store, kind, object, &error);
  return id == 0 ? wl_lua_fail(L, &error) : push_written(L, box, id, object);
}

/* s:update(id, object) -> view, id */
static int store_update(lua_State *L) {
  StoreBox *box = wl_lua_check_store(L, 1);
  wl_Id id = wl_lua_check_id(L, 2);
  wl_Value object = wl_lua_borrow_value(L, 3);
  wl_Error error;
  wl_lua_store_begin(L, box);
  bool ok = wl_store_update(box->store, id, object, &error);
  return ok ? push_written(L, box, id, object) : wl_lua_fail(L, &error);
}

/* s:change(id, function(draft)) -> view, id */
static int store_change(lua_State *L) {
  StoreBox *box = wl_lua_check_store(L, 1);
  wl_Id id = wl_lua_check_id(L, 2);
  luaL_checktype(L, 3, LUA_TFUNCTION);
  wl_Error error = {.code = WL_ENOTFOUND, .message = "the object is gone"};
  wl_Value base = wl_store_value(box->store, id);
  if (wl_is_absent(base))
    return wl_lua_fail(L, &error);
  wl_lua_push_object(L, box->store,
                     id); /* keeps base while the function runs */
  wl_Value now = wl_lua_run_draft(L, base, 3);
  wl_lua_store_begin(L, box); /* the function may have come here too */
  int outcome = lua_gettop(L);
  bool ok = wl_same(now, base) || wl_store_update(box->store, id, now, &error);
  int results = ok ? push_written(L, box, id, now) : wl_lua_fail(L, &error);
  wl_lua_end_draft(L, outcome);
  return results;
}

/* s:delete(id, grace_seconds) -> true */
static int store_delete(lua_State *L) {
  StoreBox *box = wl_lua_check_store(L, 1);
  wl_Id id = wl_lua_check_id(L, 2);
  lua_Integer grace = luaL_optinteger(L, 3, -1);
  wl_Error error;
  wl_lua_store_begin(L, box);
  if (!wl_store_delete(box->store, id, grace, &error))
    return wl_lua_fail(L, &error);
  wl_lua_store_settle(L, box);
  lua_pushboolean(L, 1);
  return 1;
}

/* ---- many ---- */

enum { MAX_STEPS = 8 };

/* The columns of s:create_many and s:update_many, gathered in one userdata. */
typedef struct Columns {
  size_t count;
  wl_Heap *heap;
  wl_Column items[WL_COLUMNS];
  wl_Value paths[WL_COLUMNS][MAX_STEPS];
  wl_Value *cells[WL_COLUMNS];
  size_t rows;
} Columns;

static int columns_gc(lua_State *L) {
  Columns *c = luaL_checkudata(L, 1, "wl.columns");
  for (size_t i = 0; i < c->count; i++) {
    for (size_t k = 0; k < c->items[i].depth; k++)
      wl_release(c->heap, c->paths[i][k]);
    for (size_t r = 0; c->cells[i] != NULL && r < c->rows; r++)
      wl_release(c->heap, c->cells[i][r]);
    wl_dealloc(c->heap, c->cells[i], c->rows * sizeof(wl_Value));
  }
  c->count = 0;
  return 0;
}

static Columns *push_columns(lua_State *L, size_t rows) {
  Columns *c = lua_newuserdatauv(L, sizeof *c, 0);
  c->count = 0;
  c->heap = wl_host_heap(L);
  c->rows = rows;
  if (luaL_newmetatable(L, "wl.columns")) {
    lua_pushcfunction(L, columns_gc);
    lua_setfield(L, -2, "__gc");
  }
  lua_setmetatable(L, -2);
  return c;
}

/* Split "spec.nodeName" at its dots. */
static void split_path(lua_State *L, Columns *c, const char *text) {
  wl_Column *column = &c->items[c->count];
  wl_Value *path = c->paths[c->count];
  *column = (wl_Column){.path = path};
  c->cells[c->count] = NULL;
  c->count++;
  for (const char *start = text, *at = text;; at++) {
    if (*at != '.' && *at != '\0')
      continue;
    if (column->depth == MAX_STEPS)
      luaL_error(L, "column \"%s\" is too deep", text);
    path[column->depth++] =
        wl_string_intern(c->heap, start, (size_t)(at - start));
    if (*at == '\0')
      break;
    start = at + 1;
  }
  if (column->depth < 2)
    luaL_error(L, "a column is a path like \"spec.nodeName\"");
}

/* The list of values on top of the stack becomes the newest column's. */
static void fill_cells(lua_State *L, Columns *c) {
  size_t at = c->count - 1;
  wl_Value *cells = wl_alloc(c->heap, c->rows * sizeof *cells);
  for (size_t r = 0; r < c->rows; r++)
    cells[r] = WL_VALUE_NULL;
  c->cells[at] = cells;
  c->items[at].values = cells;
  for (size_t r = 0; r < c->rows; r++) {
    lua_rawgeti(L, -1, (lua_Integer)r + 1);
    cells[r] = wl_lua_check_value(L, -1);
    if (wl_type(cells[r]) == WL_STRING) { /* alike is shared, then */
      wl_Value text = cells[r];
      cells[r] = wl_string_interned(c->heap, text);
      wl_release(c->heap, text);
    }
    lua_pop(L, 1);
  }
}

/* The next path in the table of columns, which have no order in Lua: what they
 * add to an object is to come in the same order each time. */
static const char *path_after(lua_State *L, int table, const char *last) {
  const char *next = NULL;
  for (lua_pushnil(L); lua_next(L, table) != 0; lua_pop(L, 1)) {
    luaL_argcheck(L, lua_type(L, -2) == LUA_TSTRING && lua_istable(L, -1),
                  table, "columns map a path to a list of values");
    const char *path = lua_tostring(L, -2);
    luaL_argcheck(L, *path != '\0', table, "a column needs a path");
    if (strcmp(path, last) > 0 && (next == NULL || strcmp(path, next) < 0))
      next = path;
  }
  return next;
}

static Columns *check_columns(lua_State *L, int index, size_t rows) {
  Columns *c = push_columns(L, rows);
  if (lua_isnoneornil(L, index))
    return c;
  luaL_checktype(L, index, LUA_TTABLE);
  const char *path = "";
  while ((path = path_after(L, index, path)) != NULL) {
    luaL_argcheck(L, c->count < WL_COLUMNS, index, "too many columns");
    split_path(L, c, path);
    lua_getfield(L, index, path);
    fill_cells(L, c);
    lua_pop(L, 1);
  }
  return c;
}

/* s:create_many(kind, object, n [, columns]) -> batch [, message, code] */
static int store_create_many(lua_State *L) {
  StoreBox *box = wl_lua_check_store(L, 1);
  wl_Kind *kind = wl_lua_check_kind(L, box, 2);
  lua_Integer n = luaL_checkinteger(L, 4);
  luaL_argcheck(L, n >= 0, 4, "a count is not negative");
  lua_settop(L, 5);
  const Columns *c = check_columns(L, 5, (size_t)n);
  wl_Value object = wl_lua_borrow_value(L, 3);
  BatchBox *batch = wl_lua_push_batch(L, 1);
  wl_Error error;
  wl_lua_store_begin(L, box);
  bool ok = wl_store_create_many(box->store, kind, object, (size_t)n, c->items,
                                 c->count, &batch->ids, &error);
  wl_lua_store_settle(L, box);
  if (ok)
    return 1;
  lua_pushstring(L, error.message);
  lua_pushstring(L, wl_code_name(error.code));
  return 3;
}

/* s:update_many(batch, patch | nil, columns | nil) -> how many */
static int store_update_many(lua_State *L) {
  StoreBox *box = wl_lua_check_store(L, 1);
  BatchBox *batch = wl_lua_check_batch(L, 2);
  lua_settop(L, 4);
  wl_Value patch = wl_lua_borrow_optional(L, 3);
  luaL_argcheck(L, wl_is_absent(patch) || wl_type(patch) == WL_MAP, 3,
                "a patch is a map");
  Columns *c = check_columns(L, 4, batch->ids.length);
  wl_lua_store_begin(L, box);
  batch->held = true;
  size_t n = wl_store_update_many(box->store, batch->ids.items, c->rows, patch,
                                  c->items, c->count);
  batch->held = false;
  lua_pushinteger(L, (lua_Integer)n);
  lua_pushcfunction(L, columns_gc);
  lua_pushvalue(L, 5);
  lua_call(L, 1, 0);
  wl_lua_store_settle(L, box);
  return 1;
}

/* s:delete_many(batch, grace_seconds) -> how many */
static int store_delete_many(lua_State *L) {
  StoreBox *box = wl_lua_check_store(L, 1);
  BatchBox *batch = wl_lua_check_batch(L, 2);
  lua_Integer grace = luaL_optinteger(L, 3, -1);
  wl_lua_store_begin(L, box);
  batch->held = true;
  size_t n = wl_store_delete_many(box->store, batch->ids.items,
                                  batch->ids.length, grace);
  batch->held = false;
  wl_lua_store_settle(L, box);
  lua_pushinteger(L, (lua_Integer)n);
  return 1;
}

const luaL_Reg wl_lua_store_writing[] = {
    {"change", store_change},
    {"create", store_create},
    {"create_many", store_create_many},
    {"delete", store_delete},
    {"delete_many", store_delete_many},
    {"restore", store_restore},
    {"update", store_update},
    {"update_many", store_update_many},
    {NULL, NULL},
};
