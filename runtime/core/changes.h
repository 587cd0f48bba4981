/* SPDX-License-Identifier: MIT */
/*
 * changes.h - which changes of an object matter to somebody
 *
 * A list of field paths (path.h): a change matters when what is at one of them
 * is another than before. Of a path with "[*]", as in
 * "status.containerStatuses[*].restartCount", the integers of all items are
 * added up, and it is the sum that is compared; what is no integer is 0. Of
 * "status.phase = Running" it matters only whether it is so.
 */
#ifndef WL_CHANGES_H
#define WL_CHANGES_H

#include "error.h"
#include "heap.h"
#include "value.h"

typedef struct wl_Changes wl_Changes;

wl_Changes *wl_changes_new(wl_Heap *heap);
void wl_changes_free(wl_Changes *changes); /* NULL allowed */

/* False, with `error` filled, when the text is nothing of that. */
bool wl_changes_add(wl_Changes *changes, const char *text, size_t length,
                    wl_Error *error);

/* O(paths), and the items of lists that are not the same still. */
bool wl_changes_matter(const wl_Changes *changes, wl_Value old, wl_Value now);

#endif
