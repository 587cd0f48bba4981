/* SPDX-License-Identifier: MIT */
#include "loop.h"

#include <signal.h>
#include <stdlib.h>
#include <uv.h>

struct wl_Loop {
  uv_loop_t uv;
  uv_timer_t timer;
  uv_signal_t interrupt;
  int64_t start_ms;    /* the wall clock's, when the loop was made */
  uint64_t started_ns; /* the monotonic clock's, then */
  bool interrupted, due;
};

wl_Loop *wl_loop_new(void) {
  wl_Loop *loop = calloc(1, sizeof *loop);
  if (loop == NULL)
    return NULL;
  if (uv_loop_init(&loop->uv) != 0) {
    free(loop);
    return NULL;
  }
  uv_timer_init(&loop->uv, &loop->timer);
  uv_signal_init(&loop->uv, &loop->interrupt);
  loop->timer.data = loop->interrupt.data = loop;
  uv_timeval64_t wall;
  uv_gettimeofday(&wall);
  loop->start_ms = wall.tv_sec * 1000 + wall.tv_usec / 1000;
  loop->started_ns = uv_hrtime();
  return loop;
}

void wl_loop_free(wl_Loop *loop) {
  if (loop == NULL)
    return;
  uv_close((uv_handle_t *)&loop->timer, NULL);
  uv_close((uv_handle_t *)&loop->interrupt, NULL);
  uv_run(&loop->uv, UV_RUN_DEFAULT); /* lets both handles go */
  uv_loop_close(&loop->uv);
  free(loop);
}

int64_t wl_loop_now(const wl_Loop *loop) {
  return loop->start_ms + (int64_t)((uv_hrtime() - loop->started_ns) / 1000000);
}

static void on_timer(uv_timer_t *timer) {
  wl_Loop *loop = timer->data;
  loop->due = true;
}

static void on_interrupt(uv_signal_t *handle, int number) {
  wl_Loop *loop = handle->data;
  loop->interrupted = loop->interrupted || number == SIGINT;
}

bool wl_loop_wait(wl_Loop *loop, int64_t until_ms) {
  int64_t now;
  while (!loop->interrupted && (now = wl_loop_now(loop)) < until_ms) {
    uv_update_time(&loop->uv);
    loop->due = false;
    uv_timer_start(&loop->timer, on_timer, (uint64_t)(until_ms - now), 0);
    while (!loop->due && !loop->interrupted)
      uv_run(&loop->uv, UV_RUN_ONCE);
    uv_timer_stop(&loop->timer);
  }
  bool reached = !loop->interrupted;
  loop->interrupted = false;
  return reached;
}

bool wl_loop_catch_interrupts(wl_Loop *loop, bool caught) {
  if (!caught)
    return uv_signal_stop(&loop->interrupt) == 0;
  return uv_signal_start(&loop->interrupt, on_interrupt, SIGINT) == 0;
}

bool wl_loop_interrupted(wl_Loop *loop) {
  uv_run(&loop->uv, UV_RUN_NOWAIT);
  bool interrupted = loop->interrupted;
  loop->interrupted = false;
  return interrupted;
}
