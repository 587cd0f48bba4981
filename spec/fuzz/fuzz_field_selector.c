/* SPDX-License-Identifier: MIT */
/* fuzz_field_selector.c - any bytes to the field selector's parser; what it
 * takes prints as text that reads back as the same terms. */
#include <stdint.h>
#include <stdlib.h>

#include "../../runtime/core/field_selector.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool holds) {
  if (!holds)
    abort();
}

/* The terms may change places: they are sorted as they were written. */
static void check(wl_Heap *heap, const wl_FieldSelector *s) {
  wl_Value printed = wl_field_selector_text(s);
  wl_Text text = wl_text(&printed);
  wl_FieldSelector *again =
      wl_field_selector_parse(heap, text.bytes, text.length, NULL);
  must(again != NULL);
  must(wl_field_selector_count(s) == wl_field_selector_count(again));
  must(wl_field_selector_matches(s, WL_VALUE_NULL) ==
       wl_field_selector_matches(again, WL_VALUE_NULL));
  wl_field_selector_release(again);
  wl_release(heap, printed);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  wl_Heap *heap = wl_heap_new(NULL, NULL);
  wl_Error error = {0};
  wl_FieldSelector *s =
      wl_field_selector_parse(heap, (const char *)data, size, &error);
  if (s != NULL)
    check(heap, s);
  else
    must(error.code != WL_OK && error.message[0] != '\0');
  wl_field_selector_release(s);
  wl_heap_free(heap);
  return 0;
}
