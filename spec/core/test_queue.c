/* SPDX-License-Identifier: MIT */
#include "../../runtime/core/queue.h"

#include "../../runtime/core/idmap.h"
#include "check.h"

static wl_Heap *heap;

/* The key, or 0 when nothing is ready. */
static uint64_t get(wl_Queue *q, int64_t now) {
  uint64_t key;
  return wl_queue_get(q, now, &key) == WL_QUEUE_KEY ? key : 0;
}

static void a_key_waits_once_and_is_held_by_one(void) {
  wl_Queue *q = wl_queue_new(heap);
  wl_queue_add(q, 7, 0, 0);
  wl_queue_add(q, 7, 0, 0);
  CHECK(wl_queue_length(q, 0) == 1);
  CHECK(get(q, 0) == 7 && get(q, 0) == 0);
  wl_queue_add(q, 7, 0, 0);
  wl_queue_add(q, 7, 0, 0);
  CHECK(wl_queue_length(q, 0) == 0 && get(q, 0) == 0);
  CHECK(wl_queue_done(q, 7, 0));
  CHECK(!wl_queue_done(q, 7, 0)); /* it waits, nobody holds it */
  CHECK(wl_queue_length(q, 0) == 1 && get(q, 0) == 7);
  CHECK(wl_queue_done(q, 7, 0) && !wl_queue_knows(q, 7));
  CHECK(wl_queue_is_drained(q));
  wl_queue_free(q);
}

static void what_is_settled_does_not_wait_again(void) {
  wl_Queue *q = wl_queue_new(heap);
  uint64_t key;
  wl_queue_settle(q, 7);
  wl_queue_add(q, 7, 0, 0);
  wl_queue_settle(q, 7); /* not held: it waits */
  CHECK(wl_queue_get(q, 0, &key) == WL_QUEUE_KEY && key == 7);
  wl_queue_add(q, 7, 0, 0);
  wl_queue_add_after(q, 7, 0, 0, 5);
  wl_queue_settle(q, 7);
  CHECK(wl_queue_done(q, 7, 0));
  CHECK(wl_queue_get(q, 4, &key) == WL_QUEUE_EMPTY);
  CHECK(wl_queue_get(q, 5, &key) == WL_QUEUE_KEY && key == 7);
  wl_queue_free(q);
}

static void the_earlier_due_time_wins(void) {
  wl_Queue *q = wl_queue_new(heap);
  int64_t due;
  wl_queue_add_after(q, 1, 0, 0, 50);
  wl_queue_add_after(q, 1, 0, 0, 30);
  wl_queue_add_after(q, 1, 0, 0, 40);
  wl_queue_add_after(q, 2, 0, 0, 30);
  CHECK(wl_queue_next_due(q, &due) && due == 30);
  CHECK(get(q, 29) == 0 && get(q, 30) == 1 && get(q, 30) == 2);
  CHECK(!wl_queue_next_due(q, &due));
  CHECK(wl_queue_done(q, 1, 30) && wl_queue_done(q, 2, 30));
  wl_queue_add_after(q, 3, 0, 30, 0);
  wl_queue_add_after(q, 4, 0, 30, -5);
  wl_queue_add_after(q, 5, 0, 30, INT64_MAX);
  CHECK(get(q, 30) == 3 && get(q, 30) == 4 && get(q, INT64_MAX - 1) == 0);
  wl_queue_free(q);
}

static void what_is_due_comes_before_what_is_added_now(void) {
  wl_Queue *q = wl_queue_new(heap);
  wl_queue_add_after(q, 1, 0, 0, 10);
  wl_queue_add(q, 2, 0, 20);
  CHECK(get(q, 20) == 1 && get(q, 20) == 2);
  wl_queue_free(q);
}

static void sources_take_turns(void) {
  wl_Queue *q = wl_queue_new(heap);
  uint32_t other = wl_queue_add_source(q);
  for (uint64_t key = 1; key <= 4; key++)
    wl_queue_add(q, key, 0, 0);
  for (uint64_t key = 11; key <= 12; key++)
    wl_queue_add(q, key, other, 0);
  CHECK(wl_queue_source_length(q, other) == 2);
  static const uint64_t wanted[] = {1, 11, 2, 12, 3, 4, 0};
  for (size_t i = 0; i < 7; i++)
    CHECK(get(q, 0) == wanted[i]);
  wl_queue_free(q);
}

