/* SPDX-License-Identifier: MIT */
/*
 * Functions that one instruction can keep busy for years pay for what they do.
 * Without a budget (budget.h) each is the original. Under one, patterns are
 * matched step by step (pattern.h), and loops of C over a range of a table
 * are charged for its size before they begin. Those of strings take the place
 * of the originals for everybody, as every string has them as methods; those
 * of tables are for scripts in a sandbox.
 */
#include "guarded.h"

#include <lauxlib.h>
#include <string.h>

#include "budget.h"
#include "pattern.h"

/* The original: the first upvalue of each function here. */
static int original(lua_State *L) {
  return lua_tocfunction(L, lua_upvalueindex(1))(L);
}

static size_t start_of(lua_Integer init, size_t length) {
  if (init > 0)
    return (size_t)init - 1;
  if (init == 0 || init < -(lua_Integer)length)
    return 0;
  return length - (size_t)-init;
}

/* ---- find and match ---- */

static int push_place(lua_State *L, wl_Match *match, const char *start,
                      const char *end, int find) {
  if (!find)
    return wl_match_push(match, start, end);
  lua_pushinteger(L, start - match->text + 1);
  lua_pushinteger(L, end - match->text);
  return wl_match_push(match, NULL, NULL) + 2;
}

static int find_plain(lua_State *L, const char *text, size_t length,
                      size_t from, const char *wanted, size_t size) {
  wl_budget_charge(L, (lua_Integer)(length / 64));
  const char *found = memmem(text + from, length - from, wanted, size);
  if (found == NULL) {
    lua_pushnil(L);
    return 1;
  }
  lua_pushinteger(L, found - text + 1);
  lua_pushinteger(L, found - text + (lua_Integer)size);
  return 2;
}

static int is_literal(const char *pattern, size_t size) {
  return strpbrk(pattern, "^$*+?.([%-") == NULL && strlen(pattern) == size;
}

static int search(lua_State *L, int find) {
  if (wl_budget_of(L) == NULL)
    return original(L);
  size_t length, size;
  const char *text = luaL_checklstring(L, 1, &length);
  const char *pattern = luaL_checklstring(L, 2, &size);
  size_t from = start_of(luaL_optinteger(L, 3, 1), length);
  if (from > length) {
    lua_pushnil(L);
    return 1;
  }
  if (find && (lua_toboolean(L, 4) || is_literal(pattern, size)))
    return find_plain(L, text, length, from, pattern, size);
  int anchored = size > 0 && *pattern == '^';
  wl_Match match;
  wl_match_init(&match, L, text, length, pattern + anchored,
                size - (size_t)anchored);
  for (const char *place = text + from; place <= match.text_end; place++) {
    const char *end = wl_match_at(&match, place);
    if (end != NULL)
      return push_place(L, &match, place, end, find);
    if (anchored)
      break;
  }
  lua_pushnil(L);
  return 1;
}

static int guarded_find(lua_State *L) {
  return search(L, 1);
}

static int guarded_match(lua_State *L) {
  return search(L, 0);
}

/* ---- gmatch: upvalues text, pattern, place, end of the last match ---- */

static int next_match(lua_State *L) {
  size_t length, size;
  const char *text = lua_tolstring(L, lua_upvalueindex(1), &length);
  const char *pattern = lua_tolstring(L, lua_upvalueindex(2), &size);
  lua_Integer from = lua_tointeger(L, lua_upvalueindex(3));
  lua_Integer last = lua_tointeger(L, lua_upvalueindex(4));
  wl_Match match;
  wl_match_init(&match, L, text, length, pattern, size);
  for (const char *place = text + from; place <= match.text_end; place++) {
    const char *end = wl_match_at(&match, place);
    if (end != NULL && end - text != last) {
      lua_pushinteger(L, end - text);
      lua_copy(L, -1, lua_upvalueindex(3));
      lua_replace(L, lua_upvalueindex(4));
      return wl_match_push(&match, place, end);
    }
  }
  return 0;
}

static int guarded_gmatch(lua_State *L) {
  if (wl_budget_of(L) == NULL)
    return original(L);
  size_t length;
  luaL_checklstring(L, 1, &length);
  luaL_checkstring(L, 2);
  size_t from = start_of(luaL_optinteger(L, 3, 1), length);
  lua_settop(L, 2);
  lua_pushinteger(L, (lua_Integer)(from > length ? length + 1 : from));
  lua_pushinteger(L, -1);
  lua_pushcclosure(L, next_match, 4);
  return 1;
}

/* ---- gsub ---- */

