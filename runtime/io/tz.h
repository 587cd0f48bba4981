/* SPDX-License-Identifier: MIT */
/* tz.h - the system's time zone database */
#ifndef WL_TZ_H
#define WL_TZ_H

#include "../core/zone.h"

/* The zone of a name such as "Europe/Berlin". *zone is NULL for UTC, "" and
 * "Local": the model's own zone is UTC. False, with Go's words in `error`,
 * when there is no such zone. The caller frees the zone. */
bool wl_tz_load(wl_Heap *heap, const char *name, size_t length, wl_Zone **zone,
                wl_Error *error);

#endif
