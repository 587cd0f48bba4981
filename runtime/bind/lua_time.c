/* SPDX-License-Identifier: MIT */
/* lua_time.c - Lua module "wl.time": moments as text and as a calendar.
 *
 *   time.format(seconds)         -- "2024-01-01T00:00:00Z"
 *   time.format_micro(seconds)   -- "2024-01-01T00:00:00.000000Z"
 *   time.parse(text)             -- seconds | nil, message, code
 *   time.civil(seconds)          -- { year=, month=, day=, hour=, minute=,
 *                                     second=, weekday= (0 is Sunday) }, UTC
 *   time.from_civil(fields)      -- seconds; hour, minute, second may be absent
 *
 * Seconds are those since 1970-01-01T00:00:00Z. */
#include "lua_time.h"

#include <lauxlib.h>
#include <math.h>

#include "../core/clock.h"
#include "../core/quote.h"

int luaopen_wl_time(lua_State *L);

/* Beyond this a double of milliseconds is not exact any more. */
static const double FARTHEST_MS = 9007199254740992.0;

int64_t wl_lua_check_ms(lua_State *L, int index) {
  if (lua_isinteger(L, index)) {
    lua_Integer seconds = lua_tointeger(L, index);
    if (seconds >= -9007199254740 && seconds <= 9007199254740)
      return seconds * 1000;
  }
  double ms = floor(luaL_checknumber(L, index) * 1000 + 0.5);
  luaL_argcheck(L, ms == ms, index, "a time is not NaN");
  return ms > FARTHEST_MS    ? INT64_MAX
         : ms < -FARTHEST_MS ? INT64_MIN
                             : (int64_t)ms;
}

void wl_lua_push_seconds(lua_State *L, int64_t ms) {
  if (ms % 1000 == 0)
    lua_pushinteger(L, ms / 1000);
  else
    lua_pushnumber(L, (double)ms / 1000);
}

typedef size_t Format(int64_t ms, char text[WL_TIME_SIZE]);

static int push_formatted(lua_State *L, Format *format) {
  char text[WL_TIME_SIZE];
  size_t length = format(wl_lua_check_ms(L, 1), text);
  luaL_argcheck(L, length > 0, 1, "the year must be between 0 and 9999");
  lua_pushlstring(L, text, length);
  return 1;
}

static int time_format(lua_State *L) {
  return push_formatted(L, wl_time_format);
}

static int time_format_micro(lua_State *L) {
  return push_formatted(L, wl_time_format_micro);
}

static int time_parse(lua_State *L) {
  size_t length;
  int64_t ms;
  const char *text = luaL_checklstring(L, 1, &length);
  if (wl_time_parse(text, length, &ms)) {
    wl_lua_push_seconds(L, ms);
    return 1;
  }
  char quoted[80];
  wl_quote(quoted, sizeof quoted, text, length);
  lua_pushnil(L);
  lua_pushfstring(
      L, "%s is not a time, write it as in \"2024-01-31T12:30:00Z\"", quoted);
  lua_pushliteral(L, "Invalid");
  return 3;
}

static void set_field(lua_State *L, const char *name, lua_Integer n) {
  lua_pushinteger(L, n);
  lua_setfield(L, -2, name);
}

static int time_civil(lua_State *L) {
  wl_Civil c = wl_civil_from_ms(wl_lua_check_ms(L, 1));
  lua_createtable(L, 0, 7);
  set_field(L, "year", c.year);
  set_field(L, "month", c.month);
  set_field(L, "day", c.day);
  set_field(L, "hour", c.hour);
  set_field(L, "minute", c.minute);
  set_field(L, "weekday", c.weekday);
  wl_lua_push_seconds(L, c.second * 1000 + c.millisecond);
  lua_setfield(L, -2, "second");
  return 1;
}

/* `fallback` < low: the field is required. */
static int get_field(lua_State *L, const char *name, int low, int high,
                     int fallback) {
  int found = lua_getfield(L, 1, name), is_integer;
  lua_Integer n = lua_tointegerx(L, -1, &is_integer);
  lua_pop(L, 1);
  if (found == LUA_TNIL && fallback >= low)
    return fallback;
  if (!is_integer || n < low || n > high)
    return luaL_error(L, "%s must be an integer from %d to %d", name, low,
                      high);
  return (int)n;
}

static int time_from_civil(lua_State *L) {
  luaL_checktype(L, 1, LUA_TTABLE);
  wl_Civil c = {.year = get_field(L, "year", 0, 9999, -1)};
  c.month = get_field(L, "month", 1, 12, 0);
  c.day = get_field(L, "day", 1, wl_days_in_month(c.year, c.month), 0);
  c.hour = get_field(L, "hour", 0, 23, 0);
  c.minute = get_field(L, "minute", 0, 59, 0);
  c.second = get_field(L, "second", 0, 59, 0);
  wl_lua_push_seconds(L, wl_civil_to_ms(&c));
  return 1;
}

static const luaL_Reg functions[] = {
    {"format", time_format},         {"format_micro", time_format_micro},
    {"parse", time_parse},           {"civil", time_civil},
    {"from_civil", time_from_civil}, {NULL, NULL}};

int luaopen_wl_time(lua_State *L) {
  luaL_newlib(L, functions);
  return 1;
}
