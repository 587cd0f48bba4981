/* SPDX-License-Identifier: MIT */
/* liveset.c - members as a compressed bitmap, counts as small arrays. */
#include "liveset.h"

#include <roaring/roaring.h>
#include <stdlib.h>
#include <string.h>

#include "table.h"

/* How many members give each answer to a value or time facet; times sorted. */
typedef struct Answer {
  int64_t answer, count;
} Answer;

typedef struct Spread {
  Answer *items;
  uint32_t length, capacity;
  int64_t total; /* the sum of the counts */
} Spread;

struct wl_Journal {
  wl_Journal *next;
  wl_Id *ids;
  size_t count, size;
};

struct wl_LiveSet {
  wl_Heap *heap;
  const wl_Facets *facets;
  uint32_t refs;
  roaring_bitmap_t *ids;
  uint64_t count, version;
  wl_Table *home; /* the table it is in, or NULL */
  wl_Value key;   /* its key there */
  void *query;
  uint64_t *subscribers;
  size_t subscriber_count, subscriber_size;
  wl_Journal *journals;
  int64_t tests[WL_FACET_TESTS];
  int64_t sums[WL_FACET_OTHERS];
  Spread *spreads; /* one a slot */
};

wl_LiveSet *wl_set_new(wl_Heap *heap, const wl_Facets *facets) {
  wl_LiveSet *set = wl_alloc_zeroed(heap, sizeof *set);
  set->heap = heap;
  set->facets = facets;
  set->refs = 1;
  set->ids = roaring_bitmap_create();
  size_t slots = wl_facets_slots(facets);
  set->spreads = wl_alloc_zeroed(heap, (slots + 1) * sizeof *set->spreads);
  return set;
}

wl_LiveSet *wl_set_retain(wl_LiveSet *set) {
  set->refs++;
  return set;
}

void wl_set_register(wl_LiveSet *set, wl_Table *table, wl_Value key) {
  set->home = table;
  set->key = wl_retain(key);
  wl_table_put(table, key, set);
}

void wl_set_attach(wl_LiveSet *set, void *query) {
  set->query = query;
}

void *wl_set_query(const wl_LiveSet *set) {
  return set->query;
}

void wl_set_free(wl_LiveSet *set) {
  size_t slots = wl_facets_slots(set->facets);
  for (size_t i = 0; i < slots; i++)
    wl_dealloc(set->heap, set->spreads[i].items,
               set->spreads[i].capacity * sizeof(Answer));
  wl_dealloc(set->heap, set->spreads, (slots + 1) * sizeof *set->spreads);
  wl_dealloc(set->heap, set->subscribers,
             set->subscriber_size * sizeof *set->subscribers);
  while (set->journals != NULL)
    wl_set_close_journal(set, set->journals);
  roaring_bitmap_free(set->ids);
  if (set->home != NULL)
    wl_release(set->heap, set->key);
  wl_dealloc(set->heap, set, sizeof *set);
}

bool wl_set_release(wl_LiveSet *set) {
  if (--set->refs > 0)
    return false;
  if (set->home != NULL)
    wl_table_remove(set->home, set->key);
  wl_set_free(set);
  return true;
}

/* ---- subscribers ---- */

void wl_set_subscribe(wl_LiveSet *set, uint64_t subscriber) {
  for (size_t i = 0; i < set->subscriber_count; i++)
    if (set->subscribers[i] == subscriber)
      return;
  if (set->subscriber_count == set->subscriber_size) {
    size_t size = set->subscriber_size == 0 ? 2 : 2 * set->subscriber_size;
    set->subscribers =
        wl_realloc(set->heap, set->subscribers,
                   set->subscriber_size * sizeof *set->subscribers,
                   size * sizeof *set->subscribers);
    set->subscriber_size = size;
  }
  set->subscribers[set->subscriber_count++] = subscriber;
}

void wl_set_unsubscribe(wl_LiveSet *set, uint64_t subscriber) {
  for (size_t i = 0; i < set->subscriber_count; i++) {
    if (set->subscribers[i] != subscriber)
      continue;
    memmove(set->subscribers + i, set->subscribers + i + 1,
            (set->subscriber_count - i - 1) * sizeof subscriber);
    set->subscriber_count--;
    return;
  }
}

const uint64_t *wl_set_subscribers(const wl_LiveSet *set, size_t *n) {
  *n = set->subscriber_count;
  return set->subscribers;
}

