/* SPDX-License-Identifier: MIT */
#include "heapq.h"

#include <string.h>

void wl_heapq_init(wl_Heapq *q, wl_Heap *heap) {
  *q = (wl_Heapq){.heap = heap};
}

void wl_heapq_destroy(wl_Heapq *q) {
  wl_dealloc(q->heap, q->entries, q->capacity * sizeof *q->entries);
  wl_dealloc(q->heap, q->places, q->places_length * sizeof *q->places);
  wl_heapq_init(q, q->heap);
}

/* Room for `wanted` things where there is room for `have`: how many to have. */
static uint32_t grown(uint32_t have, uint32_t wanted) {
  uint32_t size = have < 16 ? 16 : have;
  while (size < wanted)
    size *= 2;
  return size;
}

static void know_item(wl_Heapq *q, uint32_t item) {
  if (item < q->places_length)
    return;
  uint32_t length = grown(q->places_length, item + 1);
  q->places =
      wl_realloc(q->heap, q->places, q->places_length * sizeof *q->places,
                 length * sizeof *q->places);
  memset(q->places + q->places_length, 0,
         (length - q->places_length) * sizeof *q->places);
  q->places_length = length;
}

static uint32_t new_place(wl_Heapq *q) {
  if (q->length == q->capacity) {
    uint32_t capacity = grown(q->capacity, q->length + 1);
    q->entries =
        wl_realloc(q->heap, q->entries, q->capacity * sizeof *q->entries,
                   capacity * sizeof *q->entries);
    q->capacity = capacity;
  }
  return q->length++;
}

static bool before(wl_HeapqEntry a, wl_HeapqEntry b) {
  if (a.priority != b.priority)
    return a.priority > b.priority;
  return a.item < b.item;
}

static void put(wl_Heapq *q, uint32_t place, wl_HeapqEntry entry) {
  q->entries[place] = entry;
  q->places[entry.item] = place + 1;
}

/* Put an entry where it belongs, between `place`, which is free, and the
 * root. Returns where. */
static uint32_t rise(wl_Heapq *q, uint32_t place, wl_HeapqEntry entry) {
  while (place > 0) {
    uint32_t parent = (place - 1) / 2;
    if (!before(entry, q->entries[parent]))
      break;
    put(q, place, q->entries[parent]);
    place = parent;
  }
  put(q, place, entry);
  return place;
}

/* The same between `place` and the leaves. */
static void sink(wl_Heapq *q, uint32_t place, wl_HeapqEntry entry) {
  for (;;) {
    uint32_t child = 2 * place + 1;
    if (child >= q->length)
      break;
    if (child + 1 < q->length &&
        before(q->entries[child + 1], q->entries[child]))
      child++;
    if (!before(q->entries[child], entry))
      break;
    put(q, place, q->entries[child]);
    place = child;
  }
  put(q, place, entry);
}

static void settle(wl_Heapq *q, uint32_t place, wl_HeapqEntry entry) {
  if (rise(q, place, entry) == place)
    sink(q, place, entry);
}

void wl_heapq_set(wl_Heapq *q, uint32_t item, double priority) {
  know_item(q, item);
  uint32_t place = q->places[item] != 0 ? q->places[item] - 1 : new_place(q);
  settle(q, place, (wl_HeapqEntry){priority, item});
}

bool wl_heapq_remove(wl_Heapq *q, uint32_t item) {
  if (item >= q->places_length || q->places[item] == 0)
    return false;
  uint32_t place = q->places[item] - 1;
  q->places[item] = 0;
  wl_HeapqEntry last = q->entries[--q->length];
  if (last.item != item)
    settle(q, place, last);
  return true;
}

void wl_heapq_clear(wl_Heapq *q) {
  for (uint32_t i = 0; i < q->length; i++)
    q->places[q->entries[i].item] = 0;
  q->length = 0;
}

const wl_HeapqEntry *wl_heapq_first(const wl_Heapq *q) {
  return q->length > 0 ? q->entries : NULL;
}

const wl_HeapqEntry *wl_heapq_get(const wl_Heapq *q, uint32_t item) {
  if (item >= q->places_length || q->places[item] == 0)
    return NULL;
  return &q->entries[q->places[item] - 1];
}
