/* SPDX-License-Identifier: MIT */
/*
 * clock.h - moments, and the clock that is moved by hand
 *
 * A moment is an int64_t: milliseconds since 1970-01-01T00:00:00Z, without
 * leap seconds. Text is RFC 3339 as the Kubernetes API writes it. Nothing here
 * asks the operating system for the time.
 */
#ifndef WL_CLOCK_H
#define WL_CLOCK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* ---- the virtual clock: never goes back ---- */

typedef struct wl_Clock {
  int64_t now_ms;
} wl_Clock;

void wl_clock_init(wl_Clock *clock, int64_t start_ms);
int64_t wl_clock_now(const wl_Clock *clock);
/* False, and nothing changes, when that moment has passed. */
bool wl_clock_advance(wl_Clock *clock, int64_t to_ms);

/* ---- calendar fields, proleptic Gregorian, UTC ---- */

typedef struct wl_Civil {
  int64_t year;
  int month, day; /* from 1 */
  int hour, minute, second, millisecond;
  int weekday; /* 0 is Sunday */
} wl_Civil;

/* Days since 1970-01-01; any month 1..12, any day number. */
int64_t wl_days_from_civil(int64_t year, int month, int day);
int wl_days_in_month(int64_t year, int month);
wl_Civil wl_civil_from_ms(int64_t ms);
int64_t wl_civil_to_ms(const wl_Civil *civil); /* weekday is not read */

/* ---- text ---- */

enum { WL_TIME_SIZE = 32 }; /* room for any text below, with its NUL */

/* "2006-01-02T15:04:05Z", as metav1.Time: the fraction is cut off. Returns the
 * length, 0 (and an empty string) outside the years 0 to 9999. */
size_t wl_time_format(int64_t ms, char text[WL_TIME_SIZE]);
/* "2006-01-02T15:04:05.000000Z", as metav1.MicroTime. */
size_t wl_time_format_micro(int64_t ms, char text[WL_TIME_SIZE]);
/* RFC 3339 with or without a fraction, Z or an offset. What is finer than a
 * millisecond is cut off. False when the text is anything else. */
bool wl_time_parse(const char *text, size_t length, int64_t *ms);

#endif
