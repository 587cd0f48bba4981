/* SPDX-License-Identifier: MIT */
/* rank.c - each key is read once an object into a cell; cells are compared. */
#include "rank.h"

#include <stdlib.h>
#include <string.h>

#include "clock.h"
#include "path.h"
#include "table.h"

typedef enum Source { FIELD, FACET, COUNT, MAX } Source;
typedef enum As { AS_TEXT, AS_PRESENCE, AS_LISTED, AS_INTEGER, AS_AGE } As;

typedef struct Key {
  Source source;
  As as;
  bool descending, logarithmic;
  wl_Path *path, *field, *tie, *only;
  wl_Value only_fields; /* absent, or a map */
  wl_Value texts;       /* AS_LISTED */
  int64_t fallback;
  uint32_t facet; /* FACET: a mask */
  uint32_t where; /* a mask, 0: always */
} Key;

struct wl_Order {
  wl_Heap *heap;
  const wl_Facets *facets;
  Key *keys;
  size_t count;
  wl_Value name; /* the word */
};

/* ---- compiling ---- */

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

/* ---- reading ---- */

#define NO_TIME INT64_MAX

typedef struct Row {
  wl_Id id;
  uint32_t tests;
  wl_Value object;
  int64_t *cells; /* one a key; text keys: a wl_Value's bits */
} Row;

typedef struct Ranking {
  wl_Store *store;
  const wl_Order *order;
  int64_t now_ns;
  Row *rows;
  size_t n;
} Ranking;

static bool has_fields(wl_Value item, wl_Value fields) {
  for (size_t i = 0; i < wl_length(fields); i++)
    if (!wl_equal(wl_map_get(item, wl_map_key_at(fields, i)),
                  wl_map_value_at(fields, i)))
      return false;
  return true;
}

static bool is_allowed(const wl_Order *order, const Key *key, wl_Value object,
                       wl_Value item) {
  if (key->only == NULL)
    return true;
  wl_Value list = wl_path_get(key->only, object);
  wl_Value name = wl_map_get(item, order->name);
  for (size_t i = 0; i < wl_length(list); i++) {
    wl_Value other = wl_list_get(list, i);
    if (has_fields(other, key->only_fields) &&
        wl_equal(wl_map_get(other, order->name), name))
      return true;
  }
  return false;
}

static int64_t greatest(const wl_Order *order, const Key *key,
                        wl_Value object) {
  wl_Value list = wl_path_get(key->path, object);
  int64_t most = 0;
  for (size_t i = 0; i < wl_length(list); i++) {
    wl_Value item = wl_list_get(list, i);
    wl_Value v = wl_path_get(key->field, item);
    if (wl_type(v) == WL_INT && wl_int(v) > most &&
        is_allowed(order, key, object, item))
      most = wl_int(v);
  }
  return most;
}

/* A 32-bit integer without a plus sign or leading zeros, as the cost of a
 * deletion is read (pkg/apis/core/helper GetDeletionCostFromPodAnnotations). */
static int64_t integer_of(wl_Value v, int64_t fallback) {
  if (wl_type(v) == WL_INT)
    return wl_int(v);
  if (wl_type(v) != WL_STRING)
    return fallback;
  wl_Text t = wl_text(&v);
  const char *digits = t.bytes + (t.length > 0 && t.bytes[0] == '-');
  size_t length = t.length - (size_t)(digits - t.bytes);
  bool padded = length > 1 && digits[0] == '0' && digits == t.bytes;
  if (length == 0 || length > 10 || padded ||
      strspn(digits, "0123456789") != length)
    return fallback;
  long long number = atoll(t.bytes);
  return number < INT32_MIN || number > INT32_MAX ? fallback : number;
}

static bool is_missing(wl_Value v) {
  return wl_type(v) <= WL_NULL ||
         (wl_type(v) == WL_STRING && wl_text(&v).length == 0);
}

static int64_t place_in(wl_Value texts, wl_Value v) {
  for (size_t i = 0; i < wl_length(texts); i++)
    if (wl_equal(wl_list_get(texts, i), v))
      return (int64_t)i;
  return 0;
}

/* Nanoseconds since the epoch. */
static int64_t moment_of(wl_Value v) {
  int64_t ms;
  if (wl_type(v) != WL_STRING)
    return NO_TIME;
  wl_Text t = wl_text(&v);
  return wl_time_parse(t.bytes, t.length, &ms) ? ms * 1000000 : NO_TIME;
}

static int64_t read_field(const Key *key, wl_Value object) {
  wl_Value v = wl_path_get(key->path, object);
  switch (key->as) {
  case AS_PRESENCE:
    return !is_missing(v);
  case AS_LISTED:
    return place_in(key->texts, v);
  case AS_INTEGER:
    return integer_of(v, key->fallback);
  case AS_AGE:
    return moment_of(v);
  default:
    return (int64_t)v.bits;
  }
}

/* How often each text occurs at the key's path among the context's objects,
 * as a table of counters. */
