/* SPDX-License-Identifier: MIT */
#include "members.h"

#include <stdlib.h>

static int by_key(const void *a, const void *b) {
  return wl_string_compare(((const wl_Member *)a)->key,
                           ((const wl_Member *)b)->key);
}

wl_Members wl_members_new(wl_Heap *heap, wl_Value map, bool sorted) {
  wl_Members members = {.length = wl_length(map)};
  members.items = wl_alloc(heap, members.length * sizeof *members.items);
  for (size_t i = 0; i < members.length; i++)
    members.items[i] = (wl_Member){.key = wl_map_key_at(map, i),
                                   .value = wl_map_value_at(map, i)};
  if (sorted && members.length > 1)
    qsort(members.items, members.length, sizeof *members.items, by_key);
  return members;
}

void wl_members_free(wl_Heap *heap, wl_Members members) {
  wl_dealloc(heap, members.items, members.length * sizeof *members.items);
}
