/* SPDX-License-Identifier: MIT */
/* share.c - a value that shares with an older one what is equal. */
#include "share.h"

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
