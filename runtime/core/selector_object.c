/* SPDX-License-Identifier: MIT */
/* Selectors from LabelSelector objects, as metav1.LabelSelectorAsSelector. */
#include "quote.h"
#include "selector.h"
#include "selector_builder.h"

static bool refuse(wl_Error *error, const char *what, const char *wanted,
                   wl_Value got) {
  return wl_fail(error, WL_EINVALID, "%s must be %s, not %s", what, wanted,
                 wl_type_name(wl_type(got)));
}

static bool is_nothing(wl_Value v) {
  return wl_is_absent(v) || wl_type(v) == WL_NULL;
}

/* A field of `map`; absent also where it is null. */
static wl_Value field(wl_Heap *heap, wl_Value map, const char *name) {
  wl_Value key = wl_key(heap, name);
  wl_Value v = wl_map_get(map, key);
  wl_release(heap, key);
  return is_nothing(v) ? WL_VALUE_ABSENT : v;
}

static bool add_value(wl_SelectorBuilder *b, const char *what, wl_Value value,
                      wl_Error *error) {
  if (wl_type(value) != WL_STRING)
    return refuse(error, what, "a string", value);
  wl_selector_builder_value(b, wl_string_interned(b->heap, value));
  return true;
}

static bool add_labels(wl_SelectorBuilder *b, wl_Value labels, bool trusted,
                       wl_Error *error) {
  if (!is_nothing(labels) && wl_type(labels) != WL_MAP)
    return refuse(error, "matchLabels", "a map", labels);
  for (size_t i = 0; i < wl_length(labels); i++) {
    wl_Value key = wl_map_key_at(labels, i);
    if (!add_value(b, "a label's value", wl_map_value_at(labels, i), error))
      return false;
    wl_retain(key);
    if (trusted)
      wl_selector_builder_trust(b, key, WL_SEL_EQUALS);
    else if (!wl_selector_builder_add(b, key, WL_SEL_EQUALS, false, error))
      return false;
  }
  return true;
}

static bool read_operator(wl_Value v, wl_SelectorOp *op, wl_Error *error) {
  static const struct {
    const char *word;
    wl_SelectorOp op;
  } words[] = {{"In", WL_SEL_IN},
               {"NotIn", WL_SEL_NOT_IN},
               {"Exists", WL_SEL_EXISTS},
               {"DoesNotExist", WL_SEL_NOT_EXISTS}};
  if (wl_type(v) != WL_STRING)
    return refuse(error, "operator", "a string", v);
  for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
    if (wl_text_is(v, words[i].word)) {
      *op = words[i].op;
      return true;
    }
  char quoted[88];
  wl_quote(quoted, sizeof quoted, wl_text(&v).bytes, wl_text(&v).length);
  return wl_fail(error, WL_EINVALID,
                 "%s is not a valid label selector operator", quoted);
}

static bool add_expression(wl_SelectorBuilder *b, wl_Value expression,
                           wl_Error *error) {
  if (wl_type(expression) != WL_MAP)
    return refuse(error, "an item of matchExpressions", "a map", expression);
  wl_Value key = field(b->heap, expression, "key");
  wl_Value values = field(b->heap, expression, "values");
  wl_SelectorOp op = WL_SEL_IN;
  if (!read_operator(field(b->heap, expression, "operator"), &op, error))
    return false;
  if (wl_type(key) != WL_STRING)
    return refuse(error, "key", "a string", key);
  if (!wl_is_absent(values) && wl_type(values) != WL_LIST)
    return refuse(error, "values", "a list", values);
  for (size_t i = 0; i < wl_length(values); i++)
    if (!add_value(b, "an item of values", wl_list_get(values, i), error))
      return false;
  return wl_selector_builder_add(b, wl_string_interned(b->heap, key), op, false,
                                 error);
}

static bool add_expressions(wl_SelectorBuilder *b, wl_Value list,
                            wl_Error *error) {
  if (!wl_is_absent(list) && wl_type(list) != WL_LIST)
    return refuse(error, "matchExpressions", "a list", list);
  for (size_t i = 0; i < wl_length(list); i++)
    if (!add_expression(b, wl_list_get(list, i), error))
      return false;
  return true;
}

wl_Selector *wl_selector_from(wl_Heap *heap, wl_Value label_selector,
                              wl_Error *error) {
  if (is_nothing(label_selector))
    return wl_selector_nothing(heap);
  if (wl_type(label_selector) != WL_MAP) {
    refuse(error, "a label selector", "a map", label_selector);
    return NULL;
  }
  wl_SelectorBuilder b;
  wl_Selector *s = NULL;
  wl_selector_builder_init(&b, heap);
  wl_Value labels = field(heap, label_selector, "matchLabels");
  wl_Value list = field(heap, label_selector, "matchExpressions");
  if (add_labels(&b, labels, false, error) && add_expressions(&b, list, error))
    s = wl_selector_builder_finish(&b);
  wl_selector_builder_destroy(&b);
  return s;
}

wl_Selector *wl_selector_from_labels(wl_Heap *heap, wl_Value labels,
                                     wl_Error *error) {
  wl_SelectorBuilder b;
  wl_Selector *s = NULL;
  wl_selector_builder_init(&b, heap);
  if (add_labels(&b, labels, true, error))
    s = wl_selector_builder_finish(&b);
  wl_selector_builder_destroy(&b);
  return s;
}
