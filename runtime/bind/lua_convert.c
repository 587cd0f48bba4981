/* SPDX-License-Identifier: MIT */
/*
 * lua_convert.c - plain Lua tables to values and back
 *
 * A table is looked over first, and everything that can be wrong raises then;
 * the conversion after it cannot fail, so it may own what it builds.
 */
#include <lauxlib.h>
#include <math.h>
#include <stdlib.h>

#include "host.h"
#include "lua_key.h"
#include "lua_value_private.h"

/* ---- looking over ---- */

/* The way from the argument to what is looked at; the innermost is last. */
typedef struct Level {
  const struct Level *up;
  const void *table;
  const char *key; /* NULL: a list item */
  lua_Integer index;
  int depth;
} Level;

typedef struct Shape { /* of a table */
  lua_Integer items;   /* 1..items are there; -1: it is a map */
} Shape;

static void add_path(luaL_Buffer *text, const Level *level) {
  if (level->up == NULL)
    return;
  add_path(text, level->up);
  lua_State *L = text->L;
  if (level->key == NULL)
    lua_pushfstring(L, "[%I]", (LUAI_UACINT)(level->index - 1));
  else
    lua_pushfstring(L, level->up->up == NULL ? "%s" : ".%s", level->key);
  luaL_addvalue(text);
}

static void refuse(lua_State *L, const Level *level, const char *problem) {
  luaL_Buffer text;
  luaL_checkstack(L, 10, NULL);
  int message = (lua_pushstring(L, problem), lua_gettop(L));
  luaL_buffinit(L, &text);
  /* Of a path without an end the beginning is enough. */
  while (level->depth > 20)
    level = level->up;
  add_path(&text, level);
  luaL_pushresult(&text);
  if (lua_rawlen(L, -1) == 0)
    luaL_error(L, "%s", lua_tostring(L, message));
  luaL_error(L, "%s: %s", lua_tostring(L, -1), lua_tostring(L, message));
}

static bool is_marked_list(lua_State *L, int table) {
  if (!lua_getmetatable(L, table))
    return false;
  luaL_getmetatable(L, LIST);
  bool marked = lua_rawequal(L, -1, -2);
  lua_pop(L, 2);
  return marked;
}

static void refuse_key(lua_State *L, const Level *level, int key) {
  if (lua_type(L, key) == LUA_TNUMBER)
    refuse(L, level,
           "a table with a hole, or with both items and named fields");
  refuse(L, level,
         lua_pushfstring(L, "a field's name must be a string, found a %s",
                         luaL_typename(L, key)));
}

/* Whether the table is a list or a map; raises when it is neither. */
static Shape shape_of(lua_State *L, int table, const Level *level) {
  lua_Integer n = (lua_Integer)lua_rawlen(L, table), items = 0, fields = 0;
  for (lua_pushnil(L); lua_next(L, table) != 0; lua_pop(L, 1)) {
    int is_integer = lua_isinteger(L, -2);
    lua_Integer i = is_integer ? lua_tointeger(L, -2) : 0;
    if (i >= 1 && i <= n)
      items++;
    else if (lua_type(L, -2) == LUA_TSTRING)
      fields++;
    else
      refuse_key(L, level, lua_absindex(L, -2));
  }
  if (items < n || (items > 0 && fields > 0) ||
      (fields > 0 && is_marked_list(L, table)))
    refuse(L, level,
           "a table with a hole, or with both items and named fields");
  bool list = items > 0 || (fields == 0 && is_marked_list(L, table));
  return (Shape){.items = list ? items : -1};
}

static void look_over(lua_State *L, int index, Level *level);

static void look_over_table(lua_State *L, int table, Level *level) {
  if (level->depth >= MAX_DEPTH)
    refuse(L, level, "nested too deeply");
  level->table = lua_topointer(L, table);
  for (const Level *up = level->up; up != NULL; up = up->up)
    if (up->table == level->table)
      refuse(L, level, "the table contains itself");
  luaL_checkstack(L, 8, "nested too deeply");
  bool list = shape_of(L, table, level).items >= 0;
  Level below = {.up = level, .depth = level->depth + 1};
  for (lua_pushnil(L); lua_next(L, table) != 0; lua_pop(L, 1)) {
    int type = lua_type(L, -1);
    if (type == LUA_TSTRING || type == LUA_TBOOLEAN)
      continue;
    below.key = list ? NULL : lua_tostring(L, -2);
    below.index = list ? lua_tointeger(L, -2) : 0;
    look_over(L, lua_gettop(L), &below);
  }
}

