/* SPDX-License-Identifier: MIT */
/* merge.c - JSON merge patch. */
#include "merge.h"

static wl_Value merge_maps(wl_Heap *heap, wl_Value target, wl_Value patch) {
  wl_Value result =
      wl_type(target) == WL_MAP ? wl_retain(target) : wl_map_empty(heap);
  for (size_t i = 0, n = wl_length(patch); i < n; i++) {
    wl_Value key = wl_map_key_at(patch, i), part = wl_map_value_at(patch, i);
    if (wl_same(part, WL_VALUE_NULL)) {
      result = wl_map_without(heap, result, key);
      continue;
    }
    wl_Value have = wl_map_get(result, key);
    wl_Value merged = wl_merge(heap, have, part);
    result = wl_map_with(heap, result, key, merged);
  }
  return result;
}

wl_Value wl_merge(wl_Heap *heap, wl_Value target, wl_Value patch) {
  if (wl_type(patch) == WL_MAP)
    return merge_maps(heap, target, patch);
  return wl_equal(target, patch) ? wl_retain(target) : wl_retain(patch);
}
