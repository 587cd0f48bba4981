/* SPDX-License-Identifier: MIT */
/* fuzz_yaml.c - any bytes to the YAML reader; each document it takes survives
 * being written, and its fields can be found. */
#include <stdint.h>
#include <string.h>

#include "../../runtime/io/excerpt.h"
#include "round_trip.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_error(wl_Heap *heap, const wl_Error *error, const char *text,
                        size_t size) {
  wl_Buffer excerpt;
  wl_buffer_init(&excerpt, heap);
  must(error->line > 0 && error->column > 0);
  wl_excerpt(&excerpt, text, size, error->line, error->column);
  wl_buffer_destroy(&excerpt);
}

static void check_documents(wl_Heap *heap, const wl_YamlStream *stream,
                            const char *text, size_t size) {
  for (size_t i = 0; i < wl_length(stream->documents); i++) {
    wl_Value v = wl_list_get(stream->documents, i);
    size_t line, column;
    round_trip_yaml(heap, v, i % 2 == 0);
    if (wl_yaml_locate(text, size, i, "a.b[0]", &line, &column))
      must(line >= (size_t)wl_int(wl_list_get(stream->lines, i)));
    else /* JSON with escapes that YAML does not have */
      must(i == 0 && memchr(text, '{', size) != NULL);
  }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  wl_Heap *heap = wl_heap_new(NULL, NULL);
  wl_Error error = {0};
  wl_YamlStream stream;
  const char *text = (const char *)data;
  if (wl_yaml_read(heap, text, size, &stream, &error)) {
    check_documents(heap, &stream, text, size);
    wl_release(heap, stream.documents);
    wl_release(heap, stream.lines);
  } else {
    check_error(heap, &error, text, size);
  }
  wl_heap_free(heap);
  return 0;
}
