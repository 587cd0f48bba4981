/* SPDX-License-Identifier: MIT */
/*
 * heap_private.h - the insides of a heap, for the modules that hang on it
 *
 * A module of the core that needs tables shared by everything on one heap
 * (interned strings, shapes) keeps its pointer in a slot. Nobody else
 * includes this file.
 */
#ifndef WL_HEAP_PRIVATE_H
#define WL_HEAP_PRIVATE_H

#include "heap.h"

enum {
  WL_HEAP_GRAIN = 8,        /* every block is aligned to this */
  WL_HEAP_SMALL_MAX = 1024, /* larger blocks are malloc's */
  WL_HEAP_CLASSES = WL_HEAP_SMALL_MAX / WL_HEAP_GRAIN + 1,
  WL_HEAP_CHUNK = 256 * 1024 /* bytes taken from malloc at a time */
};

typedef enum wl_HeapSlot {
  WL_HEAP_SLOT_VALUES, /* value_private.h */
  WL_HEAP_SLOT_SPARE_A,
  WL_HEAP_SLOT_SPARE_B,
  WL_HEAP_SLOTS
} wl_HeapSlot;

/* Called by wl_heap_free before any block goes, last slot first; slots whose
 * `data` is NULL are passed over. Needed only for what is not on the heap. */
typedef void wl_HeapSlotFree(wl_Heap *heap, void *data);

typedef struct wl_HeapFree wl_HeapFree;   /* a free small block */
typedef struct wl_HeapChunk wl_HeapChunk; /* where small blocks come from */
typedef struct wl_HeapLarge wl_HeapLarge; /* the header of a large block */

struct wl_Heap {
  wl_HeapFree *free[WL_HEAP_CLASSES]; /* by size in grains */
  char *fresh, *fresh_end;            /* what is left of the newest chunk */
  size_t used;                        /* bytes handed out */
  wl_HeapChunk *chunks;
  wl_HeapLarge *large; /* all large blocks, so that free finds them */
  wl_Panic *panic;
  void *panic_context;
  void *slots[WL_HEAP_SLOTS];
  wl_HeapSlotFree *slot_free[WL_HEAP_SLOTS];
};

#endif
