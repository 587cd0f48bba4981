/* SPDX-License-Identifier: MIT */
/* lua_cron.c - Lua module "wl.cron": schedules and time zones.
 *
 *   cron.parse(text [, options])   -- cron | nil, message, code
 *     tz       "Europe/Berlin"; UTC when left out
 *     seconds  true: six fields, the first of them seconds
 *     dialect  "kubernetes" (default), "vixie", "systemd"
 *     dst      "Kubernetes" (default), "Skip", "Once", "Shift": local times
 *              that the clock skips or repeats
 *   c:next(time)                   -- the first firing after it, or nil
 *   c:between(from, to [, most])   -- list: from <= firing < to; true when
 *                                     there are more than `most` (100000)
 *   c:each_hour()                  -- whether `dst` makes no difference
 *   tostring(c)                    -- the text it was made of
 *   cron.range(text, low, high)    -- one range of a field: list of numbers,
 *                                     whether it restricts nothing
 *   cron.period(tz, time)          -- { from=, to=, offset=, summer=, name= }:
 *                                     the stretch of time with one offset
 *   cron.resolve(tz, wall)         -- "once" | "twice" | "skipped", and two
 *                                     moments: see wl_zone_resolve
 *
 * Times are seconds since 1970-01-01T00:00:00Z. A zone is read once. */
#include <lauxlib.h>

#include "../core/cron.h"
#include "../io/tz.h"
#include "host.h"
#include "lua_time.h"
#include "lua_value.h"

#define CRON "wl.cron"
#define ZONE "wl.zone"

enum { MOST_FIRINGS = 100000, ZONE_VALUE = 1, TEXT_VALUE = 2 };

static const double FARTHEST = 9e12; /* seconds; within milliseconds' reach */

int luaopen_wl_cron(lua_State *L);

/* ---- zones: userdata in a table of the registry, by name ---- */

typedef struct ZoneBox {
  wl_Zone *zone; /* NULL: UTC */
} ZoneBox;

static int zone_gc(lua_State *L) {
  ZoneBox *box = luaL_checkudata(L, 1, ZONE);
  wl_zone_free(box->zone);
  box->zone = NULL;
  return 0;
}

/* Push the zone of the name at `index`; nothing, and `error`, without one. */
static bool push_zone(lua_State *L, int index, wl_Error *error) {
  size_t length;
  const char *name = luaL_checklstring(L, index, &length);
  luaL_getsubtable(L, LUA_REGISTRYINDEX, ZONE "s");
  lua_pushvalue(L, index);
  if (lua_rawget(L, -2) == LUA_TUSERDATA) {
    lua_remove(L, -2);
    return true;
  }
  lua_pop(L, 1);
  ZoneBox *box = lua_newuserdatauv(L, sizeof *box, 0);
  box->zone = NULL;
  luaL_setmetatable(L, ZONE);
  if (!wl_tz_load(wl_host_heap(L), name, length, &box->zone, error)) {
    lua_pop(L, 2);
    return false;
  }
  lua_pushvalue(L, index);
  lua_pushvalue(L, -2);
  lua_rawset(L, -4);
  lua_remove(L, -2);
  return true;
}

static const wl_Zone *zone_at(lua_State *L, int index) {
  const ZoneBox *box = luaL_checkudata(L, index, ZONE);
  return box->zone;
}

/* ---- parsing ---- */

/* For wl_cron_parse: the zone goes where the cron keeps it. context is the
 * state, with the cron's userdata on top. */
static bool find_zone(void *context, const char *name, size_t length,
                      const wl_Zone **zone, wl_Error *error) {
  lua_State *L = context;
  wl_Error why;
  lua_pushlstring(L, name, length);
  if (!push_zone(L, lua_gettop(L), &why)) {
    lua_pop(L, 1);
    return wl_fail(error, WL_EINVALID, "provided bad location %.*s: %s",
                   (int)(length < 120 ? length : 120), name, why.message);
  }
  *zone = zone_at(L, -1);
  lua_setiuservalue(L, -3, ZONE_VALUE);
  lua_pop(L, 1);
  return true;
}

static int option(lua_State *L, const char *name, const char *otherwise,
                  const char *const list[]) {
  if (lua_getfield(L, 2, name) == LUA_TNIL) {
    lua_pop(L, 1);
    lua_pushstring(L, otherwise);
  }
  int chosen = luaL_checkoption(L, -1, NULL, list);
  lua_pop(L, 1);
  return chosen;
}

static wl_CronOptions read_options(lua_State *L) {
  static const char *const dialects[] = {"kubernetes", "vixie", "systemd",
                                         NULL};
  static const char *const dst[] = {"Kubernetes", "Skip", "Once", "Shift",
                                    NULL};
  wl_CronOptions options = {.find_zone = find_zone, .context = L};
  options.dialect = (wl_CronDialect)option(L, "dialect", dialects[0], dialects);
  options.dst = (wl_CronDst)option(L, "dst", dst[0], dst);
  lua_getfield(L, 2, "seconds");
  options.seconds = lua_toboolean(L, -1);
  lua_pop(L, 1);
  return options;
}

