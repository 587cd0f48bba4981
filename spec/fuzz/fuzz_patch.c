/* SPDX-License-Identifier: MIT */
/* fuzz_patch.c - three JSON documents, a line each, to every kind of patch:
 * each applies or says why not, and a merge patch made of two values turns one
 * into the other. */
#include <stdint.h>
#include <string.h>

#include "../../runtime/core/patch.h"
#include "round_trip.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { DOCUMENTS = 3 };

/* The next line as a value, null when it is no JSON. */
static wl_Value next_document(wl_Heap *heap, const char **at, const char *end) {
  const char *stop = memchr(*at, '\n', (size_t)(end - *at));
  if (stop == NULL)
    stop = end;
  wl_Value v = wl_json_read(heap, *at, (size_t)(stop - *at), NULL);
  *at = stop < end ? stop + 1 : end;
  return wl_is_absent(v) ? WL_VALUE_NULL : v;
}

static void add_field(wl_Heap *heap, wl_PatchTypes *types, uint32_t number,
                      const char *name, wl_PatchField field) {
  wl_Value key = wl_key(heap, name);
  wl_patch_types_field(types, number, key, field);
  wl_release(heap, key);
}

/* A type with one field of each strategy, which contains itself. */
static wl_PatchType make_type(wl_Heap *heap, wl_PatchTypes *types) {
  uint32_t any = wl_patch_types_add(types, WL_PATCH_ANY, "any");
  uint32_t item = wl_patch_types_add(types, WL_PATCH_OBJECT, "Item");
  wl_Value name = wl_key(heap, "n");
  wl_PatchField list = {.type = item, .merge = true, .merge_key = name};
  wl_PatchField set = {
      .type = any, .merge = true, .merge_key = WL_VALUE_ABSENT};
  wl_PatchField retained = {
      .type = item, .retain_keys = true, .merge_key = WL_VALUE_ABSENT};
  wl_PatchField replaced = {
      .type = any, .replace = true, .merge_key = WL_VALUE_ABSENT};
  wl_PatchField plain = {.type = any, .merge_key = WL_VALUE_ABSENT};
  add_field(heap, types, item, "l", list);
  add_field(heap, types, item, "s", set);
  add_field(heap, types, item, "r", retained);
  add_field(heap, types, item, "x", replaced);
  add_field(heap, types, item, "p", plain);
  wl_release(heap, name);
  return (wl_PatchType){.types = types, .number = item};
}

static void applies_or_says_why(wl_Heap *heap, wl_Value result,
                                wl_Error *error) {
  must(wl_is_absent(result) == (error->code != WL_OK));
  must(!wl_is_absent(result) || error->message[0] != '\0');
  *error = (wl_Error){0};
  wl_release(heap, result);
}

static bool has_null(wl_Value v) {
  for (size_t i = 0; i < wl_length(v); i++)
    if (has_null(wl_type(v) == WL_MAP ? wl_map_value_at(v, i)
                                      : wl_list_get(v, i)))
      return true;
  return wl_same(v, WL_VALUE_NULL);
}

static void there_and_back(wl_Heap *heap, wl_Value a, wl_Value b) {
  if (has_null(b))
    return;
  wl_Value change = wl_patch_diff(heap, a, b, NULL);
  wl_Value again = wl_patch_merge(heap, a, change, NULL);
  must(wl_equal(again, b));
  wl_release(heap, again);
  wl_release(heap, change);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  wl_Heap *heap = wl_heap_new(NULL, NULL);
  wl_PatchTypes *types = wl_patch_types_new(heap);
  wl_PatchType type = make_type(heap, types);
  wl_Error e = {0};
  const char *at = (const char *)data, *end = at + size;
  wl_Value v[DOCUMENTS];
  for (int i = 0; i < DOCUMENTS; i++)
    v[i] = next_document(heap, &at, end);
  there_and_back(heap, v[0], v[1]);
  applies_or_says_why(heap, wl_patch_merge(heap, v[0], v[1], &e), &e);
  applies_or_says_why(heap, wl_patch_json(heap, v[0], v[1], &e), &e);
  applies_or_says_why(heap, wl_patch_diff3(heap, v[0], v[1], v[2], &e), &e);
  applies_or_says_why(heap, wl_patch_strategic(heap, v[0], v[1], type, &e), &e);
  applies_or_says_why(heap, wl_patch_strategic_diff(heap, v[0], v[1], type, &e),
                      &e);
  for (int overwrite = 0; overwrite < 2; overwrite++)
    applies_or_says_why(
        heap,
        wl_patch_strategic_diff3(heap, v[0], v[1], v[2], type, overwrite, &e),
        &e);
  for (int i = 0; i < DOCUMENTS; i++)
    wl_release(heap, v[i]);
  wl_patch_types_free(types);
  wl_heap_free(heap);
  return 0;
}
