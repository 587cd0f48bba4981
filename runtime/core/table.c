/* SPDX-License-Identifier: MIT */
/* table.c - open addressing with linear probing and gap closing. */
#include "table.h"

typedef struct wl_TableSlot {
  wl_Value key;
  void *data; /* NULL: free */
} Slot;

enum { FIRST_SLOTS = 8 };

void wl_table_init(wl_Table *t, wl_Heap *heap) {
  *t = (wl_Table){.heap = heap};
}

void wl_table_destroy(wl_Table *t) {
  for (size_t i = 0; i < t->size; i++)
    if (t->slots[i].data != NULL)
      wl_release(t->heap, t->slots[i].key);
  wl_dealloc(t->heap, t->slots, t->size * sizeof(Slot));
  *t = (wl_Table){.heap = t->heap};
}

static Slot *slot_of(const wl_Table *t, wl_Value key) {
  size_t mask = t->size - 1, at = wl_hash(key) & mask;
  while (t->slots[at].data != NULL && !wl_equal(t->slots[at].key, key))
    at = (at + 1) & mask;
  return &t->slots[at];
}

void *wl_table_get(const wl_Table *t, wl_Value key) {
  return t->size == 0 ? NULL : slot_of(t, key)->data;
}

static void grow(wl_Table *t) {
  wl_Table old = *t;
  t->size = old.size == 0 ? FIRST_SLOTS : 2 * old.size;
  t->slots = wl_alloc_zeroed(t->heap, t->size * sizeof(Slot));
  for (size_t i = 0; i < old.size; i++)
    if (old.slots[i].data != NULL)
      *slot_of(t, old.slots[i].key) = old.slots[i];
  wl_dealloc(t->heap, old.slots, old.size * sizeof(Slot));
}

void wl_table_put(wl_Table *t, wl_Value key, void *data) {
  if (t->count * 4 >= t->size * 3)
    grow(t);
  Slot *slot = slot_of(t, key);
  if (slot->data == NULL) {
    slot->key = wl_retain(key);
    t->count++;
  }
  slot->data = data;
}

void wl_table_remove(wl_Table *t, wl_Value key) {
  if (t->size == 0)
    return;
  Slot *slot = slot_of(t, key);
  if (slot->data == NULL)
    return;
  wl_Value gone = slot->key;
  size_t mask = t->size - 1, at = (size_t)(slot - t->slots);
  for (size_t next = (at + 1) & mask; t->slots[next].data != NULL;
       next = (next + 1) & mask) {
    size_t home = wl_hash(t->slots[next].key) & mask;
    if (((next - home) & mask) < ((next - at) & mask))
      continue;
    t->slots[at] = t->slots[next];
    at = next;
  }
  t->slots[at] = (Slot){.data = NULL};
  t->count--;
  wl_release(t->heap, gone);
}

void *wl_table_at(const wl_Table *t, size_t i, wl_Value *key) {
  if (t->slots[i].data != NULL && key != NULL)
    *key = t->slots[i].key;
  return t->slots[i].data;
}
