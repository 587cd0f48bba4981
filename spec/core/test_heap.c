/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdint.h>

#include "../../runtime/core/error.h"
#include "../../runtime/core/heap.h"
#include "../../runtime/core/heap_private.h"
#include "check.h"

static void blocks_are_apart_and_aligned(void) {
  enum { BLOCKS = 3000 };
  static unsigned char *blocks[BLOCKS];
  wl_Heap *heap = wl_heap_new(NULL, NULL);
  size_t sum = 0;
  for (size_t i = 0; i < BLOCKS; i++) {
    blocks[i] = wl_alloc(heap, i);
    memset(blocks[i], (int)(i & 0xff), i);
    sum += i;
    CHECK((uintptr_t)blocks[i] % 8 == 0);
  }
  CHECK(wl_heap_used(heap) == sum);
  int whole = 1;
  for (size_t i = 0; i < BLOCKS; i++) {
    for (size_t j = 0; j < i; j++)
      whole &= blocks[i][j] == (i & 0xff);
    wl_dealloc(heap, blocks[i], i);
  }
  CHECK(whole);
  CHECK(wl_heap_used(heap) == 0);
  wl_heap_free(heap);
}

static void growing_keeps_the_contents(void) {
  wl_Heap *heap = wl_heap_new(NULL, NULL);
  char *block = NULL;
  size_t size = 0;
  for (size_t next = 1; next < 100000; next += next / 3 + 1) {
    block = wl_realloc(heap, block, size, next);
    for (; size < next; size++)
      block[size] = (char)(size % 100);
  }
  for (size_t next = size; next > 1; next -= next / 5 + 1) {
    block = wl_realloc(heap, block, size, next);
    size = next;
  }
  int whole = 1;
  for (size_t i = 0; i < size; i++)
    whole &= block[i] == (char)(i % 100);
  CHECK(whole);
  CHECK(wl_heap_used(heap) == size);
  wl_dealloc(heap, block, size);
  wl_heap_free(heap);
}

static void zeroed_is_zero_also_when_used_before(void) {
  wl_Heap *heap = wl_heap_new(NULL, NULL);
  unsigned char *block = wl_alloc(heap, 64);
  memset(block, 0xff, 64);
  wl_dealloc(heap, block, 64);
  block = wl_alloc_zeroed(heap, 64);
  int sum = 0;
  for (int i = 0; i < 64; i++)
    sum |= block[i];
  CHECK(sum == 0);
  wl_dealloc(heap, block, 64);
  wl_dealloc(heap, NULL, 10);
  wl_heap_free(heap);
  wl_heap_free(NULL);
}

static void note_slot(wl_Heap *heap, void *data) {
  (void)heap;
  int *count = data;
  ++*count;
}

static void slots_are_freed_first(void) {
  wl_Heap *heap = wl_heap_new(NULL, NULL);
  int count = 0;
  heap->slots[WL_HEAP_SLOT_SPARE_A] = &count;
  heap->slot_free[WL_HEAP_SLOT_SPARE_A] = note_slot;
  wl_heap_free(heap);
  CHECK(count == 1);
}

static jmp_buf out;
static size_t wanted_bytes;

static void escape(void *context, size_t wanted) {
  (void)context;
  wanted_bytes = wanted;
  longjmp(out, 1);
}

static void too_much_panics(void) {
  wl_Heap *heap = wl_heap_new(escape, NULL);
  if (setjmp(out) == 0) {
    wl_alloc(heap, SIZE_MAX - 8);
    CHECK(0);
  }
  CHECK(wanted_bytes == SIZE_MAX - 8);
  CHECK(wl_heap_used(heap) == 0);
  wl_heap_free(heap);
}

static void errors_are_one_line(void) {
  wl_Error error;
  CHECK(!wl_fail(&error, WL_ECONFLICT, "a %s\nb\r%d", "x", 1));
  CHECK_TEXT(error.message, "a x b 1");
  CHECK_TEXT(wl_code_name(error.code), "Conflict");
  CHECK(!wl_fail(NULL, WL_EINVALID, "nobody listens"));
  char longer[2000];
  memset(longer, 'x', sizeof longer - 1);
  longer[sizeof longer - 1] = '\0';
  wl_fail(&error, WL_EINVALID, "%s", longer);
  CHECK(strlen(error.message) == sizeof error.message - 1);
}

int main(void) {
  blocks_are_apart_and_aligned();
  growing_keeps_the_contents();
  zeroed_is_zero_also_when_used_before();
  slots_are_freed_first();
  too_much_panics();
  errors_are_one_line();
  return check_report();
}
