/* SPDX-License-Identifier: MIT */
/*
 * draft.h - a value while it is being changed
 *
 * A draft is a tree of nodes over the value it began with: a node for each
 * list or map that was looked into. Changing a node changes its own value,
 * which is copied the first time and changed in place after that. Nodes
 * remember that something below them changed, and take it in when their value
 * is wanted.
 *
 * A node belongs to its place (parent and key) until the place gets another
 * value; then it keeps its value, and may be moved to a place again. So code
 * that swaps two items sees what it would see with mutable tables.
 *
 * Nodes are numbered from 0, the root; numbers stay valid until the draft
 * ends. Keys are interned strings, or integers for the items of lists.
 */
#ifndef WL_DRAFT_H
#define WL_DRAFT_H

#include "value.h"

#define WL_DRAFT_NONE UINT32_MAX

typedef struct wl_DraftNode wl_DraftNode;

/* Ends and begins again without giving back its memory. */
typedef struct wl_Draft {
  wl_Heap *heap;
  wl_DraftNode *nodes;
  uint32_t count, capacity;
} wl_Draft;

void wl_draft_init(wl_Draft *d, wl_Heap *heap);
void wl_draft_destroy(wl_Draft *d); /* also in the middle; twice is fine */

void wl_draft_begin(wl_Draft *d, wl_Value base); /* a list or map */
/* What became of it, owned: the same word as `base` when nothing changed. */
wl_Value wl_draft_end(wl_Draft *d);

/* ---- reading ---- */

/* The node's own value, borrowed: what is below may be out of date in it. */
wl_Value wl_draft_own(const wl_Draft *d, uint32_t node);
/* With everything taken in; borrowed until the next change. */
wl_Value wl_draft_value(wl_Draft *d, uint32_t at);
/* How many steps it is below the root. */
unsigned wl_draft_depth(const wl_Draft *d, uint32_t node);
/* The node at a place, or NONE when nobody looked into it. O(such nodes). */
uint32_t wl_draft_child(const wl_Draft *d, uint32_t node, wl_Value key);
/* Make one for the list or map at a place that has none. */
uint32_t wl_draft_open(wl_Draft *d, uint32_t node, wl_Value key);

/* ---- changing ---- */

/* *Takes* the new value of a place, absent to remove it. In a list the place
 * is an item, or for a value also the one after the last. */
void wl_draft_put(wl_Draft *d, uint32_t at, wl_Value key, wl_Value new);
/* Put the value of another node there, and the node with it, unless that would
 * be inside itself. Where it was its value stays. */
void wl_draft_move(wl_Draft *d, uint32_t at, wl_Value key, uint32_t source);
/* The node's whole value becomes another. *Takes* it. */
void wl_draft_replace(wl_Draft *d, uint32_t at, wl_Value value);

#endif
