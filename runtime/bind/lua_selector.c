/* SPDX-License-Identifier: MIT */
/* lua_selector.c - Lua module "wl.selector".
 *
 *   selector.parse "app=web,tier in (a, b)"   -- sel | nil, message, code
 *   selector.from(labelSelector)              -- the same; nil matches nothing
 *   selector.from_labels(labels)              -- the same; as a Service has it
 *   selector.requirement(key, operator, values)
 *                        -- sel | nil, message, code, { { field=, reason=,
 *                        -- message= }, ... }
 *   sel:matches(labels)    -- nil: no labels
 *   sel:requirements()     -- array of { key=, operator=, values= }
 *   sel:exact(key)         -- the one value that the label must have, or nil
 *   sel:as_map()           -- { key = value } if that says it all, else nil,
 *                             message, code; nil alone when it matches nothing
 *   sel:kind()             -- "everything", "nothing" or "requirements"
 *   sel:empty()            -- does it match everything?
 *   tostring(sel)          -- canonical text;  a == b compares it
 *
 * A Lua selector holds a reference to its wl_Selector until collected. */
#include "lua_selector.h"

#include <lauxlib.h>
#include <string.h>

#include "../core/selector_builder.h"
#include "host.h"
#include "lua_scratch.h"
#include "lua_value.h"

int luaopen_wl_selector(lua_State *L);

static const char SELECTOR[] = "wl.selector";
static const char BUILDER[] = "wl.selector.builder";

typedef struct Box {
  wl_Selector *s; /* NULL until made, and when collected */
} Box;

static Box *push_box(lua_State *L) {
  Box *box = lua_newuserdatauv(L, sizeof *box, 0);
  box->s = NULL;
  luaL_setmetatable(L, SELECTOR);
  return box;
}

static wl_Selector *check_self(lua_State *L, int index) {
  Box *box = luaL_checkudata(L, index, SELECTOR);
  luaL_argcheck(L, box->s != NULL, index, "this selector was collected");
  return box->s;
}

/* Fill a new box from what is at `index`: text or a LabelSelector. */
static bool read_selector(lua_State *L, int index, Box *box, wl_Error *error) {
  wl_Heap *heap = wl_host_heap(L);
  if (lua_type(L, index) == LUA_TSTRING) {
    size_t length;
    const char *text = lua_tolstring(L, index, &length);
    box->s = wl_selector_parse(heap, text, length, error);
  } else {
    box->s = wl_selector_from(heap, wl_lua_borrow_optional(L, index), error);
  }
  return box->s != NULL;
}

wl_Selector *wl_lua_check_selector(lua_State *L, int index) {
  wl_Error error;
  const Box *given = luaL_testudata(L, index, SELECTOR);
  if (given != NULL)
    return check_self(L, index);
  index = lua_absindex(L, index);
  Box *box = push_box(L);
  if (!read_selector(L, index, box, &error))
    luaL_argerror(L, index, lua_pushstring(L, error.message));
  lua_replace(L, index);
  return box->s;
}

/* ---- making ---- */

static int selector_parse(lua_State *L) {
  wl_Error error;
  luaL_checktype(L, 1, LUA_TSTRING);
  return read_selector(L, 1, push_box(L), &error) ? 1 : wl_lua_fail(L, &error);
}

static int selector_from(lua_State *L) {
  wl_Error error;
  luaL_argcheck(L, lua_type(L, 1) != LUA_TSTRING, 1,
                "a LabelSelector object expected; text is for parse");
  lua_settop(L, 1);
  return read_selector(L, 1, push_box(L), &error) ? 1 : wl_lua_fail(L, &error);
}

static int selector_from_labels(lua_State *L) {
  wl_Error error;
  lua_settop(L, 1);
  wl_Value labels = wl_lua_borrow_optional(L, 1);
  Box *box = push_box(L);
  box->s = wl_selector_from_labels(wl_host_heap(L), labels, &error);
  return box->s != NULL ? 1 : wl_lua_fail(L, &error);
}

/* ---- one requirement, with all that is wrong with it ---- */

static int builder_free(lua_State *L) {
  wl_selector_builder_destroy(luaL_checkudata(L, 1, BUILDER));
  return 0;
}

static wl_SelectorBuilder *push_builder(lua_State *L) {
  wl_SelectorBuilder *b = lua_newuserdatauv(L, sizeof *b, 0);
  wl_selector_builder_init(b, wl_host_heap(L));
  luaL_setmetatable(L, BUILDER);
  return b;
}

