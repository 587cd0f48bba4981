/* SPDX-License-Identifier: MIT */
#include "draft.h"

#define NONE WL_DRAFT_NONE

enum { FIRST_NODES = 8 };

struct wl_DraftNode {
  wl_Value value;
  wl_Value key;    /* in the parent; absent: none */
  uint32_t parent; /* NONE: the root, or a node without a place */
  uint32_t child;  /* the first */
  uint32_t next;   /* of the same parent */
  uint16_t depth;
  bool changed; /* differs from what the parent's value has in its place */
  bool stale;   /* a node below changed: then all nodes above are stale too */
};

/* ---- life ---- */

void wl_draft_init(wl_Draft *d, wl_Heap *heap) {
  *d = (wl_Draft){.heap = heap};
}

static void forget_nodes(wl_Draft *d) {
  for (uint32_t i = 0; i < d->count; i++) {
    wl_release(d->heap, d->nodes[i].value);
    wl_release(d->heap, d->nodes[i].key);
  }
  d->count = 0;
}

void wl_draft_destroy(wl_Draft *d) {
  forget_nodes(d);
  wl_dealloc(d->heap, d->nodes, d->capacity * sizeof(wl_DraftNode));
  wl_draft_init(d, d->heap);
}

static wl_DraftNode *new_node(wl_Draft *d, wl_Value value, wl_Value key) {
  if (d->count == d->capacity) {
    uint32_t capacity = d->capacity == 0 ? FIRST_NODES : 2 * d->capacity;
    d->nodes = wl_realloc(d->heap, d->nodes, d->capacity * sizeof(wl_DraftNode),
                          capacity * sizeof(wl_DraftNode));
    d->capacity = capacity;
  }
  wl_DraftNode *node = &d->nodes[d->count++];
  *node = (wl_DraftNode){.value = wl_retain(value),
                         .key = wl_retain(key),
                         .parent = NONE,
                         .child = NONE,
                         .next = NONE};
  return node;
}

void wl_draft_begin(wl_Draft *d, wl_Value base) {
  forget_nodes(d);
  new_node(d, base, WL_VALUE_ABSENT);
}

wl_Value wl_draft_end(wl_Draft *d) {
  wl_Value result = wl_retain(wl_draft_value(d, 0));
  forget_nodes(d);
  return result;
}

/* ---- places ---- */

static wl_Value at_place(wl_Value v, wl_Value key) {
  return wl_type(key) == WL_INT ? wl_list_get(v, (size_t)wl_int(key))
                                : wl_map_get(v, key);
}

/* *Takes* v and the new value of a place in it. */
static wl_Value with(wl_Heap *heap, wl_Value v, wl_Value key, wl_Value new) {
  return wl_type(key) == WL_INT
             ? wl_list_with(heap, v, (size_t)wl_int(key), new)
             : wl_map_with(heap, v, key, new);
}

static wl_Value without(wl_Heap *heap, wl_Value v, wl_Value key) {
  return wl_type(key) == WL_INT ? wl_list_without(heap, v, (size_t)wl_int(key))
                                : wl_map_without(heap, v, key);
}

/* The node loses its place; it keeps its value. */
static void detach(wl_Draft *d, uint32_t at) {
  wl_DraftNode *node = &d->nodes[at];
  uint32_t *link = &d->nodes[node->parent].child;
  while (*link != at)
    link = &d->nodes[*link].next;
  *link = node->next;
  node->parent = node->next = NONE;
}

/* The place has the node's value already. */
static void attach(wl_Draft *d, uint32_t at, uint32_t parent, wl_Value key) {
  wl_DraftNode *node = &d->nodes[at];
  wl_Value old = node->key;
  node->key = wl_retain(key);
  wl_release(d->heap, old);
  node->parent = parent;
  node->next = d->nodes[parent].child;
  node->depth = (uint16_t)(d->nodes[parent].depth + 1);
  node->changed = false;
  d->nodes[parent].child = at;
}

static void mark_changed(wl_Draft *d, uint32_t at) {
  d->nodes[at].changed = true;
  for (at = d->nodes[at].parent; at != NONE && !d->nodes[at].stale;
       at = d->nodes[at].parent)
    d->nodes[at].stale = d->nodes[at].changed = true;
}

static bool is_within(const wl_Draft *d, uint32_t at, uint32_t outer) {
  while (at != NONE && at != outer)
    at = d->nodes[at].parent;
  return at == outer;
}

/* ---- reading ---- */

wl_Value wl_draft_own(const wl_Draft *d, uint32_t node) {
  return d->nodes[node].value;
}

unsigned wl_draft_depth(const wl_Draft *d, uint32_t node) {
  return d->nodes[node].depth;
}

wl_Value wl_draft_value(wl_Draft *d, uint32_t at) {
  wl_DraftNode *node = &d->nodes[at];
  if (!node->stale)
    return node->value;
  for (uint32_t c = node->child; c != NONE; c = d->nodes[c].next) {
    wl_DraftNode *child = &d->nodes[c];
    if (!child->changed)
      continue;
    wl_Value below = wl_retain(wl_draft_value(d, c));
    node->value = with(d->heap, node->value, child->key, below);
    child->changed = false;
  }
  node->stale = false;
  return node->value;
}

uint32_t wl_draft_child(const wl_Draft *d, uint32_t node, wl_Value key) {
  uint32_t at = d->nodes[node].child;
  while (at != NONE && !wl_same(d->nodes[at].key, key))
    at = d->nodes[at].next;
  return at;
}

uint32_t wl_draft_open(wl_Draft *d, uint32_t node, wl_Value key) {
  new_node(d, at_place(d->nodes[node].value, key), WL_VALUE_ABSENT);
  attach(d, d->count - 1, node, key);
  return d->count - 1;
}

/* ---- changing ---- */

void wl_draft_put(wl_Draft *d, uint32_t at, wl_Value key, wl_Value new) {
  uint32_t child = wl_draft_child(d, at, key);
  if (child != NONE)
    detach(d, child);
  wl_DraftNode *node = &d->nodes[at];
  if (wl_equal(at_place(node->value, key), new)) {
    wl_release(d->heap, new);
    return;
  }
  node->value = wl_is_absent(new) ? without(d->heap, node->value, key)
                                  : with(d->heap, node->value, key, new);
  mark_changed(d, at);
}

/* Leave the value behind in the old place. */
static void leave(wl_Draft *d, uint32_t at) {
  const wl_DraftNode *node = &d->nodes[at];
  if (node->parent == NONE)
    return;
  if (node->changed) {
    wl_DraftNode *parent = &d->nodes[node->parent];
    parent->value =
        with(d->heap, parent->value, node->key, wl_retain(node->value));
  }
  detach(d, at);
}

void wl_draft_move(wl_Draft *d, uint32_t at, wl_Value key, uint32_t source) {
  if (wl_draft_child(d, at, key) == source)
    return;
  wl_draft_put(d, at, key, wl_retain(wl_draft_value(d, source)));
  if (is_within(d, at, source))
    return;
  leave(d, source);
  attach(d, source, at, key);
}

void wl_draft_replace(wl_Draft *d, uint32_t at, wl_Value value) {
  while (d->nodes[at].child != NONE)
    detach(d, d->nodes[at].child);
  wl_release(d->heap, d->nodes[at].value);
  d->nodes[at].value = value;
  mark_changed(d, at);
}
