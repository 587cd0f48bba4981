/* SPDX-License-Identifier: MIT */
#include "limiter.h"

#include <assert.h>
#include <math.h>

#include "idmap.h"

typedef enum RuleType { EXPONENTIAL, FAST_SLOW, BUCKET } RuleType;

typedef struct Rule {
  RuleType type;
  int64_t first_ms, last_ms; /* base and max, or fast and slow */
  uint32_t tries;
  double per_ms, burst, tokens; /* of a bucket; negative: promised ahead */
  int64_t filled_ms;            /* when `tokens` was right */
} Rule;

struct wl_Limiter {
  wl_Heap *heap;
  wl_IdMap failures;
  Rule rules[WL_LIMITER_RULES];
  size_t count;
  double jitter;
  wl_Rng rng;
};

wl_Limiter *wl_limiter_new(wl_Heap *heap) {
  wl_Limiter *l = wl_alloc_zeroed(heap, sizeof *l);
  l->heap = heap;
  wl_idmap_init(&l->failures, heap);
  return l;
}

void wl_limiter_free(wl_Limiter *l) {
  if (l == NULL)
    return;
  wl_idmap_destroy(&l->failures);
  wl_dealloc(l->heap, l, sizeof *l);
}

static void add(wl_Limiter *l, Rule rule) {
  assert(l->count < WL_LIMITER_RULES);
  l->rules[l->count++] = rule;
}

void wl_limiter_add_exponential(wl_Limiter *l, int64_t base_ms,
                                int64_t max_ms) {
  add(l, (Rule){.type = EXPONENTIAL, .first_ms = base_ms, .last_ms = max_ms});
}

void wl_limiter_add_fast_slow(wl_Limiter *l, int64_t fast_ms, int64_t slow_ms,
                              uint32_t tries) {
  add(l, (Rule){.type = FAST_SLOW,
                .first_ms = fast_ms,
                .last_ms = slow_ms,
                .tries = tries});
}

void wl_limiter_add_bucket(wl_Limiter *l, double per_second, double burst) {
  add(l, (Rule){.type = BUCKET,
                .per_ms = per_second / 1000,
                .burst = burst,
                .tokens = burst,
                .filled_ms = INT64_MIN});
}

void wl_limiter_set_jitter(wl_Limiter *l, const wl_Rng *rng, double fraction) {
  l->rng = *rng;
  l->jitter = fraction;
}

static int64_t exponential(wl_Limiter *l, const Rule *r, uint32_t failures) {
  int64_t wait = r->first_ms;
  for (uint32_t i = 0; i < failures && wait < r->last_ms && wait > 0; i++)
    wait = wait > r->last_ms / 2 ? r->last_ms : wait * 2;
  if (wait > r->last_ms)
    wait = r->last_ms;
  if (l->jitter > 0)
    wait -= (int64_t)((double)wait * l->jitter * wl_rng_number(&l->rng));
  return wait;
}

/* One token is taken now; when there is none, one that comes later. */
static int64_t bucket(Rule *r, int64_t now_ms) {
  if (r->filled_ms != INT64_MIN && now_ms > r->filled_ms)
    r->tokens += (double)(now_ms - r->filled_ms) * r->per_ms;
  if (r->tokens > r->burst)
    r->tokens = r->burst;
  if (now_ms > r->filled_ms)
    r->filled_ms = now_ms;
  r->tokens -= 1;
  return r->tokens >= 0 ? 0 : (int64_t)ceil(-r->tokens / r->per_ms - 1e-6);
}

static int64_t wait_of(wl_Limiter *l, Rule *r, uint32_t failures,
                       int64_t now_ms) {
  switch (r->type) {
  case EXPONENTIAL:
    return exponential(l, r, failures);
  case FAST_SLOW:
    return failures < r->tries ? r->first_ms : r->last_ms;
  default:
    return bucket(r, now_ms);
  }
}

int64_t wl_limiter_when(wl_Limiter *l, uint64_t key, int64_t now_ms) {
  uint32_t *failures = wl_idmap_at(&l->failures, key), before = *failures;
  int64_t longest = 0;
  if (before < UINT32_MAX)
    *failures = before + 1;
  for (size_t i = 0; i < l->count; i++) {
    int64_t wait = wait_of(l, &l->rules[i], before, now_ms);
    if (wait > longest)
      longest = wait;
  }
  return longest;
}

void wl_limiter_forget(wl_Limiter *l, uint64_t key) {
  wl_idmap_remove(&l->failures, key);
}

uint32_t wl_limiter_failures(const wl_Limiter *l, uint64_t key) {
  return wl_idmap_get(&l->failures, key);
}