static void late_sources_find_the_whole_bulk(void) {
  wl_Queue *q = wl_queue_new(heap);
  uint32_t late = wl_queue_add_source(q), later = wl_queue_add_source(q);
  wl_queue_set_late(q, late);
  wl_queue_set_late(q, later);
  wl_queue_add(q, 21, late, 0);
  wl_queue_add(q, 22, late, 0);
  wl_queue_add(q, 1, 0, 0);
  CHECK(get(q, 0) == 1);
  wl_queue_add(q, 2, 0, 0); /* the first shift goes on */
  CHECK(get(q, 0) == 2 && get(q, 0) == 21);
  wl_queue_add(q, 3, 0, 0); /* and so does the second */
  wl_queue_add(q, 31, later, 0);
  CHECK(get(q, 0) == 22 && get(q, 0) == 31 && get(q, 0) == 3);
  wl_queue_add(q, 41, late, 0);
  CHECK(get(q, 0) == 41 && get(q, 0) == 0);
  wl_queue_add(q, 42, late, 0); /* a new moment begins with the first one */
  wl_queue_add(q, 4, 0, 0);
  CHECK(get(q, 0) == 4 && get(q, 0) == 42);
  wl_queue_free(q);
}

static void a_shift_that_does_not_end_is_ended(void) {
  wl_Queue *q = wl_queue_new(heap);
  uint32_t late = wl_queue_add_source(q);
  wl_queue_set_late(q, late);
  wl_queue_add(q, 21, late, 0);
  uint64_t given = 0;
  do {
    wl_queue_add(q, 100 + given, 0, 0);
    given++;
  } while (get(q, 0) != 21 && given < 1 << 20);
  CHECK(given == WL_QUEUE_PATIENCE + 1);
  wl_queue_free(q);
}

static void failures_back_off_until_forgotten(void) {
  wl_Queue *q = wl_queue_new(heap);
  wl_Limiter *limiter = wl_limiter_new(heap);
  wl_limiter_add_exponential(limiter, 5, 12);
  wl_queue_set_limiter(q, limiter);
  int64_t delay;
  static const int64_t wanted[] = {5, 10, 12, 12};
  for (size_t i = 0; i < 4; i++)
    CHECK(wl_queue_retry(q, 1, 0, 0, &delay) && delay == wanted[i]);
  CHECK(wl_queue_failures(q, 1) == 4);
  wl_queue_forget(q, 1);
  CHECK(wl_queue_failures(q, 1) == 0 && wl_queue_knows(q, 1));
  CHECK(get(q, 4) == 0 && get(q, 5) == 1);
  wl_queue_free(q);
}

static void limiters_combine_to_the_longest_wait(void) {
  wl_Limiter *l = wl_limiter_new(heap);
  wl_limiter_add_fast_slow(l, 5, 3000, 3);
  wl_limiter_add_exponential(l, 1, 1000);
  static const int64_t wanted[] = {5, 5, 5, 3000, 3000};
  for (size_t i = 0; i < 5; i++)
    CHECK(wl_limiter_when(l, 9, 0) == wanted[i]);
  CHECK(wl_limiter_failures(l, 9) == 5 && wl_limiter_failures(l, 8) == 0);
  wl_limiter_free(l);
}

static void a_bucket_promises_tokens_ahead(void) {
  wl_Limiter *l = wl_limiter_new(heap);
  wl_limiter_add_bucket(l, 10, 2);
  CHECK(wl_limiter_when(l, 1, 1000) == 0 && wl_limiter_when(l, 2, 1000) == 0);
  CHECK(wl_limiter_when(l, 3, 1000) == 100);
  CHECK(wl_limiter_when(l, 4, 1000) == 200);
  CHECK(wl_limiter_when(l, 5, 1300) == 0);
  CHECK(wl_limiter_when(l, 6, 1300) == 100);
  wl_limiter_when(l, 7, 90000);
  CHECK(wl_limiter_when(l, 8, 90000) == 0); /* no more than the burst */
  CHECK(wl_limiter_when(l, 9, 90000) == 100);
  wl_limiter_free(l);
}

