/* SPDX-License-Identifier: MIT */
/* table.h - a hash table from values to pointers. Keys are compared with
 * wl_equal and kept alive; there is no order. O(1). */
#ifndef WL_TABLE_H
#define WL_TABLE_H

#include "value.h"

typedef struct wl_Table {
  wl_Heap *heap;
  struct wl_TableSlot *slots;
  size_t count, size;
} wl_Table;

void wl_table_init(wl_Table *table, wl_Heap *heap);
void wl_table_destroy(wl_Table *table);
void *wl_table_get(const wl_Table *table, wl_Value key); /* NULL: not there */
/* data is not NULL; replaces what is there. */
void wl_table_put(wl_Table *table, wl_Value key, void *data);
void wl_table_remove(wl_Table *table, wl_Value key);
/* Visit the i-th slot, 0 <= i < table->size: its data, or NULL when empty. */
void *wl_table_at(const wl_Table *table, size_t i, wl_Value *key);

#endif
