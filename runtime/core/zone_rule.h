/* SPDX-License-Identifier: MIT */
/* zone_rule.h - "CET-1CEST,M3.5.0,M10.5.0/3": the rule by which a zone goes
 * on (POSIX TZ, with the hours of RFC 8536). For zone.c. */
#ifndef WL_ZONE_RULE_H
#define WL_ZONE_RULE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A day of each year and a time on its wall clock. */
typedef struct wl_RuleDate {
  char form; /* 'M', 'J' (1..365, no leap day) or 'N' (0..365) */
  int month, week, weekday, day;
  int32_t seconds; /* since the day began; may be negative */
} wl_RuleDate;

typedef struct wl_Rule {
  char names[2][8]; /* of standard and of summer time */
  int32_t offsets[2];
  bool changes; /* has summer time */
  wl_RuleDate to_summer, to_standard;
} wl_Rule;

bool wl_rule_parse(wl_Rule *rule, const char *text, size_t length);

/* The moments of a year at which summer begins and ends. */
void wl_rule_changes(const wl_Rule *rule, int64_t year, int64_t *to_summer,
                     int64_t *to_standard);

#endif