/* The replacement text with %0 ... %9 filled in. */
static void add_text(luaL_Buffer *out, wl_Match *match, const char *start,
                     const char *end) {
  lua_State *L = match->L;
  size_t size;
  const char *by = lua_tolstring(L, 3, &size), *by_end = by + size;
  while (by < by_end) {
    const char *percent = memchr(by, '%', (size_t)(by_end - by));
    luaL_addlstring(out, by, (size_t)((percent ? percent : by_end) - by));
    if (percent == NULL)
      return;
    char c = '\0';
    if (percent + 1 < by_end)
      c = percent[1];
    if (c == '%') {
      luaL_addchar(out, '%');
    } else if (c == '0') {
      luaL_addlstring(out, start, (size_t)(end - start));
    } else if (c >= '1' && c <= '9') {
      wl_match_push_one(match, c - '1', start, end);
      luaL_tolstring(L, -1, NULL);
      lua_remove(L, -2);
      luaL_addvalue(out);
    } else {
      luaL_error(L, "invalid use of '%%' in replacement string");
    }
    by = percent + 2;
  }
}

/* Whether what stands there was changed. */
static int add_value(luaL_Buffer *out, wl_Match *match, const char *start,
                     const char *end) {
  lua_State *L = match->L;
  int type = lua_type(L, 3);
  if (type == LUA_TSTRING || type == LUA_TNUMBER) {
    add_text(out, match, start, end);
    return 1;
  }
  if (type == LUA_TFUNCTION) {
    lua_pushvalue(L, 3);
    lua_call(L, wl_match_push(match, start, end), 1);
  } else {
    wl_match_push_one(match, 0, start, end);
    lua_gettable(L, 3);
  }
  if (!lua_toboolean(L, -1)) {
    lua_pop(L, 1);
    luaL_addlstring(out, start, (size_t)(end - start));
    return 0;
  }
  if (!lua_isstring(L, -1))
    luaL_error(L, "invalid replacement value (a %s)", luaL_typename(L, -1));
  luaL_addvalue(out);
  return 1;
}

static lua_Integer replace(luaL_Buffer *out, wl_Match *match, lua_Integer most,
                           int anchored, int *changed) {
  const char *place = match->text, *last = NULL;
  lua_Integer n = 0;
  while (n < most) {
    const char *end = wl_match_at(match, place);
    if (end != NULL && end != last) {
      n++;
      *changed |= add_value(out, match, place, end);
      place = last = end;
    } else if (place < match->text_end) {
      luaL_addchar(out, *place++);
    } else {
      break;
    }
    if (anchored)
      break;
  }
  luaL_addlstring(out, place, (size_t)(match->text_end - place));
  return n;
}

static int guarded_gsub(lua_State *L) {
  if (wl_budget_of(L) == NULL)
    return original(L);
  size_t length, size;
  const char *text = luaL_checklstring(L, 1, &length);
  const char *pattern = luaL_checklstring(L, 2, &size);
  int type = lua_type(L, 3);
  luaL_argexpected(L,
                   type == LUA_TNUMBER || type == LUA_TSTRING ||
                       type == LUA_TFUNCTION || type == LUA_TTABLE,
                   3, "string/function/table");
  lua_Integer most = luaL_optinteger(L, 4, (lua_Integer)length + 1);
  int anchored = size > 0 && *pattern == '^', changed = 0;
  wl_Match match;
  wl_match_init(&match, L, text, length, pattern + anchored,
                size - (size_t)anchored);
  luaL_Buffer out;
  luaL_buffinit(L, &out);
  lua_Integer n = replace(&out, &match, most, anchored, &changed);
  luaL_pushresult(&out);
  if (!changed) {
    lua_pushvalue(L, 1);
    lua_replace(L, -2);
  }
  lua_pushinteger(L, n);
  return 2;
}

/* ---- rep: of nothing it would loop for nothing ---- */

static int guarded_rep(lua_State *L) {
  if (wl_budget_of(L) != NULL) {
    size_t size, separator = 0;
    luaL_checklstring(L, 1, &size);
    lua_Integer n = luaL_checkinteger(L, 2);
    luaL_optlstring(L, 3, "", &separator);
    if (size + separator == 0 && n > 0)
      lua_settop(L, 1);
    if (lua_gettop(L) == 1) {
      lua_pushliteral(L, "");
      return 1;
    }
  }
  return original(L);
}

/* ---- functions that return many values ---- */

enum { RESULTS = 10000 }; /* of one call, at most */

static int check_results(lua_State *L, lua_Integer first, lua_Integer last) {
  if (first <= last && (lua_Unsigned)last - (lua_Unsigned)first >= RESULTS)
    return luaL_error(L, "too many results");
  return original(L);
}

