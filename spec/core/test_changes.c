/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <string.h>

#include "../../runtime/core/changes.h"
#include "check.h"
#include "literal.h"

static wl_Heap *heap;

static bool matters(const char *path, const char *old, const char *now) {
  wl_Changes *changes = wl_changes_new(heap);
  wl_Value a = literal(heap, old), b = literal(heap, now);
  CHECK(wl_changes_add(changes, "else", 4, NULL));
  CHECK(wl_changes_add(changes, path, strlen(path), NULL));
  bool matter = wl_changes_matter(changes, a, b);
  wl_release(heap, a);
  wl_release(heap, b);
  wl_changes_free(changes);
  return matter;
}

static void fields(void) {
  CHECK(!matters("a.b", "{'a': {'b': 1}, 'c': 1}", "{'a': {'b': 1}, 'c': 2}"));
  CHECK(matters("a.b", "{'a': {'b': 1}}", "{'a': {'b': 2}}"));
  CHECK(matters("a.b", "{'a': {'b': 1}}", "{'a': {}}"));
  CHECK(matters("a", "{}", "{'a': 0}"));
  CHECK(!matters("a[t=x].s", "{'a': [{'t': 'x', 's': 'y', 'n': 1}]}",
                 "{'a': [{'t': 'z'}, {'t': 'x', 's': 'y', 'n': 2}]}"));
}

static void texts(void) {
  CHECK(!matters("a.b = yes", "{}", "{'a': {'b': 'no'}}"));
  CHECK(!matters("a = yes", "{'a': 'maybe'}", "{'a': 'no'}"));
  CHECK(matters("a = yes", "{'a': 'yes'}", "{'a': 'no'}"));
  CHECK(matters("a = yes", "{}", "{'a': 'yes'}"));
}

static void sums(void) {
  CHECK(!matters("a[*].n", "{}", "{'a': [{'n': 0}, {}]}"));
  CHECK(!matters("a[*].n", "{'a': [{'n': 1}, {'n': 2}]}",
                 "{'a': [{'n': 3}, {'n': 'x'}]}"));
  CHECK(matters("a[*].n", "{'a': [{'n': 1}]}", "{'a': [{'n': 1}, {'n': 1}]}"));
  CHECK(matters("[*].n", "[{'n': 1}]", "[{'n': 2}]"));
}

static void text_that_is_no_path(void) {
  static const char *const texts[] = {"a[", "a[*]b[", "[*][", "a..b"};
  wl_Changes *changes = wl_changes_new(heap);
  wl_Error error;
  for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
    CHECK(!wl_changes_add(changes, texts[i], strlen(texts[i]), &error));
  wl_changes_free(changes);
  wl_changes_free(NULL);
}

static void everything(void) {
  fields();
  texts();
  sums();
  text_that_is_no_path();
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
