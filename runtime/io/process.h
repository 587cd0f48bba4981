/* SPDX-License-Identifier: MIT */
/*
 * process.h - programs that run beside this one, several at a time
 *
 * A pool starts programs and tells which one has ended. What a program writes,
 * to standard output and standard error in the order in which it comes, is
 * collected up to a limit; what comes after that is read and dropped. It has
 * nothing to read.
 *
 * A pool belongs to one thread. It owns its libuv loop.
 */
#ifndef WL_PROCESS_H
#define WL_PROCESS_H

#include <stdbool.h>
#include <stdint.h>

#include "../core/buffer.h"
#include "../core/error.h"

enum { WL_PROCESS_OUTPUT = 4 * 1024 * 1024 };

typedef struct wl_Processes wl_Processes;

typedef struct wl_Ended {
  int number;           /* as wl_processes_start gave it */
  int64_t status;       /* when it ended by itself */
  int signal;           /* what ended it, or 0 */
  bool timed_out;       /* it took longer than allowed, and was killed */
  uint64_t nanoseconds; /* that it ran */
} wl_Ended;

/* NULL when the system gives no loop. Both are borrowed: the heap outlives
 * the pool. */
wl_Processes *wl_processes_new(wl_Heap *heap);
void wl_processes_free(wl_Processes *pool); /* kills what runs; NULL allowed */

/* Start a program: `argv` ends with NULL and is not kept; its first is the
 * path of the program. With `limit_ms` above 0 it is killed after so long. The
 * number of the process, from 1 on; 0 when it cannot be started. */
int wl_processes_start(wl_Processes *pool, char **argv, uint64_t limit_ms,
                       wl_Error *error);

/* Wait until a process ends. False when none is running. Its output is
 * appended to `output`. */
bool wl_processes_wait(wl_Processes *pool, wl_Ended *ended, wl_Buffer *output);

#endif
