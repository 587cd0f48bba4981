/* SPDX-License-Identifier: MIT */
#include <stdio.h>

#include "../../runtime/core/mould.h"
#include "check.h"
#include "literal.h"

static wl_Heap *heap;

static const char *const PLAIN = "[['name'], ['labels']]";
static const char *const FREE = "[['note']]";

/* What is made of examples and a third input; "" is nothing. */
static bool makes(const char *const texts[5], const char *expected) {
  wl_Value v[5], plain = literal(heap, PLAIN), free = literal(heap, FREE);
  for (int i = 0; i < 5; i++)
    v[i] = literal(heap, texts[i]);
  wl_Example examples[2] = {{v[0], v[1]}, {v[2], v[3]}};
  wl_Mould *mould = wl_mould_learn(heap, examples, plain, free);
  wl_Value cast =
      mould != NULL ? wl_mould_cast(heap, mould, v[4]) : WL_VALUE_ABSENT;
  wl_Value want = literal(heap, expected);
  bool same = wl_equal(cast, want);
  wl_mould_free(heap, mould);
  wl_release(heap, cast);
  wl_release(heap, want);
  wl_release(heap, plain);
  wl_release(heap, free);
  for (int i = 0; i < 5; i++)
    wl_release(heap, v[i]);
  return same;
}

static void texts_go_where_they_went(void) {
  CHECK(makes(
      (const char *[]){"{'name': 'a1', 'n': 1}", "{'n': [1, {'x': 'a1'}]}",
                       "{'name': 'b2', 'n': 1}", "{'n': [1, {'x': 'b2'}]}",
                       "{'name': 'c3', 'n': 1}"},
      "{'n': [1, {'x': 'c3'}]}"));
  CHECK(makes((const char *[]){"{'labels': {'of': ['long-enough-1']}}", "'a'",
                               "{'labels': {'of': ['long-enough-2']}}", "'a'",
                               "{'labels': {'of': ['short']}}"},
              "'a'"));
}

static void what_does_not_fit_is_not_cast(void) {
  const char *const texts[][5] = {
      {"{'name': 'a'}", "'a'", "{'name': 'b'}", "'b'", "{'name': 1}"},
      {"{'name': 'a'}", "'a'", "{'name': 'b'}", "'b'", "{'name': 'A'}"},
      {"{'name': 'a'}", "'a'", "{'name': 'b'}", "'b'", "{'name': 'cc'}"},
      {"{'name': 'a'}", "'a'", "{'name': 'b'}", "'b'", "[]"},
      {"{'name': 'a'}", "'a'", "{'name': 'b'}", "'b'", "'c'"},
      {"{'note': 'a'}", "'a'", "{'note': 'b'}", "'b'", "{'note': 'cc'}"},
  };
  for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
    CHECK(makes(texts[i], ""));
}

static void examples_may_teach_nothing(void) {
  const char *const texts[][5] = {
      {"{'name': 'a'}", "'a-0'", "{'name': 'b'}", "'b-0'", "{'name': 'c'}"},
      {"{'other': 'a'}", "'a'", "{'other': 'b'}", "'b'", "{'other': 'c'}"},
      {"{'name': 'a'}", "1", "{'name': 'b'}", "2", "{'name': 'c'}"},
      {"{'name': 'a'}", "['a']", "{'name': 'b'}", "[]", "{'name': 'c'}"},
      {"'a'", "'a'", "'b'", "'b'", "'c'"},
  };
  for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
    CHECK(makes(texts[i], ""));
}

static void everything(void) {
  texts_go_where_they_went();
  what_does_not_fit_is_not_cast();
  examples_may_teach_nothing();
}

int main(void) {
  heap = wl_heap_new(NULL, NULL);
  everything(); /* fills the caches */
  size_t before = wl_heap_used(heap);
  everything();
  CHECK(wl_heap_used(heap) == before);
  wl_heap_free(heap);
  return check_report();
}