static int cron_parse(lua_State *L) {
  size_t length;
  const char *text = luaL_checklstring(L, 1, &length);
  lua_settop(L, 2);
  if (lua_isnil(L, 2)) {
    lua_newtable(L);
    lua_replace(L, 2);
  }
  luaL_checktype(L, 2, LUA_TTABLE);
  wl_CronOptions options = read_options(L);
  wl_Error error;
  bool zoned = lua_getfield(L, 2, "tz") != LUA_TNIL; /* at 3 */
  if (zoned && !push_zone(L, 3, &error))
    return wl_lua_fail(L, &error);
  wl_Cron *cron = lua_newuserdatauv(L, sizeof *cron, 2);
  luaL_setmetatable(L, CRON);
  lua_pushvalue(L, 1);
  lua_setiuservalue(L, -2, TEXT_VALUE);
  if (zoned) {
    options.zone = zone_at(L, -2);
    lua_pushvalue(L, -2);
    lua_setiuservalue(L, -2, ZONE_VALUE);
  }
  return wl_cron_parse(cron, text, length, &options, &error)
             ? 1
             : wl_lua_fail(L, &error);
}

static int cron_range(lua_State *L) {
  size_t length;
  const char *text = luaL_checklstring(L, 1, &length);
  lua_Integer low = luaL_checkinteger(L, 2), high = luaL_checkinteger(L, 3);
  luaL_argcheck(L, low >= 0 && low <= 62, 2, "from 0 to 62");
  luaL_argcheck(L, high >= low && high <= 62, 3, "from low to 62");
  uint64_t bits;
  wl_Error error;
  if (!wl_cron_range(text, length, (int)low, (int)high, &bits, &error))
    return wl_lua_fail(L, &error);
  lua_newtable(L);
  for (lua_Integer i = low, n = 0; i <= high; i++)
    if (bits >> i & 1) {
      lua_pushinteger(L, i);
      lua_rawseti(L, -2, ++n);
    }
  lua_pushboolean(L, (bits & WL_CRON_STAR) != 0);
  return 2;
}

/* ---- a cron ---- */

static int64_t check_time(lua_State *L, int index) {
  double seconds = luaL_checknumber(L, index);
  luaL_argcheck(L, seconds >= -FARTHEST && seconds <= FARTHEST, index,
                "seconds since 1970");
  return wl_lua_check_ms(L, index);
}

static int cron_next(lua_State *L) {
  const wl_Cron *cron = luaL_checkudata(L, 1, CRON);
  int64_t next;
  if (!wl_cron_next(cron, check_time(L, 2), &next))
    return 0;
  wl_lua_push_seconds(L, next);
  return 1;
}

static int cron_between(lua_State *L) {
  const wl_Cron *cron = luaL_checkudata(L, 1, CRON);
  int64_t at = check_time(L, 2) - 1, to = check_time(L, 3);
  lua_Integer most = luaL_optinteger(L, 4, MOST_FIRINGS), n = 0;
  lua_newtable(L);
  while (wl_cron_next(cron, at, &at) && at < to) {
    if (n == most) {
      lua_pushboolean(L, true);
      return 2;
    }
    wl_lua_push_seconds(L, at);
    lua_rawseti(L, -2, ++n);
  }
  return 1;
}

static int cron_each_hour(lua_State *L) {
  const wl_Cron *cron = luaL_checkudata(L, 1, CRON);
  lua_pushboolean(L, cron->each_hour || cron->every > 0);
  return 1;
}

static int cron_tostring(lua_State *L) {
  luaL_checkudata(L, 1, CRON);
  lua_getiuservalue(L, 1, TEXT_VALUE);
  return 1;
}

/* ---- time zones ---- */

static void set_moment(lua_State *L, const char *name, int64_t moment) {
  if (moment == INT64_MIN || moment == INT64_MAX)
    return;
  lua_pushinteger(L, moment);
  lua_setfield(L, -2, name);
}

static int zone_period(lua_State *L) {
  wl_Error error;
  wl_Period period;
  int64_t ms = check_time(L, 2);
  if (!push_zone(L, 1, &error))
    return wl_lua_fail(L, &error);
  int64_t moment = ms / 1000 - (ms % 1000 < 0);
  wl_zone_lookup(zone_at(L, -1), moment, &period);
  lua_createtable(L, 0, 5);
  set_moment(L, "from", period.start);
  set_moment(L, "to", period.end);
  set_moment(L, "offset", period.offset);
  lua_pushboolean(L, period.summer);
  lua_setfield(L, -2, "summer");
  lua_pushstring(L, period.name);
  lua_setfield(L, -2, "name");
  return 1;
}

static int zone_resolve(lua_State *L) {
  static const char *const fates[] = {"once", "twice", "skipped"};
  wl_Error error;
  int64_t ms = check_time(L, 2), first, second;
  if (!push_zone(L, 1, &error))
    return wl_lua_fail(L, &error);
  int64_t wall = ms / 1000 - (ms % 1000 < 0);
  lua_pushstring(L,
                 fates[wl_zone_resolve(zone_at(L, -1), wall, &first, &second)]);
  lua_pushinteger(L, first);
  lua_pushinteger(L, second);
  return 3;
}

static const luaL_Reg functions[] = {
    {"parse", cron_parse},     {"range", cron_range}, {"period", zone_period},
    {"resolve", zone_resolve}, {NULL, NULL},
};

static const luaL_Reg methods[] = {
    {"next", cron_next},
    {"between", cron_between},
    {"each_hour", cron_each_hour},
    {NULL, NULL},
};

int luaopen_wl_cron(lua_State *L) {
  luaL_newmetatable(L, ZONE);
  lua_pushcfunction(L, zone_gc);
  lua_setfield(L, -2, "__gc");
  luaL_newmetatable(L, CRON);
  lua_pushcfunction(L, cron_tostring);
  lua_setfield(L, -2, "__tostring");
  luaL_newlib(L, methods);
  lua_setfield(L, -2, "__index");
  luaL_newlib(L, functions);
  return 1;
}
