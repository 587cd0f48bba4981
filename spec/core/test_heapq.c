/* SPDX-License-Identifier: MIT */
#include "../../runtime/core/heapq.h"

#include <stdlib.h>

#include "check.h"

static void test_order(wl_Heap *heap) {
  wl_Heapq q;
  wl_heapq_init(&q, heap);
  CHECK(wl_heapq_first(&q) == NULL);
  wl_heapq_set(&q, 3, 1.0);
  wl_heapq_set(&q, 9, 2.0);
  wl_heapq_set(&q, 5, 2.0);
  CHECK(wl_heapq_first(&q)->item == 5);
  wl_heapq_set(&q, 5, 0.5);
  CHECK(wl_heapq_first(&q)->item == 9);
  CHECK(wl_heapq_get(&q, 5)->priority == 0.5);
  CHECK(wl_heapq_remove(&q, 9));
  CHECK(!wl_heapq_remove(&q, 9));
  CHECK(!wl_heapq_remove(&q, 4000));
  CHECK(wl_heapq_first(&q)->item == 3);
  wl_heapq_clear(&q);
  CHECK(wl_heapq_get(&q, 3) == NULL);
  CHECK(wl_heapq_first(&q) == NULL);
  wl_heapq_destroy(&q);
}

/* Against the plainest thing that can work: a scan. */
static uint32_t scan(const double *priorities, uint32_t n) {
  uint32_t best = 0;
  for (uint32_t i = 1; i <= n; i++)
    if (priorities[i] >= 0 && (best == 0 || priorities[i] > priorities[best]))
      best = i;
  return best;
}

static void test_against_scan(wl_Heap *heap) {
  enum { ITEMS = 200, STEPS = 20000 };
  double priorities[ITEMS + 1];
  for (uint32_t i = 0; i <= ITEMS; i++)
    priorities[i] = -1;
  wl_Heapq q;
  wl_heapq_init(&q, heap);
  srand(7);
  int agreed = 1;
  for (int step = 0; step < STEPS; step++) {
    uint32_t item = 1 + (uint32_t)rand() % ITEMS;
    if (rand() % 3 == 0) {
      agreed &= wl_heapq_remove(&q, item) == (priorities[item] >= 0);
      priorities[item] = -1;
    } else {
      priorities[item] = rand() % 50;
      wl_heapq_set(&q, item, priorities[item]);
    }
    const wl_HeapqEntry *first = wl_heapq_first(&q);
    agreed &= (first ? first->item : 0) == scan(priorities, ITEMS);
  }
  CHECK(agreed);
  wl_heapq_destroy(&q);
}

int main(void) {
  wl_Heap *heap = wl_heap_new(NULL, NULL);
  test_order(heap);
  test_against_scan(heap);
  CHECK(wl_heap_used(heap) == 0);
  wl_heap_free(heap);
  return check_report();
}
