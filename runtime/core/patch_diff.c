/* SPDX-License-Identifier: MIT */
/* patch_diff.c - the strategic merge patch between two values. */
#include "patch_private.h"

typedef struct MapDiff {
  wl_Value from, to;
  wl_PatchType type;
  DiffOptions options;
  wl_Builder out;
  bool empty;
} MapDiff;

static void put(MapDiff *d, wl_Value key, wl_Value value) {
  wl_builder_put(&d->out, wl_retain(key), wl_retain(value));
  d->empty = false;
}

static void put_if_changed(MapDiff *d, wl_Value key, wl_Value from,
                           wl_Value to) {
  if (!d->options.no_changes && !wl_equal(from, to))
    put(d, key, to);
}

/* ---- lists of scalars ---- */

typedef struct ListDiff {
  Slice added, removed, order; /* order is set when `ordered` */
  bool ordered;
} ListDiff;

/* Both lists sorted by text are walked side by side. */
static bool diff_scalars(Job *j, const Slice *from, const Slice *to,
                         DiffOptions options, ListDiff *out) {
  Printed *a = wl_patch_by_text(j, from, WL_VALUE_ABSENT);
  Printed *b = wl_patch_by_text(j, to, WL_VALUE_ABSENT);
  bool same = from->length == to->length;
  size_t i = 0, k = 0;
  while (i < from->length || k < to->length) {
    int side = i == from->length ? 1
               : k == to->length ? -1
                                 : wl_patch_compare(&a[i], &b[k]);
    if (side < 0 && !options.no_deletions)
      wl_patch_append(j, &out->removed, a[i].item);
    if (side > 0 && !options.no_changes)
      wl_patch_append(j, &out->added, b[k].item);
    i += side <= 0;
    k += side >= 0;
  }
  wl_patch_unique(&out->removed);
  /* Kubernetes compares with the old list sorted. */
  for (i = 0; i < from->length && same; i++)
    same = wl_equal(a[i].item, to->items[i]);
  out->ordered =
      options.order && ((!options.no_deletions && out->removed.length > 0) ||
                        (!options.no_changes && !same));
  out->order = *to;
  return wl_patch_sort(j, &out->added, to, WL_VALUE_ABSENT);
}

/* ---- lists of objects ---- */

static wl_Value pair(Job *j, wl_Value key, wl_Value value) {
  return wl_map_with(j->heap, wl_map_empty(j->heap), key, wl_retain(value));
}

static wl_Value deletion(Job *j, wl_Value item, wl_Value merge_key) {
  wl_Value map = pair(j, merge_key, wl_map_get(item, merge_key));
  wl_Value word = wl_key(j->heap, "delete");
  return keep(j, wl_map_with(j->heap, map, j->patch_key, word));
}

/* The change of one item, with its key; nothing is appended when equal. */
static bool diff_item(Job *j, const Printed *from, const Printed *to,
                      const wl_PatchField *field, wl_PatchType in,
                      DiffOptions options, ListDiff *out) {
  wl_Value change = wl_patch_diff_maps(j, from->item, to->item,
                                       field_type(in, field), options);
  if (wl_is_absent(change))
    return false;
  if (wl_length(change) == 0)
    return true;
  wl_Value key = wl_map_get(to->item, field->merge_key);
  change = keep(j, wl_map_with(j->heap, wl_retain(change), field->merge_key,
                               wl_retain(key)));
  wl_patch_append(j, &out->added, change);
  return true;
}

static bool walk_objects(Job *j, const Slice *from, const Slice *to,
                         const wl_PatchField *field, wl_PatchType in,
                         DiffOptions options, ListDiff *out) {
  Printed *a = wl_patch_by_text(j, from, field->merge_key);
  Printed *b = wl_patch_by_text(j, to, field->merge_key);
  size_t i = 0, k = 0;
  while (i < from->length || k < to->length) {
    int side = i == from->length ? 1
               : k == to->length ? -1
                                 : wl_patch_compare(&a[i], &b[k]);
    if (side == 0 && !diff_item(j, &a[i], &b[k], field, in, options, out))
      return false;
    if (side < 0 && !options.no_deletions)
      wl_patch_append(j, &out->removed,
                      deletion(j, a[i].item, field->merge_key));
    if (side > 0 && !options.no_changes)
      wl_patch_append(j, &out->added, b[k].item);
    i += side <= 0;
    k += side >= 0;
  }
  return true;
}

static bool same_order(const Slice *from, const Slice *to, wl_Value merge_key) {
  bool same = from->length == to->length;
  for (size_t i = 0; i < to->length && same; i++)
    same = wl_patch_same_item(from->items[i], to->items[i], merge_key);
  return same;
}

/* Deletions go to the end of the list itself. */
static bool diff_objects(Job *j, const Slice *from, const Slice *to,
                         const wl_PatchField *field, wl_PatchType in,
                         DiffOptions options, ListDiff *out) {
  wl_Value merge_key = field->merge_key;
  if (!wl_patch_has_keys(j, from, merge_key) ||
      !wl_patch_has_keys(j, to, merge_key) ||
      !walk_objects(j, from, to, field, in, options, out) ||
      !wl_patch_sort(j, &out->added, to, merge_key))
    return false;
  for (size_t i = 0; i < out->removed.length; i++)
    wl_patch_append(j, &out->added, out->removed.items[i]);
  out->removed.length = 0;
  bool changed = out->added.length > 0;
  out->ordered =
      options.order &&
      ((!options.no_changes && (changed || !same_order(from, to, merge_key))) ||
       (!options.no_deletions && changed));
  for (size_t i = 0; i < to->length && out->ordered; i++) {
    wl_Value key = wl_map_get(to->items[i], merge_key);
    wl_patch_append(j, &out->order, keep(j, pair(j, merge_key, key)));
  }
  return true;
}

