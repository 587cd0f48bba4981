/* SPDX-License-Identifier: MIT */
/* patch_items.c - merging the lists of a strategic merge patch. */
#include "patch_private.h"

/* ---- lists ---- */

/* Take the items with $patch out of `patch`: delete removes from `original`,
 * replace empties it. */
static bool obey_items(Job *j, Slice *original, Slice *patch,
                       wl_Value merge_key) {
  Slice plain = wl_patch_slice_new(j, patch->length);
  Slice deleted = wl_patch_slice_new(j, patch->length);
  bool replace = false;
  for (size_t i = 0; i < patch->length; i++) {
    wl_Value item = patch->items[i];
    wl_Value directive = wl_map_get(item, j->patch_key);
    if (wl_is_absent(directive))
      wl_patch_append(j, &plain, item);
    else if (wl_text_is(directive, "replace"))
      replace = true;
    else if (wl_text_is(directive, "delete"))
      wl_patch_append(j, &deleted, item);
    else
      return wl_patch_refuse(j, WL_EINVALID,
                             "$patch of a list's item must be \"delete\" or "
                             "\"replace\"");
  }
  if (!wl_patch_has_keys(j, &deleted, merge_key))
    return false;
  if (replace) {
    *original = plain;
    *patch = wl_patch_slice_new(j, 0);
    return true;
  }
  KeyIndex index = wl_patch_index(j, &deleted, merge_key, 0);
  size_t left = 0;
  for (size_t i = 0; i < original->length; i++)
    if (wl_patch_find(&index, original->items[i]) == NOT_FOUND)
      original->items[left++] = original->items[i];
  original->length = left;
  *patch = plain;
  return true;
}

/* Merge each item of `patch` into the one with its key, or append it. Writes
 * into the array of `original`. */
static bool merge_items(Job *j, Slice *original, const Slice *patch,
                        const wl_PatchField *field, wl_PatchType in) {
  KeyIndex index = wl_patch_index(j, original, field->merge_key, patch->length);
  if (!wl_patch_has_keys(j, patch, field->merge_key))
    return false;
  for (size_t i = 0; i < patch->length; i++) {
    size_t at = wl_patch_find(&index, patch->items[i]);
    if (at == NOT_FOUND) {
      wl_patch_append(j, original, patch->items[i]);
      wl_patch_index_add(&index, original->length - 1);
      continue;
    }
    wl_Value merged = wl_patch_merge_maps(
        j, original->items[at], patch->items[i], field_type(in, field));
    if (wl_is_absent(merged))
      return false;
    original->items[at] = merged;
  }
  return true;
}

static bool merge_objects(Job *j, Slice *original, Slice *patch,
                          const wl_PatchField *field, wl_PatchType in,
                          Slice *merged) {
  if (wl_is_absent(field->merge_key))
    return wl_patch_refuse(j, WL_EINVALID,
                           "a list of objects without a merge key");
  if (!obey_items(j, original, patch, field->merge_key))
    return false;
  *merged = *original;
  return merge_items(j, merged, patch, field, in);
}

/* *out is `original` with `patch` merged in. Writes into original's array. */
static bool merge_slices(Job *j, Slice original, Slice patch,
                         const wl_PatchField *field, wl_PatchType in,
                         Slice *out) {
  wl_Type type;
  Slice merged = original;
  if (original.length == 0 && patch.length == 0) {
    *out = original;
    return true;
  }
  if (!wl_patch_item_type(j, &original, &patch, &type))
    return false;
  if (type == WL_MAP) {
    if (!merge_objects(j, &original, &patch, field, in, &merged))
      return false;
  } else {
    for (size_t i = 0; i < patch.length; i++)
      wl_patch_append(j, &merged, patch.items[i]);
    wl_patch_unique(&merged);
  }
  return wl_patch_arrange(j, &merged, &patch, &original, field->merge_key, out);
}

bool wl_patch_merge_lists(Job *j, Change *c, wl_PatchType in) {
  Slice original = {0}, patch = {0}, merged = {0};
  if (!c->field->merge) {
    c->old = c->new;
    return true;
  }
  if (!wl_patch_slice(j, c->old, &original) ||
      !wl_patch_slice(j, c->new, &patch) ||
      !merge_slices(j, original, patch, c->field, in, &merged))
    return false;
  c->old = wl_patch_slice_list(j, &merged);
  return true;
}

