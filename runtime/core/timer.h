/* SPDX-License-Identifier: MIT */
/*
 * timer.h - everything that is to happen later
 *
 * Entries (due, payload) come out in the order of their due time, equal ones
 * in the order they were added, so that a run does not depend on memory or
 * luck. Due is any int64_t; nothing here reads a clock.
 *
 * Costs: add, cancel, move, pop O(log n); next, count O(1). No allocation per
 * entry once the arrays have grown.
 */
#ifndef WL_TIMER_H
#define WL_TIMER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "heap.h"

typedef struct wl_Timers wl_Timers;

/* Names one entry until it is popped or cancelled; later it names nothing,
 * also when its place is used again. Never 0. */
typedef uint64_t wl_Timer;

wl_Timers *wl_timers_new(wl_Heap *heap);
void wl_timers_free(wl_Timers *t); /* NULL allowed */

wl_Timer wl_timers_add(wl_Timers *t, int64_t due, uint64_t payload);
/* False: no such entry any more. `payload` may be NULL. */
bool wl_timers_cancel(wl_Timers *t, wl_Timer timer, uint64_t *payload);
/* As cancelled and added again, but the timer stays the same. */
bool wl_timers_move(wl_Timers *t, wl_Timer timer, int64_t due);
/* False: no such entry. Either pointer may be NULL. */
bool wl_timers_get(const wl_Timers *t, wl_Timer timer, int64_t *due,
                   uint64_t *payload);

size_t wl_timers_count(const wl_Timers *t);
/* When the next entry is due; false when there is none. */
bool wl_timers_next(const wl_Timers *t, int64_t *due);
/* The next entry if it is due at `now`, taken out. */
bool wl_timers_pop(wl_Timers *t, int64_t now, int64_t *due, uint64_t *payload);
/* Drop all entries. */
void wl_timers_clear(wl_Timers *t);

#endif