/* ---- journals ---- */

wl_Journal *wl_set_open_journal(wl_LiveSet *set) {
  wl_Journal *journal = wl_alloc_zeroed(set->heap, sizeof *journal);
  journal->next = set->journals;
  set->journals = journal;
  return journal;
}

void wl_set_close_journal(wl_LiveSet *set, wl_Journal *journal) {
  wl_Journal **at = &set->journals;
  while (*at != journal)
    at = &(*at)->next;
  *at = journal->next;
  wl_dealloc(set->heap, journal->ids, journal->size * sizeof *journal->ids);
  wl_dealloc(set->heap, journal, sizeof *journal);
}

static int compare_ids(const void *a, const void *b) {
  wl_Id x = *(const wl_Id *)a, y = *(const wl_Id *)b;
  return (x > y) - (x < y);
}

static void tidy_journal(wl_Journal *journal) {
  size_t kept = 0;
  if (journal->count > 1)
    qsort(journal->ids, journal->count, sizeof *journal->ids, compare_ids);
  for (size_t i = 0; i < journal->count; i++)
    if (i == 0 || journal->ids[i] != journal->ids[i - 1])
      journal->ids[kept++] = journal->ids[i];
  journal->count = kept;
}

/* Before it grows it is tidied, so that it does not outgrow what it notes by
 * more than a factor. */
static void make_room(const wl_LiveSet *set, wl_Journal *journal) {
  tidy_journal(journal);
  if (2 * journal->count < journal->size)
    return;
  size_t size = journal->size == 0 ? 64 : 2 * journal->size;
  journal->ids =
      wl_realloc(set->heap, journal->ids, journal->size * sizeof *journal->ids,
                 size * sizeof *journal->ids);
  journal->size = size;
}

void wl_set_note(wl_LiveSet *set, wl_Id id) {
  for (wl_Journal *journal = set->journals; journal != NULL;
       journal = journal->next) {
    if (journal->count > 0 && journal->ids[journal->count - 1] == id)
      continue;
    if (journal->count == journal->size)
      make_room(set, journal);
    journal->ids[journal->count++] = id;
  }
}

size_t wl_journal_read(wl_Journal *journal, const wl_Id **ids) {
  tidy_journal(journal);
  *ids = journal->ids;
  size_t count = journal->count;
  journal->count = 0;
  return count;
}

/* ---- counting ---- */

/* Where the answer is or belongs: by bisection from the end for times, which
 * mostly come in order; by scanning for values. */
static uint32_t find_answer(const Spread *s, bool sorted, int64_t answer) {
  uint32_t at = s->length;
  if (sorted)
    while (at > 0 && s->items[at - 1].answer >= answer)
      at--;
  else
    for (at = 0; at < s->length && s->items[at].answer != answer;)
      at++;
  return at;
}

static void count_answer(wl_LiveSet *set, size_t slot, int64_t answer,
                         int64_t change) {
  Spread *s = &set->spreads[slot];
  s->total += change;
  bool sorted = wl_facets_slot_type(set->facets, slot) == WL_FACET_TIME;
  uint32_t at = find_answer(s, sorted, answer);
  if (at < s->length && s->items[at].answer == answer) {
    s->items[at].count += change;
    if (s->items[at].count != 0)
      return;
    s->length--;
    memmove(s->items + at, s->items + at + 1,
            (s->length - at) * sizeof(Answer));
    return;
  }
  if (s->length == s->capacity) {
    uint32_t capacity = s->capacity == 0 ? 4 : 2 * s->capacity;
    s->items = wl_realloc(set->heap, s->items, s->capacity * sizeof(Answer),
                          capacity * sizeof(Answer));
    s->capacity = capacity;
  }
  memmove(s->items + at + 1, s->items + at, (s->length - at) * sizeof(Answer));
  s->items[at] = (Answer){answer, change};
  s->length++;
}

/* Sums wrap around, so that what is taken off again leaves what was. */
static int64_t wrapping_add(int64_t a, int64_t b) {
  return (int64_t)((uint64_t)a + (uint64_t)b);
}

static int64_t wrapping_subtract(int64_t a, int64_t b) {
  return (int64_t)((uint64_t)a - (uint64_t)b);
}

