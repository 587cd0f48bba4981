/* SPDX-License-Identifier: MIT */
#include "yaml_merge.h"

void wl_yaml_merge_init(wl_YamlMerge *m, wl_Heap *heap) {
  wl_builder_init(&m->sources, heap);
}

void wl_yaml_merge_destroy(wl_YamlMerge *m) {
  wl_builder_destroy(&m->sources);
}

static void add_source(wl_YamlMerge *m, size_t pairs_before, wl_Value map) {
  wl_builder_add(&m->sources, wl_retain(map));
  wl_builder_add(&m->sources,
                 wl_int_new(m->sources.heap, (int64_t)pairs_before));
}

static bool is_list_of_maps(wl_Value value) {
  if (wl_type(value) != WL_LIST)
    return false;
  for (size_t i = 0; i < wl_length(value); i++)
    if (wl_type(wl_list_get(value, i)) != WL_MAP)
      return false;
  return true;
}

bool wl_yaml_merge(wl_YamlMerge *m, size_t pairs_before, wl_Value value) {
  bool is_map = wl_type(value) == WL_MAP;
  bool good = is_map || is_list_of_maps(value);
  if (is_map)
    add_source(m, pairs_before, value);
  for (size_t i = good && !is_map ? wl_length(value) : 0; i > 0; i--)
    add_source(m, pairs_before, wl_list_get(value, i - 1));
  wl_release(m->sources.heap, value);
  return good;
}

/* Puts the pairs from `last` down to `first` that are not there yet. */
static void put_backwards(wl_Builder *backwards, wl_Value map, size_t first,
                          size_t last) {
  for (size_t i = last; i > first; i--)
    wl_builder_put(backwards, wl_retain(wl_map_key_at(map, i - 1)),
                   wl_retain(wl_map_value_at(map, i - 1)));
}

static wl_Value reversed(wl_Builder *backwards) {
  wl_Builder forwards;
  wl_builder_init(&forwards, backwards->heap);
  for (size_t i = backwards->length; i > 0; i -= 2)
    wl_builder_put(&forwards, wl_retain(backwards->items[i - 2]),
                   wl_retain(backwards->items[i - 1]));
  wl_builder_destroy(backwards);
  return wl_builder_map(&forwards);
}

/* From the last pair to the first: whoever sets a key last comes first. */
wl_Value wl_yaml_merge_finish(wl_YamlMerge *m, wl_Value written) {
  size_t left = wl_length(written);
  if (m->sources.length == 0)
    return written;
  wl_Builder backwards;
  wl_builder_init(&backwards, m->sources.heap);
  for (size_t i = m->sources.length; i > 0; i -= 2) {
    wl_Value source = m->sources.items[i - 2];
    size_t before = (size_t)wl_int(m->sources.items[i - 1]);
    put_backwards(&backwards, written, before, left);
    put_backwards(&backwards, source, 0, wl_length(source));
    left = before;
  }
  put_backwards(&backwards, written, 0, left);
  wl_release(m->sources.heap, written);
  return reversed(&backwards);
}
