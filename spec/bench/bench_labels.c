/* SPDX-License-Identifier: MIT */
/* bench_labels.c - a label query with three terms over 100,000 objects of
 * five labels each, 1% matching: through the postings, and by testing each. */
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "../../runtime/core/store.h"

enum { OBJECTS = 100000, ROUNDS = 200, SCANS = 10 };

static wl_Heap *heap;
static wl_Store *store;
static wl_Kind *kind;

static double seconds(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static wl_Value text(const char *format, int i) {
  char buffer[64];
  int length = snprintf(buffer, sizeof buffer, format, i);
  return wl_string_intern(heap, buffer, (size_t)length);
}

static wl_Value map(size_t n, const char *const *keys, const wl_Value *values) {
  wl_Value k[8];
  for (size_t i = 0; i < n; i++)
    k[i] = wl_key(heap, keys[i]);
  return wl_map_new(heap, k, values, n);
}

/* app has 10 values, tier 5, env 2: one in a hundred has any three of them. */
static wl_Value object(int i) {
  static const char *const label_keys[] = {"app", "tier", "env", "zone",
                                           "instance"};
  static const char *const metadata_keys[] = {"name", "namespace", "labels"};
  static const char *const object_keys[] = {"metadata"};
  wl_Value labels[] = {text("application-%d", i % 10),
                       text("tier-%d", i / 10 % 5), text("env-%d", i / 50 % 2),
                       text("zone-%d", i / 7 % 3), text("instance-%d", i)};
  wl_Value metadata[] = {text("object-%d", i), text("default", 0),
                         map(5, label_keys, labels)};
  wl_Value top[] = {map(3, metadata_keys, metadata)};
  return map(1, object_keys, top);
}

static void fill(void) {
  wl_Error error;
  wl_Value none = wl_list_empty(heap);
  wl_KindOptions options = {
      .name = wl_key(heap, "Pod"),
      .resource = wl_key(heap, "pods"),
      .namespaced = true,
      .facets = wl_facets_compile(heap, none, NULL, NULL, &error),
      .indexed = WL_VALUE_ABSENT,
      .generation = WL_VALUE_ABSENT,
      .keeping = WL_VALUE_ABSENT,
  };
  kind = wl_store_add_kind(store, &options, &error);
  for (int i = 0; i < OBJECTS; i++) {
    wl_Value o = object(i);
    wl_store_create(store, kind, o, &error);
    wl_release(heap, o);
  }
}

static size_t by_postings(const wl_Selector *selector) {
  wl_Ids ids = {NULL, 0, 0};
  wl_store_select(store, kind, WL_VALUE_ABSENT, selector, &ids);
  size_t found = ids.length;
  wl_ids_free(heap, &ids);
  return found;
}

static size_t by_testing(const wl_Selector *selector) {
  wl_Value metadata = wl_key(heap, "metadata"), labels = wl_key(heap, "labels");
  size_t found = 0;
  for (wl_Id id = 1; id <= OBJECTS; id++) {
    wl_Value o = wl_store_value(store, id);
    if (wl_selector_matches(selector,
                            wl_map_get(wl_map_get(o, metadata), labels)))
      found++;
  }
  wl_release(heap, metadata);
  wl_release(heap, labels);
  return found;
}

static double each(size_t (*query)(const wl_Selector *), int rounds,
                   const wl_Selector *selector, size_t *found) {
  double start = seconds();
  for (int i = 0; i < rounds; i++)
    *found = query(selector);
  return (seconds() - start) / rounds;
}

int main(void) {
  static const char query[] = "app=application-3,tier=tier-2,env=env-1";
  heap = wl_heap_new(NULL, NULL);
  store = wl_store_new(heap, 1, 0);
  fill();
  wl_Selector *selector = wl_selector_parse(heap, query, strlen(query), NULL);
  size_t fast_found, slow_found;
  double slow = each(by_testing, SCANS, selector, &slow_found);
  double fast = each(by_postings, ROUNDS, selector, &fast_found);
  if (fast_found != slow_found || fast_found != OBJECTS / 100)
    return fprintf(stderr, "found %zu and %zu\n", fast_found, slow_found), 1;
  printf("bench labels.query.postings %.3g us\n", fast * 1e6);
  printf("bench labels.query.testing %.3g us\n", slow * 1e6);
  printf("bench labels.query.advantage %.3g times\n", slow / fast);
  wl_selector_release(selector);
  wl_store_free(store);
  wl_heap_free(heap);
  return 0;
}
