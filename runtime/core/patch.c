/* SPDX-License-Identifier: MIT */
/* patch.c - JSON merge patches: applying them, and making them. */
#include "patch.h"

typedef struct Walk {
  wl_Heap *heap;
  wl_Error *error;
  int depth;
} Walk;

static bool enter(Walk *w) {
  if (w->depth == WL_PATCH_DEPTH)
    return wl_fail(w->error, WL_ELIMIT, "nested deeper than %d levels",
                   WL_PATCH_DEPTH);
  w->depth++;
  return true;
}

static bool is_null(wl_Value v) {
  return wl_same(v, WL_VALUE_NULL);
}
static bool is_map(wl_Value v) {
  return wl_type(v) == WL_MAP;
}

static void put(wl_Builder *b, wl_Value key, wl_Value value) {
  wl_builder_put(b, wl_retain(key), value);
}

/* The map that was built; absent when an entry failed before. */
static wl_Value finish(Walk *w, wl_Builder *b, bool good) {
  w->depth--;
  if (good)
    return wl_builder_map(b);
  wl_builder_destroy(b);
  return WL_VALUE_ABSENT;
}

/* ---- applying ---- */

static wl_Value prune(Walk *w, wl_Value v);

static wl_Value prune_map(Walk *w, wl_Value map) {
  wl_Builder b;
  bool good = true;
  wl_builder_init(&b, w->heap);
  for (size_t i = 0; i < wl_length(map) && good; i++) {
    if (is_null(wl_map_value_at(map, i)))
      continue;
    wl_Value value = prune(w, wl_map_value_at(map, i));
    good = !wl_is_absent(value);
    put(&b, wl_map_key_at(map, i), value);
  }
  return finish(w, &b, good);
}

static wl_Value prune_list(Walk *w, wl_Value list) {
  wl_Builder b;
  bool good = true;
  wl_builder_init(&b, w->heap);
  for (size_t i = 0; i < wl_length(list) && good; i++) {
    wl_Value item = prune(w, wl_list_get(list, i));
    good = !wl_is_absent(item);
    wl_builder_add(&b, item);
  }
  w->depth--;
  if (good)
    return wl_builder_list(&b);
  wl_builder_destroy(&b);
  return WL_VALUE_ABSENT;
}

/* What a patch leaves where nothing was: the fields that are null mean
 * removal, so they are not there, also in the items of lists. */
static wl_Value prune(Walk *w, wl_Value v) {
  wl_Type type = wl_type(v);
  if (type != WL_MAP && type != WL_LIST)
    return wl_retain(v);
  if (!enter(w))
    return WL_VALUE_ABSENT;
  return type == WL_MAP ? prune_map(w, v) : prune_list(w, v);
}

static wl_Value merge(Walk *w, wl_Value original, wl_Value patch);

static bool add_missing(Walk *w, wl_Builder *b, wl_Value original,
                        wl_Value patch) {
  for (size_t i = 0; i < wl_length(patch); i++) {
    wl_Value key = wl_map_key_at(patch, i), value = wl_map_value_at(patch, i);
    if (is_null(value) || !wl_is_absent(wl_map_get(original, key)))
      continue;
    wl_Value pruned = prune(w, value);
    if (wl_is_absent(pruned))
      return false;
    put(b, key, pruned);
  }
  return true;
}

static wl_Value merge_maps(Walk *w, wl_Value original, wl_Value patch) {
  wl_Builder b;
  bool good = enter(w);
  if (!good)
    return WL_VALUE_ABSENT;
  wl_builder_init(&b, w->heap);
  for (size_t i = 0; i < wl_length(original) && good; i++) {
    wl_Value key = wl_map_key_at(original, i);
    wl_Value value = wl_map_value_at(original, i);
    wl_Value change = wl_map_get(patch, key);
    if (is_null(change))
      continue;
    value = wl_is_absent(change) ? wl_retain(value) : merge(w, value, change);
    good = !wl_is_absent(value);
    put(&b, key, value);
  }
  good = good && add_missing(w, &b, original, patch);
  return finish(w, &b, good);
}

static wl_Value merge(Walk *w, wl_Value original, wl_Value patch) {
  if (!is_map(original))
    return prune(w, patch);
  if (!is_map(patch))
    return wl_retain(patch);
  return merge_maps(w, original, patch);
}

wl_Value wl_patch_merge(wl_Heap *heap, wl_Value original, wl_Value patch,
                        wl_Error *error) {
  Walk w = {.heap = heap, .error = error};
  return merge(&w, original, patch);
}

/* ---- making ---- */

static wl_Value diff_maps(Walk *w, wl_Value from, wl_Value to);

