/* SPDX-License-Identifier: MIT */
/* A key that the queue has anything to do with has an entry; entries do not
 * move, and the lists of ready keys run through them. Entry 0 is nobody. */
#include "queue.h"

#include "idmap.h"
#include "timer.h"

enum { NOBODY = 0 };

typedef enum Flag {
  DIRTY = 1, /* is to be worked on: waits, or will when it is done */
  HELD = 2
} Flag;

typedef struct Entry {
  uint64_t key;
  int64_t ready_ms; /* when it became dirty */
  int64_t got_ms;   /* while held */
  wl_Timer timer;   /* 0: not delayed */
  uint32_t source;  /* where it waits, or will */
  uint32_t next;    /* in the source's list, or among the free entries */
  uint32_t flags;
} Entry;

typedef struct Source {
  uint32_t first, last; /* ready entries */
  uint32_t next;        /* source whose turn is after this one's */
  size_t length;
  bool late;
} Source;

/* Sources with ready keys, in the order of their turns. */
typedef struct Shift {
  uint32_t turn, last_turn; /* + 1, 0: none */
} Shift;

struct wl_Queue {
  wl_Heap *heap;
  wl_IdMap index; /* key -> entry */
  Entry *entries;
  size_t entry_count, entry_room;
  uint32_t free_entry;
  Source *sources;
  size_t source_count, source_room;
  Shift shifts[2];   /* the second one: of late sources */
  bool late;         /* which one is on */
  size_t given;      /* keys that it has given while the other one waited */
  wl_Timers *timers; /* payload: entry */
  wl_Limiter *limiter;
  bool shut_down;
  size_t length, held;
  uint64_t adds, retries;
  wl_QueueTimes latency, work;
};

void wl_queue_free(wl_Queue *q) {
  if (q == NULL)
    return;
  wl_idmap_destroy(&q->index);
  wl_timers_free(q->timers);
  wl_limiter_free(q->limiter);
  wl_dealloc(q->heap, q->entries, q->entry_room * sizeof *q->entries);
  wl_dealloc(q->heap, q->sources, q->source_room * sizeof *q->sources);
  wl_dealloc(q->heap, q, sizeof *q);
}

/* Room for one more of `size` bytes each. */
static void *grow(wl_Heap *heap, void *array, size_t *room, size_t first,
                  size_t size) {
  size_t old = *room;
  *room = old == 0 ? first : old * 2;
  return wl_realloc(heap, array, old * size, *room * size);
}

uint32_t wl_queue_add_source(wl_Queue *q) {
  if (q->source_count == q->source_room)
    q->sources =
        grow(q->heap, q->sources, &q->source_room, 4, sizeof *q->sources);
  q->sources[q->source_count] = (Source){.first = NOBODY};
  return (uint32_t)q->source_count++;
}

void wl_queue_set_late(wl_Queue *q, uint32_t source) {
  q->sources[source].late = true;
}

void wl_queue_set_limiter(wl_Queue *q, wl_Limiter *limiter) {
  wl_limiter_free(q->limiter);
  q->limiter = limiter;
}

/* ---- entries ---- */

static uint32_t new_entry(wl_Queue *q, uint64_t key) {
  uint32_t i = q->free_entry;
  if (i != NOBODY) {
    q->free_entry = q->entries[i].next;
  } else {
    if (q->entry_count == q->entry_room)
      q->entries =
          grow(q->heap, q->entries, &q->entry_room, 64, sizeof *q->entries);
    i = (uint32_t)q->entry_count++;
  }
  q->entries[i] = (Entry){.key = key};
  return i;
}

static uint32_t entry_of(wl_Queue *q, uint64_t key) {
  uint32_t *place = wl_idmap_at(&q->index, key);
  if (*place == WL_IDMAP_NONE)
    *place = new_entry(q, key);
  return *place;
}

/* Forget an entry that has nothing left to do. */
static void drop_if_idle(wl_Queue *q, uint32_t number) {
  Entry *e = &q->entries[number];
  if (e->flags != 0 || e->timer != 0)
    return;
  wl_idmap_remove(&q->index, e->key);
  e->next = q->free_entry;
  q->free_entry = number;
}

wl_Queue *wl_queue_new(wl_Heap *heap) {
  wl_Queue *q = wl_alloc_zeroed(heap, sizeof *q);
  q->heap = heap;
  wl_idmap_init(&q->index, heap);
  q->timers = wl_timers_new(heap);
  wl_queue_add_source(q);
  new_entry(q, 0); /* nobody */
  return q;
}