static void push_cause(lua_State *L, const char *field, const char *reason,
                       const char *message) {
  lua_createtable(L, 0, 3);
  lua_pushstring(L, field);
  lua_setfield(L, -2, "field");
  lua_pushstring(L, reason);
  lua_setfield(L, -2, "reason");
  lua_pushstring(L, message);
  lua_setfield(L, -2, "message");
}

static int push_faults(lua_State *L, const wl_SelectorBuilder *b,
                       const wl_Error *error) {
  wl_lua_fail(L, error);
  lua_newtable(L);
  for (size_t i = 0; i < b->fault_count && i < WL_SELECTOR_FAULTS; i++) {
    push_cause(L, b->faults[i].field, "FieldValueInvalid",
               b->faults[i].message);
    lua_rawseti(L, -2, (lua_Integer)i + 1);
  }
  return 4;
}

static bool find_op(const char *word, wl_SelectorOp *op) {
  for (int i = WL_SEL_EQUALS; i <= WL_SEL_LESS; i++)
    if (strcmp(word, wl_selector_op_name((wl_SelectorOp)i)) == 0) {
      *op = (wl_SelectorOp)i;
      return true;
    }
  return false;
}

static int refuse_operator(lua_State *L, const char *word) {
  lua_pushnil(L);
  lua_pushfstring(L,
                  "Unsupported value: \"%s\": supported values: \"in\", "
                  "\"notin\", \"=\", \"==\", \"!=\", \"gt\", \"lt\", "
                  "\"exists\", \"!\"",
                  word);
  lua_pushliteral(L, "Invalid");
  lua_newtable(L);
  push_cause(L, "operator", "FieldValueNotSupported", lua_tostring(L, -3));
  lua_rawseti(L, -2, 1);
  return 4;
}

static void add_values(lua_State *L, wl_SelectorBuilder *b, int list) {
  lua_Integer count = lua_isnoneornil(L, list) ? 0 : luaL_len(L, list);
  for (lua_Integer i = 1; i <= count; i++) {
    size_t length;
    lua_geti(L, list, i);
    const char *text = luaL_checklstring(L, -1, &length);
    wl_selector_builder_value(b, wl_string_intern(b->heap, text, length));
    lua_pop(L, 1);
  }
}

static int selector_requirement(lua_State *L) {
  wl_SelectorOp op;
  wl_Error error;
  size_t length;
  const char *key = luaL_checklstring(L, 1, &length);
  const char *word = luaL_checkstring(L, 2);
  if (!find_op(word, &op))
    return refuse_operator(L, word);
  wl_SelectorBuilder *b = push_builder(L);
  add_values(L, b, 3);
  wl_Value name = wl_string_intern(b->heap, key, length);
  if (!wl_selector_builder_add(b, name, op, false, &error))
    return push_faults(L, b, &error);
  push_box(L)->s = wl_selector_builder_finish(b);
  return 1;
}

/* ---- methods ---- */

static int selector_matches(lua_State *L) {
  const wl_Selector *s = check_self(L, 1);
  lua_settop(L, 2);
  wl_Value labels = wl_lua_borrow_optional(L, 2);
  wl_Type type = wl_type(labels);
  luaL_argcheck(L, type == WL_MAP || type == WL_ABSENT || type == WL_NULL, 2,
                "labels are a map");
  lua_pushboolean(L, wl_selector_matches(s, labels));
  return 1;
}

static int selector_empty(lua_State *L) {
  lua_pushboolean(L, wl_selector_matches_everything(check_self(L, 1)));
  return 1;
}

static int selector_kind(lua_State *L) {
  const wl_Selector *s = check_self(L, 1);
  lua_pushstring(L, wl_selector_matches_nothing(s)      ? "nothing"
                    : wl_selector_matches_everything(s) ? "everything"
                                                        : "requirements");
  return 1;
}

static void push_values(lua_State *L, const wl_Requirement *r) {
  lua_Integer n = 0;
  lua_createtable(L, (int)r->count, 0);
  for (size_t i = 0; i < r->count; i++) {
    if (i > 0 && wl_same(r->values[i], r->values[i - 1]))
      continue;
    wl_lua_push_value(L, r->values[i]);
    lua_rawseti(L, -2, ++n);
  }
}

