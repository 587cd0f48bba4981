/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <string.h>

#include "../../runtime/core/patch.h"
#include "check.h"
#include "literal.h"

static wl_Heap *heap;
static wl_PatchTypes *types;
static wl_PatchType item; /* name, value, list (by name), set, retained, map */

static void add_field(const char *name, wl_PatchField field) {
  wl_Value key = wl_key(heap, name);
  wl_patch_types_field(types, item.number, key, field);
  wl_release(heap, key);
}

static void make_types(void) {
  types = wl_patch_types_new(heap);
  uint32_t leaf = wl_patch_types_add(types, WL_PATCH_LEAF, NULL);
  uint32_t map = wl_patch_types_add(types, WL_PATCH_MAP, "map");
  item =
      (wl_PatchType){types, wl_patch_types_add(types, WL_PATCH_OBJECT, "Item")};
  wl_Value name = wl_key(heap, "name");
  wl_PatchField scalar = {.type = leaf, .merge_key = WL_VALUE_ABSENT};
  wl_patch_types_field(types, map, name, scalar);
  wl_PatchField set = {
      .type = leaf, .merge = true, .merge_key = WL_VALUE_ABSENT};
  wl_PatchField list = {.type = item.number, .merge = true, .merge_key = name};
  wl_PatchField retained = {
      .type = item.number, .retain_keys = true, .merge_key = WL_VALUE_ABSENT};
  wl_PatchField labels = {.type = map, .merge_key = WL_VALUE_ABSENT};
  add_field("name", scalar);
  add_field("value", scalar);
  add_field("plain", scalar);
  add_field("list", list);
  add_field("set", set);
  add_field("retained", retained);
  add_field("labels", labels);
  wl_release(heap, name);
}

/* ---- one check a line: an empty expectation is a refusal ---- */

static bool gives(wl_Value got, const char *expected, const wl_Error *error) {
  wl_Value want = literal(heap, expected);
  bool right =
      wl_equal(got, want) && wl_is_absent(got) == (error->message[0] != '\0');
  if (!right)
    printf("wanted %s; %s\n", expected, error->message);
  wl_release(heap, got);
  wl_release(heap, want);
  return right;
}

typedef wl_Value Function(wl_Heap *heap, wl_Value a, wl_Value b,
                          wl_Error *error);

static bool check2(Function *function, const char *a, const char *b,
                   const char *expected) {
  wl_Error error = {0};
  wl_Value left = literal(heap, a), right = literal(heap, b);
  wl_Value left_before = literal(heap, a), right_before = literal(heap, b);
  wl_Value got = function(heap, left, right, &error);
  bool good = gives(got, expected, &error) && wl_equal(left, left_before) &&
              wl_equal(right, right_before);
  wl_release(heap, left);
  wl_release(heap, right);
  wl_release(heap, left_before);
  wl_release(heap, right_before);
  return good;
}

static wl_Value strategic(wl_Heap *h, wl_Value a, wl_Value b, wl_Error *e) {
  return wl_patch_strategic(h, a, b, item, e);
}

static wl_Value strategic_diff(wl_Heap *h, wl_Value a, wl_Value b,
                               wl_Error *e) {
  return wl_patch_strategic_diff(h, a, b, item, e);
}

#define MERGE(a, b, c) CHECK(check2(wl_patch_merge, a, b, c))
#define DIFF(a, b, c)  CHECK(check2(wl_patch_diff, a, b, c))
#define JSON(a, b, c)  CHECK(check2(wl_patch_json, a, b, c))
#define APPLY(a, b, c) CHECK(check2(strategic, a, b, c))
#define SDIFF(a, b, c) CHECK(check2(strategic_diff, a, b, c))

/* ---- JSON merge patch ---- */

static void merging(void) {
  MERGE("{'a': 'b'}", "{'a': 'c'}", "{'a': 'c'}");
  MERGE("{'a': 'b'}", "{'a': null}", "{}");
  MERGE("{'a': ['b']}", "{'a': 'c'}", "{'a': 'c'}");
  MERGE("{'a': {'b': 'c'}}", "{'a': {'b': 'd', 'c': null}}",
        "{'a': {'b': 'd'}}");
  MERGE("['a', 'b']", "['c', 'd']", "['c', 'd']");
  MERGE("{'a': 'foo'}", "null", "null");
  MERGE("{'e': null}", "{'a': 1}", "{'e': null, 'a': 1}");
  MERGE("[1, 2]", "{'a': 'b', 'c': null}", "{'a': 'b'}");
  MERGE("{}", "{'a': {'bb': {'ccc': null}}}", "{'a': {'bb': {}}}");
  /* nulls are items of a list, but not fields of its items */
  MERGE("{}", "{'a': [1, null, {'b': null}]}", "{'a': [1, null, {}]}");
  MERGE("{'a': {}}", "{'a': [{'b': null}]}", "{'a': [{'b': null}]}");
}

