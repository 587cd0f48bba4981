/* SPDX-License-Identifier: MIT */
#include "../../runtime/io/loop.h"

#include <signal.h>
#include <time.h>

#include "check.h"

int main(void) {
  wl_Loop *loop = wl_loop_new();
  CHECK(loop != NULL);
  int64_t start = wl_loop_now(loop);
  CHECK(start / 1000 - (int64_t)time(NULL) <= 1);
  CHECK(wl_loop_wait(loop, start - 1));
  CHECK(wl_loop_wait(loop, start + 20));
  CHECK(wl_loop_now(loop) >= start + 20);
  CHECK(wl_loop_catch_interrupts(loop, true));
  CHECK(!wl_loop_interrupted(loop));
  raise(SIGINT);
  CHECK(wl_loop_interrupted(loop) && !wl_loop_interrupted(loop));
  raise(SIGINT);
  CHECK(!wl_loop_wait(loop, wl_loop_now(loop) + 60000));
  CHECK(wl_loop_wait(loop, wl_loop_now(loop) + 1));
  CHECK(wl_loop_catch_interrupts(loop, false));
  wl_loop_free(loop);
  wl_loop_free(NULL);
  return check_report();
}
