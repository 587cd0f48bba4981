/* SPDX-License-Identifier: MIT */
#include "../../runtime/core/timer.h"

#include "../../runtime/core/rng.h"
#include "check.h"

static wl_Heap *heap;

static uint64_t pop(wl_Timers *t, int64_t now) {
  int64_t due;
  uint64_t payload;
  return wl_timers_pop(t, now, &due, &payload) ? payload : 0;
}

static void equal_due_comes_out_in_order_of_addition(void) {
  wl_Timers *t = wl_timers_new(heap);
  for (uint64_t i = 1; i <= 1000; i++)
    wl_timers_add(t, (int64_t)(i % 3), i);
  uint64_t expected[] = {3, 1, 2};
  for (int due = 0; due < 3; due++)
    for (uint64_t i = expected[due]; i <= 1000; i += 3)
      CHECK(pop(t, 2) == i);
  CHECK(wl_timers_count(t) == 0);
  wl_timers_free(t);
}

static void nothing_comes_out_early(void) {
  wl_Timers *t = wl_timers_new(heap);
  int64_t due;
  CHECK(!wl_timers_next(t, &due));
  wl_timers_add(t, 10, 1);
  CHECK(pop(t, 9) == 0);
  CHECK(wl_timers_next(t, &due) && due == 10);
  CHECK(pop(t, 10) == 1 && pop(t, 10) == 0);
  wl_timers_free(t);
}

static void a_handle_names_one_entry_only(void) {
  wl_Timers *t = wl_timers_new(heap);
  uint64_t payload = 0;
  wl_Timer first = wl_timers_add(t, 5, 50);
  CHECK(first != 0);
  CHECK(wl_timers_cancel(t, first, &payload) && payload == 50);
  wl_Timer second = wl_timers_add(t, 6, 60); /* in the same place */
  CHECK(!wl_timers_cancel(t, first, NULL));
  CHECK(!wl_timers_move(t, first, 1) && !wl_timers_cancel(t, 0, NULL));
  int64_t due;
  CHECK(wl_timers_get(t, second, &due, &payload) && due == 6 && payload == 60);
  wl_timers_clear(t);
  CHECK(!wl_timers_get(t, second, NULL, NULL));
  wl_timers_free(t);
}

static void a_moved_entry_queues_behind_its_equals(void) {
  wl_Timers *t = wl_timers_new(heap);
  wl_Timer moved = wl_timers_add(t, 1, 1);
  wl_timers_add(t, 2, 2);
  CHECK(wl_timers_move(t, moved, 2));
  CHECK(pop(t, 9) == 2 && pop(t, 9) == 1);
  wl_timers_free(t);
}

/* Against a plain array that is searched. */
static void random_use_agrees_with_a_model(void) {
  enum { N = 300 };
  struct {
    wl_Timer timer;
    int64_t due;
    uint64_t order;
  } model[N] = {{0}};
  wl_Timers *t = wl_timers_new(heap);
  wl_Rng rng;
  uint64_t order = 0;
  wl_rng_init(&rng, 1, "timers", 6);
  for (int step = 0; step < 20000; step++) {
    uint64_t i = wl_rng_below(&rng, N);
    int64_t due = wl_rng_integer(&rng, 0, 50);
    uint64_t action = wl_rng_below(&rng, 4);
    if (model[i].timer == 0) {
      model[i].timer = wl_timers_add(t, due, i + 1);
    } else if (action == 0) {
      CHECK(wl_timers_cancel(t, model[i].timer, NULL));
      model[i].timer = 0;
      continue;
    } else if (action == 1) {
      CHECK(wl_timers_move(t, model[i].timer, due));
    } else {
      size_t best = N;
      for (size_t k = 0; k < N; k++)
        if (model[k].timer != 0 &&
            (best == N || model[k].due < model[best].due ||
             (model[k].due == model[best].due &&
              model[k].order < model[best].order)))
          best = k;
      CHECK(pop(t, 50) == best + 1);
      model[best].timer = 0;
      continue;
    }
    model[i].due = due;
    model[i].order = ++order;
  }
  wl_timers_free(t);
}

int main(void) {
  heap = wl_heap_new(NULL, NULL);
  equal_due_comes_out_in_order_of_addition();
  nothing_comes_out_early();
  a_handle_names_one_entry_only();
  a_moved_entry_queues_behind_its_equals();
  random_use_agrees_with_a_model();
  CHECK(wl_heap_used(heap) == 0);
  wl_heap_free(heap);
  return check_report();
}
