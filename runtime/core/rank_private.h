/* SPDX-License-Identifier: MIT */
/* rank_private.h - an order, compiled: what rank_order.c makes of a description
 * and rank.c reads objects with. */
#ifndef WL_RANK_PRIVATE_H
#define WL_RANK_PRIVATE_H

#include "path.h"
#include "rank.h"

typedef enum Source { FIELD, FACET, COUNT, MAX } Source;
typedef enum As { AS_TEXT, AS_PRESENCE, AS_LISTED, AS_INTEGER, AS_AGE } As;

typedef struct Key {
  Source source;
  As as;
  bool descending, logarithmic;
  wl_Path *path, *field, *tie, *only;
  wl_Value only_fields; /* absent, or a map */
  wl_Value texts;       /* AS_LISTED */
  int64_t fallback;
  uint32_t facet; /* FACET: a mask */
  uint32_t where; /* a mask, 0: always */
} Key;

struct wl_Order {
  wl_Heap *heap;
  const wl_Facets *facets;
  Key *keys;
  size_t count;
  wl_Value name; /* the word */
};

#endif