/* byte(s, i, j), codepoint(s, i, j) */
static int guarded_byte(lua_State *L) {
  if (wl_budget_of(L) == NULL)
    return original(L);
  size_t length;
  luaL_checklstring(L, 1, &length);
  lua_Integer first = luaL_optinteger(L, 2, 1);
  lua_Integer last = luaL_optinteger(L, 3, first);
  lua_Integer size = (lua_Integer)length;
  return check_results(L, first < 0 ? size + first : first,
                       last < 0      ? size + last
                       : last > size ? size
                                     : last);
}

/* unpack(format, s): a result for each letter */
static int guarded_unpack_string(lua_State *L) {
  size_t length = 0;
  if (wl_budget_of(L) != NULL)
    luaL_checklstring(L, 1, &length);
  return check_results(L, 1, (lua_Integer)length);
}

/* ---- tables ---- */

enum { ITEMS = 8 }; /* of a table go for an instruction */

/* Charge for the places first ... last. */
static void charge_range(lua_State *L, lua_Integer first, lua_Integer last) {
  if (first > last)
    return;
  lua_Unsigned count = (lua_Unsigned)last - (lua_Unsigned)first;
  if (count > LUA_MAXINTEGER)
    count = LUA_MAXINTEGER;
  wl_budget_charge(L, (lua_Integer)(count / ITEMS));
}

static lua_Integer length_of(lua_State *L) {
  return lua_istable(L, 1) ? luaL_len(L, 1) : 0;
}

/* concat(t, separator, i, j), unpack(t, i, j): the whole list, if not told. */
static int guarded_concat(lua_State *L) {
  lua_Integer last =
      lua_isnoneornil(L, 4) ? length_of(L) : luaL_checkinteger(L, 4);
  charge_range(L, luaL_optinteger(L, 3, 1), last);
  return original(L);
}

static int guarded_unpack(lua_State *L) {
  lua_Integer last =
      lua_isnoneornil(L, 3) ? length_of(L) : luaL_checkinteger(L, 3);
  return check_results(L, luaL_optinteger(L, 2, 1), last);
}

static int guarded_move(lua_State *L) {
  charge_range(L, luaL_checkinteger(L, 2), luaL_checkinteger(L, 3));
  return original(L);
}

/* insert(t, i, x), remove(t, i): all after i move. */
static int guarded_shift(lua_State *L) {
  if (lua_isinteger(L, 2))
    charge_range(L, lua_tointeger(L, 2), length_of(L));
  return original(L);
}

static int guarded_sort(lua_State *L) {
  charge_range(L, 1, length_of(L));
  return original(L);
}

/* ---- taking the places ---- */

/* Each function of the list, with the one of its name in the table at `from`
 * as upvalue, goes into the table at `into`. */
static void guard(lua_State *L, const luaL_Reg *list, int from, int into) {
  for (; list->name != NULL; list++) {
    lua_getfield(L, from, list->name);
    if (lua_tocfunction(L, -1) != list->func) /* else they were here before */
      lua_pushcclosure(L, list->func, 1);
    lua_setfield(L, into, list->name);
  }
}

static const luaL_Reg strings[] = {
    {"find", guarded_find},
    {"match", guarded_match},
    {"gmatch", guarded_gmatch},
    {"gsub", guarded_gsub},
    {"rep", guarded_rep},
    {"byte", guarded_byte},
    {"unpack", guarded_unpack_string},
    {NULL, NULL},
};

static const luaL_Reg letters[] = {{"codepoint", guarded_byte}, {NULL, NULL}};

static const luaL_Reg tables[] = {
    {"concat", guarded_concat},
    {"unpack", guarded_unpack},
    {"move", guarded_move},
    {"insert", guarded_shift},
    {"remove", guarded_shift},
    {"sort", guarded_sort},
    {NULL, NULL},
};

void wl_guard_strings(lua_State *L) {
  lua_getglobal(L, "string");
  guard(L, strings, lua_gettop(L), lua_gettop(L));
  lua_pop(L, 1);
}

static void push_guarded(lua_State *L, const char *library,
                         const luaL_Reg *list) {
  lua_getglobal(L, library);
  lua_newtable(L);
  guard(L, list, lua_gettop(L) - 1, lua_gettop(L));
  lua_remove(L, -2);
}

void wl_guard_tables(lua_State *L) {
  push_guarded(L, "table", tables);
}

void wl_guard_utf8(lua_State *L) {
  push_guarded(L, "utf8", letters);
}
