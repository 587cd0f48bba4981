/* SPDX-License-Identifier: MIT */
/*
 * heapq.h - numbered items in the order of a priority that may change
 *
 * An item is a number from 1 up, and is in the heap at most once. The first
 * item is the one of the greatest priority; among equals, the lowest number.
 * So the order depends on nothing but what was set.
 *
 * Memory follows the highest item number ever set, so number items densely.
 * Costs: set, remove O(log n); first, get O(1).
 */
#ifndef WL_HEAPQ_H
#define WL_HEAPQ_H

#include <stdbool.h>
#include <stdint.h>

#include "heap.h"

enum { WL_HEAPQ_MAX_ITEM = 1 << 24 };

typedef struct wl_HeapqEntry {
  double priority;
  uint32_t item;
} wl_HeapqEntry;

typedef struct wl_Heapq {
  wl_Heap *heap;
  wl_HeapqEntry *entries;
  uint32_t length, capacity;
  uint32_t *places; /* item -> place in entries + 1, or 0 */
  uint32_t places_length;
} wl_Heapq;

void wl_heapq_init(wl_Heapq *q, wl_Heap *heap); /* borrows heap */
void wl_heapq_destroy(wl_Heapq *q);

/* Put an item in, or give it another priority. 1 <= item <= MAX_ITEM and the
 * priority is a number. */
void wl_heapq_set(wl_Heapq *q, uint32_t item, double priority);
bool wl_heapq_remove(wl_Heapq *q, uint32_t item); /* false: was not in */
void wl_heapq_clear(wl_Heapq *q);

/* Valid until the next change; NULL when there is none. */
const wl_HeapqEntry *wl_heapq_first(const wl_Heapq *q);
const wl_HeapqEntry *wl_heapq_get(const wl_Heapq *q, uint32_t item);

#endif
