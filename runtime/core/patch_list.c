/* SPDX-License-Identifier: MIT */
/* patch_list.c - the lists of a strategic merge patch: finding items by their
 * merge key, and the order in which merged items come out. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "number.h"
#include "patch_private.h"

/* ---- slices ---- */

Slice wl_patch_slice_new(Job *j, size_t capacity) {
  Slice slice = {.capacity = capacity};
  slice.items = wl_patch_scratch(j, capacity * sizeof(wl_Value));
  return slice;
}

/* Decoding JSON leaves room up to the next power of two. */
bool wl_patch_slice(Job *j, wl_Value list, Slice *slice) {
  size_t n = wl_length(list), capacity = 1;
  if (n > WL_PATCH_ITEMS)
    return wl_patch_refuse(j, WL_ELIMIT,
                           "a list to be merged has at most %d items, found "
                           "%zu",
                           WL_PATCH_ITEMS, n);
  while (capacity < n)
    capacity *= 2;
  *slice = wl_patch_slice_new(j, n == 0 ? 0 : capacity);
  for (size_t i = 0; i < n; i++)
    slice->items[i] = wl_list_get(list, i);
  slice->length = n;
  return true;
}

void wl_patch_append(Job *j, Slice *slice, wl_Value item) {
  if (slice->length == slice->capacity) {
    Slice longer =
        wl_patch_slice_new(j, slice->capacity == 0 ? 4 : 2 * slice->capacity);
    if (slice->length > 0)
      memcpy(longer.items, slice->items, slice->length * sizeof(wl_Value));
    longer.length = slice->length;
    *slice = longer;
  }
  slice->items[slice->length++] = item;
}

wl_Value wl_patch_slice_list(Job *j, const Slice *slice) {
  for (size_t i = 0; i < slice->length; i++)
    wl_retain(slice->items[i]);
  return keep(j, wl_list_new(j->heap, slice->items, slice->length));
}

/* ---- finding ---- */

static wl_Value key_of(wl_Value item, wl_Value merge_key) {
  return wl_is_absent(merge_key) ? item : wl_map_get(item, merge_key);
}

/* Go's == of interfaces, where lists and maps would panic. */
static bool same_key(wl_Value a, wl_Value b) {
  return !wl_is_absent(a) && !is_map(a) && !is_list(a) && wl_equal(a, b);
}

bool wl_patch_same_item(wl_Value a, wl_Value b, wl_Value merge_key) {
  return same_key(key_of(a, merge_key), key_of(b, merge_key));
}

static uint32_t *slot_of(const KeyIndex *index, wl_Value key) {
  size_t mask = index->size - 1, at = wl_hash(key) & mask;
  for (;; at = (at + 1) & mask) {
    uint32_t *slot = &index->slots[at];
    if (*slot == UINT32_MAX ||
        same_key(key_of(index->slice->items[*slot], index->merge_key), key))
      return slot;
  }
}

void wl_patch_index_add(const KeyIndex *index, size_t at) {
  wl_Value key = key_of(index->slice->items[at], index->merge_key);
  if (wl_is_absent(key) || is_map(key) || is_list(key))
    return;
  uint32_t *slot = slot_of(index, key);
  if (*slot == UINT32_MAX)
    *slot = (uint32_t)at;
}

KeyIndex wl_patch_index(Job *j, const Slice *slice, wl_Value merge_key,
                        size_t spare) {
  KeyIndex index = {.slice = slice, .merge_key = merge_key, .size = 8};
  while (index.size < 2 * (slice->length + spare))
    index.size *= 2;
  index.slots = wl_patch_scratch(j, index.size * sizeof(uint32_t));
  memset(index.slots, 0xff, index.size * sizeof(uint32_t));
  for (size_t i = 0; i < slice->length; i++)
    wl_patch_index_add(&index, i);
  return index;
}

