/* SPDX-License-Identifier: MIT */
/* fuzz_path.c - a line that is a path and a line that is a JSON document:
 * what is set at the path is there afterwards, and gone when removed. */
#include <stdint.h>
#include <string.h>

#include "../../runtime/core/path.h"
#include "round_trip.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void set_and_remove(wl_Heap *heap, const wl_Path *path, wl_Value root) {
  wl_Error error = {0};
  wl_Value before = wl_path_get(path, root);
  wl_Value mark = wl_key(heap, "a mark of its own");
  wl_Value after =
      wl_path_with(heap, path, wl_retain(root), wl_retain(mark), &error);
  must(wl_is_absent(after) == (error.code != WL_OK));
  /* An item that is replaced is not found by the key it had. */
  wl_Value found = wl_path_get(path, after);
  must(wl_is_absent(after) || wl_is_absent(found) || wl_equal(found, mark));
  wl_release(heap, after);
  wl_release(heap, mark);
  after = wl_path_with(heap, path, wl_retain(root), WL_VALUE_ABSENT, &error);
  must(!wl_is_absent(before) || wl_equal(after, root));
  wl_release(heap, after);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  wl_Heap *heap = wl_heap_new(NULL, NULL);
  wl_Error error = {0};
  const char *text = (const char *)data;
  const char *stop = memchr(text, '\n', size);
  size_t length = stop != NULL ? (size_t)(stop - text) : size;
  wl_Path *path = wl_path_parse(heap, text, length, &error);
  must((path == NULL) == (error.code != WL_OK));
  wl_Value root = WL_VALUE_ABSENT;
  if (stop != NULL)
    root = wl_json_read(heap, stop + 1, size - length - 1, NULL);
  if (path != NULL && !wl_is_absent(root))
    set_and_remove(heap, path, root);
  wl_release(heap, root);
  wl_path_free(heap, path);
  wl_heap_free(heap);
  return 0;
}
