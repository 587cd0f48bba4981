/* SPDX-License-Identifier: MIT */
/* fuzz_json.c - any bytes to the JSON reader; what it takes survives being
 * written as JSON and as YAML. */
#include <stdint.h>

#include "../../runtime/io/excerpt.h"
#include "round_trip.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  wl_Heap *heap = wl_heap_new(NULL, NULL);
  wl_Error error = {0};
  const char *text = (const char *)data;
  wl_Value v = wl_json_read(heap, text, size, &error);
  if (wl_is_absent(v)) {
    wl_Buffer excerpt;
    wl_buffer_init(&excerpt, heap);
    must(error.line > 0 && error.column > 0);
    wl_excerpt(&excerpt, text, size, error.line, error.column);
    wl_buffer_destroy(&excerpt);
  } else {
    round_trip_json(heap, v, 0);
    round_trip_json(heap, v, 4);
    round_trip_yaml(heap, v, false);
    wl_release(heap, v);
  }
  wl_heap_free(heap);
  return 0;
}