/* ---- fields ---- */

static void put_list(Job *j, MapDiff *d, wl_Value key, const Slice *list) {
  put(d, key, wl_patch_slice_list(j, list));
}

static bool diff_merged_list(Job *j, MapDiff *d, wl_Value key, wl_Value from,
                             wl_Value to, const wl_PatchField *field) {
  Slice a, b;
  ListDiff out = {0};
  wl_Type type;
  DiffOptions options = d->options;
  options.retain_keys = field->retain_keys;
  if (wl_length(from) == 0) {
    if (wl_length(to) > 0 && !options.no_changes)
      put(d, key, to);
    return true;
  }
  if (!wl_patch_slice(j, from, &a) || !wl_patch_slice(j, to, &b) ||
      !wl_patch_item_type(j, &a, &b, &type))
    return false;
  if (type == WL_MAP ? !diff_objects(j, &a, &b, field, d->type, options, &out)
                     : !diff_scalars(j, &a, &b, options, &out))
    return false;
  if (out.added.length > 0)
    put_list(j, d, key, &out.added);
  if (out.removed.length > 0)
    put_list(j, d, wl_patch_directive_key(j, DELETE_LIST, key), &out.removed);
  if (out.ordered && out.order.length > 0)
    put_list(j, d, wl_patch_directive_key(j, ORDER_LIST, key), &out.order);
  return true;
}

static bool diff_object(Job *j, MapDiff *d, wl_Value key, wl_Value from,
                        wl_Value to, const wl_PatchField *field) {
  DiffOptions options = d->options;
  if (field->replace) {
    if (!options.no_changes)
      put(d, key, to);
    return true;
  }
  options.retain_keys = field->retain_keys;
  wl_Value change =
      wl_patch_diff_maps(j, from, to, field_type(d->type, field), options);
  if (!wl_is_absent(change) && wl_length(change) > 0)
    put(d, key, change);
  return !wl_is_absent(change);
}

static bool diff_words(Job *j, MapDiff *d, wl_Value from, wl_Value to) {
  if (wl_type(from) != WL_STRING || wl_type(to) != WL_STRING)
    return wl_patch_refuse(j, WL_EINVALID, "$patch must be a string");
  if (!wl_equal(from, to))
    put(d, j->patch_key, to);
  return true;
}

static bool diff_field(Job *j, MapDiff *d, wl_Value key, wl_Value from,
                       wl_Value to) {
  if (wl_is_absent(from) ||
      (wl_type(from) != wl_type(to) && !wl_same(key, j->patch_key))) {
    if (!d->options.no_changes)
      put(d, key, to);
    return true;
  }
  if (wl_same(key, j->patch_key))
    return diff_words(j, d, from, to);
  if (!is_map(to) && !is_list(to)) {
    put_if_changed(d, key, from, to);
    return true;
  }
  const wl_PatchField *field = wl_patch_field(d->type, key);
  if (field == NULL)
    return wl_equal(from, to) || wl_patch_lookup(j, d->type, key) != NULL;
  if (is_map(to))
    return diff_object(j, d, key, from, to, field);
  if (field->merge)
    return diff_merged_list(j, d, key, from, to, field);
  put_if_changed(d, key, from, to);
  return true;
}

/* ---- maps ---- */

/* $retainKeys: the fields there shall be, sorted. It is written when something
 * changes or goes. */
static void put_retained(Job *j, MapDiff *d) {
  bool changes = !d->empty;
  for (size_t i = 0; i < wl_length(d->from) && !changes; i++)
    changes = !is_null(wl_map_value_at(d->from, i)) &&
              wl_is_absent(wl_map_get(d->to, wl_map_key_at(d->from, i)));
  Slice keys = wl_patch_slice_new(j, wl_length(d->to));
  for (size_t i = 0; i < wl_length(d->to); i++)
    if (!is_null(wl_map_value_at(d->to, i)))
      wl_patch_append(j, &keys, wl_map_key_at(d->to, i));
  if (!changes || keys.length == 0)
    return;
  Printed *sorted = wl_patch_by_text(j, &keys, WL_VALUE_ABSENT);
  for (size_t i = 0; i < keys.length; i++)
    keys.items[i] = sorted[i].item;
  put_list(j, d, j->retain_keys_key, &keys);
}

static bool diff_all(Job *j, MapDiff *d) {
  bool good = true;
  for (size_t i = 0; i < wl_length(d->to) && good; i++) {
    wl_Value key = wl_map_key_at(d->to, i);
    Where where = {.up = j->where, .key = key};
    j->where = &where;
    good = diff_field(j, d, key, wl_map_get(d->from, key),
                      wl_map_value_at(d->to, i));
    j->where = where.up;
  }
  for (size_t i = 0; i < wl_length(d->from) && !d->options.no_deletions; i++)
    if (wl_is_absent(wl_map_get(d->to, wl_map_key_at(d->from, i))))
      put(d, wl_map_key_at(d->from, i), WL_VALUE_NULL);
  if (d->options.retain_keys)
    put_retained(j, d);
  return good;
}

wl_Value wl_patch_diff_maps(Job *j, wl_Value from, wl_Value to,
                            wl_PatchType type, DiffOptions options) {
  if (!wl_patch_enter(j))
    return WL_VALUE_ABSENT;
  MapDiff d = {
      .from = from, .to = to, .type = type, .options = options, .empty = true};
  wl_builder_init(&d.out, j->heap);
  bool good = diff_all(j, &d);
  j->depth--;
  if (good)
    return keep(j, wl_builder_map(&d.out));
  wl_builder_destroy(&d.out);
  return WL_VALUE_ABSENT;
}
