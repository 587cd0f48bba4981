/* SPDX-License-Identifier: MIT */
/* cron_next.c - the next firing.
 *
 * The search moves one cursor: to a month that fits, then to a day, an hour, a
 * minute, a second. Whenever a unit runs over into the next larger one it
 * begins again. This is the path of robfig/cron's spec.go, and near a change
 * of the clock the path decides what is found; so each step lands where Go's
 * time package would, but steps between which nothing can happen are one. */
#include "clock.h"
#include "cron.h"

enum { YEARS = 5 }; /* how far is looked ahead */

typedef struct Cursor {
  const wl_Cron *cron;
  const wl_Zone *zone;
  wl_Period period;
  int64_t moment;   /* seconds */
  int64_t midnight; /* on the wall, when the wall's day began */
  wl_Civil wall;
  bool rounded; /* has left the moment it started from */
} Cursor;

static int64_t floor_to(int64_t n, int64_t unit) {
  int64_t rest = n % unit;
  return n - rest - (rest < 0 ? unit : 0);
}

static bool is_within(const wl_Period *period, int64_t moment) {
  return moment >= period->start && moment < period->end;
}

static void move_to(Cursor *c, int64_t moment) {
  if (!is_within(&c->period, moment))
    wl_zone_lookup(c->zone, moment, &c->period);
  c->moment = moment;
  int64_t wall = moment + c->period.offset, clock = wall - c->midnight;
  if (clock < 0 || clock >= 86400) {
    c->midnight = floor_to(wall, 86400);
    c->wall = wl_civil_from_ms(c->midnight * 1000);
    clock = wall - c->midnight;
  }
  c->wall.hour = (int)clock / 3600;
  c->wall.minute = (int)clock / 60 % 60;
  c->wall.second = (int)clock % 60;
}

/* As wl_zone_from_wall; most often the wall stays in its period. */
static int64_t moment_of(const Cursor *c, int64_t wall) {
  int64_t moment = wall - c->period.offset;
  if (is_within(&c->period, wall) && is_within(&c->period, moment))
    return moment;
  return wl_zone_from_wall(c->zone, wall);
}

/* To a wall time; the day may lie outside its month, as may the month. */
static void move_to_wall(Cursor *c, int64_t year, int month, int64_t day,
                         int64_t clock) {
  if (month > 12) {
    year++;
    month -= 12;
  }
  int64_t days = wl_days_from_civil(year, month, 1) + day - 1;
  move_to(c, moment_of(c, days * 86400 + clock));
}

static int64_t clock_of(const Cursor *c) {
  return c->wall.hour * 3600 + c->wall.minute * 60 + c->wall.second;
}

static bool has(uint64_t bits, int i) {
  return bits >> i & 1;
}

/* The first bit above i, or `end`. */
static int next_bit(uint64_t bits, int i, int end) {
  bits &= ~WL_CRON_STAR & ~((UINT64_C(2) << i) - 1);
  int bit = bits == 0 ? end : __builtin_ctzll(bits);
  return bit < end ? bit : end;
}

/* ---- months and days; false when the search must begin again ---- */

/* The month to go to: the next that fits, or the next January, when the clock
 * does not change until then; else the next month. */
static int next_month(const Cursor *c) {
  int month = next_bit(c->cron->month, c->wall.month, 13);
  int64_t year = c->wall.year + (month > 12);
  int64_t wall = wl_days_from_civil(year, month > 12 ? 1 : month, 1) * 86400;
  bool straight = c->wall.day == 1 && clock_of(c) == 0 &&
                  is_within(&c->period, wall) &&
                  is_within(&c->period, wall - c->period.offset);
  return straight ? month : c->wall.month + 1;
}

static bool seek_month(Cursor *c) {
  while (!has(c->cron->month, c->wall.month)) {
    if (!c->rounded)
      move_to_wall(c, c->wall.year, c->wall.month, 1, 0);
    c->rounded = true;
    move_to_wall(c, c->wall.year, next_month(c), c->wall.day, clock_of(c));
    if (c->wall.month == 1)
      return false;
  }
  return true;
}