static void count_texts(const Ranking *r, const Key *key, const wl_Ids *context,
                        wl_Table *table, int64_t *counters) {
  size_t used = 0;
  wl_table_init(table, r->order->heap);
  for (size_t i = 0; i < context->length; i++) {
    wl_Id id = context->items[i];
    wl_Value object = wl_store_value(r->store, id);
    if (key->where != 0 && !(wl_store_tests(r->store, id) & key->where))
      continue;
    wl_Value text = wl_path_get(key->path, object);
    if (is_missing(text))
      continue;
    int64_t *counter = wl_table_get(table, text);
    if (counter == NULL) {
      counter = &counters[used++];
      *counter = 0;
      wl_table_put(table, text, counter);
    }
    ++*counter;
  }
}

static void read_counts(const Ranking *r, size_t k, const wl_Ids *context) {
  const Key *key = &r->order->keys[k];
  wl_Heap *heap = r->order->heap;
  size_t bytes = (context->length + 1) * sizeof(int64_t);
  int64_t *counters = wl_alloc(heap, bytes);
  wl_Table table;
  count_texts(r, key, context, &table, counters);
  for (size_t i = 0; i < r->n; i++) {
    wl_Value text = wl_path_get(key->path, r->rows[i].object);
    const int64_t *counter =
        is_missing(text) ? NULL : wl_table_get(&table, text);
    r->rows[i].cells[k] = counter == NULL ? 0 : *counter;
  }
  wl_table_destroy(&table);
  wl_dealloc(heap, counters, bytes);
}

static void read_cells(const Ranking *r, size_t k, const wl_Ids *context) {
  const Key *key = &r->order->keys[k];
  if (key->source == COUNT) {
    read_counts(r, k, context);
    return;
  }
  for (size_t i = 0; i < r->n; i++) {
    const Row *row = &r->rows[i];
    if (key->source == FACET)
      row->cells[k] = (row->tests & key->facet) != 0;
    else if (key->source == MAX)
      row->cells[k] = greatest(r->order, key, row->object);
    else
      row->cells[k] = read_field(key, row->object);
  }
}

/* ---- comparing ---- */

static int sign(int64_t a, int64_t b) {
  return a < b ? -1 : a > b;
}

static int log_class(int64_t age_ns) {
  return age_ns <= 0 ? -1 : 63 - __builtin_clzll((unsigned long long)age_ns);
}

static int compare_texts(wl_Value a, wl_Value b) {
  bool ta = wl_type(a) == WL_STRING, tb = wl_type(b) == WL_STRING;
  if (!ta || !tb)
    return sign(ta, tb);
  int order = wl_string_compare(a, b);
  return sign(order, 0);
}

static int compare_ages(const Ranking *r, const Key *key, const Row *a,
                        const Row *b, int64_t x, int64_t y) {
  int direction = key->descending ? -1 : 1;
  if (x == NO_TIME || y == NO_TIME)
    return direction * sign(x != NO_TIME, y != NO_TIME);
  if (x == y)
    return 0;
  if (!key->logarithmic)
    return direction * sign(y, x);
  int order = sign(log_class(r->now_ns - x), log_class(r->now_ns - y));
  if (order != 0 || key->tie == NULL)
    return direction * order;
  return compare_texts(wl_path_get(key->tie, a->object),
                       wl_path_get(key->tie, b->object));
}

static int compare_key(const Ranking *r, size_t k, const Row *a, const Row *b) {
  const Key *key = &r->order->keys[k];
  int64_t x = a->cells[k], y = b->cells[k];
  if (key->where != 0 && key->source != COUNT &&
      !(a->tests & b->tests & key->where))
    return 0;
  if (key->source == FIELD && key->as == AS_AGE)
    return compare_ages(r, key, a, b, x, y);
  int order =
      key->source == FIELD && key->as == AS_TEXT
          ? compare_texts((wl_Value){(uint64_t)x}, (wl_Value){(uint64_t)y})
          : sign(x, y);
  return key->descending ? -order : order;
}

static int compare_rows(const void *left, const void *right, void *ranking) {
  const Ranking *r = ranking;
  const Row *a = left, *b = right;
  for (size_t k = 0; k < r->order->count; k++) {
    int order = compare_key(r, k, a, b);
    if (order != 0)
      return order;
  }
  return a->id < b->id ? -1 : a->id > b->id;
}

void wl_rank(wl_Store *store, const wl_Order *order, const wl_Ids *context,
             wl_Id *ids, size_t n) {
  wl_Heap *heap = order->heap;
  Ranking r = {.store = store,
               .order = order,
               .now_ns = wl_store_now(store) * 1000000,
               .n = n};
  wl_Ids own = {ids, n, n};
  size_t cell_bytes = (n * order->count + 1) * sizeof(int64_t);
  int64_t *cells = wl_alloc(heap, cell_bytes);
  r.rows = wl_alloc(heap, (n + 1) * sizeof *r.rows);
  for (size_t i = 0; i < n; i++)
    r.rows[i] = (Row){ids[i], wl_store_tests(store, ids[i]),
                      wl_store_value(store, ids[i]), cells + i * order->count};
  for (size_t k = 0; k < order->count; k++)
    read_cells(&r, k, context != NULL ? context : &own);
  qsort_r(r.rows, n, sizeof *r.rows, compare_rows, &r);
  for (size_t i = 0; i < n; i++)
    ids[i] = r.rows[i].id;
  wl_dealloc(heap, r.rows, (n + 1) * sizeof *r.rows);
  wl_dealloc(heap, cells, cell_bytes);
}
