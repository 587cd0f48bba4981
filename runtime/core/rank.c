/* SPDX-License-Identifier: MIT */
/*
 * rank.c - each key is read once an object into a cell; cells are compared
 *
 * What "count" keys read is shared by all objects with the same text, so that
 * between two rounds the objects taken are counted off, and nothing is read
 * again. A round looks at each object left once: those to take are kept in a
 * heap whose top is the last of them.
 */
#include <stdlib.h>
#include <string.h>

#include "clock.h"
#include "idmap.h"
#include "rank_private.h"
#include "table.h"

/* ---- reading ---- */

#define NO_TIME INT64_MAX

typedef union Cell {
  int64_t number;
  wl_Value text;
  int64_t *counter; /* shared by all rows with the same text */
} Cell;

typedef struct Row {
  wl_Id id;
  uint32_t tests;
  bool counted; /* a member of the context */
  wl_Value object;
  Cell *cells; /* one a key */
} Row;

typedef struct Ranking {
  wl_Store *store;
  const wl_Order *order;
  int64_t now_ns;
  Row *rows;
  size_t n;
  int64_t **counters; /* one array a key; NULL: no "count" */
  size_t counter_bytes;
  int64_t nobody; /* the counter of what is missing */
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

/* The nearest that fits: they last for 292 years. */
static int64_t nanoseconds(int64_t ms) {
  const int64_t most = INT64_MAX / 1000000 - 1;
  return (ms > most ? most : ms < -most ? -most : ms) * 1000000;
}

static int64_t age_ns(int64_t now_ns, int64_t then_ns) {
  int64_t age;
  if (__builtin_sub_overflow(now_ns, then_ns, &age))
    return now_ns > then_ns ? INT64_MAX : INT64_MIN;
  return age;
}

/* Nanoseconds since the epoch. */
static int64_t moment_of(wl_Value v) {
  int64_t ms;
  if (wl_type(v) != WL_STRING)
    return NO_TIME;
  wl_Text t = wl_text(&v);
  return wl_time_parse(t.bytes, t.length, &ms) ? nanoseconds(ms) : NO_TIME;
}

static Cell read_field(const Key *key, wl_Value object) {
  wl_Value v = wl_path_get(key->path, object);
  switch (key->as) {
  case AS_PRESENCE:
    return (Cell){.number = !is_missing(v)};
  case AS_LISTED:
    return (Cell){.number = place_in(key->texts, v)};
  case AS_INTEGER:
    return (Cell){.number = integer_of(v, key->fallback)};
  case AS_AGE:
    return (Cell){.number = moment_of(v)};
  default:
    return (Cell){.text = v};
  }
}

/* How often each text occurs at the key's path among the context's objects:
 * `table` leads to counters, which are made one after the other. */
static void count_texts(const Ranking *r, const Key *key, const wl_Ids *context,
                        wl_Table *table, int64_t *counters) {
  size_t used = 0;
  for (size_t i = 0; i < context->length; i++) {
    wl_Id id = context->items[i];
    if (key->where != 0 && !(wl_store_tests(r->store, id) & key->where))
      continue;
    wl_Value text = wl_path_get(key->path, wl_store_value(r->store, id));
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

static void read_counts(Ranking *r, size_t k, const wl_Ids *context) {
  const Key *key = &r->order->keys[k];
  wl_Table table;
  wl_table_init(&table, r->order->heap);
  r->counters[k] = wl_alloc(r->order->heap, r->counter_bytes);
  count_texts(r, key, context, &table, r->counters[k]);
  for (size_t i = 0; i < r->n; i++) {
    wl_Value text = wl_path_get(key->path, r->rows[i].object);
    int64_t *counter = is_missing(text) ? NULL : wl_table_get(&table, text);
    r->rows[i].cells[k].counter = counter == NULL ? &r->nobody : counter;
  }
  wl_table_destroy(&table);
}

static void read_cells(Ranking *r, size_t k, const wl_Ids *context) {
  const Key *key = &r->order->keys[k];
  if (key->source == COUNT) {
    read_counts(r, k, context);
    return;
  }
  for (size_t i = 0; i < r->n; i++) {
    const Row *row = &r->rows[i];
    if (key->source == FACET)
      row->cells[k].number = (row->tests & key->facet) != 0;
    else if (key->source == MAX)
      row->cells[k].number = greatest(r->order, key, row->object);
    else
      row->cells[k] = read_field(key, row->object);
  }
}

/* ---- comparing ---- */

static int sign(int64_t a, int64_t b) {
  return a < b ? -1 : a > b;
}

static int log_class(int64_t age) {
  return age <= 0 ? -1 : 63 - __builtin_clzll((unsigned long long)age);
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
  int order =
      sign(log_class(age_ns(r->now_ns, x)), log_class(age_ns(r->now_ns, y)));
  if (order != 0 || key->tie == NULL)
    return direction * order;
  return compare_texts(wl_path_get(key->tie, a->object),
                       wl_path_get(key->tie, b->object));
}

static int compare_cells(const Key *key, const Row *a, const Row *b, size_t k) {
  Cell x = a->cells[k], y = b->cells[k];
  if (key->source == COUNT)
    return sign(*x.counter, *y.counter);
  if (key->source == FIELD && key->as == AS_TEXT)
    return compare_texts(x.text, y.text);
  return sign(x.number, y.number);
}

static int compare_key(const Ranking *r, size_t k, const Row *a, const Row *b) {
  const Key *key = &r->order->keys[k];
  if (key->where != 0 && key->source != COUNT &&
      !(a->tests & b->tests & key->where))
    return 0;
  if (key->source == FIELD && key->as == AS_AGE)
    return compare_ages(r, key, a, b, a->cells[k].number, b->cells[k].number);
  int order = compare_cells(key, a, b, k);
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

/* ---- choosing ---- */

static void swap_rows(Row *a, Row *b) {
  Row row = *a;
  *a = *b;
  *b = row;
}

/* Let the row at `i` sink in a heap whose top goes last. */
static void sink(Ranking *r, Row *heap, size_t n, size_t i) {
  for (;;) {
    size_t child = 2 * i + 1;
    if (child >= n)
      return;
    if (child + 1 < n && compare_rows(&heap[child], &heap[child + 1], r) < 0)
      child++;
    if (compare_rows(&heap[i], &heap[child], r) >= 0)
      return;
    swap_rows(&heap[i], &heap[child]);
    i = child;
  }
}

/* Bring the k of rows[0..n) that go first to the front, in order. */
static void choose(Ranking *r, Row *rows, size_t n, size_t k) {
  if (k < n) {
    for (size_t i = k / 2; i-- > 0;)
      sink(r, rows, k, i);
    for (size_t i = k; i < n; i++) {
      if (compare_rows(&rows[i], &rows[0], r) < 0) {
        swap_rows(&rows[i], &rows[0]);
        sink(r, rows, k, 0);
      }
    }
  }
  qsort_r(rows, k, sizeof *rows, compare_rows, r);
}

static void count_off(const Ranking *r, const Row *row) {
  for (size_t k = 0; k < r->order->count; k++) {
    const Key *key = &r->order->keys[k];
    int64_t *counter = row->cells[k].counter;
    if (key->source == COUNT && row->counted && counter != &r->nobody &&
        (key->where == 0 || row->tests & key->where))
      --*counter;
  }
}

static void choose_in_rounds(Ranking *r, size_t limit, size_t round) {
  for (size_t done = 0; done < limit;) {
    size_t k = limit - done < round ? limit - done : round;
    choose(r, r->rows + done, r->n - done, k);
    for (size_t i = done; i < done + k; i++)
      count_off(r, &r->rows[i]);
    done += k;
  }
}

/* ---- all of it ---- */

/* Note which rows are members of the context. */
static void mark_counted(Ranking *r, const wl_Ids *context) {
  wl_IdMap rows;
  wl_idmap_init(&rows, r->order->heap);
  for (size_t i = 0; i < r->n; i++)
    *wl_idmap_at(&rows, r->rows[i].id) = (uint32_t)i + 1;
  for (size_t i = 0; i < context->length; i++) {
    uint32_t row = wl_idmap_get(&rows, context->items[i]);
    if (row != WL_IDMAP_NONE)
      r->rows[row - 1].counted = true;
  }
  wl_idmap_destroy(&rows);
}

static void read_rows(Ranking *r, const wl_Id *ids, Cell *cells) {
  for (size_t i = 0; i < r->n; i++)
    r->rows[i] = (Row){.id = ids[i],
                       .tests = wl_store_tests(r->store, ids[i]),
                       .object = wl_store_value(r->store, ids[i]),
                       .cells = cells + i * r->order->count};
}

static void free_counters(const Ranking *r) {
  for (size_t k = 0; k < r->order->count; k++)
    if (r->counters[k] != NULL)
      wl_dealloc(r->order->heap, r->counters[k], r->counter_bytes);
}

void wl_rank(wl_Store *store, const wl_Order *order, const wl_Ids *context,
             wl_Id *ids, size_t n, size_t limit, size_t round) {
  wl_Heap *heap = order->heap;
  wl_Ids own = {ids, n, n};
  context = context != NULL ? context : &own;
  limit = limit < n ? limit : n;
  size_t row_bytes = (n + 1) * sizeof(Row);
  size_t cell_bytes = (n * order->count + 1) * sizeof(Cell);
  size_t list_bytes = (order->count + 1) * sizeof(int64_t *);
  Cell *cells = wl_alloc(heap, cell_bytes);
  Ranking r = {.store = store,
               .order = order,
               .now_ns = nanoseconds(wl_store_now(store)),
               .rows = wl_alloc(heap, row_bytes),
               .n = n,
               .counters = wl_alloc_zeroed(heap, list_bytes),
               .counter_bytes = (context->length + 1) * sizeof(int64_t)};
  read_rows(&r, ids, cells);
  for (size_t k = 0; k < order->count; k++)
    read_cells(&r, k, context);
  if (round > 0 && round < limit)
    mark_counted(&r, context);
  choose_in_rounds(&r, limit, round > 0 ? round : limit);
  for (size_t i = 0; i < n; i++)
    ids[i] = r.rows[i].id;
  free_counters(&r);
  wl_dealloc(heap, r.counters, list_bytes);
  wl_dealloc(heap, r.rows, row_bytes);
  wl_dealloc(heap, cells, cell_bytes);
}
