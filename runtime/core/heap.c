/* SPDX-License-Identifier: MIT */
/*
 * A small block has no header: its size, which the caller tells on return,
 * says which free list it belongs to. Fresh blocks of all sizes are cut one
 * after another from one chunk, so what is made together lies together.
 * Memory once cut to a size stays that size until the heap is freed.
 */
#include "heap.h"

#include <assert.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "heap_private.h"

struct wl_HeapFree {
  wl_HeapFree *next;
};

struct wl_HeapChunk {
  wl_HeapChunk *next;
};

struct wl_HeapLarge {
  wl_HeapLarge *previous, *next;
  size_t bytes;
  size_t padding; /* keeps the block aligned to 16 */
};

#ifdef WL_PLAIN_MALLOC
static const size_t small_max = 0; /* every block is a large one */
#else
static const size_t small_max = WL_HEAP_SMALL_MAX;
#endif

static _Noreturn void panic(const wl_Heap *heap, size_t wanted) {
  if (heap->panic != NULL)
    heap->panic(heap->panic_context, wanted);
  abort();
}

wl_Heap *wl_heap_new(wl_Panic *panic_function, void *context) {
  wl_Heap *heap = calloc(1, sizeof *heap);
  if (heap == NULL) {
    if (panic_function != NULL)
      panic_function(context, sizeof *heap);
    abort();
  }
  heap->panic = panic_function;
  heap->panic_context = context;
  return heap;
}

static void free_large(wl_Heap *heap) {
#ifndef WL_PLAIN_MALLOC /* else what is left is a leak, for all to see */
  for (wl_HeapLarge *block = heap->large, *next; block != NULL; block = next) {
    next = block->next;
    free(block);
  }
#endif
  heap->large = NULL;
}

void wl_heap_free(wl_Heap *heap) {
  if (heap == NULL)
    return;
  for (int i = WL_HEAP_SLOTS - 1; i >= 0; i--)
    if (heap->slots[i] != NULL && heap->slot_free[i] != NULL)
      heap->slot_free[i](heap, heap->slots[i]);
  free_large(heap);
  for (wl_HeapChunk *chunk = heap->chunks, *next; chunk != NULL; chunk = next) {
    next = chunk->next;
    free(chunk);
  }
  free(heap);
}

size_t wl_heap_used(const wl_Heap *heap) {
  return heap->used;
}

/* ---- large blocks: malloc with a header in a list ---- */

static void link_large(wl_Heap *heap, wl_HeapLarge *block) {
  block->previous = NULL;
  block->next = heap->large;
  if (heap->large != NULL)
    heap->large->previous = block;
  heap->large = block;
}

static void unlink_large(wl_Heap *heap, const wl_HeapLarge *block) {
  if (block->previous != NULL)
    block->previous->next = block->next;
  else
    heap->large = block->next;
  if (block->next != NULL)
    block->next->previous = block->previous;
}

static wl_HeapLarge *header_of(void *memory, size_t bytes) {
  wl_HeapLarge *block = (wl_HeapLarge *)memory - 1;
  assert(block->bytes == bytes && "a block goes back with its own size");
  (void)bytes;
  return block;
}

static void *large_alloc(wl_Heap *heap, size_t bytes) {
  wl_HeapLarge *block = NULL;
  if (bytes <= SIZE_MAX - sizeof *block)
    block = malloc(sizeof *block + bytes);
  if (block == NULL)
    panic(heap, bytes);
  block->bytes = bytes;
  link_large(heap, block);
  heap->used += bytes;
  return block + 1;
}

static void large_dealloc(wl_Heap *heap, void *memory, size_t bytes) {
  wl_HeapLarge *block = header_of(memory, bytes);
  unlink_large(heap, block);
  heap->used -= bytes;
  free(block);
}

static void *large_realloc(wl_Heap *heap, void *memory, size_t old_bytes,
                           size_t new_bytes) {
  wl_HeapLarge *block = header_of(memory, old_bytes), *moved = NULL;
  unlink_large(heap, block);
  if (new_bytes <= SIZE_MAX - sizeof *block)
    moved = realloc(block, sizeof *block + new_bytes);
  if (moved == NULL)
    panic(heap, new_bytes);
  moved->bytes = new_bytes;
  link_large(heap, moved);
  heap->used += new_bytes - old_bytes;
  return moved + 1;
}

/* ---- small blocks: free lists, then the newest chunk ---- */

static size_t grains_of(size_t bytes) {
  return bytes == 0 ? 1 : (bytes + WL_HEAP_GRAIN - 1) / WL_HEAP_GRAIN;
}

static void give(wl_Heap *heap, void *memory, size_t grains) {
  wl_HeapFree *block = memory;
  block->next = heap->free[grains];
  heap->free[grains] = block;
}

/* The rest of the last chunk is smaller than a small block: it becomes one. */
static void take_chunk(wl_Heap *heap) {
  size_t rest = (size_t)(heap->fresh_end - heap->fresh);
  if (rest >= WL_HEAP_GRAIN)
    give(heap, heap->fresh, rest / WL_HEAP_GRAIN);
  wl_HeapChunk *chunk = malloc(WL_HEAP_CHUNK);
  if (chunk == NULL)
    panic(heap, WL_HEAP_CHUNK);
  chunk->next = heap->chunks;
  heap->chunks = chunk;
  heap->fresh = (char *)(chunk + 1);
  heap->fresh_end = (char *)chunk + WL_HEAP_CHUNK;
}

static void *cut(wl_Heap *heap, size_t grains) {
  size_t bytes = grains * WL_HEAP_GRAIN;
  if ((size_t)(heap->fresh_end - heap->fresh) < bytes)
    take_chunk(heap);
  void *memory = heap->fresh;
  heap->fresh += bytes;
  return memory;
}

void *wl_alloc(wl_Heap *heap, size_t bytes) {
  if (bytes > small_max || small_max == 0)
    return large_alloc(heap, bytes);
  size_t grains = grains_of(bytes);
  wl_HeapFree *block = heap->free[grains];
  heap->used += bytes;
  if (block == NULL)
    return cut(heap, grains);
  heap->free[grains] = block->next;
  return block;
}

void *wl_alloc_zeroed(wl_Heap *heap, size_t bytes) {
  return memset(wl_alloc(heap, bytes), 0, bytes);
}

void wl_dealloc(wl_Heap *heap, void *block, size_t bytes) {
  if (block == NULL)
    return;
  if (bytes > small_max || small_max == 0) {
    large_dealloc(heap, block, bytes);
    return;
  }
  heap->used -= bytes;
  give(heap, block, grains_of(bytes));
}

void *wl_realloc(wl_Heap *heap, void *block, size_t old_bytes,
                 size_t new_bytes) {
  if (block == NULL)
    return wl_alloc(heap, new_bytes);
  bool old_small = old_bytes <= small_max && small_max != 0;
  bool new_small = new_bytes <= small_max && small_max != 0;
  if (!old_small && !new_small)
    return large_realloc(heap, block, old_bytes, new_bytes);
  if (old_small && new_small && grains_of(old_bytes) == grains_of(new_bytes)) {
    heap->used += new_bytes - old_bytes;
    return block;
  }
  void *moved = wl_alloc(heap, new_bytes);
  memcpy(moved, block, old_bytes < new_bytes ? old_bytes : new_bytes);
  wl_dealloc(heap, block, old_bytes);
  return moved;
}