/* ---- the ready lists ---- */

static void give_turn(wl_Queue *q, uint32_t source) {
  Shift *shift = &q->shifts[q->sources[source].late];
  q->sources[source].next = 0;
  if (shift->turn == 0)
    shift->turn = source + 1;
  else
    q->sources[shift->last_turn - 1].next = source + 1;
  shift->last_turn = source + 1;
}

static void push(wl_Queue *q, uint32_t number) {
  Entry *e = &q->entries[number];
  Source *s = &q->sources[e->source];
  e->next = NOBODY;
  if (s->first == NOBODY) {
    s->first = number;
    give_turn(q, e->source);
  } else {
    q->entries[s->last].next = number;
  }
  s->last = number;
  s->length++;
  q->length++;
}

/* False: no key is ready. The next ones then find the first shift. */
static bool choose_shift(wl_Queue *q) {
  bool mine = q->shifts[q->late].turn != 0;
  bool other = q->shifts[!q->late].turn != 0;
  if (mine && (!other || q->given < WL_QUEUE_PATIENCE)) {
    q->given = other ? q->given + 1 : 0;
    return true;
  }
  q->given = 0;
  q->late = other && !q->late;
  return other;
}

static uint32_t pop(wl_Queue *q) {
  Shift *shift = &q->shifts[q->late];
  uint32_t source = shift->turn - 1;
  Source *s = &q->sources[source];
  uint32_t number = s->first;
  shift->turn = s->next;
  s->first = q->entries[number].next;
  s->length--;
  q->length--;
  if (s->first != NOBODY)
    give_turn(q, source);
  return number;
}

static void make_dirty(wl_Queue *q, uint32_t number, int64_t at_ms) {
  Entry *e = &q->entries[number];
  if (e->flags & DIRTY)
    return;
  q->adds++;
  e->flags |= DIRTY;
  e->ready_ms = at_ms;
  if (!(e->flags & HELD))
    push(q, number);
}

/* ---- delays ---- */

static void release_due(wl_Queue *q, int64_t now_ms) {
  int64_t due;
  uint64_t number;
  while (wl_timers_pop(q->timers, now_ms, &due, &number)) {
    q->entries[number].timer = 0;
    make_dirty(q, (uint32_t)number, due);
  }
}

static inline void catch_up(wl_Queue *q, int64_t now_ms) {
  if (wl_timers_count(q->timers) > 0)
    release_due(q, now_ms);
}

/* ---- adding ---- */

bool wl_queue_add(wl_Queue *q, uint64_t key, uint32_t source, int64_t now_ms) {
  catch_up(q, now_ms);
  if (q->shut_down)
    return false;
  uint32_t number = entry_of(q, key);
  Entry *e = &q->entries[number];
  if (!(e->flags & DIRTY))
    e->source = source;
  make_dirty(q, number, now_ms);
  return true;
}

static int64_t later(int64_t now_ms, int64_t delay_ms) {
  return now_ms > INT64_MAX - delay_ms ? INT64_MAX : now_ms + delay_ms;
}

bool wl_queue_add_after(wl_Queue *q, uint64_t key, uint32_t source,
                        int64_t now_ms, int64_t delay_ms) {
  catch_up(q, now_ms);
  if (q->shut_down)
    return false;
  q->retries++;
  if (delay_ms <= 0)
    return wl_queue_add(q, key, source, now_ms);
  uint32_t number = entry_of(q, key);
  Entry *e = &q->entries[number];
  int64_t due = later(now_ms, delay_ms), earlier;
  if (!(e->flags & DIRTY))
    e->source = source;
  if (e->timer == 0)
    e->timer = wl_timers_add(q->timers, due, number);
  else if (wl_timers_get(q->timers, e->timer, &earlier, NULL) && due < earlier)
    wl_timers_move(q->timers, e->timer, due);
  return true;
}

bool wl_queue_retry(wl_Queue *q, uint64_t key, uint32_t source, int64_t now_ms,
                    int64_t *delay_ms) {
  int64_t wait =
      q->limiter != NULL ? wl_limiter_when(q->limiter, key, now_ms) : 0;
  if (delay_ms != NULL)
    *delay_ms = wait;
  return wl_queue_add_after(q, key, source, now_ms, wait);
}

