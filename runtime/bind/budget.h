/* SPDX-License-Identifier: MIT */
/*
 * budget.h - how much a call into a script may take: instructions and memory
 *
 * A budget is on the C stack of whoever makes the call. While it is on, every
 * instruction that Lua executes counts, in this thread and in coroutines made
 * meanwhile, and so does memory by which Lua grows. Once a budget is spent,
 * the script is stopped: each further instruction raises, so that no pcall of
 * the script's can go on. Budgets nest: what an inner call takes, the outer
 * one pays too.
 */
#ifndef WL_BUDGET_H
#define WL_BUDGET_H

#include <lua.h>
#include <stdbool.h>
#include <stddef.h>

typedef enum wl_Stop {
  WL_STOP_NONE,
  WL_STOP_TIME,  /* instructions */
  WL_STOP_MEMORY /* bytes */
} wl_Stop;

typedef struct wl_Budget {
  struct wl_Budget *outer;
  lua_State *running; /* the thread that executes */
  lua_Alloc alloc;    /* what was there before, to be put back */
  void *context;
  lua_Hook hook;
  int mask, count;
  lua_Integer instructions, left;
  size_t bytes, used, churn;
  size_t refused; /* the size of the block that was refused last */
  wl_Stop stopped;
  char where[LUA_IDSIZE + 16]; /* "file:line: ", when it was stopped */
} wl_Budget;

/* Nothing between the two may be left by longjmp: call in protected mode. */
void wl_budget_begin(lua_State *L, wl_Budget *budget, lua_Integer instructions,
                     size_t bytes);
void wl_budget_end(lua_State *L, wl_Budget *budget);

/* The budget that is on, or NULL. */
wl_Budget *wl_budget_of(lua_State *L);

/* Have `count` more instructions count as executed. Raises when that is too
 * many. Nothing happens without a budget. */
void wl_budget_charge(lua_State *L, lua_Integer count);

/* Is the script being stopped? `status` is what a protected call of its gave:
 * then the error on top must be raised again. */
bool wl_budget_stops(lua_State *L, int status);

/* Push why a script was stopped, and where. */
void wl_budget_push_message(lua_State *L, const wl_Budget *budget);

/* A coroutine begins to run in place of `budget->running`: count there, too. */
void wl_budget_enter(wl_Budget *budget, lua_State *thread);

#endif
