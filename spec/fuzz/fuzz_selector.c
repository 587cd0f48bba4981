/* SPDX-License-Identifier: MIT */
/* fuzz_selector.c - any bytes to the label selector's parser; what it takes
 * prints as text that reads back as the same selector. */
#include <stdint.h>
#include <stdlib.h>

#include "../../runtime/core/selector.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool holds) {
  if (!holds)
    abort();
}

static void check(wl_Heap *heap, const wl_Selector *s) {
  wl_Value printed = wl_selector_text(s);
  wl_Text text = wl_text(&printed);
  wl_Selector *again = wl_selector_parse(heap, text.bytes, text.length, NULL);
  must(again != NULL && wl_selector_equal(s, again));
  must(wl_selector_hash(s) == wl_selector_hash(again));
  must(wl_selector_count(s) > 0 || wl_selector_matches_everything(s));
  wl_selector_matches(s, WL_VALUE_ABSENT);
  wl_selector_release(again);
  wl_release(heap, printed);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  wl_Heap *heap = wl_heap_new(NULL, NULL);
  wl_Error error = {0};
  wl_Selector *s = wl_selector_parse(heap, (const char *)data, size, &error);
  if (s != NULL)
    check(heap, s);
  else
    must(error.code != WL_OK && error.column > 0 && error.column <= size + 1 &&
         error.message[0] != '\0');
  wl_selector_release(s);
  wl_heap_free(heap);
  return 0;
}