static void look_over(lua_State *L, int index, Level *level) {
  wl_Value v;
  level->table = NULL;
  switch (lua_type(L, index)) {
  case LUA_TBOOLEAN:
  case LUA_TSTRING:
    return;
  case LUA_TNUMBER:
    if (!lua_isinteger(L, index) && !isfinite(lua_tonumber(L, index)))
      refuse(L, level, "not a finite number");
    return;
  case LUA_TTABLE:
    look_over_table(L, index, level);
    return;
  case LUA_TLIGHTUSERDATA:
    if (lua_touserdata(L, index) == &wl_lua_null)
      return;
    break;
  case LUA_TUSERDATA:
    v = wl_lua_is_draft(L, index)
            ? wl_lua_draft_value(L, index) /* raises when it is over */
            : wl_lua_view_value(L, index);
    if (wl_depth(v) + (unsigned)level->depth > MAX_DEPTH)
      refuse(L, level, "nested too deeply");
    if (!wl_is_absent(v))
      return;
    break;
  }
  luaL_checkstack(L, 10, NULL);
  bool named = luaL_getmetafield(L, index, "__name") == LUA_TSTRING;
  refuse(
      L, level,
      lua_pushfstring(L, "a %s cannot be part of a value",
                      named ? lua_tostring(L, -1) : luaL_typename(L, index)));
}

/* ---- converting: nothing here raises ---- */

typedef struct Field {
  wl_Value key, value;
} Field;

typedef struct Converter {
  lua_State *L;
  wl_Heap *heap;
  wl_KeyCache *keys;
} Converter;

static wl_Value convert(const Converter *c, int index);

static int by_key(const void *a, const void *b) {
  return wl_string_compare(((const Field *)a)->key, ((const Field *)b)->key);
}

enum { FEW = 16 }; /* fields: of most maps */

static void sort_fields(Field *fields, size_t n) {
  if (n > FEW) {
    qsort(fields, n, sizeof *fields, by_key);
    return;
  }
  for (size_t i = 1; i < n; i++) {
    Field field = fields[i];
    size_t at = i;
    for (; at > 0 && by_key(&fields[at - 1], &field) > 0; at--)
      fields[at] = fields[at - 1];
    fields[at] = field;
  }
}

static wl_Value convert_list(const Converter *c, int table, size_t n) {
  wl_Builder b;
  wl_builder_init(&b, c->heap);
  for (size_t i = 1; i <= n; i++) {
    lua_rawgeti(c->L, table, (lua_Integer)i);
    wl_builder_add(&b, convert(c, lua_gettop(c->L)));
    lua_pop(c->L, 1);
  }
  return wl_builder_list(&b);
}

static size_t count_fields(lua_State *L, int table) {
  size_t n = 0;
  for (lua_pushnil(L); lua_next(L, table) != 0; lua_pop(L, 1))
    n++;
  return n;
}

static void collect_fields(const Converter *c, int table, Field *field) {
  lua_State *L = c->L;
  for (lua_pushnil(L); lua_next(L, table) != 0; lua_pop(L, 1), field++) {
    size_t length;
    const char *name = lua_tolstring(L, -2, &length);
    field->key = wl_retain(wl_key_cache_get(c->keys, name, length));
    field->value = convert(c, lua_gettop(L));
  }
}

static wl_Value convert_map(const Converter *c, int table) {
  size_t n = count_fields(c->L, table);
  if (n == 0)
    return wl_map_empty(c->heap);
  size_t bytes = n * sizeof(Field);
  Field few[FEW], *fields = n > FEW ? wl_alloc(c->heap, bytes) : few;
  wl_Value row[2 * FEW], *columns = n > FEW ? wl_alloc(c->heap, bytes) : row;
  collect_fields(c, table, fields);
  sort_fields(fields, n);
  for (size_t i = 0; i < n; i++) {
    columns[i] = fields[i].key;
    columns[n + i] = fields[i].value;
  }
  wl_Value map = wl_map_new(c->heap, columns, columns + n, n);
  if (n > FEW) {
    wl_dealloc(c->heap, columns, bytes);
    wl_dealloc(c->heap, fields, bytes);
  }
  return map;
}

static wl_Value convert_table(const Converter *c, int table) {
  size_t n = lua_rawlen(c->L, table);
  if (n > 0)
    return convert_list(c, table, n);
  if (is_marked_list(c->L, table))
    return wl_list_empty(c->heap);
  return convert_map(c, table);
}

static wl_Value convert(const Converter *c, int index) {
  lua_State *L = c->L;
  size_t length;
  const char *text;
  switch (lua_type(L, index)) {
  case LUA_TBOOLEAN:
    return wl_bool_new(lua_toboolean(L, index));
  case LUA_TNUMBER:
    if (lua_isinteger(L, index))
      return wl_int_new(c->heap, lua_tointeger(L, index));
    return wl_double_new(c->heap, lua_tonumber(L, index));
  case LUA_TSTRING:
    text = lua_tolstring(L, index, &length);
    return wl_string_new(c->heap, text, length);
  case LUA_TTABLE:
    return convert_table(c, index);
  case LUA_TLIGHTUSERDATA:
    return WL_VALUE_NULL;
  default: /* a view, or a draft that was looked at before */
    if (wl_lua_is_draft(L, index))
      return wl_retain(wl_lua_draft_value(L, index));
    return wl_retain(wl_lua_view_value(L, index));
  }
}