static void differences(void) {
  DIFF("{'a': 1, 'b': 2}", "{'a': 1, 'c': 3}", "{'c': 3, 'b': null}");
  DIFF("{'a': {'b': 1, 'c': 2}}", "{'a': {'b': 1, 'c': 3}}", "{'a': {'c': 3}}");
  DIFF("{'a': {'b': 1}}", "{'a': {'b': 1}}", "{}");
  DIFF("{'a': [1, 2]}", "{'a': [1]}", "{'a': [1]}");
  DIFF("{'a': {'b': 1}}", "{'a': 5}", "{'a': 5}");
  DIFF("{'a': 1}", "[1]", "[1]");
}

/* ---- JSON patch ---- */

static void operations(void) {
  JSON("{'a': [1, 3]}", "[{'op': 'add', 'path': '/a/1', 'value': 2}]",
       "{'a': [1, 2, 3]}");
  JSON("{'a': [1]}", "[{'op': 'add', 'path': '/a/-', 'value': 2}]",
       "{'a': [1, 2]}");
  JSON("{'a': [1]}", "[{'op': 'add', 'path': '/a/-1', 'value': 2}]",
       "{'a': [1, 2]}");
  JSON("{'a': [1, 2]}", "[{'op': 'remove', 'path': '/a/-1'}]", "{'a': [1]}");
  JSON("{'a': 1}", "[{'op': 'replace', 'path': '/b', 'value': 2}]",
       "{'a': 1, 'b': 2}");
  JSON("{'a': 1}", "[{'op': 'replace', 'path': '', 'value': [1]}]", "[1]");
  JSON("{'a': {'b': 1}}", "[{'op': 'move', 'from': '/a/b', 'path': '/a/c'}]",
       "{'a': {'c': 1}}");
  JSON("{'a': {'b': 1}}", "[{'op': 'copy', 'from': '/a', 'path': '/a/c'}]",
       "{'a': {'b': 1, 'c': {'b': 1}}}");
  JSON("{'a': {'b': [1]}}",
       "[{'op': 'test', 'path': '/a', 'value': {'b': [1]}}]",
       "{'a': {'b': [1]}}");
  JSON("{'a/b': 1, 'c~d': 2}",
       "[{'op': 'remove', 'path': '/a~1b'}, {'op': 'remove', 'path': "
       "'/c~0d'}]",
       "{}");
  JSON("[[1]]", "[{'op': 'add', 'path': '/0/0', 'value': 0}]", "[[0, 1]]");
  JSON("{'a': 1}", "[]", "{'a': 1}");
}

static void refused_operations(void) {
  JSON("{'a': 1}", "[{'op': 'add', 'path': '/x/y', 'value': 2}]", "");
  JSON("{'a': [1]}", "[{'op': 'add', 'path': '/a/2', 'value': 2}]", "");
  JSON("{'a': [1]}", "[{'op': 'add', 'path': '/a/x', 'value': 2}]", "");
  JSON("{'a': 1}", "[{'op': 'add', 'path': '', 'value': {}}]", "");
  JSON("{'a': 1}", "[{'op': 'replace', 'path': '', 'value': 5}]", "");
  JSON("{'a': 1}", "[{'op': 'remove', 'path': '/b'}]", "");
  JSON("{'a': 1}", "[{'op': 'test', 'path': '/a', 'value': '1'}]", "");
  JSON("{'a': 1}", "[{'op': 'jump', 'path': '/a'}]", "");
  JSON("{'a': 1}", "[{'path': '/a'}]", "");
  JSON("{'a': 1}", "[{'op': 'remove'}]", "");
  JSON("{'a': 1}", "[{'op': 'move', 'path': '/b'}]", "");
  JSON("{'a': 1}", "{'op': 'remove', 'path': '/a'}", "");
  JSON("{'a': 1}", "['remove']", "");
  JSON("5", "[]", "");
  /* all or nothing */
  JSON("{'a': 1}",
       "[{'op': 'remove', 'path': '/a'}, {'op': 'remove', 'path': '/a'}]", "");
}