void wl_queue_forget(wl_Queue *q, uint64_t key) {
  if (q->limiter != NULL)
    wl_limiter_forget(q->limiter, key);
}

uint32_t wl_queue_failures(const wl_Queue *q, uint64_t key) {
  return q->limiter != NULL ? wl_limiter_failures(q->limiter, key) : 0;
}

/* ---- working ---- */

static unsigned bucket_of(int64_t ms) {
  unsigned bits = ms <= 0 ? 0 : 64 - (unsigned)__builtin_clzll((uint64_t)ms);
  return bits < WL_QUEUE_BUCKETS ? bits : WL_QUEUE_BUCKETS - 1;
}

static void note(wl_QueueTimes *t, int64_t ms) {
  t->count++;
  t->sum_ms += ms;
  if (ms > t->max_ms)
    t->max_ms = ms;
  t->buckets[bucket_of(ms)]++;
}

wl_QueueGot wl_queue_get(wl_Queue *q, int64_t now_ms, uint64_t *key) {
  catch_up(q, now_ms);
  if (!choose_shift(q))
    return q->shut_down ? WL_QUEUE_ENDED : WL_QUEUE_EMPTY;
  Entry *e = &q->entries[pop(q)];
  e->flags = HELD;
  e->got_ms = now_ms;
  q->held++;
  note(&q->latency, now_ms - e->ready_ms);
  *key = e->key;
  return WL_QUEUE_KEY;
}

void wl_queue_settle(wl_Queue *q, uint64_t key) {
  uint32_t number = wl_idmap_get(&q->index, key);
  if (number != WL_IDMAP_NONE && q->entries[number].flags & HELD)
    q->entries[number].flags &= ~(uint32_t)DIRTY;
}

bool wl_queue_done(wl_Queue *q, uint64_t key, int64_t now_ms) {
  catch_up(q, now_ms);
  uint32_t number = wl_idmap_get(&q->index, key);
  if (number == WL_IDMAP_NONE || !(q->entries[number].flags & HELD))
    return false;
  Entry *e = &q->entries[number];
  e->flags &= ~(uint32_t)HELD;
  q->held--;
  note(&q->work, now_ms - e->got_ms);
  if (e->flags & DIRTY)
    push(q, number);
  else
    drop_if_idle(q, number);
  return true;
}

void wl_queue_shut_down(wl_Queue *q) {
  int64_t due;
  uint64_t number;
  q->shut_down = true;
  while (wl_timers_pop(q->timers, INT64_MAX, &due, &number)) {
    q->entries[number].timer = 0;
    drop_if_idle(q, (uint32_t)number);
  }
}

bool wl_queue_is_shut_down(const wl_Queue *q) {
  return q->shut_down;
}

bool wl_queue_is_drained(const wl_Queue *q) {
  return q->length == 0 && q->held == 0;
}

/* ---- looking ---- */

size_t wl_queue_length(wl_Queue *q, int64_t now_ms) {
  catch_up(q, now_ms);
  return q->length;
}

size_t wl_queue_source_length(const wl_Queue *q, uint32_t source) {
  return q->sources[source].length;
}

size_t wl_queue_source_count(const wl_Queue *q) {
  return q->source_count;
}

bool wl_queue_next_due(const wl_Queue *q, int64_t *due_ms) {
  return wl_timers_next(q->timers, due_ms);
}

bool wl_queue_knows(const wl_Queue *q, uint64_t key) {
  return wl_idmap_get(&q->index, key) != WL_IDMAP_NONE ||
         wl_queue_failures(q, key) > 0;
}

wl_QueueMetrics wl_queue_metrics(wl_Queue *q, int64_t now_ms) {
  catch_up(q, now_ms);
  wl_QueueMetrics m = {.adds = q->adds,
                       .retries = q->retries,
                       .depth = q->length,
                       .delayed = wl_timers_count(q->timers),
                       .held = q->held,
                       .latency = q->latency,
                       .work = q->work};
  for (size_t i = 1; i < q->entry_count; i++) {
    const Entry *e = &q->entries[i];
    if (!(e->flags & HELD))
      continue;
    int64_t ms = now_ms - e->got_ms;
    m.unfinished_ms += ms;
    if (ms > m.longest_ms)
      m.longest_ms = ms;
  }
  return m;
}