wl_Value wl_lua_check_value(lua_State *L, int index) {
  Level top = {0};
  index = lua_absindex(L, index);
  luaL_checkstack(L, 8, NULL);
  if (lua_isnoneornil(L, index))
    luaL_argerror(L, index, "a value expected, got nil");
  look_over(L, index, &top);
  Converter c = {L, wl_host_heap(L), wl_lua_keys(L)};
  return convert(&c, index);
}

wl_Value wl_lua_borrow_value(lua_State *L, int index) {
  wl_Value v = wl_lua_view_value(L, index);
  if (!wl_is_absent(v))
    return v;
  index = lua_absindex(L, index);
  View *holder;
  wl_lua_push_holder(L, WL_VALUE_ABSENT);
  holder = lua_touserdata(L, -1);
  holder->value = wl_lua_check_value(L, index);
  lua_replace(L, index);
  return holder->value;
}

wl_Value wl_lua_borrow_optional(lua_State *L, int index) {
  return lua_isnoneornil(L, index) ? WL_VALUE_ABSENT
                                   : wl_lua_borrow_value(L, index);
}

/* ---- back to tables ---- */

static void push_list_table(lua_State *L, wl_Value v) {
  size_t n = wl_length(v);
  lua_createtable(L, n < 1 << 20 ? (int)n : 0, 0);
  for (size_t i = 0; i < n; i++) {
    wl_lua_push_table(L, wl_list_get(v, i));
    lua_rawseti(L, -2, (lua_Integer)i + 1);
  }
  if (n == 0)
    luaL_setmetatable(L, LIST);
}

static void push_map_table(lua_State *L, wl_Value v) {
  size_t n = wl_length(v);
  lua_createtable(L, 0, n < 1 << 20 ? (int)n : 0);
  for (size_t i = 0; i < n; i++) {
    wl_lua_push_value(L, wl_map_key_at(v, i));
    wl_lua_push_table(L, wl_map_value_at(v, i));
    lua_rawset(L, -3);
  }
}

void wl_lua_push_table(lua_State *L, wl_Value v) {
  luaL_checkstack(L, 8, "nested too deeply");
  switch (wl_type(v)) {
  case WL_LIST:
    push_list_table(L, v);
    break;
  case WL_MAP:
    push_map_table(L, v);
    break;
  default:
    wl_lua_push_value(L, v);
  }
}

int wl_lua_value_table(lua_State *L) {
  wl_Value v = wl_lua_borrow_value(L, 1);
  wl_lua_push_table(L, v);
  return 1;
}

/* ---- lists, maps, types ---- */

int wl_lua_value_list(lua_State *L) {
  if (lua_isnoneornil(L, 1)) {
    lua_newtable(L);
  } else if (lua_type(L, 1) != LUA_TTABLE) {
    luaL_argcheck(L, wl_type(wl_lua_borrow_value(L, 1)) == WL_LIST, 1,
                  "a list expected");
    lua_settop(L, 1);
    return 1;
  } else {
    lua_settop(L, 1);
  }
  luaL_setmetatable(L, LIST);
  return 1;
}

/* What a Lua value is; a table is looked at only as far as needed. */
static wl_Type type_of(lua_State *L, int index) {
  switch (lua_type(L, index)) {
  case LUA_TBOOLEAN:
    return WL_BOOL;
  case LUA_TNUMBER:
    return lua_isinteger(L, index) ? WL_INT : WL_DOUBLE;
  case LUA_TSTRING:
    return WL_STRING;
  case LUA_TTABLE:
    return lua_rawlen(L, index) > 0 || is_marked_list(L, index) ? WL_LIST
                                                                : WL_MAP;
  case LUA_TLIGHTUSERDATA:
    return lua_touserdata(L, index) == &wl_lua_null ? WL_NULL : WL_ABSENT;
  case LUA_TUSERDATA:
    if (wl_lua_is_draft(L, index))
      return wl_lua_draft_type(L, index);
    return wl_type(wl_lua_view_value(L, index));
  default:
    return WL_ABSENT;
  }
}

int wl_lua_value_type(lua_State *L) {
  luaL_checkany(L, 1);
  wl_Type type = type_of(L, 1);
  lua_pushstring(L,
                 type == WL_ABSENT ? luaL_typename(L, 1) : wl_type_name(type));
  return 1;
}

int wl_lua_value_is_list(lua_State *L) {
  lua_pushboolean(L, type_of(L, 1) == WL_LIST);
  return 1;
}

int wl_lua_value_is_map(lua_State *L) {
  lua_pushboolean(L, type_of(L, 1) == WL_MAP);
  return 1;
}
