/* SPDX-License-Identifier: MIT */
/*
 * heap.h - memory of one runtime
 *
 * Small blocks come from size-classed free lists without a header per block;
 * larger ones go to malloc. A heap belongs to one runtime and one thread.
 *
 * Running out of memory is not an error a caller handles: the heap's panic
 * function is called and must not return (the default aborts). So nothing
 * below checks for NULL, and no structure is ever left half built.
 *
 * Built with WL_PLAIN_MALLOC every block is a malloc of its own, so that the
 * sanitizers see each one, and wl_heap_free leaves to the leak checker what
 * its owner forgot to give back.
 */
#ifndef WL_HEAP_H
#define WL_HEAP_H

#include <stddef.h>
#include <stdint.h>

typedef struct wl_Heap wl_Heap;
typedef void wl_Panic(void *context, size_t wanted_bytes);

/* The interning tables of value.c and shape.c hang on the heap, so that two
 * runtimes in one process share nothing. */
wl_Heap *wl_heap_new(wl_Panic *panic, void *context);
void wl_heap_free(wl_Heap *heap); /* every block of it is gone afterwards */

void *wl_alloc(wl_Heap *heap, size_t bytes); /* uninitialised */
void *wl_alloc_zeroed(wl_Heap *heap, size_t bytes);
void wl_dealloc(wl_Heap *heap, void *block, size_t bytes); /* NULL allowed */
void *wl_realloc(wl_Heap *heap, void *block, size_t old_bytes,
                 size_t new_bytes);

/* Bytes handed out and not given back. O(1). */
size_t wl_heap_used(const wl_Heap *heap);

#endif
