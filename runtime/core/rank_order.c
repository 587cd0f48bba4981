/* SPDX-License-Identifier: MIT */
/* rank_order.c - orders, from their description. */
#include "rank_private.h"

static wl_Value field_of(const wl_Order *order, wl_Value map,
                         const char *name) {
  wl_Value key = wl_key(order->heap, name);
  wl_Value v = wl_map_get(map, key);
  wl_release(order->heap, key);
  return v;
}

static bool path_of(const wl_Order *order, wl_Value text, wl_Path **path,
                    wl_Error *error) {
  if (wl_is_absent(text))
    return true;
  if (wl_type(text) != WL_STRING)
    return wl_fail(error, WL_EINVALID, "an order's path must be a string");
  wl_Text t = wl_text(&text);
  *path = wl_path_parse(order->heap, t.bytes, t.length, error);
  return *path != NULL;
}

static bool mask_of(const wl_Order *order, wl_Value name, uint32_t *mask,
                    wl_Error *error) {
  wl_FacetType type;
  size_t at;
  if (wl_is_absent(name))
    return true;
  if (wl_type(name) != WL_STRING ||
      !wl_facets_find(order->facets, name, &type, &at) || type != WL_FACET_TEST)
    return wl_fail(error, WL_EINVALID, "an order names an unknown test facet");
  *mask = (uint32_t)1 << at;
  return true;
}

static bool compile_first(const wl_Order *order, wl_Value d, Key *key,
                          wl_Error *error) {
  wl_Value first = field_of(order, d, "first");
  wl_Value as = field_of(order, d, "as");
  key->descending = wl_text_is(first, "highest") ||
                    wl_text_is(first, "oldest") ||
                    wl_same(first, WL_VALUE_TRUE);
  if (wl_type(first) == WL_LIST) {
    key->as = AS_LISTED;
    key->texts = wl_retain(first);
  } else if (wl_text_is(first, "absent")) {
    key->as = AS_PRESENCE;
  } else if (wl_text_is(as, "integer") || key->source != FIELD) {
    key->as = AS_INTEGER;
  } else if (wl_text_is(as, "age")) {
    key->as = AS_AGE;
  } else if (wl_is_absent(as)) {
    key->as = AS_TEXT;
  } else {
    return wl_fail(error, WL_EINVALID,
                   "an order's \"as\" must be \"integer\" or \"age\"");
  }
  return true;
}

static bool compile_source(const wl_Order *order, wl_Value d, Key *key,
                           wl_Error *error) {
  static const char *const names[] = {"field", "facet", "count", "max"};
  wl_Value source = field_of(order, d, "source");
  wl_Value path = field_of(order, d, "path");
  size_t i = 0;
  while (i < 4 && !wl_text_is(source, names[i]))
    i++;
  if (i == 4)
    return wl_fail(error, WL_EINVALID,
                   "an order's source must be field, "
                   "facet, count or max");
  key->source = (Source)i;
  if (key->source == FACET)
    return mask_of(order, path, &key->facet, error);
  if (wl_is_absent(path))
    return wl_fail(error, WL_EINVALID, "an order's key needs a path");
  return path_of(order, path, &key->path, error) &&
         path_of(order, field_of(order, d, "field"), &key->field, error);
}

static bool compile_key(const wl_Order *order, wl_Value d, Key *key,
                        wl_Error *error) {
  key->only_fields = key->texts = WL_VALUE_ABSENT;
  wl_Value fallback = field_of(order, d, "default");
  wl_Value only = field_of(order, d, "only");
  key->fallback = wl_type(fallback) == WL_INT ? wl_int(fallback) : 0;
  key->logarithmic = wl_text_is(field_of(order, d, "scale"), "log2");
  key->only_fields = wl_retain(field_of(order, only, "fields"));
  return compile_source(order, d, key, error) &&
         compile_first(order, d, key, error) &&
         path_of(order, field_of(order, d, "tie"), &key->tie, error) &&
         path_of(order, field_of(order, only, "path"), &key->only, error) &&
         mask_of(order, field_of(order, d, "where"), &key->where, error);
}

wl_Order *wl_order_compile(wl_Heap *heap, const wl_Facets *facets,
                           wl_Value description, wl_Error *error) {
  size_t n = wl_length(description);
  wl_Order *order = wl_alloc_zeroed(heap, sizeof *order);
  order->heap = heap;
  order->facets = facets;
  order->keys = wl_alloc_zeroed(heap, (n + 1) * sizeof *order->keys);
  order->count = n;
  order->name = wl_key(heap, "name");
  for (size_t i = 0; i < n; i++)
    order->keys[i].only_fields = order->keys[i].texts = WL_VALUE_ABSENT;
  for (size_t i = 0; i < n; i++) {
    if (compile_key(order, wl_list_get(description, i), &order->keys[i], error))
      continue;
    wl_order_free(order);
    return NULL;
  }
  return order;
}

void wl_order_free(wl_Order *order) {
  if (order == NULL)
    return;
  wl_Heap *heap = order->heap;
  for (size_t i = 0; i < order->count; i++) {
    Key *key = &order->keys[i];
    wl_path_free(heap, key->path);
    wl_path_free(heap, key->field);
    wl_path_free(heap, key->tie);
    wl_path_free(heap, key->only);
    wl_release(heap, key->only_fields);
    wl_release(heap, key->texts);
  }
  wl_release(heap, order->name);
  wl_dealloc(heap, order->keys, (order->count + 1) * sizeof *order->keys);
  wl_dealloc(heap, order, sizeof *order);
}
