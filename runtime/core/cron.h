/* SPDX-License-Identifier: MIT */
/*
 * cron.h - schedules: "30 2 * * 1-5", "@daily", "@every 90s"
 *
 * A schedule is five fields (six with seconds), a macro or an interval, and
 * the rules by which a scheduler reads it. Kubernetes' are those of
 * github.com/robfig/cron/v3, which are kept to the letter. The next firing is
 * computed from bit sets, field by field; nothing is tried minute by minute.
 *
 * Moments are milliseconds since 1970-01-01T00:00:00Z.
 */
#ifndef WL_CRON_H
#define WL_CRON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "error.h"
#include "zone.h"

/* Whose reading of the fields. */
typedef enum wl_CronDialect {
  WL_CRON_KUBERNETES,
  WL_CRON_VIXIE,  /* ISC cron 4: "*" with a step is a star too; 7 is Sunday */
  WL_CRON_SYSTEMD /* OnCalendar: day of month and of week must both match */
} wl_CronDialect;

/* What happens to local times that the clock skips, and that come twice. */
typedef enum wl_CronDst {
  WL_DST_KUBERNETES, /* skipped: no run; twice: runs each time */
  WL_DST_SKIP,       /* skipped: no run; twice: the first time */
  WL_DST_ONCE,       /* skipped: runs when the clock jumps; twice: the first */
  WL_DST_SHIFT       /* skipped: as much later; twice: the first time */
} wl_CronDst;

#define WL_CRON_STAR (UINT64_C(1) << 63) /* a field that restricts nothing */

typedef struct wl_Cron {
  uint64_t second, minute, hour, day, month, weekday; /* bits; bit 63: star */
  int64_t every; /* seconds between runs; 0: the fields count */
  wl_CronDialect dialect;
  wl_CronDst dst;
  bool each_hour;      /* runs by the hours that pass: `dst` does not apply */
  const wl_Zone *zone; /* borrowed; NULL is UTC */
} wl_Cron;

typedef struct wl_CronOptions {
  wl_CronDialect dialect;
  wl_CronDst dst;
  bool seconds;        /* six fields, the first of them seconds */
  const wl_Zone *zone; /* borrowed; where the text names no zone itself */
  /* Finds the zone of "TZ=Name ..."; false and `error` when there is none. */
  bool (*find_zone)(void *context, const char *name, size_t length,
                    const wl_Zone **zone, wl_Error *error);
  void *context;
} wl_CronOptions;

/* False, with `error`, when the text is no schedule. */
bool wl_cron_parse(wl_Cron *cron, const char *text, size_t length,
                   const wl_CronOptions *options, wl_Error *error);

/* One range of a field, such as "1-30/5", as bits. */
bool wl_cron_range(const char *text, size_t length, int low, int high,
                   uint64_t *bits, wl_Error *error);

/* The first firing after a moment. False: there is none in five years. */
bool wl_cron_next(const wl_Cron *cron, int64_t after_ms, int64_t *next_ms);

#endif
