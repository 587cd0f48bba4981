/* SPDX-License-Identifier: MIT */
/* members.h - the members of a map in the order they are to be written */
#ifndef WL_MEMBERS_H
#define WL_MEMBERS_H

#include <stdbool.h>

#include "../core/value.h"

typedef struct wl_Member {
  wl_Value key, value; /* borrowed from the map */
} wl_Member;

typedef struct wl_Members {
  wl_Member *items;
  size_t length;
} wl_Members;

/* By bytes of the key when `sorted`, else as the map has them. */
wl_Members wl_members_new(wl_Heap *heap, wl_Value map, bool sorted);
void wl_members_free(wl_Heap *heap, wl_Members members);

#endif
