/* SPDX-License-Identifier: MIT */
/*
 * zone.h - time zones: what the clock on the wall says, and when it jumps
 *
 * A zone is made from the bytes of a TZif file (RFC 8536); reading the file is
 * the caller's. What follows the file's last change comes from the rule in
 * its footer. A zone never changes; NULL is UTC. Moments are seconds since
 * 1970-01-01T00:00:00Z; a wall time is such a number as if its zone were UTC.
 */
#ifndef WL_ZONE_H
#define WL_ZONE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "error.h"
#include "heap.h"

typedef struct wl_Zone wl_Zone;

/* A stretch of time with one offset: start <= moment < end. */
typedef struct wl_Period {
  int64_t start, end; /* INT64_MIN and INT64_MAX where there is none */
  int32_t offset;     /* seconds that the wall is ahead of UTC */
  bool summer;        /* daylight saving */
  char name[8];       /* "CEST", cut off when it is longer */
} wl_Period;

/* NULL and `error` filled when the bytes are no such file. */
wl_Zone *wl_zone_parse(wl_Heap *heap, const char *bytes, size_t length,
                       wl_Error *error);
void wl_zone_free(wl_Zone *zone); /* NULL allowed */

/* The period of a moment. O(log changes). */
void wl_zone_lookup(const wl_Zone *zone, int64_t moment, wl_Period *period);

/* The moment of a wall time, as Go's time.Date finds it: of a time that comes
 * twice one of the two, a time that is skipped is moved by the jump. */
int64_t wl_zone_from_wall(const wl_Zone *zone, int64_t wall);

/* What the changes do to a wall time. */
typedef enum wl_WallFate {
  WL_WALL_ONCE,
  WL_WALL_TWICE,
  WL_WALL_SKIPPED
} wl_WallFate;

/* When a wall time is: `first` and, where it comes twice, `second`. Of one
 * that is skipped `first` is the moment of the jump and `second` the moment
 * that is as long after it as the wall time is after the jump's. */
wl_WallFate wl_zone_resolve(const wl_Zone *zone, int64_t wall, int64_t *first,
                            int64_t *second);

#endif
