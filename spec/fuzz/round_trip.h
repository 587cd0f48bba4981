/* SPDX-License-Identifier: MIT */
/* round_trip.h - what a value must survive: being written and read again */
#ifndef WL_SPEC_ROUND_TRIP_H
#define WL_SPEC_ROUND_TRIP_H

#include <stdlib.h>

#include "../../runtime/io/json.h"
#include "../../runtime/io/yaml.h"

static inline void must(bool holds) {
  if (!holds)
    abort();
}

static inline void round_trip_yaml(wl_Heap *heap, wl_Value v, bool sorted) {
  wl_Buffer text;
  wl_YamlStream again;
  wl_buffer_init(&text, heap);
  must(wl_yaml_write(&text, v, sorted, NULL));
  must(wl_yaml_read(heap, text.bytes, text.length, &again, NULL));
  must(wl_length(again.documents) == (wl_type(v) != WL_NULL));
  must(wl_type(v) == WL_NULL || wl_equal(wl_list_get(again.documents, 0), v));
  wl_release(heap, again.documents);
  wl_release(heap, again.lines);
  wl_buffer_destroy(&text);
}

static inline void round_trip_json(wl_Heap *heap, wl_Value v, size_t indent) {
  wl_Buffer text;
  wl_buffer_init(&text, heap);
  must(wl_json_write(&text, v, &(wl_JsonStyle){.indent = indent}, NULL));
  wl_Value again = wl_json_read(heap, text.bytes, text.length, NULL);
  must(wl_equal(again, v));
  wl_release(heap, again);
  wl_buffer_destroy(&text);
}

#endif
