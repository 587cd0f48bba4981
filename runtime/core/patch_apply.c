/* SPDX-License-Identifier: MIT */
/*
 * patch_apply.c - the strategic patches that clients make: from two values, or
 * from three, with a look at what would be overwritten
 */
#include "patch_private.h"

/* ---- conflicts: where two patches of one object want different things.
 * False too when that cannot be told; then Job.failed is set. ---- */

/* Of two lists or two maps. */
static bool conflict(Job *j, wl_Value a, wl_Value b, const wl_PatchField *field,
                     wl_PatchType in);

static bool fields_conflict(Job *j, wl_Value a, wl_Value b, wl_PatchType type) {
  for (size_t i = 0; i < wl_length(a) && !j->failed; i++) {
    wl_Value key = wl_map_key_at(a, i), left = wl_map_value_at(a, i);
    wl_Value right = wl_map_get(b, key);
    if (wl_is_absent(right) || wl_same(key, j->patch_key) ||
        wl_same(key, j->retain_keys_key))
      continue;
    bool scalar = !is_map(left) && !is_list(left);
    if (wl_type(left) != wl_type(right) || (scalar && !wl_equal(left, right)))
      return true;
    if (scalar)
      continue;
    const wl_PatchField *field = wl_patch_lookup(j, type, key);
    if (field == NULL)
      return false;
    if (conflict(j, left, right, field, type))
      return true;
  }
  return false;
}

/* A directive is about the whole map, so it conflicts with anything but the
 * same directive. */
static bool maps_conflict(Job *j, wl_Value a, wl_Value b, wl_PatchType type) {
  wl_Value left = wl_map_get(a, j->patch_key);
  wl_Value right = wl_map_get(b, j->patch_key);
  return !wl_equal(left, right) || fields_conflict(j, a, b, type);
}

/* Lists that are merged conflict where two items of one key do. */
static bool merged_conflict(Job *j, const Slice *a, const Slice *b,
                            wl_Value merge_key, wl_PatchType type) {
  if (!wl_patch_has_keys(j, a, merge_key) ||
      !wl_patch_has_keys(j, b, merge_key))
    return false;
  KeyIndex index = wl_patch_index(j, b, merge_key, 0);
  for (size_t i = 0; i < a->length; i++) {
    size_t at = wl_patch_find(&index, a->items[i]);
    if (at != NOT_FOUND && maps_conflict(j, a->items[i], b->items[at], type))
      return true;
  }
  return false;
}

/* Lists that are replaced conflict when they differ; scalars as sets. */
static bool replaced_conflict(Job *j, Slice *a, Slice *b, wl_Type item_type,
                              wl_PatchType type) {
  if (a->length != b->length)
    return true;
  if (item_type == WL_MAP) {
    for (size_t i = 0; i < a->length; i++)
      if (maps_conflict(j, a->items[i], b->items[i], type))
        return true;
    return false;
  }
  wl_patch_unique(a);
  wl_patch_unique(b);
  bool same = a->length == b->length;
  Printed *left = wl_patch_by_text(j, a, WL_VALUE_ABSENT);
  Printed *right = wl_patch_by_text(j, b, WL_VALUE_ABSENT);
  for (size_t i = 0; i < a->length && same; i++)
    same = wl_equal(left[i].item, right[i].item);
  return !same;
}

static bool lists_conflict(Job *j, wl_Value a, wl_Value b,
                           const wl_PatchField *field, wl_PatchType type) {
  Slice left, right;
  wl_Type item_type;
  if (!wl_patch_slice(j, a, &left) || !wl_patch_slice(j, b, &right) ||
      !wl_patch_item_type(j, &left, &right, &item_type))
    return false;
  if (!field->merge)
    return replaced_conflict(j, &left, &right, item_type, type);
  return item_type == WL_MAP &&
         merged_conflict(j, &left, &right, field->merge_key, type);
}

static bool conflict(Job *j, wl_Value a, wl_Value b, const wl_PatchField *field,
                     wl_PatchType in) {
  if (is_list(a))
    return lists_conflict(j, a, b, field, field_type(in, field));
  if (field->replace &&
      wl_equal(wl_map_get(a, j->patch_key), wl_map_get(b, j->patch_key)))
    return false;
  return maps_conflict(j, a, b, field_type(in, field));
}

/* ---- the patches ---- */

/* An absent or null document is an empty one. */
static bool document(Job *j, wl_Value *v) {
  if (wl_is_absent(*v) || is_null(*v))
    *v = keep(j, wl_map_empty(j->heap));
  return is_map(*v) ||
         wl_patch_refuse(j, WL_EINVALID, "an object is a map, found a %s",
                         wl_type_name(wl_type(*v)));
}

wl_Value wl_patch_strategic_diff(wl_Heap *heap, wl_Value from, wl_Value to,
                                 wl_PatchType type, wl_Error *error) {
  Job j;
  wl_Value patch = WL_VALUE_ABSENT;
  wl_patch_job_begin(&j, heap, error);
  if (document(&j, &from) && document(&j, &to))
    patch =
        wl_patch_diff_maps(&j, from, to, type, (DiffOptions){.order = true});
  return wl_patch_job_end(&j, patch);
}

/* Changes and additions from `current`, deletions from `original`. */
static wl_Value diff3(Job *j, wl_Value original, wl_Value modified,
                      wl_Value current, wl_PatchType type) {
  wl_Value changes =
      wl_patch_diff_maps(j, current, modified, type,
                         (DiffOptions){.order = true, .no_deletions = true});
  if (wl_is_absent(changes))
    return changes;
  wl_Value deletions =
      wl_patch_diff_maps(j, original, modified, type,
                         (DiffOptions){.order = true, .no_changes = true});
  if (wl_is_absent(deletions))
    return deletions;
  j->applying = false;
  return wl_patch_merge_maps(j, deletions, changes, type);
}

/* Would the patch overwrite what was changed since `original`? */
static bool overwrites(Job *j, wl_Value patch, wl_Value original,
                       wl_Value current, wl_PatchType type) {
  wl_Value changes =
      wl_patch_diff_maps(j, original, current, type, (DiffOptions){0});
  if (wl_is_absent(changes))
    return true;
  if (maps_conflict(j, patch, changes, type) && !j->failed)
    wl_patch_refuse(j, WL_ECONFLICT,
                    "the object was changed where the patch would change it "
                    "differently");
  return j->failed;
}

wl_Value wl_patch_strategic_diff3(wl_Heap *heap, wl_Value original,
                                  wl_Value modified, wl_Value current,
                                  wl_PatchType type, bool overwrite,
                                  wl_Error *error) {
  Job j;
  wl_Value patch = WL_VALUE_ABSENT;
  wl_patch_job_begin(&j, heap, error);
  if (document(&j, &original) && document(&j, &modified) &&
      document(&j, &current))
    patch = diff3(&j, original, modified, current, type);
  if (!wl_is_absent(patch) && !overwrite &&
      overwrites(&j, patch, original, current, type))
    patch = WL_VALUE_ABSENT;
  return wl_patch_job_end(&j, patch);
}
