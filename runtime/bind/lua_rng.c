/* SPDX-License-Identifier: MIT */
/* lua_rng.c - Lua module "wl.rng": named streams of chance.
 *
 *   local r = rng.new(seed, "pods")
 *   r:integer(1, 6)            -- both ends included
 *   r:number()                 -- in [0, 1)
 *   r:chance(0.01)             -- true one time in a hundred
 *   r:exponential(mean), r:normal(mean, deviation)
 *   r:string(5 [, alphabet])   -- by default the one of generated names
 *   r:copy()                   -- yields what r will, and leaves r alone
 *
 * Same seed and name, same numbers, on every machine. */
#include "lua_rng.h"

#include <lauxlib.h>

int luaopen_wl_rng(lua_State *L);

static const char RNG[] = "wl.rng";
enum { LONGEST_STRING = 1 << 20 };

/* What the API server makes random suffixes of: no vowels, so no words, and
 * nothing that looks like something else (apimachinery/pkg/util/rand). */
static const char ALPHABET[] = "bcdfghjklmnpqrstvwxz2456789";

wl_Rng *wl_lua_check_rng(lua_State *L, int index) {
  return luaL_checkudata(L, index, RNG);
}

static int rng_new(lua_State *L) {
  size_t length;
  lua_Integer seed = luaL_checkinteger(L, 1);
  const char *name = luaL_optlstring(L, 2, "", &length);
  wl_Rng *rng = lua_newuserdatauv(L, sizeof *rng, 0);
  wl_rng_init(rng, (uint64_t)seed, name, length);
  luaL_setmetatable(L, RNG);
  return 1;
}

static int rng_integer(lua_State *L) {
  wl_Rng *rng = wl_lua_check_rng(L, 1);
  lua_Integer low = luaL_checkinteger(L, 2), high = luaL_checkinteger(L, 3);
  luaL_argcheck(L, low <= high, 3, "the interval is empty");
  lua_pushinteger(L, wl_rng_integer(rng, low, high));
  return 1;
}

static int rng_number(lua_State *L) {
  lua_pushnumber(L, wl_rng_number(wl_lua_check_rng(L, 1)));
  return 1;
}

static int rng_chance(lua_State *L) {
  wl_Rng *rng = wl_lua_check_rng(L, 1);
  lua_Number probability = luaL_checknumber(L, 2);
  lua_pushboolean(L, wl_rng_number(rng) < probability);
  return 1;
}

static int rng_exponential(lua_State *L) {
  wl_Rng *rng = wl_lua_check_rng(L, 1);
  lua_pushnumber(L, wl_rng_exponential(rng, luaL_checknumber(L, 2)));
  return 1;
}

static int rng_normal(lua_State *L) {
  wl_Rng *rng = wl_lua_check_rng(L, 1);
  lua_Number mean = luaL_checknumber(L, 2), deviation = luaL_checknumber(L, 3);
  lua_pushnumber(L, wl_rng_normal(rng, mean, deviation));
  return 1;
}

static int rng_string(lua_State *L) {
  wl_Rng *rng = wl_lua_check_rng(L, 1);
  size_t letters;
  lua_Integer n = luaL_checkinteger(L, 2);
  const char *alphabet = luaL_optlstring(L, 3, ALPHABET, &letters);
  luaL_argcheck(L, n >= 0 && n <= LONGEST_STRING, 2,
                "a length is from 0 to 1048576");
  luaL_argcheck(L, letters > 0, 3, "the alphabet is empty");
  luaL_Buffer text;
  char *out = luaL_buffinitsize(L, &text, (size_t)n);
  wl_rng_letters(rng, alphabet, letters, out, (size_t)n);
  luaL_pushresultsize(&text, (size_t)n);
  return 1;
}

static int rng_copy(lua_State *L) {
  wl_Rng *rng = wl_lua_check_rng(L, 1);
  wl_Rng *copy = lua_newuserdatauv(L, sizeof *copy, 0);
  *copy = *rng;
  luaL_setmetatable(L, RNG);
  return 1;
}

static const luaL_Reg functions[] = {{"new", rng_new}, {NULL, NULL}};

static const luaL_Reg methods[] = {
    {"integer", rng_integer}, {"number", rng_number},
    {"chance", rng_chance},   {"exponential", rng_exponential},
    {"normal", rng_normal},   {"string", rng_string},
    {"copy", rng_copy},       {NULL, NULL}};

int luaopen_wl_rng(lua_State *L) {
  luaL_newmetatable(L, RNG);
  luaL_newlib(L, methods);
  lua_setfield(L, -2, "__index");
  lua_pop(L, 1);
  luaL_newlib(L, functions);
  return 1;
}
