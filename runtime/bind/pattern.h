/* SPDX-License-Identifier: MIT */
/*
 * pattern.h - Lua's patterns, matched at a price
 *
 * What string.find and its like do, but each step counts against the budget
 * of the call that runs: a pattern that would take years raises in time.
 */
#ifndef WL_PATTERN_H
#define WL_PATTERN_H

#include <lua.h>
#include <stddef.h>

typedef struct wl_Capture {
  const char *start;
  ptrdiff_t length; /* or WL_CAPTURE_OPEN, WL_CAPTURE_PLACE */
} wl_Capture;

enum { WL_CAPTURE_OPEN = -1, WL_CAPTURE_PLACE = -2, WL_CAPTURES = 32 };

typedef struct wl_Match {
  lua_State *L;
  const char *text, *text_end;
  const char *pattern, *pattern_end;
  int depth;
  ptrdiff_t steps; /* not yet charged */
  int level;       /* captures so far */
  wl_Capture captures[WL_CAPTURES];
} wl_Match;

/* Both texts are borrowed; they must stay where they are. */
void wl_match_init(wl_Match *match, lua_State *L, const char *text,
                   size_t text_length, const char *pattern,
                   size_t pattern_length);

/* Match the pattern at one place. Returns the end of what matched, or NULL.
 * Raises when the pattern is malformed or the budget is spent. */
const char *wl_match_at(wl_Match *match, const char *place);

/* Push the captures; without any, what matched, [start, end), unless start is
 * NULL. Returns how many were pushed. */
int wl_match_push(wl_Match *match, const char *start, const char *end);

/* Push one capture, counted from 0; 0 of none is what matched. */
void wl_match_push_one(wl_Match *match, int index, const char *start,
                       const char *end);

#endif