/* ---- $deleteFromPrimitiveList ---- */

bool wl_patch_delete_items(Job *j, Change *c) {
  Slice original = {0}, deletions = {0};
  wl_Type type;
  if (!wl_patch_slice(j, c->old, &original) ||
      !wl_patch_slice(j, c->deletions, &deletions))
    return false;
  if (original.length == 0 && deletions.length == 0)
    return true;
  if (!wl_patch_item_type(j, &original, &deletions, &type))
    return false;
  KeyIndex index = wl_patch_index(j, &deletions, WL_VALUE_ABSENT, 0);
  Slice left = wl_patch_slice_new(j, original.length);
  for (size_t i = 0; i < original.length; i++)
    if (wl_patch_find(&index, original.items[i]) == NOT_FOUND)
      wl_patch_append(j, &left, original.items[i]);
  c->old = wl_patch_slice_list(j, &left);
  return true;
}

/* ---- $setElementOrder ---- */

static bool is_deletion(Job *j, wl_Value item) {
  return wl_text_is(wl_map_get(item, j->patch_key), "delete");
}

/* The items of the patch that are not directives must come in the order that
 * $setElementOrder gives. */
static bool check_order(Job *j, const Slice *patch, const Slice *order,
                        wl_Value merge_key) {
  size_t at = 0, n = order->length;
  if (n == 0 || patch->length == 0)
    return true;
  for (size_t i = 0; i < patch->length; i++) {
    wl_Value item = patch->items[i];
    if (is_deletion(j, item))
      continue;
    bool directive = !wl_is_absent(wl_map_get(item, j->patch_key));
    Slice one = {.items = &item, .length = 1};
    if (!directive && !wl_is_absent(merge_key) &&
        !wl_patch_has_keys(j, &one, merge_key))
      return false;
    while (!directive && at < n &&
           !wl_patch_same_item(item, order->items[at], merge_key))
      at++;
    if (at >= n)
      return wl_patch_refuse(j, WL_EINVALID,
                             "the patch's items are not in the order of "
                             "$setElementOrder, or not in it");
    at += !directive;
  }
  return true;
}

/* A list that may be absent, as a slice. */
static bool optional_slice(Job *j, wl_Value v, Slice *slice) {
  *slice = wl_patch_slice_new(j, 0);
  if (is_list(v))
    return wl_patch_slice(j, v, slice);
  if (wl_is_absent(v))
    return true;
  wl_patch_refuse(j, WL_EINVALID, "$setElementOrder is for lists, found a %s",
                  wl_type_name(wl_type(v)));
  return false;
}

/* What is in the list before it is put in order. */
static bool order_what(Job *j, const Change *c, wl_PatchType in, Slice original,
                       Slice patch, Slice *merged) {
  if (wl_is_absent(c->new)) {
    *merged = original;
    return true;
  }
  if (wl_is_absent(c->old))
    return wl_patch_slice(j, wl_patch_taken(j, c->new, false), merged) &&
           !j->failed;
  if (c->field->merge)
    return merge_slices(j, original, patch, c->field, in, merged);
  *merged = patch;
  return true;
}

/* The field's list with the patch merged in, in the order asked for. */
bool wl_patch_obey_order(Job *j, Change *c, wl_PatchType in) {
  Slice original = {0}, patch = {0}, order = {0}, merged = {0}, arranged = {0};
  wl_Type type;
  if (!optional_slice(j, c->order, &order) ||
      !optional_slice(j, c->old, &original) ||
      !optional_slice(j, c->new, &patch))
    return false;
  c->field = wl_patch_lookup(j, in, c->key);
  if (c->field == NULL || !check_order(j, &patch, &order, c->field->merge_key))
    return false;
  if (wl_is_absent(c->old) && wl_is_absent(c->new))
    return true;
  if (!order_what(j, c, in, original, patch, &merged) ||
      !wl_patch_item_type(j, &original, &patch, &type) ||
      !wl_patch_arrange(j, &merged, &order, &original, c->field->merge_key,
                        &arranged))
    return false;
  c->old = wl_patch_slice_list(j, &arranged);
  c->new = WL_VALUE_ABSENT; /* done */
  return true;
}
