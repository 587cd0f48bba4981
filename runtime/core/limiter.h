/* SPDX-License-Identifier: MIT */
/*
 * limiter.h - how long a failed key waits before it is tried again
 *
 * A limiter is a list of rules; the longest wait wins. It counts the failures
 * of each key until the key is forgotten. The rules are those of client-go's
 * util/workqueue: exponential backoff for each key, fast and then slow for
 * each key, a token bucket for all keys together.
 *
 * Times are milliseconds. Costs: O(rules), nothing allocated but to grow.
 */
#ifndef WL_LIMITER_H
#define WL_LIMITER_H

#include <stdint.h>

#include "heap.h"
#include "rng.h"

enum { WL_LIMITER_RULES = 4 };

typedef struct wl_Limiter wl_Limiter;

wl_Limiter *wl_limiter_new(wl_Heap *heap); /* no rule: no wait */
void wl_limiter_free(wl_Limiter *l);       /* NULL allowed */

/* At most WL_LIMITER_RULES in all. 0 <= base <= max: the first failure waits
 * base, each further one twice as long, none longer than max. */
void wl_limiter_add_exponential(wl_Limiter *l, int64_t base_ms, int64_t max_ms);
/* The first `tries` failures wait fast, later ones slow. */
void wl_limiter_add_fast_slow(wl_Limiter *l, int64_t fast_ms, int64_t slow_ms,
                              uint32_t tries);
/* per_second > 0, burst >= 1. */
void wl_limiter_add_bucket(wl_Limiter *l, double per_second, double burst);
/* Each wait of an exponential rule is shortened by chance, by up to `fraction`
 * of it (0 to 1): never longer than the cap, and keys that failed together do
 * not come back together. Copies rng. */
void wl_limiter_set_jitter(wl_Limiter *l, const wl_Rng *rng, double fraction);

/* Counts one failure of the key, and says how long it waits. */
int64_t wl_limiter_when(wl_Limiter *l, uint64_t key, int64_t now_ms);
void wl_limiter_forget(wl_Limiter *l, uint64_t key);
uint32_t wl_limiter_failures(const wl_Limiter *l, uint64_t key);

#endif