/* The change of one field, absent when there is none (or it failed, then
 * *good is false). */
static wl_Value diff_field(Walk *w, wl_Value from, wl_Value to, bool *good) {
  if (!is_map(from) || !is_map(to))
    return wl_equal(from, to) ? WL_VALUE_ABSENT : wl_retain(to);
  wl_Value change = diff_maps(w, from, to);
  *good = !wl_is_absent(change);
  if (!*good || wl_length(change) > 0)
    return change;
  wl_release(w->heap, change);
  return WL_VALUE_ABSENT;
}

static wl_Value diff_maps(Walk *w, wl_Value from, wl_Value to) {
  wl_Builder b;
  bool good = enter(w);
  if (!good)
    return WL_VALUE_ABSENT;
  wl_builder_init(&b, w->heap);
  for (size_t i = 0; i < wl_length(to) && good; i++) {
    wl_Value key = wl_map_key_at(to, i);
    wl_Value change =
        diff_field(w, wl_map_get(from, key), wl_map_value_at(to, i), &good);
    if (!wl_is_absent(change))
      put(&b, key, change);
  }
  for (size_t i = 0; i < wl_length(from); i++)
    if (wl_is_absent(wl_map_get(to, wl_map_key_at(from, i))))
      put(&b, wl_map_key_at(from, i), WL_VALUE_NULL);
  return finish(w, &b, good);
}

wl_Value wl_patch_diff(wl_Heap *heap, wl_Value from, wl_Value to,
                       wl_Error *error) {
  Walk w = {.heap = heap, .error = error};
  if (!is_map(from) || !is_map(to))
    return wl_retain(to);
  return diff_maps(&w, from, to);
}

/* ---- apply ---- */

/* Of a merge patch only the removals, or all but the removals. */
static wl_Value keep_only(Walk *w, wl_Value patch, bool removals) {
  wl_Builder b;
  w->depth++; /* the patch was made within the limit */
  wl_builder_init(&b, w->heap);
  for (size_t i = 0; i < wl_length(patch); i++) {
    wl_Value key = wl_map_key_at(patch, i), value = wl_map_value_at(patch, i);
    if (is_map(value) && wl_length(value) > 0) {
      wl_Value below = keep_only(w, value, removals);
      if (wl_length(below) > 0)
        put(&b, key, below);
      else
        wl_release(w->heap, below);
    } else if (is_null(value) == removals) {
      put(&b, key, wl_retain(value));
    }
  }
  return finish(w, &b, true);
}

static wl_Value document(wl_Heap *heap, wl_Value v) {
  return wl_is_absent(v) || is_null(v) ? wl_map_empty(heap) : wl_retain(v);
}

/* *Takes* its operands. */
static wl_Value kept_diff(Walk *w, wl_Value from, wl_Value to, bool removals) {
  wl_Value all = WL_VALUE_ABSENT, some = WL_VALUE_ABSENT;
  if (is_map(from) && is_map(to))
    all = diff_maps(w, from, to);
  else
    wl_fail(w->error, WL_EINVALID, "only maps can be applied, found a %s",
            wl_type_name(wl_type(is_map(from) ? to : from)));
  if (!wl_is_absent(all))
    some = keep_only(w, all, removals);
  wl_release(w->heap, all);
  wl_release(w->heap, from);
  wl_release(w->heap, to);
  return some;
}

/* Whether two patches say different things about one field. */
static bool contradict(wl_Value a, wl_Value b) {
  if (!is_map(a) || !is_map(b))
    return !wl_equal(a, b);
  for (size_t i = 0; i < wl_length(a); i++) {
    wl_Value other = wl_map_get(b, wl_map_key_at(a, i));
    if (!wl_is_absent(other) && contradict(wl_map_value_at(a, i), other))
      return true;
  }
  return false;
}

wl_Value wl_patch_diff3(wl_Heap *heap, wl_Value original, wl_Value modified,
                        wl_Value current, wl_Error *error) {
  Walk w = {.heap = heap, .error = error};
  wl_Value changes =
      kept_diff(&w, document(heap, current), document(heap, modified), false);
  wl_Value removals =
      kept_diff(&w, document(heap, original), document(heap, modified), true);
  wl_Value patch = WL_VALUE_ABSENT;
  if (wl_is_absent(changes) || wl_is_absent(removals))
    ;
  else if (contradict(changes, removals))
    wl_fail(error, WL_ECONFLICT,
            "the changes and the removals are about the same field");
  else
    patch = merge(&w, removals, changes);
  wl_release(heap, changes);
  wl_release(heap, removals);
  return patch;
}
