/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <string.h>

#include "../../runtime/core/path.h"
#include "check.h"
#include "literal.h"

static wl_Heap *heap;

static const char *const POD =
    "{'metadata': {'name': 'web', 'labels': {'app.kubernetes.io/name': 'x',"
    " '0': 'zero'}}, 'spec': {'containers': [{'name': 'a', 'ports': "
    "[{'containerPort': 80}, {'containerPort': '81'}]}, {'name': 'b', 'on': "
    "true}]}, 'nothing': null}";

static wl_Path *parse(const char *text) {
  wl_Error error = {0};
  wl_Path *path = wl_path_parse(heap, text, strlen(text), &error);
  if (path == NULL)
    printf("%s\n", error.message);
  return path;
}

static bool reads(const char *text, const char *expected) {
  wl_Value root = literal(heap, POD);
  wl_Value want = literal(heap, expected);
  wl_Path *path = parse(text);
  bool same = path != NULL && wl_equal(wl_path_get(path, root), want);
  wl_path_free(heap, path);
  wl_release(heap, want);
  wl_release(heap, root);
  return same;
}

static void steps_of_every_kind(void) {
  CHECK(reads("metadata.name", "'web'"));
  CHECK(reads(".metadata.name", "'web'"));
  CHECK(reads("spec.containers[1].name", "'b'"));
  CHECK(reads("spec.containers[2].name", ""));
  CHECK(reads("spec.containers[name=b].on", "true"));
  CHECK(reads("spec.containers[on=true].name", "'b'"));
  CHECK(reads("spec.containers[name=c]", ""));
  CHECK(
      reads("spec.containers[0].ports[containerPort=80].containerPort", "80"));
  CHECK(reads("spec.containers[0].ports[containerPort=81].containerPort",
              "'81'"));
  CHECK(reads("spec.containers[0].ports[containerPort='80']", ""));
  CHECK(reads("metadata.labels[\"app.kubernetes.io/name\"]", "'x'"));
  CHECK(reads("metadata.labels['app.kubernetes.io/name']", "'x'"));
  CHECK(reads("metadata.labels[app.kubernetes.io/name]", "'x'"));
  CHECK(reads("metadata.labels.app\\.kubernetes\\.io/name", "'x'"));
  CHECK(reads("metadata.labels[0]", "'zero'"));
  CHECK(reads("nothing.at.all", ""));
  CHECK(reads("nothing", "null"));
  CHECK(reads("metadata.name.first", ""));
  CHECK(reads("", POD) && reads(".", POD));
}

static bool refused(const char *text, size_t column) {
  wl_Error error = {0};
  wl_Path *path = wl_path_parse(heap, text, strlen(text), &error);
  bool right = path == NULL && error.code == WL_ESYNTAX &&
               error.column == column && error.message[0] != '\0';
  wl_path_free(heap, path);
  return right;
}

static void text_that_does_not_parse(void) {
  CHECK(refused("a..b", 3));
  CHECK(refused("a.", 3));
  CHECK(refused("a[", 3));
  CHECK(refused("a[]", 3));
  CHECK(refused("a[0", 4));
  CHECK(refused("a['x]", 6));
  CHECK(refused("a[0]b", 5));
  CHECK(refused("a[x=1", 6));
  CHECK(refused("a[12345678901]", 15));
  char deep[4096];
  memset(deep, '.', sizeof deep);
  for (size_t i = 0; i < sizeof deep; i += 2)
    deep[i] = 'a';
  wl_Error error = {0};
  CHECK(wl_path_parse(heap, deep, sizeof deep - 1, &error) == NULL);
  CHECK(error.code == WL_ELIMIT);
}

/* What `root` becomes; an empty `value` removes, an empty `expected` is an
 * error. */
static bool sets(const char *root, const char *text, const char *value,
                 const char *expected) {
  wl_Path *path = parse(text);
  wl_Error error = {0};
  wl_Value before = literal(heap, root), copy = literal(heap, root);
  wl_Value want = literal(heap, expected);
  wl_Value after =
      wl_path_with(heap, path, wl_retain(before), literal(heap, value), &error);
  bool right = wl_equal(after, want) && wl_equal(before, copy) &&
               wl_is_absent(after) == (error.message[0] != '\0');
  if (!right)
    printf("%s = %s: %s\n", text, value, error.message);
  wl_release(heap, after);
  wl_release(heap, want);
  wl_release(heap, copy);
  wl_release(heap, before);
  wl_path_free(heap, path);
  return right;
}

static void setting(void) {
  CHECK(sets("{'a': 1}", "a", "2", "{'a': 2}"));
  CHECK(sets("{'a': 1}", "b.c.d", "2", "{'a': 1, 'b': {'c': {'d': 2}}}"));
  CHECK(sets("{'a': null}", "a.b", "2", "{'a': {'b': 2}}"));
  CHECK(sets("{'a': [1, 2]}", "a[1]", "3", "{'a': [1, 3]}"));
  CHECK(sets("{'a': [1, 2]}", "a[2]", "3", "{'a': [1, 2, 3]}"));
  CHECK(sets("{}", "a[0].b", "3", "{'a': [{'b': 3}]}"));
  CHECK(sets("{'a': [{'n': 'x'}]}", "a[n=x].v", "1",
             "{'a': [{'n': 'x', 'v': 1}]}"));
  CHECK(sets("{'a': [{'n': 'x'}]}", "a[n=y].v", "1",
             "{'a': [{'n': 'x'}, {'n': 'y', 'v': 1}]}"));
  CHECK(sets("{}", "a[port=80].v", "1", "{'a': [{'port': 80, 'v': 1}]}"));
  CHECK(sets("{'a': [{'n': 'x', 'v': 1}]}", "a[n=x]", "{'v': 2}",
             "{'a': [{'n': 'x', 'v': 2}]}"));
  CHECK(sets("{'a': {'0': 1}}", "a[0]", "2", "{'a': {'0': 2}}"));
  CHECK(sets("7", "", "8", "8"));
}

static void removing(void) {
  CHECK(sets("{'a': 1, 'b': 2}", "a", "", "{'b': 2}"));
  CHECK(sets("{'a': [1, 2, 3]}", "a[1]", "", "{'a': [1, 3]}"));
  CHECK(sets("{'a': [{'n': 'x'}, {'n': 'y'}]}", "a[n=x]", "",
             "{'a': [{'n': 'y'}]}"));
  CHECK(sets("{'a': 1}", "b.c", "", "{'a': 1}"));
  CHECK(sets("{'a': 1}", "a.c[0]", "", "{'a': 1}"));
}

static void steps_that_do_not_fit(void) {
  CHECK(sets("{'a': 1}", "a.b", "2", ""));
  CHECK(sets("{'a': [1]}", "a.b", "2", ""));
  CHECK(sets("{'a': [1]}", "a[2]", "2", ""));
  CHECK(sets("{'a': 'text'}", "a[0]", "2", ""));
  CHECK(sets("{'a': {}}", "a[n=x].v", "2", ""));
  CHECK(sets("{}", "a[1]", "2", ""));
  CHECK(sets("{}", "a[n=x][0]", "2", ""));
}

static void everything(void) {
  steps_of_every_kind();
  text_that_does_not_parse();
  setting();
  removing();
  steps_that_do_not_fit();
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
