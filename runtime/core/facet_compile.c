/* SPDX-License-Identifier: MIT */
/* facet_compile.c - facets of their description. */
#include <string.h>

#include "facet_private.h"

static size_t key_length(const char *text) {
  return strcspn(text, ".[");
}

/* The bit of the root of a path that has been parsed. */
static Roots root_of(wl_Facets *f, wl_Text text) {
  const char *start = text.bytes + (text.bytes[0] == '.');
  size_t length = key_length(start);
  if (length == strlen("metadata") && memcmp(start, "metadata", length) == 0 &&
      start[length] == '.')
    length += 1 + key_length(start + length + 1);
  for (size_t i = 0; i < f->root_count; i++) {
    wl_Text known = wl_path_text(f->roots[i]);
    if (known.length == length && memcmp(known.bytes, start, length) == 0)
      return (Roots)1 << i;
  }
  if (f->root_count == MAX_ROOTS)
    return ANYWHERE;
  wl_Path *root = wl_path_parse(f->heap, start, length, NULL);
  if (root == NULL) /* a quoted key, cut in the middle */
    return ANYWHERE;
  f->roots[f->root_count] = root;
  return (Roots)1 << f->root_count++;
}

/* Adds to `roots` what the path looks at. */
static wl_Path *compile_path(wl_Facets *f, wl_Value text, Roots *roots,
                             wl_Error *error) {
  if (wl_type(text) != WL_STRING) {
    wl_fail(error, WL_EINVALID, "a facet's path must be a string");
    return NULL;
  }
  wl_Text t = wl_text(&text);
  wl_Path *path = wl_path_parse(f->heap, t.bytes, t.length, error);
  if (path != NULL)
    *roots |= root_of(f, t);
  return path;
}

static bool compile_test(wl_Facets *f, wl_Value d, Test *test, wl_Error *error);

static bool compile_parts(wl_Facets *f, wl_Value of, Test *test,
                          wl_Error *error) {
  size_t n = wl_length(of);
  if (wl_type(of) != WL_LIST || n == 0)
    return wl_fail(error, WL_EINVALID, "a facet's \"of\" must list tests");
  test->parts = wl_alloc_zeroed(f->heap, n * sizeof *test->parts);
  test->count = n;
  for (size_t i = 0; i < n; i++)
    if (!compile_test(f, wl_list_get(of, i), &test->parts[i], error))
      return false;
  return true;
}

static bool compile_reference(wl_Facets *f, wl_Value name, Test *test,
                              wl_Error *error) {
  wl_FacetType type;
  size_t at;
  if (!wl_facets_find(f, name, &type, &at) || type != WL_FACET_TEST)
    return wl_fail(error, WL_EINVALID,
                   "facet \"%s\" is not a test declared before",
                   wl_text(&name).bytes);
  test->op = FACET;
  test->facet = (uint32_t)at;
  f->asks |= (uint32_t)1 << at;
  return true;
}

static bool compile_test(wl_Facets *f, wl_Value d, Test *test,
                         wl_Error *error) {
  static const char *const ops[] = {"all",    "any", "not",   "present",
                                    "absent", "in",  "notin", "contains"};
  test->values = WL_VALUE_ABSENT;
  if (wl_type(d) == WL_STRING)
    return compile_reference(f, d, test, error);
  size_t op = 0;
  wl_Value name = wl_map_get(d, f->key_op);
  while (op < FACET && !wl_text_is(name, ops[op]))
    op++;
  if (op == FACET)
    return wl_fail(error, WL_EINVALID,
                   "a facet's test is a facet's name or has an \"op\" of all, "
                   "any, not, present, absent, in, notin, contains");
  test->op = (TestOp)op;
  if (op <= NOT)
    return compile_parts(f, wl_map_get(d, f->key_of), test, error);
  test->path =
      compile_path(f, wl_map_get(d, f->key_path), &f->looked_at, error);
  if (test->path == NULL)
    return false;
  if (op >= IN) {
    test->values = wl_retain(wl_map_get(d, f->key_values));
    if (wl_type(test->values) != WL_LIST)
      return wl_fail(error, WL_EINVALID, "a facet's \"values\" must be a list");
  }
  return true;
}

static bool compile_where(wl_Facets *f, wl_Value d, Facet *facet,
                          wl_Error *error) {
  wl_Value where = wl_map_get(d, f->key_where);
  facet->where = -1;
  if (wl_is_absent(where))
    return true;
  Test reference = {.facet = 0};
  if (wl_type(where) != WL_STRING ||
      !compile_reference(f, where, &reference, error))
    return wl_fail(error, WL_EINVALID,
                   "a facet's \"where\" must name a test facet before it");
  facet->where = (int)reference.facet;
  return true;
}

