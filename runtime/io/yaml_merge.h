/* SPDX-License-Identifier: MIT */
/*
 * yaml_merge.h - what the merge keys (`<<`) of one map bring into it
 *
 * Kubernetes' reader sets the pairs of a map in the order in which they are
 * written, those of a `<<` where it stands. So a key written after it wins
 * over the merged one, and a key written before it loses: that differs from
 * YAML's own text, and is what clusters do. In a list of maps the first wins.
 */
#ifndef WL_YAML_MERGE_H
#define WL_YAML_MERGE_H

#include <stdbool.h>
#include <stddef.h>

#include "../core/value.h"

typedef struct wl_YamlMerge {
  wl_Builder sources; /* map, how many pairs were written before its << */
} wl_YamlMerge;

void wl_yaml_merge_init(wl_YamlMerge *m, wl_Heap *heap);
void wl_yaml_merge_destroy(wl_YamlMerge *m);
/* *Takes* value: a map or a list of maps; false when it is neither. */
bool wl_yaml_merge(wl_YamlMerge *m, size_t pairs_before, wl_Value value);
/* *Takes* the map of the written pairs; returns the whole one, each key
 * where it was set last. Linear in what is merged. */
wl_Value wl_yaml_merge_finish(wl_YamlMerge *m, wl_Value written);

#endif
