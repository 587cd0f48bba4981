/* SPDX-License-Identifier: MIT */
#include "budget.h"

#include <lauxlib.h>
#include <stdio.h>

#include "host.h"

enum {
  STEP = 1000,  /* instructions between two looks at the count */
  BLOCK = 8,    /* so small a part of its memory a single block may be */
  TURNOVER = 64 /* how many times its memory a script may take and give back */
};

wl_Budget *wl_budget_of(lua_State *L) {
  return *wl_host_budget(L);
}

/* ---- instructions ---- */

static void count_hook(lua_State *L, lua_Debug *frame);

static int next_step(const wl_Budget *budget) {
  if (budget->stopped != WL_STOP_NONE)
    return 1;
  return budget->left < STEP ? (int)budget->left + 1 : STEP;
}

static void arm(lua_State *L, const wl_Budget *budget) {
  lua_sethook(L, count_hook, LUA_MASKCOUNT, next_step(budget));
}

/* "file:line: " of the nearest line, if there is one in a user's file of such.
 */
static void note_place(lua_State *L, wl_Budget *budget) {
  lua_Debug frame;
  budget->where[0] = '\0';
  for (int level = 0; lua_getstack(L, level, &frame); level++) {
    lua_getinfo(L, "Sl", &frame);
    bool users = frame.source[0] == '@';
    if (frame.currentline > 0 && (users || budget->where[0] == '\0'))
      snprintf(budget->where, sizeof budget->where, "%s:%d: ", frame.short_src,
               frame.currentline);
    if (users)
      return;
  }
}

static int kilobytes(size_t bytes) {
  return (int)(bytes / 1024);
}

void wl_budget_push_message(lua_State *L, const wl_Budget *budget) {
  size_t most = budget->bytes / BLOCK;
  if (budget->stopped == WL_STOP_TIME)
    lua_pushfstring(L, "%sstopped after %I instructions: does it ever end?",
                    budget->where, budget->instructions);
  else if (budget->refused > most)
    lua_pushfstring(L, "%swanted a text or table of %d KB, of %d KB at most",
                    budget->where, kilobytes(budget->refused), kilobytes(most));
  else
    lua_pushfstring(L, "%stook more than %d KB of memory", budget->where,
                    kilobytes(budget->bytes));
}

static void stop(lua_State *L, wl_Budget *budget, wl_Stop why) {
  budget->stopped = why;
  if (why == WL_STOP_TIME) /* of memory the place was noted at the refusal */
    note_place(L, budget);
  arm(L, budget);
}

static void raise_stop(lua_State *L, const wl_Budget *budget) {
  wl_budget_push_message(L, budget);
  lua_error(L);
}

static void count_hook(lua_State *L, lua_Debug *frame) {
  (void)frame;
  wl_Budget *budget = wl_budget_of(L);
  if (budget == NULL) { /* a coroutine that outlived its call */
    lua_sethook(L, NULL, 0, 0);
    return;
  }
  if (budget->stopped == WL_STOP_NONE) {
    budget->left -= next_step(budget);
    if (budget->left < 0)
      stop(L, budget, WL_STOP_TIME);
  }
  arm(L, budget);
  if (budget->stopped != WL_STOP_NONE)
    raise_stop(L, budget);
}

void wl_budget_charge(lua_State *L, lua_Integer count) {
  wl_Budget *budget = wl_budget_of(L);
  if (budget == NULL)
    return;
  if (budget->stopped == WL_STOP_NONE && count > budget->left)
    stop(L, budget, WL_STOP_TIME);
  budget->left -= count;
  if (budget->stopped != WL_STOP_NONE)
    raise_stop(L, budget);
}

bool wl_budget_stops(lua_State *L, int status) {
  wl_Budget *budget = wl_budget_of(L);
  if (budget == NULL)
    return false;
  if (status == LUA_ERRMEM && budget->stopped == WL_STOP_NONE)
    stop(L, budget, WL_STOP_MEMORY);
  return budget->stopped != WL_STOP_NONE;
}

void wl_budget_enter(wl_Budget *budget, lua_State *thread) {
  budget->running = thread;
  if (lua_gethook(thread) != count_hook || budget->stopped != WL_STOP_NONE)
    arm(thread, budget);
}

/* ---- memory ---- */

/* Lua collects garbage when it is refused, and asks for the same once more:
 * the second refusal is the last. */
static void *refuse(wl_Budget *budget, size_t size) {
  note_place(budget->running, budget);
  if (budget->refused == size && budget->stopped == WL_STOP_NONE)
    stop(budget->running, budget, WL_STOP_MEMORY);
  budget->refused = size;
  return NULL;
}

static void *limited_alloc(void *context, void *block, size_t old_size,
                           size_t size) {
  wl_Budget *budget = context;
  size_t before = block != NULL ? old_size : 0;
  if (size <= before) {
    size_t less = before - size;
    budget->used -= less < budget->used ? less : budget->used;
    return budget->alloc(budget->context, block, old_size, size);
  }
  size_t more = size - before;
  if (more > budget->bytes - budget->used || more > budget->churn ||
      size > budget->bytes / BLOCK)
    return refuse(budget, size);
  void *moved = budget->alloc(budget->context, block, old_size, size);
  if (moved != NULL) {
    budget->used += more;
    budget->churn -= more;
    budget->refused = 0;
  }
  return moved;
}

/* ---- a call ---- */

void wl_budget_begin(lua_State *L, wl_Budget *budget, lua_Integer instructions,
                     size_t bytes) {
  wl_Budget **current = wl_host_budget(L);
  budget->outer = *current;
  budget->running = L;
  budget->hook = lua_gethook(L);
  budget->mask = lua_gethookmask(L);
  budget->count = lua_gethookcount(L);
  budget->instructions = budget->left = instructions;
  budget->bytes = bytes;
  budget->used = budget->refused = 0;
  budget->churn = bytes * TURNOVER;
  budget->stopped = WL_STOP_NONE;
  budget->where[0] = '\0';
  *current = budget;
  arm(L, budget);
  budget->alloc = lua_getallocf(L, &budget->context);
  lua_setallocf(L, limited_alloc, budget);
}

void wl_budget_end(lua_State *L, wl_Budget *budget) {
  lua_setallocf(L, budget->alloc, budget->context);
  *wl_host_budget(L) = budget->outer;
  lua_sethook(L, budget->hook, budget->mask, budget->count);
  wl_Budget *outer = budget->outer;
  if (outer != NULL) {
    outer->left -= budget->instructions - budget->left;
    if (outer->left < 0)
      outer->left = 0; /* its next instruction stops it */
    arm(L, outer);
  }
}