static void jitter_shortens_within_bounds(void) {
  wl_Limiter *l = wl_limiter_new(heap);
  wl_Rng rng;
  wl_rng_init(&rng, 1, "jitter", 6);
  wl_limiter_add_exponential(l, 1000, 1000);
  wl_limiter_set_jitter(l, &rng, 0.5);
  int64_t shortest = 1000;
  for (uint64_t key = 0; key < 1000; key++) {
    int64_t wait = wl_limiter_when(l, key, 0);
    CHECK(wait > 500 && wait <= 1000);
    shortest = wait < shortest ? wait : shortest;
  }
  CHECK(shortest < 520);
  wl_limiter_free(l);
}

static void shutting_down_lets_the_rest_be_worked_on(void) {
  wl_Queue *q = wl_queue_new(heap);
  uint64_t key;
  wl_queue_add(q, 1, 0, 0);
  wl_queue_add_after(q, 2, 0, 0, 10);
  wl_queue_shut_down(q);
  CHECK(!wl_queue_add(q, 3, 0, 0) && !wl_queue_add_after(q, 3, 0, 0, 1));
  CHECK(get(q, 100) == 1 && !wl_queue_is_drained(q));
  CHECK(wl_queue_get(q, 100, &key) == WL_QUEUE_ENDED);
  CHECK(wl_queue_done(q, 1, 100) && wl_queue_is_drained(q));
  wl_queue_free(q);
}

static void metrics_tell_where_time_went(void) {
  wl_Queue *q = wl_queue_new(heap);
  wl_queue_add(q, 1, 0, 0);
  wl_queue_add(q, 2, 0, 10);
  wl_queue_add_after(q, 3, 0, 10, 1000);
  get(q, 20);
  get(q, 20);
  wl_queue_done(q, 1, 25);
  wl_QueueMetrics m = wl_queue_metrics(q, 50);
  CHECK(m.adds == 2 && m.retries == 1);
  CHECK(m.depth == 0 && m.delayed == 1 && m.held == 1);
  CHECK(m.latency.count == 2 && m.latency.sum_ms == 30);
  CHECK(m.latency.max_ms == 20 && m.latency.buckets[4] == 1 &&
        m.latency.buckets[5] == 1);
  CHECK(m.work.count == 1 && m.work.sum_ms == 5);
  CHECK(m.unfinished_ms == 30 && m.longest_ms == 30);
  wl_queue_free(q);
}

static void a_map_survives_random_use(void) {
  enum { N = 500 };
  uint32_t model[N] = {0};
  wl_IdMap map;
  wl_Rng rng;
  wl_idmap_init(&map, heap);
  wl_rng_init(&rng, 2, "ids", 3);
  for (int step = 0; step < 50000; step++) {
    uint64_t i = wl_rng_below(&rng, N), id = i << 40;
    CHECK(wl_idmap_get(&map, id) == model[i]);
    if (wl_rng_below(&rng, 2) == 0) {
      wl_idmap_remove(&map, id);
      model[i] = 0;
    } else {
      *wl_idmap_at(&map, id) = model[i] = (uint32_t)step + 1;
    }
  }
  wl_idmap_destroy(&map);
}

static void many_keys_leave_nothing_behind(void) {
  wl_Queue *q = wl_queue_new(heap);
  for (uint64_t key = 0; key < 100000; key++) {
    wl_queue_add(q, key, 0, 0);
    wl_queue_add(q, key + 1000000, 0, 0);
    uint64_t got = get(q, 0);
    CHECK(wl_queue_done(q, got, 0));
  }
  CHECK(wl_queue_length(q, 0) == 100000);
  while (wl_queue_length(q, 0) > 0)
    wl_queue_done(q, get(q, 0), 0);
  CHECK(wl_queue_is_drained(q));
  wl_queue_free(q);
}

int main(void) {
  heap = wl_heap_new(NULL, NULL);
  a_key_waits_once_and_is_held_by_one();
  what_is_settled_does_not_wait_again();
  the_earlier_due_time_wins();
  what_is_due_comes_before_what_is_added_now();
  sources_take_turns();
  late_sources_find_the_whole_bulk();
  a_shift_that_does_not_end_is_ended();
  failures_back_off_until_forgotten();
  limiters_combine_to_the_longest_wait();
  a_bucket_promises_tokens_ahead();
  jitter_shortens_within_bounds();
  shutting_down_lets_the_rest_be_worked_on();
  metrics_tell_where_time_went();
  a_map_survives_random_use();
  many_keys_leave_nothing_behind();
  CHECK(wl_heap_used(heap) == 0);
  wl_heap_free(heap);
  return check_report();
}