static bool compile_slot(wl_Facets *f, wl_Value d, Facet *facet,
                         wl_Error *error) {
  wl_Value paths = wl_map_get(d, f->key_paths);
  size_t n = facet->type == WL_FACET_SUM ? wl_length(paths) : 1;
  if (n == 0 || n > MAX_PARTS)
    return wl_fail(error, WL_EINVALID, "a sum facet has 1 to %d paths",
                   MAX_PARTS);
  for (size_t i = 0; i < n; i++) {
    wl_Value text = facet->type == WL_FACET_SUM ? wl_list_get(paths, i)
                                                : wl_map_get(d, f->key_path);
    facet->paths[i] = compile_path(f, text, &f->looked_at, error);
    if (facet->paths[i] == NULL)
      return false;
    facet->path_count++;
  }
  wl_Value call = wl_map_get(d, f->key_call);
  facet->call = wl_type(call) == WL_INT ? wl_int(call) : 0;
  if (f->slots == WL_FACET_OTHERS)
    return wl_fail(error, WL_ELIMIT,
                   "a kind has at most %d facets that are "
                   "not tests",
                   WL_FACET_OTHERS);
  facet->at = f->slots;
  f->slot_types[f->slots++] = facet->type;
  return compile_where(f, d, facet, error);
}

static bool compile_facet_part(wl_Facets *f, wl_Value d, wl_Error *error) {
  static const char *const types[] = {"test", "value", "time", "sum"};
  Facet *facet = &f->items[f->count];
  wl_Value name = wl_map_get(d, f->key_name), op = wl_map_get(d, f->key_op);
  if (wl_type(name) != WL_STRING)
    return wl_fail(error, WL_EINVALID, "a facet needs a name");
  size_t type = 0;
  while (type < 4 && !wl_text_is(op, types[type]))
    type++;
  if (type == 4)
    return wl_fail(error, WL_EINVALID,
                   "facet \"%s\": op must be test, value, time or sum",
                   wl_text(&name).bytes);
  facet->name = wl_string_interned(f->heap, name);
  facet->type = (wl_FacetType)type;
  f->count++;
  facet->test.values = WL_VALUE_ABSENT;
  if (facet->type != WL_FACET_TEST)
    return compile_slot(f, d, facet, error);
  if (f->tests == WL_FACET_TESTS)
    return wl_fail(error, WL_ELIMIT, "a kind has at most %d test facets",
                   WL_FACET_TESTS);
  facet->at = f->tests;
  f->count--; /* a test does not see itself */
  bool ok = compile_test(f, wl_map_get(d, f->key_test), &facet->test, error);
  f->count++;
  f->tests++;
  return ok;
}

static bool compile_facet(wl_Facets *f, wl_Value d, wl_Error *error) {
  Facet *facet = &f->items[f->count];
  f->looked_at = f->asks = 0;
  bool ok = compile_facet_part(f, d, error);
  facet->roots = f->looked_at;
  facet->asks = f->asks;
  return ok;
}

static void intern_words(wl_Facets *f) {
  f->key_name = wl_key(f->heap, "name");
  f->key_op = wl_key(f->heap, "op");
  f->key_of = wl_key(f->heap, "of");
  f->key_path = wl_key(f->heap, "path");
  f->key_paths = wl_key(f->heap, "paths");
  f->key_values = wl_key(f->heap, "values");
  f->key_test = wl_key(f->heap, "test");
  f->key_where = wl_key(f->heap, "where");
  f->key_call = wl_key(f->heap, "call");
}

wl_Facets *wl_facets_compile(wl_Heap *heap, wl_Value description,
                             wl_FacetSum *sum, void *context, wl_Error *error) {
  size_t n = wl_length(description);
  wl_Facets *f = wl_alloc_zeroed(heap, sizeof *f);
  f->heap = heap;
  f->sum = sum;
  f->context = context;
  f->items = wl_alloc_zeroed(heap, (n + 1) * sizeof *f->items);
  wl_table_init(&f->texts, heap);
  intern_words(f);
  for (size_t i = 0; i < n; i++) {
    if (compile_facet(f, wl_list_get(description, i), error))
      continue;
    f->count = n; /* what was not reached is zero and is freed as nothing */
    wl_facets_free(f);
    return NULL;
  }
  return f;
}

/* ---- freeing ---- */

static void free_test(wl_Facets *f, Test *test) {
  for (size_t i = 0; i < test->count; i++)
    free_test(f, &test->parts[i]);
  wl_dealloc(f->heap, test->parts, test->count * sizeof *test->parts);
  wl_path_free(f->heap, test->path);
  if (test->values.bits != 0)
    wl_release(f->heap, test->values);
}

void wl_facets_free(wl_Facets *f) {
  if (f == NULL)
    return;
  size_t capacity = 0;
  for (; capacity < f->count; capacity++) {
    Facet *facet = &f->items[capacity];
    free_test(f, &facet->test);
    wl_facet_free_memos(f, facet);
    for (size_t p = 0; p < facet->path_count; p++)
      wl_path_free(f->heap, facet->paths[p]);
    if (facet->name.bits != 0)
      wl_release(f->heap, facet->name);
  }
  for (size_t i = 0; i < f->root_count; i++)
    wl_path_free(f->heap, f->roots[i]);
  wl_dealloc(f->heap, f->items, (capacity + 1) * sizeof *f->items);
  const wl_Value words[] = {f->key_name, f->key_op,    f->key_of,
                            f->key_path, f->key_paths, f->key_values,
                            f->key_test, f->key_where, f->key_call};
  wl_table_destroy(&f->texts);
  for (size_t i = 0; i < sizeof words / sizeof *words; i++)
    wl_release(f->heap, words[i]);
  wl_dealloc(f->heap, f, sizeof *f);
}