/* ---- strategic merge patch ---- */

static void merged_lists(void) {
  APPLY("{'list': [{'name': 'a', 'value': 1}, {'name': 'b'}]}",
        "{'list': [{'name': 'b', 'value': 2}, {'name': 'c'}]}",
        "{'list': [{'name': 'a', 'value': 1}, {'name': 'b', 'value': 2}, "
        "{'name': 'c'}]}");
  APPLY("{'list': [{'name': 'a'}, {'name': 'b'}]}",
        "{'list': [{'name': 'a', '$patch': 'delete'}]}",
        "{'list': [{'name': 'b'}]}");
  APPLY("{'list': [{'name': 'a'}]}",
        "{'list': [{'$patch': 'replace'}, {'name': 'x'}]}",
        "{'list': [{'name': 'x'}]}");
  APPLY("{'set': [1, 2]}", "{'set': [2, 3]}", "{'set': [1, 2, 3]}");
  APPLY("{'set': [1, 2]}", "{'$deleteFromPrimitiveList/set': [1]}",
        "{'set': [2]}");
  APPLY("{'plain': [1, 2]}", "{'plain': [3]}", "{'plain': [3]}");
  APPLY("{'list': [{'name': 1}, {'name': 2}]}",
        "{'$setElementOrder/list': [{'name': 2}, {'name': 1}]}",
        "{'list': [{'name': 2}, {'name': 1}]}");
  /* added and deleted at once, with an order: what was there stays between */
  APPLY("{'list': [{'name': 1}, {'name': 2}, {'name': 4}]}",
        "{'$setElementOrder/list': [{'name': 2}, {'name': 3}], 'list': "
        "[{'name': 3}, {'name': 1, '$patch': 'delete'}]}",
        "{'list': [{'name': 2}, {'name': 4}, {'name': 3}]}");
}

static void directives_of_maps(void) {
  APPLY("{'labels': {'a': 1}}", "{'labels': {'$patch': 'delete'}}",
        "{'labels': {}}");
  APPLY("{'labels': {'a': 1}}", "{'labels': {'$patch': 'replace', 'b': 2}}",
        "{'labels': {'b': 2}}");
  APPLY("{'retained': {'name': 'a', 'value': 1}}",
        "{'retained': {'$retainKeys': ['value'], 'value': 2}}",
        "{'retained': {'value': 2}}");
  APPLY("{}", "{'labels': {'$patch': 'delete'}}", "{}");
  APPLY("{}", "{'labels': {'a': null, 'b': 1}}", "{'labels': {'b': 1}}");
  APPLY("{'new': 1}", "{'unknown': {'a': 1}}",
        "{'new': 1, 'unknown': {'a': 1}}");
}

static void refused_strategic(void) {
  APPLY("{'list': [{'name': 'a'}]}", "{'list': [{'value': 1}]}", "");
  APPLY("{'list': [{'name': 'a'}]}", "{'list': [1]}", "");
  APPLY("{'list': [{'name': 'a'}]}", "{'list': [[]]}", "");
  APPLY("{'list': [{'name': 'a'}]}", "{'list': [{'$patch': 'merge'}]}", "");
  APPLY("{'labels': {'a': 1}}", "{'labels': {'$patch': 'merge'}}", "");
  APPLY("{'retained': {'name': 'a'}}",
        "{'retained': {'$retainKeys': ['name'], 'value': 1}}", "");
  APPLY("{'unknown': {'a': 1}}", "{'unknown': {'a': 2}}", "");
  APPLY("{'set': [1, 2]}", "{'$setElementOrder/set': [1, 2, 3], 'set': [3, 1]}",
        "");
  APPLY("{'set': [1, 2]}", "{'$setElementOrder/set': 5}", "");
  APPLY("{}", "{'$setElementOrder/nothing': [1]}", "");
  APPLY("[]", "{}", "");
  APPLY("{}", "5", "");
}