static void count_slot(wl_LiveSet *set, size_t slot, int64_t answer,
                       int64_t change) {
  if (answer == WL_FACET_NONE)
    return;
  if (wl_facets_slot_type(set->facets, slot) == WL_FACET_SUM)
    set->sums[slot] = change > 0 ? wrapping_add(set->sums[slot], answer)
                                 : wrapping_subtract(set->sums[slot], answer);
  else
    count_answer(set, slot, answer, change);
}

static void count_row(wl_LiveSet *set, const wl_FacetRow *row, int64_t change) {
  for (uint32_t tests = row->tests; tests != 0; tests &= tests - 1)
    set->tests[__builtin_ctz(tests)] += change;
  for (size_t i = 0, n = wl_facets_slots(set->facets); i < n; i++)
    count_slot(set, i, row->slots[i], change);
}

void wl_set_join(wl_LiveSet *set, wl_Id id, const wl_FacetRow *row) {
  if (!roaring_bitmap_add_checked(set->ids, id))
    return;
  set->count++;
  set->version++;
  count_row(set, row, 1);
}

void wl_set_leave(wl_LiveSet *set, wl_Id id, const wl_FacetRow *row) {
  if (!roaring_bitmap_remove_checked(set->ids, id))
    return;
  set->count--;
  count_row(set, row, -1);
}

void wl_set_change(wl_LiveSet *set, const wl_FacetRow *old,
                   const wl_FacetRow *row) {
  uint32_t lost = old->tests & ~row->tests, won = row->tests & ~old->tests;
  for (; lost != 0; lost &= lost - 1)
    set->tests[__builtin_ctz(lost)]--;
  for (; won != 0; won &= won - 1)
    set->tests[__builtin_ctz(won)]++;
  for (size_t i = 0, n = wl_facets_slots(set->facets); i < n; i++) {
    if (old->slots[i] == row->slots[i])
      continue;
    count_slot(set, i, old->slots[i], -1);
    count_slot(set, i, row->slots[i], 1);
  }
  set->version++;
}

/* ---- reading ---- */

uint64_t wl_set_count(const wl_LiveSet *set) {
  return set->count;
}

uint64_t wl_set_version(const wl_LiveSet *set) {
  return set->version;
}

bool wl_set_has(const wl_LiveSet *set, wl_Id id) {
  return roaring_bitmap_contains(set->ids, id);
}

int64_t wl_set_tally(const wl_LiveSet *set, wl_FacetType type, size_t at) {
  return type == WL_FACET_TEST ? set->tests[at] : set->sums[at];
}

int64_t wl_set_count_value(const wl_LiveSet *set, size_t slot, wl_Value text) {
  const Spread *s = &set->spreads[slot];
  for (uint32_t i = 0; i < s->length; i++)
    if (wl_equal((wl_Value){(uint64_t)s->items[i].answer}, text))
      return s->items[i].count;
  return 0;
}

bool wl_set_value_at(const wl_LiveSet *set, size_t slot, size_t i,
                     wl_Value *text, int64_t *count) {
  const Spread *s = &set->spreads[slot];
  if (i >= s->length)
    return false;
  *text = (wl_Value){(uint64_t)s->items[i].answer};
  *count = s->items[i].count;
  return true;
}

int64_t wl_set_count_until(const wl_LiveSet *set, size_t slot,
                           int64_t seconds) {
  const Spread *s = &set->spreads[slot];
  int64_t count = s->total;
  for (uint32_t i = s->length; i > 0 && s->items[i - 1].answer > seconds; i--)
    count -= s->items[i - 1].count;
  return count;
}

int64_t wl_set_time_after(const wl_LiveSet *set, size_t slot, int64_t seconds) {
  const Spread *s = &set->spreads[slot];
  int64_t earliest = WL_FACET_NONE;
  for (uint32_t i = s->length; i > 0 && s->items[i - 1].answer > seconds; i--)
    earliest = s->items[i - 1].answer;
  return earliest;
}

wl_Id wl_set_next(const wl_LiveSet *set, wl_Id after) {
  wl_Id next;
  return wl_set_read(set, after, &next, 1) == 1 ? next : 0;
}

size_t wl_set_read(const wl_LiveSet *set, wl_Id after, wl_Id *out,
                   size_t limit) {
  roaring_uint32_iterator_t it;
  roaring_init_iterator(set->ids, &it);
  if (after == UINT32_MAX ||
      !roaring_move_uint32_iterator_equalorlarger(&it, after + 1))
    return 0;
  return roaring_read_uint32_iterator(&it, out, (uint32_t)limit);
}