/* The days of the cursor's month that fit, as bits. */
static uint64_t days_that_fit(const Cursor *c) {
  const wl_Cron *cron = c->cron;
  int first = ((c->wall.weekday - (c->wall.day - 1)) % 7 + 7) % 7;
  uint64_t week = cron->weekday & 0x7f, by_weekday = 0;
  week = (week >> first | week << (7 - first)) & 0x7f;
  for (int shift = 1; shift < 32; shift += 7)
    by_weekday |= week << shift;
  bool both = ((cron->day | cron->weekday) & WL_CRON_STAR) != 0 ||
              cron->dialect == WL_CRON_SYSTEMD;
  return both ? cron->day & by_weekday : cron->day | by_weekday;
}

/* To midnight of a day of this month, or the first of the next. Where there
 * is no midnight, the hour is mended as robfig/cron does. */
static void move_to_day(Cursor *c, int day, int64_t clock) {
  move_to_wall(c, c->wall.year, c->wall.month, day, clock);
  if (c->wall.hour > 12)
    move_to(c, c->moment + (24 - c->wall.hour) * 3600);
  else if (c->wall.hour != 0)
    move_to(c, c->moment - c->wall.hour * 3600);
}

static bool seek_day(Cursor *c) {
  uint64_t days = days_that_fit(c);
  while (!has(days, c->wall.day)) {
    int64_t before = c->moment;
    if (!c->rounded)
      move_to_wall(c, c->wall.year, c->wall.month, c->wall.day, 0);
    bool midnight = clock_of(c) == 0;
    int last = wl_days_in_month(c->wall.year, c->wall.month);
    int day =
        midnight ? next_bit(days, c->wall.day, last + 1) : c->wall.day + 1;
    move_to_day(c, day, midnight ? 0 : clock_of(c));
    if (c->rounded && c->moment <= before) /* a day that was left out */
      move_to(c, before + 86400);
    c->rounded = true;
    if (c->wall.day == 1)
      return false;
  }
  return true;
}

/* ---- hours, minutes, seconds ---- */

/* Go on by units of so many seconds until `now` fits: in one leap while the
 * clock does not change, else step by step. */
static void leap(Cursor *c, uint64_t bits, int now, int end, int seconds) {
  int64_t units = next_bit(bits, now, end) - now;
  if (c->moment + units * seconds >= c->period.end)
    units = 1;
  move_to(c, c->moment + units * seconds);
}

static bool seek_hour(Cursor *c) {
  while (!has(c->cron->hour, c->wall.hour)) {
    if (!c->rounded)
      move_to_wall(c, c->wall.year, c->wall.month, c->wall.day,
                   c->wall.hour * 3600);
    c->rounded = true;
    leap(c, c->cron->hour, c->wall.hour, 24, 3600);
    if (c->wall.hour == 0)
      return false;
  }
  return true;
}

static bool seek_minute(Cursor *c) {
  while (!has(c->cron->minute, c->wall.minute)) {
    if (!c->rounded)
      move_to(c, floor_to(c->moment, 60));
    c->rounded = true;
    leap(c, c->cron->minute, c->wall.minute, 60, 60);
    if (c->wall.minute == 0)
      return false;
  }
  return true;
}

static bool seek_second(Cursor *c) {
  while (!has(c->cron->second, c->wall.second)) {
    c->rounded = true;
    leap(c, c->cron->second, c->wall.second, 60, 1);
    if (c->wall.second == 0)
      return false;
  }
  return true;
}

static bool never(const wl_Cron *cron) {
  const uint64_t bits = ~WL_CRON_STAR;
  return (cron->second & bits) == 0 || (cron->minute & bits) == 0 ||
         (cron->hour & bits) == 0 || (cron->month & bits) == 0;
}

