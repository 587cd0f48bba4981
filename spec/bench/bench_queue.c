/* SPDX-License-Identifier: MIT */
/* The work queue: add + get + done of one key, with `waiting` keys in line. */
#include <stdio.h>
#include <time.h>

#include "../../runtime/core/queue.h"
#include "../../runtime/core/timer.h"

static double seconds(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static double cycles_a_second(wl_Heap *heap, uint64_t waiting) {
  enum { CYCLES = 4000000 };
  wl_Queue *q = wl_queue_new(heap);
  uint64_t key = 0, got;
  for (; key < waiting; key++)
    wl_queue_add(q, key, 0, 0);
  double start = seconds();
  for (int i = 0; i < CYCLES; i++) {
    wl_queue_add(q, key++, 0, i);
    wl_queue_get(q, i, &got);
    wl_queue_done(q, got, i);
  }
  double rate = CYCLES / (seconds() - start);
  wl_queue_free(q);
  return rate;
}

static double timers_a_second(wl_Heap *heap, int waiting) {
  enum { CYCLES = 2000000 };
  wl_Timers *t = wl_timers_new(heap);
  uint64_t mix = 1, payload;
  int64_t due;
  for (int i = 0; i < waiting; i++)
    wl_timers_add(t, (int64_t)((mix = mix * 6364136223846793005u + 1) >> 40),
                  (uint64_t)i);
  double start = seconds();
  for (int i = 0; i < CYCLES; i++) {
    wl_timers_pop(t, INT64_MAX, &due, &payload);
    mix = mix * 6364136223846793005u + 1;
    wl_timers_add(t, due + (int64_t)(mix >> 40), payload);
  }
  double rate = CYCLES / (seconds() - start);
  wl_timers_free(t);
  return rate;
}

int main(void) {
  wl_Heap *heap = wl_heap_new(NULL, NULL);
  double few = cycles_a_second(heap, 100), many = cycles_a_second(heap, 150000);
  printf("bench queue.cycle %.0f per_second\n", few);
  printf("bench queue.cycle.150000_waiting %.0f per_second\n", many);
  printf("bench queue.cycle.growth %.2f times\n", few / many);
  printf("bench timers.cycle.150000_waiting %.0f per_second\n",
         timers_a_second(heap, 150000));
  wl_heap_free(heap);
  return 0;
}
