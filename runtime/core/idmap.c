/* SPDX-License-Identifier: MIT */
#include "idmap.h"

enum { FIRST_BITS = 4 };

void wl_idmap_init(wl_IdMap *m, wl_Heap *heap) {
  *m = (wl_IdMap){.heap = heap};
}

static size_t slot_count(const wl_IdMap *m) {
  return m->bits == 0 ? 0 : (size_t)1 << (m->bits & 63);
}

void wl_idmap_destroy(wl_IdMap *m) {
  wl_dealloc(m->heap, m->slots, slot_count(m) * sizeof *m->slots);
  wl_idmap_init(m, m->heap);
}

/* Where the search for an id begins. Eight ids that follow one another, as most
 * do, are neighbours in memory; the eights are scattered, so that no long run
 * of taken slots builds up that the search for a missing id must walk. */
static inline size_t home_of(const wl_IdMap *m, uint64_t id) {
  uint64_t eight = (id >> 3) * 0x9e3779b97f4a7c15u;
  return (size_t)((eight >> (64 - m->bits) & ~(uint64_t)7) | (id & 7));
}

/* The slot of an id, or the free one where it would go. */
static inline size_t find(const wl_IdMap *m, uint64_t id) {
  size_t mask = slot_count(m) - 1, i = home_of(m, id);
  while (m->slots[i].value != WL_IDMAP_NONE && m->slots[i].id != id)
    i = (i + 1) & mask;
  return i;
}

uint32_t wl_idmap_get(const wl_IdMap *m, uint64_t id) {
  return m->count == 0 ? WL_IDMAP_NONE : m->slots[find(m, id)].value;
}

static void grow(wl_IdMap *m) {
  wl_IdMap bigger = {.heap = m->heap, .count = m->count};
  bigger.bits = m->bits == 0 ? FIRST_BITS : m->bits + 1;
  bigger.slots =
      wl_alloc_zeroed(m->heap, slot_count(&bigger) * sizeof *m->slots);
  for (size_t i = 0; i < slot_count(m); i++)
    if (m->slots[i].value != WL_IDMAP_NONE)
      bigger.slots[find(&bigger, m->slots[i].id)] = m->slots[i];
  wl_idmap_destroy(m);
  *m = bigger;
}

uint32_t *wl_idmap_at(wl_IdMap *m, uint64_t id) {
  if ((m->count + 1) * 3 > slot_count(m) * 2)
    grow(m);
  wl_IdSlot *slot = &m->slots[find(m, id)];
  if (slot->value == WL_IDMAP_NONE) {
    slot->id = id;
    m->count++;
  }
  return &slot->value;
}

void wl_idmap_remove(wl_IdMap *m, uint64_t id) {
  if (m->count == 0)
    return;
  size_t mask = slot_count(m) - 1, gap = find(m, id);
  if (m->slots[gap].value == WL_IDMAP_NONE)
    return;
  m->count--;
  for (size_t i = (gap + 1) & mask; m->slots[i].value != WL_IDMAP_NONE;
       i = (i + 1) & mask) {
    /* What the gap now cuts off from its home moves into it. */
    if (((i - home_of(m, m->slots[i].id)) & mask) >= ((i - gap) & mask)) {
      m->slots[gap] = m->slots[i];
      gap = i;
    }
  }
  m->slots[gap].value = WL_IDMAP_NONE;
}