/* The first moment from `from` on that fits, by the clock of a zone. */
static bool search(const wl_Cron *cron, const wl_Zone *zone, int64_t from,
                   int64_t *found) {
  Cursor c = {.cron = cron,
              .zone = zone,
              .period = {.start = 1, .end = 0},
              .midnight = INT64_MIN / 2};
  if (never(cron))
    return false;
  move_to(&c, from);
  int64_t limit = c.wall.year + YEARS;
  while (c.wall.year <= limit)
    if (seek_month(&c) && seek_day(&c) && seek_hour(&c) && seek_minute(&c) &&
        seek_second(&c)) {
      *found = c.moment;
      return true;
    }
  return false;
}

/* ---- other ways with the changes of the clock: the wall times that fit are
 * searched where no clock changes, and then given their moments ---- */

static bool next_wall(const wl_Cron *cron, int64_t after, int64_t *wall) {
  return search(cron, NULL, after + 1, wall);
}

/* The moment of a wall time that lies in a jump, by the policy. It may be
 * after that of a wall time behind the jump, which then comes first. */
static void land(const wl_Cron *cron, int64_t jump, int64_t shifted,
                 int64_t *moment) {
  wl_Period after;
  int64_t wall;
  *moment = cron->dst == WL_DST_ONCE ? jump : shifted;
  wl_zone_lookup(cron->zone, jump, &after);
  if (next_wall(cron, jump + after.offset - 1, &wall) &&
      wall - after.offset < *moment)
    *moment = wall - after.offset;
}

/* The moment of the first firing after `from` on the wall. */
static bool next_by_wall(const wl_Cron *cron, int64_t from, int64_t *moment) {
  int64_t wall, first, second, limit = from + (YEARS + 1) * INT64_C(31622400);
  while (next_wall(cron, from, &wall) && wall < limit) {
    if (wl_zone_resolve(cron->zone, wall, &first, &second) != WL_WALL_SKIPPED) {
      *moment = first;
      return true;
    }
    if (cron->dst != WL_DST_SKIP) {
      land(cron, first, second, moment);
      return true;
    }
    from = wall;
  }
  return false;
}

/* What was shifted out of the jump that lies just behind `after`. */
static bool next_shifted(const wl_Cron *cron, const wl_Period *before,
                         const wl_Period *now, int64_t after, int64_t *moment) {
  int64_t wall, landing = now->start + now->offset;
  if (cron->dst != WL_DST_SHIFT || after + before->offset >= landing ||
      !next_wall(cron, after + before->offset, &wall) || wall >= landing)
    return false;
  *moment = wall - before->offset;
  return true;
}

static bool next_by_policy(const wl_Cron *cron, int64_t after,
                           int64_t *moment) {
  wl_Period now, before;
  int64_t shifted;
  wl_zone_lookup(cron->zone, after, &now);
  if (now.start == INT64_MIN)
    return next_by_wall(cron, after + now.offset, moment);
  wl_zone_lookup(cron->zone, now.start - 1, &before);
  /* What comes twice has run when the clock goes back. */
  int64_t wall = after + now.offset, ran = now.start + before.offset - 1;
  bool found = next_by_wall(cron, wall > ran ? wall : ran, moment);
  if (!next_shifted(cron, &before, &now, after, &shifted))
    return found;
  *moment = found && *moment < shifted ? *moment : shifted;
  return true;
}

bool wl_cron_next(const wl_Cron *cron, int64_t after_ms, int64_t *next_ms) {
  int64_t after = floor_to(after_ms, 1000) / 1000, moment;
  bool found = true;
  if (cron->every > 0)
    moment = after + cron->every;
  else if (cron->dst == WL_DST_KUBERNETES || cron->each_hour)
    found = search(cron, cron->zone, after + 1, &moment);
  else
    found = next_by_policy(cron, after, &moment);
  if (found)
    *next_ms = moment * 1000;
  return found;
}
