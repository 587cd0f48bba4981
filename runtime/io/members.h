/* SPDX-License-Identifier: MIT */
/* members.h - the members of a map in the order they are to be written */
#ifndef WL_MEMBERS_H
#define WL_MEMBERS_H

#include "../core/value.h"

typedef struct wl_Member {
  wl_Value key, value; /* borrowed from the map */
} wl_Member;

typedef struct wl_Members {
  wl_Member *items;
  size_t length;
} wl_Members;

typedef enum wl_Order {
  WL_AS_THEY_ARE,
  WL_BY_BYTES,
  WL_NATURALLY /* a2 before a10, signs before letters: as goyaml sorts */
} wl_Order;

wl_Members wl_members_new(wl_Heap *heap, wl_Value map, wl_Order order);
void wl_members_free(wl_Heap *heap, wl_Members members);

#endif
