/* SPDX-License-Identifier: MIT */
/*
 * idmap.h - from a 64-bit id to a small number
 *
 * Open addressing with linear probing; removal closes the gap, so there are no
 * tombstones and a lookup never gets slower with age. Nothing is allocated
 * but to grow. Zeroed with its heap set it is an empty map.
 */
#ifndef WL_IDMAP_H
#define WL_IDMAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "heap.h"

enum { WL_IDMAP_NONE = 0 }; /* what a missing id reads as */

typedef struct wl_IdSlot {
  uint64_t id;
  uint32_t value; /* WL_IDMAP_NONE: free */
} wl_IdSlot;

typedef struct wl_IdMap {
  wl_Heap *heap;
  wl_IdSlot *slots;
  size_t count;
  unsigned bits; /* 2^bits slots; 0: none yet */
} wl_IdMap;

void wl_idmap_init(wl_IdMap *m, wl_Heap *heap);
void wl_idmap_destroy(wl_IdMap *m); /* twice is fine */

uint32_t wl_idmap_get(const wl_IdMap *m, uint64_t id);
/* The place of an id's value, made (with WL_IDMAP_NONE in it, to be set by the
 * caller at once) where it is new. Valid until the next change. */
uint32_t *wl_idmap_at(wl_IdMap *m, uint64_t id);
void wl_idmap_remove(wl_IdMap *m, uint64_t id); /* a missing id is fine */

#endif
