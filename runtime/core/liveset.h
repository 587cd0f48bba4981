/* SPDX-License-Identifier: MIT */
/*
 * liveset.h - a standing query's members, counted per facet
 *
 * The store keeps a live set up to date at each write; reading a count is
 * O(1). Members are object ids, which grow with time, so a set iterates in
 * the order of creation.
 *
 * A set lives while it has members or somebody retains it.
 */
#ifndef WL_LIVESET_H
#define WL_LIVESET_H

#include "facet.h"
#include "table.h"
#include "value.h"

typedef struct wl_LiveSet wl_LiveSet;
typedef uint32_t wl_Id; /* of an object; 0 is none; never used twice */

uint64_t wl_set_count(const wl_LiveSet *set);
bool wl_set_has(const wl_LiveSet *set, wl_Id id);
/* How many members pass a test facet, or the sum of a sum facet. */
int64_t wl_set_tally(const wl_LiveSet *set, wl_FacetType type, size_t at);
/* Members whose value facet answers this text. O(distinct texts). */
int64_t wl_set_count_value(const wl_LiveSet *set, size_t slot, wl_Value text);
/* The i-th distinct answer of a value facet and its count; false at the end. */
bool wl_set_value_at(const wl_LiveSet *set, size_t slot, size_t i,
                     wl_Value *text, int64_t *count);
/* Members whose time facet is at or before `seconds`; the earliest time after
 * it (WL_FACET_NONE: none). O(distinct times after). */
int64_t wl_set_count_until(const wl_LiveSet *set, size_t slot, int64_t seconds);
int64_t wl_set_time_after(const wl_LiveSet *set, size_t slot, int64_t seconds);

/* The first member with an id above `after`; 0 at the end. O(log). */
wl_Id wl_set_next(const wl_LiveSet *set, wl_Id after);
/* Copy up to `limit` ids above `after` to out; returns how many. */
size_t wl_set_read(const wl_LiveSet *set, wl_Id after, wl_Id *out,
                   size_t limit);

/* Moves when a member joins or answers otherwise; not when one leaves. */
uint64_t wl_set_version(const wl_LiveSet *set);

wl_LiveSet *wl_set_retain(wl_LiveSet *set); /* returns set */

/* A journal notes which objects join, change and leave, for one reader. It
 * belongs to the set; close it, or let it go with the set. */
typedef struct wl_Journal wl_Journal;
wl_Journal *wl_set_open_journal(wl_LiveSet *set);
void wl_set_close_journal(wl_LiveSet *set, wl_Journal *journal);
/* What was noted since last: sorted, each once, borrowed until the next
 * write. Returns how many. */
size_t wl_journal_read(wl_Journal *journal, const wl_Id **ids);

/* ---- for the store ---- */

wl_LiveSet *wl_set_new(wl_Heap *heap, const wl_Facets *facets); /* one ref */
/* True when that was the last reference and the set is gone, also from the
 * table it was put in. */
bool wl_set_release(wl_LiveSet *set);
void wl_set_free(wl_LiveSet *set); /* however many references there are */
/* Put the set in a table under a key, until it is gone. */
void wl_set_register(wl_LiveSet *set, wl_Table *table, wl_Value key);
/* Who is to be woken when a member is written, joins or leaves; O(1) to read,
 * O(subscribers) to change. Subscribing twice is once. */
void wl_set_subscribe(wl_LiveSet *set, uint64_t subscriber);
void wl_set_unsubscribe(wl_LiveSet *set, uint64_t subscriber);
const uint64_t *wl_set_subscribers(const wl_LiveSet *set, size_t *n);
/* An object that is or was a member has been written. */
void wl_set_note(wl_LiveSet *set, wl_Id id);
/* What the store keeps with it: its standing query. */
void wl_set_attach(wl_LiveSet *set, void *query);
void *wl_set_query(const wl_LiveSet *set);
void wl_set_join(wl_LiveSet *set, wl_Id id, const wl_FacetRow *row);
void wl_set_leave(wl_LiveSet *set, wl_Id id, const wl_FacetRow *row);
void wl_set_change(wl_LiveSet *set, const wl_FacetRow *old,
                   const wl_FacetRow *row);

#endif
