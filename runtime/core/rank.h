/* SPDX-License-Identifier: MIT */
/*
 * rank.h - objects in an order declared by keys
 *
 * The first key in which two objects differ decides. The description is a
 * value, a list of maps:
 *
 *   source   "field": what is at `path`; "facet": whether test facet `path`
 *            holds; "count": how many members of the context have the same
 *            text at `path`; "max": the greatest integer at `field` in the
 *            items of the list at `path`
 *   first    "lowest", "highest", "absent", "youngest", "oldest", true, false,
 *            or a list of texts in order (others count as the first of them)
 *   as       "integer" (with `default`), "age"; else text
 *   scale    "log2": ages within a power of two of nanoseconds are one class;
 *            different times in one class go by the text at the path `tie`
 *   where    a test facet: the key decides only between objects for which it
 *            holds; of a context, only such members count
 *   only     {path, fields}: of a max, only items whose name is also that of
 *            an item with those fields in the list at that path
 */
#ifndef WL_RANK_H
#define WL_RANK_H

#include "store.h"

typedef struct wl_Order wl_Order;

/* For objects of one kind, whose facets these are. NULL and `error` filled
 * when the description does not fit. */
wl_Order *wl_order_compile(wl_Heap *heap, const wl_Facets *facets,
                           wl_Value description, wl_Error *error);
void wl_order_free(wl_Order *order); /* NULL allowed */

/* Bring the `limit` of ids[0..n) that go first to the front, in order; the
 * others follow in any order. `context`: the members that "count" counts in, or
 * NULL for the ids themselves. Equal objects keep the order of their ids.
 *
 * They are chosen in rounds of so many (0: all at once): those of earlier
 * rounds no longer count. O(keys * n + context + rounds * n + limit log limit).
 */
void wl_rank(wl_Store *store, const wl_Order *order, const wl_Ids *context,
             wl_Id *ids, size_t n, size_t limit, size_t round);

#endif
