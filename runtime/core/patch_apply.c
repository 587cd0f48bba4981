/* SPDX-License-Identifier: MIT */
/* patch_apply.c - the strategic patches that clients make: from two values, or
 * from three with a look at what would be overwritten. */
#include "patch_private.h"

/* ---- conflicts ---- */

static bool maps_conflict(Job *j, wl_Value a, wl_Value b, wl_PatchType type);

static const wl_PatchField *const ATOMIC = NULL;

/* Lists that are merged conflict where items of one key do. */
static bool merged_lists_conflict(Job *j, const Slice *a, const Slice *b,
                                  const wl_PatchField *field,
                                  wl_PatchType in) {
  if (!wl_patch_has_keys(j, a, field->merge_key) ||
      !wl_patch_has_keys(j, b, field->merge_key))
    return false;
  KeyIndex index = wl_patch_index(j, b, field->merge_key, 0);
  for (size_t i = 0; i < a->length; i++) {
    size_t at = wl_patch_find(&index, a->items[i]);
    if (at != NOT_FOUND && maps_conflict(j, a->items[i], b->items[at],
                                         field_type(in, field)))
      return true;
  }
  return false;
}

static bool values_conflict(Job *j, wl_Value a, wl_Value b,
                            const wl_PatchField *field, wl_PatchType in);

/* Lists that are replaced conflict when they differ; of scalars, as sets. */
static bool plain_lists_conflict(Job *j, const Slice *a, const Slice *b,
                                 wl_Type item_type,
                                 const wl_PatchField *field,
                                 wl_PatchType in) {
  if (a->length != b->length)
    return true;
  if (item_type == WL_MAP) {
    for (size_t i = 0; i < a->length; i++)
      if (maps_conflict(j, a->items[i], b->items[i], field_type(in, field)))
        return true;
    return false;
  }
  Slice left = *a, right = *b;
  wl_patch_unique(&left);
  wl_patch_unique(&right);
  Printed *l = wl_patch_by_text(j, &left, WL_VALUE_ABSENT);
  Printed *r = wl_patch_by_text(j, &right, WL_VALUE_ABSENT);
  for (size_t i = 0; i < left.length; i++)
    if (i >= right.length || !wl_equal(l[i].item, r[i].item))
      return true;
  return false;
}

static bool lists_conflict(Job *j, wl_Value a, wl_Value b,
                           const wl_PatchField *field, wl_PatchType in) {
  Slice left, right;
  wl_Type type;
  if (!wl_patch_slice(j, a, &left) || !wl_patch_slice(j, b, &right) ||
      !wl_patch_item_type(j, &left, &right, &type))
    return false;
  if (!field->merge)
    return plain_lists_conflict(j, &left, &right, type, field, in);
  return type == WL_MAP &&
         merged_lists_conflict(j, &left, &right, field, in);
}

static bool values_conflict(Job *j, wl_Value a, wl_Value b,
                            const wl_PatchField *field, wl_PatchType in) {
  if (wl_type(a) != wl_type(b))
    return true;
  if (is_list(a))
    return lists_conflict(j, a, b, field, in);
  if (is_map(a))
    return maps_conflict(j, a, b, field_type(in, field));
  return !wl_equal(a, b);
}