static int selector_requirements(lua_State *L) {
  const wl_Selector *s = check_self(L, 1);
  lua_createtable(L, (int)wl_selector_count(s), 0);
  for (size_t i = 0; i < wl_selector_count(s); i++) {
    const wl_Requirement *r = wl_selector_at(s, i);
    lua_createtable(L, 0, 3);
    wl_lua_push_value(L, r->key);
    lua_setfield(L, -2, "key");
    lua_pushstring(L, wl_selector_op_name(r->op));
    lua_setfield(L, -2, "operator");
    push_values(L, r);
    lua_setfield(L, -2, "values");
    lua_rawseti(L, -2, (lua_Integer)i + 1);
  }
  return 1;
}

static bool is_equality(const wl_Requirement *r) {
  return r->count == 1 && (r->op == WL_SEL_EQUALS || r->op == WL_SEL_IN ||
                           r->op == WL_SEL_DOUBLE_EQUALS);
}

/* As metav1.LabelSelectorAsMap. */
static int selector_as_map(lua_State *L) {
  const wl_Selector *s = check_self(L, 1);
  if (wl_selector_matches_nothing(s))
    return 0;
  lua_newtable(L);
  for (size_t i = 0; i < wl_selector_count(s); i++) {
    const wl_Requirement *r = wl_selector_at(s, i);
    if (!is_equality(r)) {
      lua_pushnil(L);
      lua_pushfstring(L,
                      "operator \"%s\" cannot be converted into a map of "
                      "labels, but for one value",
                      wl_selector_op_name(r->op));
      lua_pushliteral(L, "Invalid");
      return 3;
    }
    wl_lua_push_value(L, r->key);
    wl_lua_push_value(L, r->values[0]);
    lua_rawset(L, -3);
  }
  return 1;
}

static int selector_exact(lua_State *L) {
  const wl_Selector *s = check_self(L, 1);
  luaL_checkstring(L, 2);
  for (size_t i = 0; i < wl_selector_count(s); i++) {
    const wl_Requirement *r = wl_selector_at(s, i);
    if (!is_equality(r) || !wl_text_is(r->key, lua_tostring(L, 2)))
      continue;
    wl_lua_push_value(L, r->values[0]);
    return 1;
  }
  return 0;
}

static int selector_tostring(lua_State *L) {
  const wl_Selector *s = check_self(L, 1);
  wl_Scratch *scratch = wl_lua_push_scratch(L);
  scratch->values[0] = wl_selector_text(s);
  wl_lua_push_value(L, scratch->values[0]);
  wl_lua_empty_scratch(scratch);
  return 1;
}

static int selector_eq(lua_State *L) {
  const Box *a = luaL_testudata(L, 1, SELECTOR),
            *b = luaL_testudata(L, 2, SELECTOR);
  lua_pushboolean(L, a != NULL && b != NULL && a->s != NULL && b->s != NULL &&
                         wl_selector_equal(a->s, b->s));
  return 1;
}

static int selector_gc(lua_State *L) {
  Box *box = luaL_checkudata(L, 1, SELECTOR);
  wl_selector_release(box->s);
  box->s = NULL;
  return 0;
}

/* ---- the module ---- */

static const luaL_Reg functions[] = {{"parse", selector_parse},
                                     {"from", selector_from},
                                     {"from_labels", selector_from_labels},
                                     {"requirement", selector_requirement},
                                     {NULL, NULL}};

static const luaL_Reg methods[] = {{"matches", selector_matches},
                                   {"requirements", selector_requirements},
                                   {"exact", selector_exact},
                                   {"as_map", selector_as_map},
                                   {"kind", selector_kind},
                                   {"empty", selector_empty},
                                   {NULL, NULL}};

static const luaL_Reg metamethods[] = {{"__tostring", selector_tostring},
                                       {"__eq", selector_eq},
                                       {"__gc", selector_gc},
                                       {NULL, NULL}};

static const luaL_Reg builder_metamethods[] = {{"__gc", builder_free},
                                               {NULL, NULL}};

static void make_metatable(lua_State *L, const char *name,
                           const luaL_Reg *metas, const luaL_Reg *own) {
  luaL_newmetatable(L, name);
  luaL_setfuncs(L, metas, 0);
  if (own != NULL) {
    lua_newtable(L);
    luaL_setfuncs(L, own, 0);
    lua_setfield(L, -2, "__index");
  }
  lua_pop(L, 1);
}

int luaopen_wl_selector(lua_State *L) {
  make_metatable(L, SELECTOR, metamethods, methods);
  make_metatable(L, BUILDER, builder_metamethods, NULL);
  luaL_newlib(L, functions);
  wl_lua_add_field_selectors(L);
  return 1;
}