static void strategic_differences(void) {
  SDIFF("{'list': [{'name': 'a', 'value': 1}]}",
        "{'list': [{'name': 'a', 'value': 2}]}",
        "{'$setElementOrder/list': [{'name': 'a'}], 'list': [{'name': 'a', "
        "'value': 2}]}");
  SDIFF("{'set': [1, 2]}", "{'set': [2, 3]}",
        "{'$deleteFromPrimitiveList/set': [1], '$setElementOrder/set': [2, "
        "3], 'set': [3]}");
  SDIFF("{'retained': {'name': 1}}", "{'retained': {'value': 1}}",
        "{'retained': {'$retainKeys': ['value'], 'name': null, 'value': 1}}");
  SDIFF("null", "{'name': 1}", "{'name': 1}");
  SDIFF("{'list': [{'name': 1}]}", "{'list': [{'value': 1}]}", "");
}

/* ---- limits ---- */

static wl_Value deep_map(int depth) {
  wl_Value key = wl_key(heap, "retained"), v = wl_map_empty(heap);
  for (int i = 0; i < depth; i++)
    v = wl_map_with(heap, wl_map_empty(heap), key, v);
  wl_release(heap, key);
  return v;
}

static void nesting_is_limited(void) {
  const int depths[] = {500, 5000};
  for (int i = 0; i < 2; i++) {
    wl_Value a = deep_map(depths[i]), b = deep_map(depths[i] - 1);
    wl_Error errors[4] = {0};
    wl_Value results[4] = {wl_patch_merge(heap, a, b, &errors[0]),
                           wl_patch_diff(heap, a, b, &errors[1]),
                           strategic(heap, a, b, &errors[2]),
                           strategic_diff(heap, a, b, &errors[3])};
    for (int k = 0; k < 4; k++) {
      CHECK(wl_is_absent(results[k]) == (i == 1));
      CHECK(errors[k].code == (i == 1 ? WL_ELIMIT : WL_OK));
      wl_release(heap, results[k]);
    }
    wl_release(heap, a);
    wl_release(heap, b);
  }
}

static wl_Value many(int n, const char *field) {
  wl_Builder b;
  wl_builder_init(&b, heap);
  for (int i = 0; i < n; i++)
    wl_builder_add(&b, wl_int_new(heap, i));
  wl_Value key = wl_key(heap, field), list = wl_builder_list(&b);
  wl_Value map = wl_map_with(heap, wl_map_empty(heap), key, list);
  wl_release(heap, key);
  return map;
}

static void long_lists_are_limited(void) {
  wl_Error error = {0};
  wl_Value a = many(WL_PATCH_ITEMS, "set"), b = many(1, "set");
  wl_Value c = many(WL_PATCH_ITEMS + 1, "set");
  wl_Value merged = strategic(heap, a, b, &error);
  CHECK(wl_equal(merged, a));
  wl_release(heap, merged);
  CHECK(wl_is_absent(strategic(heap, c, b, &error)));
  CHECK(error.code == WL_ELIMIT);
  wl_release(heap, a);
  wl_release(heap, b);
  wl_release(heap, c);
}

/* Each operation doubles the document, or nests it once more. */
static void copies_are_limited(void) {
  const char *const operations[] = {
      "[{'op': 'copy', 'from': '/a', 'path': '/a/-'}]",
      "[{'op': 'copy', 'from': '/a', 'path': '/a/x'}]"};
  const char *const documents[] = {"{'a': [1]}", "{'a': {'x': 1}}"};
  for (int i = 0; i < 2; i++) {
    wl_Value one = literal(heap, operations[i]), many_times[2000];
    wl_Value document = literal(heap, documents[i]);
    wl_Error error = {0};
    for (int k = 0; k < 2000; k++)
      many_times[k] = wl_retain(wl_list_get(one, 0));
    wl_Value patch = wl_list_new(heap, many_times, 2000);
    CHECK(wl_is_absent(wl_patch_json(heap, document, patch, &error)));
    CHECK(error.code == WL_ELIMIT);
    wl_release(heap, patch);
    wl_release(heap, one);
    wl_release(heap, document);
  }
}

static void everything(void) {
  merging();
  differences();
  operations();
  refused_operations();
  merged_lists();
  directives_of_maps();
  refused_strategic();
  strategic_differences();
  nesting_is_limited();
  long_lists_are_limited();
  copies_are_limited();
}

int main(void) {
  heap = wl_heap_new(NULL, NULL);
  make_types();
  everything(); /* fills the caches */
  size_t before = wl_heap_used(heap);
  everything();
  CHECK(wl_heap_used(heap) <= before);
  wl_patch_types_free(types);
  wl_heap_free(heap);
  return check_report();
}
