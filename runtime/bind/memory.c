/* SPDX-License-Identifier: MIT */
#include "memory.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "../core/heap.h"

/* Larger blocks go to malloc directly, which may fail where the heap panics:
 * a script that asks for too much gets an error. */
static bool is_small(size_t size) {
#ifdef WL_PLAIN_MALLOC
  (void)size;
  return false;
#else
  return size <= 512;
#endif
}

static void *take(wl_Heap *heap, size_t size) {
  return is_small(size) ? wl_alloc(heap, size) : malloc(size);
}

static void give_back(wl_Heap *heap, void *block, size_t size) {
  if (is_small(size))
    wl_dealloc(heap, block, size);
  else
    free(block);
}

void *wl_lua_alloc(void *context, void *block, size_t old_size, size_t size) {
  wl_Heap *heap = context;
  if (block == NULL) /* then old_size is no size */
    return size == 0 ? NULL : take(heap, size);
  if (size == 0) {
    give_back(heap, block, old_size);
    return NULL;
  }
  if (!is_small(old_size) && !is_small(size))
    return realloc(block, size);
  if (is_small(old_size) && is_small(size))
    return wl_realloc(heap, block, old_size, size);
  void *moved = take(heap, size);
  if (moved == NULL)
    return NULL;
  memcpy(moved, block, old_size < size ? old_size : size);
  give_back(heap, block, old_size);
  return moved;
}
