/* SPDX-License-Identifier: MIT */
/* builder.c - building a list or map from items that come one by one. */
#include <string.h>

#include "value_private.h"

enum { FIRST_ITEMS = 16, SCANNED_PAIRS = 16 };

void wl_builder_init(wl_Builder *b, wl_Heap *heap) {
  *b = (wl_Builder){.heap = heap};
}

static void forget_index(wl_Builder *b) {
  wl_dealloc(b->heap, b->index, b->index_size * sizeof *b->index);
  b->index = NULL;
  b->index_size = 0;
}

static void forget_items(wl_Builder *b) {
  wl_dealloc(b->heap, b->items, b->capacity * sizeof *b->items);
  b->items = NULL;
  b->length = b->capacity = 0;
  forget_index(b);
}

void wl_builder_destroy(wl_Builder *b) {
  for (size_t i = 0; i < b->length; i++)
    wl_release(b->heap, b->items[i]);
  forget_items(b);
}

void wl_builder_add(wl_Builder *b, wl_Value item) {
  if (b->length == b->capacity) {
    size_t capacity = b->capacity == 0 ? FIRST_ITEMS : 2 * b->capacity;
    b->items = wl_realloc(b->heap, b->items, b->capacity * sizeof *b->items,
                          capacity * sizeof *b->items);
    b->capacity = capacity;
  }
  b->items[b->length++] = item;
}

/* The slot of the index where the key is or would be. */
static uint32_t *slot_of(const wl_Builder *b, wl_Value key) {
  size_t mask = b->index_size - 1, at = wl_hash(key) & mask;
  while (b->index[at] != UINT32_MAX &&
         !wl_same(b->items[2 * b->index[at]], key))
    at = (at + 1) & mask;
  return &b->index[at];
}

static void rebuild_index(wl_Builder *b) {
  size_t size = b->index_size == 0 ? 8 * SCANNED_PAIRS : 2 * b->index_size;
  forget_index(b);
  b->index = wl_alloc(b->heap, size * sizeof *b->index);
  b->index_size = size;
  memset(b->index, 0xff, size * sizeof *b->index);
  for (uint32_t i = 0; i < b->length / 2; i++)
    *slot_of(b, b->items[2 * i]) = i;
}

static bool has_key(wl_Builder *b, wl_Value key) {
  size_t pairs = b->length / 2;
  if (pairs <= SCANNED_PAIRS) {
    for (size_t i = 0; i < pairs; i++)
      if (wl_same(b->items[2 * i], key))
        return true;
    return false;
  }
  if (2 * pairs >= b->index_size)
    rebuild_index(b);
  uint32_t *slot = slot_of(b, key);
  if (*slot != UINT32_MAX)
    return true;
  *slot = (uint32_t)pairs;
  return false;
}

bool wl_builder_put(wl_Builder *b, wl_Value key, wl_Value value) {
  if (has_key(b, key)) {
    wl_release(b->heap, key);
    wl_release(b->heap, value);
    return false;
  }
  wl_builder_add(b, key);
  wl_builder_add(b, value);
  return true;
}

wl_Value wl_builder_list(wl_Builder *b) {
  wl_Value list = wl_list_new(b->heap, b->items, b->length);
  forget_items(b);
  return list;
}

wl_Value wl_builder_map(wl_Builder *b) {
  size_t n = b->length / 2, bytes = b->length * sizeof(wl_Value);
  wl_Value *columns = wl_alloc(b->heap, bytes + 1);
  for (size_t i = 0; i < n; i++) {
    columns[i] = b->items[2 * i];
    columns[n + i] = b->items[2 * i + 1];
  }
  wl_Value map = wl_map_new(b->heap, columns, columns + n, n);
  wl_dealloc(b->heap, columns, bytes + 1);
  forget_items(b);
  return map;
}