size_t wl_patch_find(const KeyIndex *index, wl_Value item) {
  wl_Value key = key_of(item, index->merge_key);
  if (wl_is_absent(key) || is_map(key) || is_list(key))
    return NOT_FOUND;
  uint32_t slot = *slot_of(index, key);
  return slot == UINT32_MAX ? NOT_FOUND : slot;
}

/* ---- what is allowed ---- */

bool wl_patch_item_type(Job *j, const Slice *a, const Slice *b, wl_Type *type) {
  const Slice *slices[] = {a, b};
  *type = WL_ABSENT;
  for (size_t s = 0; s < 2; s++)
    for (size_t i = 0; i < slices[s]->length; i++) {
      wl_Type found = wl_type(slices[s]->items[i]);
      if (found == WL_LIST || found == WL_NULL)
        return wl_patch_refuse(j, WL_EINVALID,
                               "a list that is merged cannot hold a %s",
                               wl_type_name(found));
      if (*type != WL_ABSENT && *type != found)
        return wl_patch_refuse(j, WL_EINVALID,
                               "items of different types: %s and %s",
                               wl_type_name(*type), wl_type_name(found));
      *type = found;
    }
  if (*type == WL_ABSENT)
    return wl_patch_refuse(j, WL_EINVALID, "both lists are empty");
  return true;
}

bool wl_patch_has_keys(Job *j, const Slice *slice, wl_Value merge_key) {
  for (size_t i = 0; i < slice->length; i++)
    if (!is_map(slice->items[i]) || wl_is_absent(merge_key) ||
        wl_is_absent(wl_map_get(slice->items[i], merge_key))) {
      bool keyed = !wl_is_absent(merge_key);
      wl_Text key = keyed ? wl_text(&merge_key) : (wl_Text){"", 0};
      return wl_patch_refuse(j, WL_EINVALID,
                             "an item does not contain the merge key \"%.*s\"",
                             (int)key.length, key.bytes);
    }
  return true;
}

/* ---- order ---- */

static bool is_deletion(Job *j, wl_Value item) {
  return wl_text_is(wl_map_get(item, j->patch_key), "delete");
}

typedef struct Placed {
  wl_Value item;
  size_t position, before; /* in the order; in the slice */
} Placed;

static int by_position(const void *a, const void *b) {
  const Placed *pa = a, *pb = b;
  if (pa->position != pb->position)
    return pa->position < pb->position ? -1 : 1;
  return pa->before < pb->before ? -1 : pa->before > pb->before;
}

bool wl_patch_sort(Job *j, Slice *slice, const Slice *order,
                   wl_Value merge_key) {
  size_t n = slice->length;
  bool keyed = !wl_is_absent(merge_key);
  if (keyed && (!wl_patch_has_keys(j, slice, merge_key) ||
                !wl_patch_has_keys(j, order, merge_key)))
    return false;
  KeyIndex index = wl_patch_index(j, order, merge_key, 0);
  Placed *placed = wl_patch_scratch(j, n * sizeof *placed);
  for (size_t i = 0; i < n; i++) {
    wl_Value item = slice->items[i];
    size_t position = wl_patch_find(&index, item);
    /* Deletions last; what the order does not know, first. */
    position = keyed && is_deletion(j, item) ? SIZE_MAX
               : position == NOT_FOUND       ? 0
                                             : position + 1;
    placed[i] = (Placed){.item = item, .position = position, .before = i};
  }
  if (n > 0)
    qsort(placed, n, sizeof *placed, by_position);
  for (size_t i = 0; i < n; i++)
    slice->items[i] = placed[i].item;
  return true;
}

/* Weave two sorted slices: an item of `left` goes before one of `right` when
 * it is before it in `order`, which must know both. */
static Slice weave(Job *j, const Slice *left, const Slice *right,
                   const Slice *order, wl_Value merge_key) {
  KeyIndex index = wl_patch_index(j, order, merge_key, 0);
  Slice out = wl_patch_slice_new(j, left->length + right->length);
  size_t l = 0, r = 0;
  while (l < left->length || r < right->length) {
    bool from_left = r == right->length;
    if (l < left->length && r < right->length) {
      size_t li = wl_patch_find(&index, left->items[l]);
      size_t ri = wl_patch_find(&index, right->items[r]);
      from_left = ri != NOT_FOUND && li < ri; /* NOT_FOUND is the largest */
    }
    out.items[out.length++] = from_left ? left->items[l++] : right->items[r++];
  }
  return out;
}

