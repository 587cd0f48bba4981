/* SPDX-License-Identifier: MIT */
/* A heap of four children a node (fewer cache lines than two), whose entries
 * carry what they are compared by; slots hold what must be found by handle. */
#include "timer.h"

enum { CHILDREN = 4, NO_SLOT = UINT32_MAX };

typedef struct Entry {
  int64_t due;
  uint64_t sequence;
  uint32_t slot;
} Entry;

typedef struct Slot {
  uint64_t payload;
  uint32_t place;      /* in entries; of a free slot: the next free one */
  uint32_t generation; /* odd while used */
} Slot;

struct wl_Timers {
  wl_Heap *heap;
  Entry *entries;
  Slot *slots;
  size_t count, entry_room;
  size_t slot_count, slot_room;
  uint32_t free_slot;
  uint64_t sequence; /* of the entry added last */
};

wl_Timers *wl_timers_new(wl_Heap *heap) {
  wl_Timers *t = wl_alloc_zeroed(heap, sizeof *t);
  t->heap = heap;
  t->free_slot = NO_SLOT;
  return t;
}

void wl_timers_free(wl_Timers *t) {
  if (t == NULL)
    return;
  wl_dealloc(t->heap, t->entries, t->entry_room * sizeof *t->entries);
  wl_dealloc(t->heap, t->slots, t->slot_room * sizeof *t->slots);
  wl_dealloc(t->heap, t, sizeof *t);
}

size_t wl_timers_count(const wl_Timers *t) {
  return t->count;
}

/* ---- slots ---- */

static uint32_t take_slot(wl_Timers *t) {
  uint32_t index = t->free_slot;
  if (index != NO_SLOT) {
    t->free_slot = t->slots[index].place;
  } else {
    if (t->slot_count == t->slot_room) {
      size_t old = t->slot_room;
      t->slot_room = old == 0 ? 16 : old * 2;
      t->slots = wl_realloc(t->heap, t->slots, old * sizeof *t->slots,
                            t->slot_room * sizeof *t->slots);
    }
    index = (uint32_t)t->slot_count++;
    t->slots[index].generation = 0;
  }
  t->slots[index].generation++;
  return index;
}

static void give_slot_back(wl_Timers *t, uint32_t index) {
  t->slots[index].generation++;
  t->slots[index].place = t->free_slot;
  t->free_slot = index;
}

static wl_Timer name_of(const wl_Timers *t, uint32_t slot) {
  return (uint64_t)t->slots[slot].generation << 32 | slot;
}

/* The slot a handle names, or NULL. */
static Slot *find(const wl_Timers *t, wl_Timer timer) {
  uint32_t index = (uint32_t)timer, generation = (uint32_t)(timer >> 32);
  if (index >= t->slot_count || generation % 2 == 0)
    return NULL;
  Slot *slot = &t->slots[index];
  return slot->generation == generation ? slot : NULL;
}

/* ---- the heap ---- */

static inline bool before(const Entry *a, const Entry *b) {
  return a->due < b->due || (a->due == b->due && a->sequence < b->sequence);
}

static inline void put(wl_Timers *t, size_t place, Entry entry) {
  t->entries[place] = entry;
  t->slots[entry.slot].place = (uint32_t)place;
}

static void rise(wl_Timers *t, size_t place, Entry entry) {
  while (place > 0) {
    size_t parent = (place - 1) / CHILDREN;
    if (!before(&entry, &t->entries[parent]))
      break;
    put(t, place, t->entries[parent]);
    place = parent;
  }
  put(t, place, entry);
}

/* The first of a node's children; t->count when it has none. */
static size_t first_child(const wl_Timers *t, size_t place) {
  size_t child = place * CHILDREN + 1, best = child;
  if (child >= t->count)
    return t->count;
  size_t end = child + CHILDREN < t->count ? child + CHILDREN : t->count;
  while (++child < end)
    if (before(&t->entries[child], &t->entries[best]))
      best = child;
  return best;
}

static void sink(wl_Timers *t, size_t place, Entry entry) {
  for (;;) {
    size_t child = first_child(t, place);
    if (child == t->count || !before(&t->entries[child], &entry))
      break;
    put(t, place, t->entries[child]);
    place = child;
  }
  put(t, place, entry);
}

/* Put an entry where another was taken out. */
static void settle(wl_Timers *t, size_t place, Entry entry) {
  if (place > 0 && before(&entry, &t->entries[(place - 1) / CHILDREN]))
    rise(t, place, entry);
  else
    sink(t, place, entry);
}

static void remove_at(wl_Timers *t, size_t place) {
  give_slot_back(t, t->entries[place].slot);
  Entry last = t->entries[--t->count];
  if (place < t->count)
    settle(t, place, last);
}

/* ---- what callers see ---- */

wl_Timer wl_timers_add(wl_Timers *t, int64_t due, uint64_t payload) {
  if (t->count == t->entry_room) {
    size_t old = t->entry_room;
    t->entry_room = old == 0 ? 16 : old * 2;
    t->entries = wl_realloc(t->heap, t->entries, old * sizeof *t->entries,
                            t->entry_room * sizeof *t->entries);
  }
  uint32_t slot = take_slot(t);
  t->slots[slot].payload = payload;
  rise(t, t->count++, (Entry){due, ++t->sequence, slot});
  return name_of(t, slot);
}

bool wl_timers_cancel(wl_Timers *t, wl_Timer timer, uint64_t *payload) {
  const Slot *slot = find(t, timer);
  if (slot == NULL)
    return false;
  if (payload != NULL)
    *payload = slot->payload;
  remove_at(t, slot->place);
  return true;
}

bool wl_timers_move(wl_Timers *t, wl_Timer timer, int64_t due) {
  const Slot *slot = find(t, timer);
  if (slot == NULL)
    return false;
  settle(t, slot->place, (Entry){due, ++t->sequence, (uint32_t)timer});
  return true;
}

bool wl_timers_get(const wl_Timers *t, wl_Timer timer, int64_t *due,
                   uint64_t *payload) {
  const Slot *slot = find(t, timer);
  if (slot == NULL)
    return false;
  if (due != NULL)
    *due = t->entries[slot->place].due;
  if (payload != NULL)
    *payload = slot->payload;
  return true;
}

bool wl_timers_next(const wl_Timers *t, int64_t *due) {
  if (t->count == 0)
    return false;
  *due = t->entries[0].due;
  return true;
}

bool wl_timers_pop(wl_Timers *t, int64_t now, int64_t *due, uint64_t *payload) {
  if (t->count == 0 || t->entries[0].due > now)
    return false;
  *due = t->entries[0].due;
  *payload = t->slots[t->entries[0].slot].payload;
  remove_at(t, 0);
  return true;
}

void wl_timers_clear(wl_Timers *t) {
  while (t->count > 0)
    give_slot_back(t, t->entries[--t->count].slot);
}
