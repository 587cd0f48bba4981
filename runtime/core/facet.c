/* SPDX-License-Identifier: MIT */
/* facet.c - compiling and answering facets. */
#include "facet.h"

#include <string.h>

#include "clock.h"
#include "path.h"

typedef enum TestOp {
  ALL,
  ANY,
  NOT,
  PRESENT,
  ABSENT,
  IN,
  NOTIN,
  CONTAINS,
  FACET
} TestOp;

typedef struct Test {
  TestOp op;
  uint32_t facet;     /* FACET: which bit */
  wl_Path *path;      /* PRESENT .. CONTAINS */
  wl_Value values;    /* IN, NOTIN, CONTAINS: a list */
  struct Test *parts; /* ALL, ANY, NOT */
  size_t count;       /* of parts */
} Test;

enum { MAX_PARTS = 6 };

/* What a sum came to for some parts, which it keeps alive. */
typedef struct Memo {
  bool taken;
  wl_Value parts[MAX_PARTS];
  int64_t amount;
} Memo;

/* Memos of a facet, in pairs: where the addresses of two combinations of parts
 * happen to meet, there is room for both. */
enum { MEMO_BITS = 8, MEMOS = 1 << MEMO_BITS };

/* What a facet looks at: a bit for each root, which is the first key of a path,
 * or the first two below metadata, which every write changes. */
enum { MAX_ROOTS = 16 };
typedef uint32_t Roots;
static const Roots ANYWHERE = (Roots)1 << MAX_ROOTS;

typedef struct Facet {
  wl_Value name;
  Roots roots;   /* of its own paths */
  uint32_t asks; /* the tests that it names, as a mask */
  wl_FacetType type;
  size_t at; /* bit or slot */
  int where; /* a test's bit, -1: always */
  Test test; /* WL_FACET_TEST */
  wl_Path *paths[MAX_PARTS];
  size_t path_count;
  int64_t call; /* 0: none */
  Memo *memos;  /* when there is a call */
} Facet;

struct wl_Facets {
  wl_Heap *heap;
  Facet *items;
  size_t count, tests, slots;
  wl_FacetType slot_types[WL_FACET_OTHERS];
  wl_Path *roots[MAX_ROOTS];
  size_t root_count;
  Roots looked_at; /* by the facet that is being compiled */
  uint32_t asks;   /* tests that it names */
  wl_FacetSum *sum;
  void *context;
  wl_Value texts; /* a map: each text a value facet has answered */
  wl_Value key_name, key_op, key_of, key_path, key_paths, key_values, key_test,
      key_where, key_call;
};

/* ---- compiling ---- */

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
  Test reference;
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
  f->texts = wl_map_empty(heap);
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

static void free_memo(wl_Facets *f, const Facet *facet, Memo *memo) {
  for (size_t i = 0; memo->taken && i < facet->path_count; i++)
    wl_release(f->heap, memo->parts[i]);
  memo->taken = false;
}

static void free_memos(wl_Facets *f, Facet *facet) {
  for (size_t i = 0; facet->memos != NULL && i < MEMOS; i++)
    free_memo(f, facet, &facet->memos[i]);
  wl_dealloc(f->heap, facet->memos, MEMOS * sizeof *facet->memos);
}

void wl_facets_free(wl_Facets *f) {
  if (f == NULL)
    return;
  size_t capacity = 0;
  for (; capacity < f->count; capacity++) {
    Facet *facet = &f->items[capacity];
    free_test(f, &facet->test);
    free_memos(f, facet);
    for (size_t p = 0; p < facet->path_count; p++)
      wl_path_free(f->heap, facet->paths[p]);
    if (facet->name.bits != 0)
      wl_release(f->heap, facet->name);
  }
  for (size_t i = 0; i < f->root_count; i++)
    wl_path_free(f->heap, f->roots[i]);
  wl_dealloc(f->heap, f->items, (capacity + 1) * sizeof *f->items);
  const wl_Value words[] = {
      f->key_name,   f->key_op,   f->key_of,    f->key_path, f->key_paths,
      f->key_values, f->key_test, f->key_where, f->key_call, f->texts};
  for (size_t i = 0; i < sizeof words / sizeof *words; i++)
    wl_release(f->heap, words[i]);
  wl_dealloc(f->heap, f, sizeof *f);
}

/* ---- reading ---- */

size_t wl_facets_slots(const wl_Facets *f) {
  return f->slots;
}

wl_FacetType wl_facets_slot_type(const wl_Facets *f, size_t slot) {
  return f->slot_types[slot];
}

wl_Value wl_facets_name(const wl_Facets *f, size_t i) {
  return i < f->count ? f->items[i].name : WL_VALUE_ABSENT;
}

bool wl_facets_find(const wl_Facets *f, wl_Value name, wl_FacetType *type,
                    size_t *at) {
  for (size_t i = 0; i < f->count; i++) {
    if (!wl_equal(f->items[i].name, name))
      continue;
    *type = f->items[i].type;
    *at = f->items[i].at;
    return true;
  }
  return false;
}

/* ---- answering ---- */

static bool is_listed(wl_Value values, wl_Value v) {
  for (size_t i = 0, n = wl_length(values); i < n; i++)
    if (wl_equal(wl_list_get(values, i), v))
      return true;
  return false;
}

static bool contains_any(wl_Value list, wl_Value values) {
  for (size_t i = 0, n = wl_length(list); i < n; i++)
    if (is_listed(values, wl_list_get(list, i)))
      return true;
  return false;
}

static bool is_present(wl_Value v) {
  wl_Type type = wl_type(v);
  if (type == WL_LIST || type == WL_MAP)
    return wl_length(v) > 0;
  return type > WL_NULL && !(type == WL_STRING && wl_text(&v).length == 0);
}

