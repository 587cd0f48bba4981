/* SPDX-License-Identifier: MIT */
/* lua_field_selector.c - the field selectors of Lua module "wl.selector".
 *
 *   selector.fields "status.phase=Running"   -- fsel | nil, message, code
 *   fsel:matches(object)
 *   fsel:requirements()    -- array of { field=, operator=, value= }
 *   fsel:empty()           -- does it match everything?
 *   tostring(fsel)         -- canonical text
 *
 * A Lua selector holds a reference to its wl_FieldSelector until collected. */
#include <lauxlib.h>

#include "host.h"
#include "lua_scratch.h"
#include "lua_selector.h"
#include "lua_value.h"

static const char FIELDS[] = "wl.selector.fields";

typedef struct FieldsBox {
  wl_FieldSelector *s; /* NULL until made, and when collected */
} FieldsBox;

static FieldsBox *push_fields_box(lua_State *L) {
  FieldsBox *box = lua_newuserdatauv(L, sizeof *box, 0);
  box->s = NULL;
  luaL_setmetatable(L, FIELDS);
  return box;
}

static wl_FieldSelector *check_fields(lua_State *L, int index) {
  FieldsBox *box = luaL_checkudata(L, index, FIELDS);
  luaL_argcheck(L, box->s != NULL, index, "this selector was collected");
  return box->s;
}

wl_FieldSelector *wl_lua_check_field_selector(lua_State *L, int index) {
  wl_Error error;
  size_t length;
  if (luaL_testudata(L, index, FIELDS) != NULL)
    return check_fields(L, index);
  index = lua_absindex(L, index);
  const char *text = luaL_checklstring(L, index, &length);
  FieldsBox *box = push_fields_box(L);
  box->s = wl_field_selector_parse(wl_host_heap(L), text, length, &error);
  if (box->s == NULL)
    luaL_argerror(L, index, lua_pushstring(L, error.message));
  lua_replace(L, index);
  return box->s;
}

static int selector_fields(lua_State *L) {
  wl_Error error;
  size_t length;
  const char *text = luaL_checklstring(L, 1, &length);
  FieldsBox *box = push_fields_box(L);
  box->s = wl_field_selector_parse(wl_host_heap(L), text, length, &error);
  return box->s != NULL ? 1 : wl_lua_fail(L, &error);
}

static int fields_matches(lua_State *L) {
  const wl_FieldSelector *s = check_fields(L, 1);
  luaL_checkany(L, 2);
  wl_Value object = wl_lua_borrow_value(L, 2);
  lua_pushboolean(L, wl_field_selector_matches(s, object));
  return 1;
}

static int fields_requirements(lua_State *L) {
  const wl_FieldSelector *s = check_fields(L, 1);
  lua_createtable(L, (int)wl_field_selector_count(s), 0);
  for (size_t i = 0; i < wl_field_selector_count(s); i++) {
    const wl_FieldTerm *term = wl_field_selector_at(s, i);
    wl_Text field = wl_path_text(term->path);
    lua_createtable(L, 0, 3);
    lua_pushlstring(L, field.bytes, field.length);
    lua_setfield(L, -2, "field");
    lua_pushstring(L, term->negated ? "!=" : "=");
    lua_setfield(L, -2, "operator");
    wl_lua_push_value(L, term->value);
    lua_setfield(L, -2, "value");
    lua_rawseti(L, -2, (lua_Integer)i + 1);
  }
  return 1;
}

static int fields_empty(lua_State *L) {
  lua_pushboolean(L, wl_field_selector_count(check_fields(L, 1)) == 0);
  return 1;
}

static int fields_tostring(lua_State *L) {
  const wl_FieldSelector *s = check_fields(L, 1);
  wl_Scratch *scratch = wl_lua_push_scratch(L);
  scratch->values[0] = wl_field_selector_text(s);
  wl_lua_push_value(L, scratch->values[0]);
  wl_lua_empty_scratch(scratch);
  return 1;
}

static int fields_gc(lua_State *L) {
  FieldsBox *box = luaL_checkudata(L, 1, FIELDS);
  wl_field_selector_release(box->s);
  box->s = NULL;
  return 0;
}

static const luaL_Reg methods[] = {{"matches", fields_matches},
                                   {"requirements", fields_requirements},
                                   {"empty", fields_empty},
                                   {NULL, NULL}};

static const luaL_Reg metamethods[] = {
    {"__tostring", fields_tostring}, {"__gc", fields_gc}, {NULL, NULL}};

void wl_lua_add_field_selectors(lua_State *L) {
  luaL_newmetatable(L, FIELDS);
  luaL_setfuncs(L, metamethods, 0);
  luaL_newlib(L, methods);
  lua_setfield(L, -2, "__index");
  lua_pop(L, 1);
  lua_pushcfunction(L, selector_fields);
  lua_setfield(L, -2, "fields");
}
