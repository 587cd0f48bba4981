/* SPDX-License-Identifier: MIT */
/*
 * loop.h - real time: waiting until something is due, and being interrupted
 *
 * The clock starts at the wall clock's time and goes on by the monotonic one,
 * so it never goes back. One loop a runtime; it owns its libuv loop.
 *
 * While interrupts are caught, Ctrl-C sets a flag instead of ending the
 * process: whoever works for long asks for it now and then.
 */
#ifndef WL_LOOP_H
#define WL_LOOP_H

#include <stdbool.h>
#include <stdint.h>

typedef struct wl_Loop wl_Loop;

wl_Loop *wl_loop_new(void);       /* NULL when the system gives no loop */
void wl_loop_free(wl_Loop *loop); /* NULL allowed */

/* Milliseconds since the Unix epoch. */
int64_t wl_loop_now(const wl_Loop *loop);

/* Wait until that moment. False when interrupted before. */
bool wl_loop_wait(wl_Loop *loop, int64_t until_ms);

/* From now on Ctrl-C is caught, or not any more. False when refused. */
bool wl_loop_catch_interrupts(wl_Loop *loop, bool caught);
/* Was there an interrupt since the last call? One system call. */
bool wl_loop_interrupted(wl_Loop *loop);

#endif
