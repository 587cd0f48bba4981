/* SPDX-License-Identifier: MIT */
/*
 * queue.h - keys waiting to be reconciled
 *
 * A key waits at most once. A key being worked on is held until done(); if it
 * is added meanwhile, done() makes it wait again. So no key is ever worked on
 * twice at a time, and no change is ever missed. The semantics are those of
 * client-go's util/workqueue.
 *
 * Keys belong to sources (controllers). Within a source the order is first
 * come, first served; the sources that have keys take turns, so that a flood
 * in one does not starve the others. Late sources have a shift of their own:
 * it begins when no other source has a key, and lasts until no late one has,
 * so that what works in bulk finds the whole bulk. A shift that keeps the
 * other one waiting ends after WL_QUEUE_PATIENCE keys in any case.
 *
 * A key is a number; what it stands for is the caller's affair. Time is an
 * argument, in milliseconds, and must not go back; what is due by then joins
 * the queue before anything else happens. Not thread-safe.
 *
 * Costs: O(1) each, but O(log delayed) for a delay. Nothing is allocated but
 * to grow; a key that neither waits nor is held takes no memory.
 */
#ifndef WL_QUEUE_H
#define WL_QUEUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "heap.h"
#include "limiter.h"

typedef struct wl_Queue wl_Queue;

wl_Queue *wl_queue_new(wl_Heap *heap); /* with source 0, and no limiter */
void wl_queue_free(wl_Queue *q);       /* NULL allowed */

/* One more source; returns its number: 1, 2, ... */
uint32_t wl_queue_add_source(wl_Queue *q);
enum { WL_QUEUE_PATIENCE = 1 << 16 };
/* Before it gets its first key. */
void wl_queue_set_late(wl_Queue *q, uint32_t source);
/* *Takes* the limiter that retry() asks, in place of an earlier one. */
void wl_queue_set_limiter(wl_Queue *q, wl_Limiter *limiter);

/* ---- adding; false: the queue was shut down ---- */

bool wl_queue_add(wl_Queue *q, uint64_t key, uint32_t source, int64_t now_ms);
/* Delayed more than once, the key comes when it is due first. */
bool wl_queue_add_after(wl_Queue *q, uint64_t key, uint32_t source,
                        int64_t now_ms, int64_t delay_ms);
/* After a failure: as long after as the limiter says, which is `*delay_ms`
 * (may be NULL). */
bool wl_queue_retry(wl_Queue *q, uint64_t key, uint32_t source, int64_t now_ms,
                    int64_t *delay_ms);
/* After a success: the key's failures count no longer. */
void wl_queue_forget(wl_Queue *q, uint64_t key);
uint32_t wl_queue_failures(const wl_Queue *q, uint64_t key);

/* ---- working ---- */

typedef enum wl_QueueGot {
  WL_QUEUE_KEY,   /* `*key` is held now */
  WL_QUEUE_EMPTY, /* nothing is ready; wl_queue_next_due tells when */
  WL_QUEUE_ENDED  /* nothing is ready, and nothing will be */
} wl_QueueGot;

wl_QueueGot wl_queue_get(wl_Queue *q, int64_t now_ms, uint64_t *key);
/* What made the key wait again since it was taken is dealt with. */
void wl_queue_settle(wl_Queue *q, uint64_t key);
/* False: the key was not held. */
bool wl_queue_done(wl_Queue *q, uint64_t key, int64_t now_ms);

/* No further key is taken, delayed ones are dropped; what waits is still
 * given out. */
void wl_queue_shut_down(wl_Queue *q);
bool wl_queue_is_shut_down(const wl_Queue *q);
/* Nothing waits and nothing is held. */
bool wl_queue_is_drained(const wl_Queue *q);

/* ---- looking ---- */

/* Keys that are ready: O(1), after what is due by now has joined. */
size_t wl_queue_length(wl_Queue *q, int64_t now_ms);
size_t wl_queue_source_length(const wl_Queue *q, uint32_t source);
size_t wl_queue_source_count(const wl_Queue *q);
bool wl_queue_next_due(const wl_Queue *q, int64_t *due_ms);
/* Does the key wait, or is it held, delayed or known to have failed? */
bool wl_queue_knows(const wl_Queue *q, uint64_t key);

enum { WL_QUEUE_BUCKETS = 24 };

/* Durations; buckets[i] counts those of less than 2^i ms that are in no
 * earlier bucket, the last one also all that are longer. */
typedef struct wl_QueueTimes {
  uint64_t count;
  int64_t sum_ms, max_ms;
  uint64_t buckets[WL_QUEUE_BUCKETS];
} wl_QueueTimes;

typedef struct wl_QueueMetrics {
  uint64_t adds;    /* that made a key wait, or wait again */
  uint64_t retries; /* delays asked for, as upstream counts them */
  size_t depth, delayed, held;
  wl_QueueTimes latency; /* from ready to got */
  wl_QueueTimes work;    /* from got to done */
  int64_t unfinished_ms; /* sum over the keys held now */
  int64_t longest_ms;    /* of the keys held now */
} wl_QueueMetrics;

wl_QueueMetrics wl_queue_metrics(wl_Queue *q, int64_t now_ms); /* O(keys) */

#endif