bool wl_patch_arrange(Job *j, const Slice *merged, const Slice *patch,
                      const Slice *server, wl_Value merge_key, Slice *out) {
  if (!wl_is_absent(merge_key) && !wl_patch_has_keys(j, merged, merge_key))
    return false;
  KeyIndex in_patch = wl_patch_index(j, patch, merge_key, 0);
  Slice ours = wl_patch_slice_new(j, merged->length);
  Slice theirs = wl_patch_slice_new(j, merged->length);
  for (size_t i = 0; i < merged->length; i++) {
    bool found = wl_patch_find(&in_patch, merged->items[i]) != NOT_FOUND;
    wl_patch_append(j, found ? &ours : &theirs, merged->items[i]);
  }
  if (!wl_patch_sort(j, &ours, patch, merge_key) ||
      !wl_patch_sort(j, &theirs, server, merge_key))
    return false;
  *out = weave(j, &theirs, &ours, server, merge_key);
  return true;
}

/* A duplicate's place is taken by the last item, as in Kubernetes: a slice
 * that shares the array sees it. */
void wl_patch_unique(Slice *slice) {
  for (size_t i = 0; i + 1 < slice->length; i++)
    for (size_t k = i + 1; k < slice->length; k++)
      if (wl_equal(slice->items[i], slice->items[k]))
        slice->items[k--] = slice->items[--slice->length];
}

/* ---- by text ---- */

/* What Go's %v makes of a scalar. */
static wl_Text print_scalar(Job *j, const wl_Value *v) {
  char *out = wl_patch_scratch(j, WL_NUMBER_SIZE);
  size_t n;
  switch (wl_type(*v)) {
  case WL_STRING:
    return wl_text(v);
  case WL_INT:
    n = (size_t)snprintf(out, WL_NUMBER_SIZE, "%" PRId64, wl_int(*v));
    return (wl_Text){out, n};
  case WL_DOUBLE:
    n = wl_number_print(out, wl_double(*v), WL_NUMBER_YAML);
    if (n > 2 && memcmp(out + n - 2, ".0", 2) == 0)
      n -= 2;
    return (wl_Text){out, n};
  case WL_BOOL:
    return wl_bool(*v) ? (wl_Text){"true", 4} : (wl_Text){"false", 5};
  default:
    return (wl_Text){"<nil>", 5};
  }
}

int wl_patch_compare(const Printed *a, const Printed *b) {
  size_t shorter =
      a->text.length < b->text.length ? a->text.length : b->text.length;
  int order = memcmp(a->text.bytes, b->text.bytes, shorter);
  if (order != 0 || a->text.length == b->text.length)
    return order;
  return a->text.length < b->text.length ? -1 : 1;
}

static int by_text(const void *a, const void *b) {
  int order = wl_patch_compare(a, b);
  if (order != 0)
    return order;
  const Printed *pa = a, *pb = b;
  return pa->before < pb->before ? -1 : pa->before > pb->before;
}

Printed *wl_patch_by_text(Job *j, const Slice *slice, wl_Value merge_key) {
  size_t n = slice->length;
  Printed *sorted = wl_patch_scratch(j, n * sizeof *sorted);
  wl_Value *keys = wl_patch_scratch(j, n * sizeof *keys);
  for (size_t i = 0; i < n; i++) {
    keys[i] = key_of(slice->items[i], merge_key);
    sorted[i] = (Printed){.item = slice->items[i],
                          .text = print_scalar(j, &keys[i]),
                          .before = i};
  }
  if (n > 0)
    qsort(sorted, n, sizeof *sorted, by_text);
  return sorted;
}