static bool holds(const Test *test, wl_Value object, uint32_t earlier) {
  switch (test->op) {
  case ALL:
    for (size_t i = 0; i < test->count; i++)
      if (!holds(&test->parts[i], object, earlier))
        return false;
    return true;
  case ANY:
    for (size_t i = 0; i < test->count; i++)
      if (holds(&test->parts[i], object, earlier))
        return true;
    return false;
  case NOT:
    return !holds(&test->parts[0], object, earlier);
  case FACET:
    return (earlier >> test->facet) & 1;
  case PRESENT:
    return is_present(wl_path_get(test->path, object));
  case ABSENT:
    return !is_present(wl_path_get(test->path, object));
  case CONTAINS:
    return contains_any(wl_path_get(test->path, object), test->values);
  case IN:
    return is_listed(test->values, wl_path_get(test->path, object));
  default:
    return !is_listed(test->values, wl_path_get(test->path, object));
  }
}

static int64_t text_slot(wl_Facets *f, wl_Value v) {
  if (wl_type(v) != WL_STRING)
    return WL_FACET_NONE;
  wl_Value text = wl_string_interned(f->heap, v);
  if (wl_is_absent(wl_map_get(f->texts, text)))
    f->texts = wl_map_with(f->heap, f->texts, text, WL_VALUE_NULL);
  int64_t bits = (int64_t)text.bits;
  wl_release(f->heap, text); /* texts keeps it */
  return bits;
}

static int64_t seconds_slot(wl_Value v) {
  int64_t ms;
  if (wl_type(v) != WL_STRING)
    return WL_FACET_NONE;
  wl_Text text = wl_text(&v);
  return wl_time_parse(text.bytes, text.length, &ms) ? ms / 1000
                                                     : WL_FACET_NONE;
}

/* The memo of these parts; one that is free or may be given up when there is
 * none: then the older of the pair. */
static Memo *memo_of(wl_Facets *f, Facet *facet, const wl_Value *parts,
                     bool *found) {
  size_t bytes = facet->path_count * sizeof *parts;
  uint64_t hash = 0;
  for (size_t i = 0; i < facet->path_count; i++)
    hash = (hash ^ parts[i].bits) * 0x9e3779b97f4a7c15u;
  if (facet->memos == NULL)
    facet->memos = wl_alloc_zeroed(f->heap, MEMOS * sizeof *facet->memos);
  Memo *pair = &facet->memos[hash >> (64 - MEMO_BITS) & ~(uint64_t)1];
  for (Memo *memo = pair; memo < pair + 2; memo++) {
    *found = memo->taken && memcmp(memo->parts, parts, bytes) == 0;
    if (*found)
      return memo;
  }
  free_memo(f, facet, &pair[1]);
  pair[1] = pair[0];
  pair[0].taken = false;
  return pair;
}

static int64_t computed_sum(wl_Facets *f, Facet *facet, wl_Value object) {
  wl_Value parts[MAX_PARTS];
  for (size_t i = 0; i < facet->path_count; i++)
    parts[i] = wl_path_get(facet->paths[i], object);
  bool found;
  Memo *memo = memo_of(f, facet, parts, &found);
  if (found)
    return memo->amount;
  for (size_t i = 0; i < facet->path_count; i++)
    memo->parts[i] = wl_retain(parts[i]);
  memo->amount = f->sum(f->context, facet->call, parts, facet->path_count);
  memo->taken = true;
  return memo->amount;
}

static int64_t slot_of(wl_Facets *f, Facet *facet, wl_Value object) {
  if (facet->type == WL_FACET_SUM && facet->call != 0)
    return computed_sum(f, facet, object);
  wl_Value v = wl_path_get(facet->paths[0], object);
  if (facet->type == WL_FACET_VALUE)
    return text_slot(f, v);
  if (facet->type == WL_FACET_TIME)
    return seconds_slot(v);
  return wl_type(v) == WL_INT ? wl_int(v) : WL_FACET_NONE;
}

/* The roots where the two differ. A part that is equal but another node counts
 * as different: that costs time only. */
static Roots differences(const wl_Facets *f, wl_Value old, wl_Value now) {
  Roots roots = ANYWHERE;
  for (size_t i = 0; i < f->root_count; i++)
    if (!wl_same(wl_path_get(f->roots[i], old), wl_path_get(f->roots[i], now)))
      roots |= (Roots)1 << i;
  return roots;
}

static void answer(wl_Facets *f, Facet *facet, wl_Value object,
                   wl_FacetRow *row) {
  if (facet->type == WL_FACET_TEST) {
    if (holds(&facet->test, object, row->tests))
      row->tests |= 1u << facet->at;
    return;
  }
  bool counted = facet->where < 0 || (row->tests >> facet->where) & 1;
  row->slots[facet->at] = counted ? slot_of(f, facet, object) : WL_FACET_NONE;
}

/* May the answer of a facet differ from the one before, given the answers to
 * the facets before it? */
static bool may_differ(const Facet *facet, Roots different,
                       const wl_FacetRow *before, const wl_FacetRow *row) {
  return before == NULL || facet->roots & different ||
         (before->tests ^ row->tests) & facet->asks;
}

void wl_facets_evaluate(wl_Facets *f, wl_Value object, wl_Value old,
                        const wl_FacetRow *before, wl_FacetRow *row) {
  Roots different = before == NULL ? 0 : differences(f, old, object);
  row->tests = 0;
  for (size_t i = 0; i < f->count; i++) {
    Facet *facet = &f->items[i];
    if (may_differ(facet, different, before, row))
      answer(f, facet, object, row);
    else if (facet->type == WL_FACET_TEST)
      row->tests |= before->tests & 1u << facet->at;
    else
      row->slots[facet->at] = before->slots[facet->at];
  }
}
