/* SPDX-License-Identifier: MIT */
/* merge.c - JSON merge patch, and sharing with an older value. */
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

static wl_Value share_map(wl_Heap *heap, wl_Value now, wl_Value old) {
  for (size_t i = 0, n = wl_length(now); i < n; i++) {
    wl_Value key = wl_map_key_at(now, i), child = wl_map_value_at(now, i);
    wl_Value before = wl_map_get(old, key);
    if (wl_same(child, before) || wl_type(child) < WL_STRING)
      continue;
    wl_Value shared = wl_share(heap, wl_retain(child), before);
    now = wl_map_with(heap, now, key, shared);
  }
  return now;
}

static wl_Value share_list(wl_Heap *heap, wl_Value now, wl_Value old) {
  for (size_t i = 0, n = wl_length(now); i < n; i++) {
    wl_Value child = wl_list_get(now, i), before = wl_list_get(old, i);
    if (wl_same(child, before) || wl_type(child) < WL_STRING)
      continue;
    wl_Value shared = wl_share(heap, wl_retain(child), before);
    if (wl_same(shared, child))
      wl_release(heap, shared);
    else
      now = wl_list_with(heap, now, i, shared);
  }
  return now;
}

wl_Value wl_share(wl_Heap *heap, wl_Value now, wl_Value old) {
  if (wl_same(now, old) || wl_type(now) != wl_type(old))
    return now;
  if (wl_equal(now, old)) {
    wl_release(heap, now);
    return wl_retain(old);
  }
  if (wl_type(now) == WL_MAP)
    return share_map(heap, now, old);
  return wl_type(now) == WL_LIST ? share_list(heap, now, old) : now;
}
