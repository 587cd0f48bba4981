/* SPDX-License-Identifier: MIT */
/* Schedules: the search in leaps finds what a search step by step finds. */
#include "../../runtime/core/clock.h"
#include "../../runtime/core/cron.h"
#include "../../runtime/io/tz.h"
#include "check.h"

typedef struct Fixture {
  wl_Heap *heap;
  wl_Zone *zone;
} Fixture;

static Fixture open_zone(const char *name) {
  Fixture f = {.heap = wl_heap_new(NULL, NULL)};
  wl_Error error;
  CHECK(wl_tz_load(f.heap, name, strlen(name), &f.zone, &error));
  return f;
}

static void close_zone(Fixture *f) {
  wl_zone_free(f->zone);
  CHECK(wl_heap_used(f->heap) == 0);
  wl_heap_free(f->heap);
}

static wl_Cron parse(const char *text, const wl_Zone *zone, wl_CronDst dst) {
  wl_Cron cron;
  wl_CronOptions options = {.zone = zone, .dst = dst};
  wl_Error error = {.message = ""};
  CHECK(wl_cron_parse(&cron, text, strlen(text), &options, &error));
  CHECK_TEXT(error.message, "");
  return cron;
}

static int64_t moment(const char *text) {
  int64_t ms = 0;
  CHECK(wl_time_parse(text, strlen(text), &ms));
  return ms;
}

static const char *next(const wl_Cron *cron, const char *after) {
  static char text[WL_TIME_SIZE];
  int64_t ms;
  if (!wl_cron_next(cron, moment(after), &ms))
    return "never";
  wl_time_format(ms, text);
  return text;
}

/* ---- the reference: one unit at a time, as the Go code steps ---- */

typedef struct Walk {
  const wl_Zone *zone;
  int64_t at;
} Walk;

static wl_Civil wall_of(const Walk *w) {
  wl_Period period;
  wl_zone_lookup(w->zone, w->at, &period);
  return wl_civil_from_ms((w->at + period.offset) * 1000);
}

static void set_wall(Walk *w, int64_t year, int month, int64_t day,
                     int64_t clock) {
  if (month > 12) {
    month -= 12;
    year++;
  }
  int64_t days = wl_days_from_civil(year, month, 1) + day - 1;
  w->at = wl_zone_from_wall(w->zone, days * 86400 + clock);
}

static bool day_fits(const wl_Cron *cron, const wl_Civil *c) {
  bool day = cron->day >> c->day & 1, week = cron->weekday >> c->weekday & 1;
  if ((cron->day | cron->weekday) & WL_CRON_STAR)
    return day && week;
  return day || week;
}

static int64_t clock_of(const wl_Civil *c) {
  return c->hour * 3600 + c->minute * 60 + c->second;
}

static bool step(const wl_Cron *cron, Walk *w, bool *rounded) {
  wl_Civil c = wall_of(w);
  int64_t before = w->at;
  bool first = !*rounded;
  if (!(cron->month >> c.month & 1)) {
    if (first)
      set_wall(w, c.year, c.month, 1, 0);
    c = wall_of(w);
    set_wall(w, c.year, c.month + 1, c.day, clock_of(&c));
  } else if (!day_fits(cron, &c)) {
    if (first)
      set_wall(w, c.year, c.month, c.day, 0);
    c = wall_of(w);
    set_wall(w, c.year, c.month, c.day + 1, clock_of(&c));
    c = wall_of(w);
    if (c.hour != 0)
      w->at += (c.hour > 12 ? 24 - c.hour : -c.hour) * 3600;
    if (!first && w->at <= before)
      w->at = before + 86400;
  } else if (!(cron->hour >> c.hour & 1)) {
    if (first)
      set_wall(w, c.year, c.month, c.day, c.hour * 3600);
    w->at += 3600;
  } else if (!(cron->minute >> c.minute & 1)) {
    w->at = (first ? w->at / 60 * 60 : w->at) + 60;
  } else if (c.second != 0) { /* five fields: seconds are 0 */
    w->at += 60 - c.second;
  } else {
    return false;
  }
  *rounded = true;
  return true;
}

/* Within one unit the Go code does not look at the larger ones again; that
 * makes no difference, as they changed only if the smaller one ran over. */
static bool walk(const wl_Cron *cron, int64_t after, int64_t *found) {
  Walk w = {cron->zone, after + 1};
  wl_Civil c = wall_of(&w);
  int64_t limit = c.year + 5;
  bool rounded = false;
  while (step(cron, &w, &rounded))
    if (wall_of(&w).year > limit)
      return false;
  *found = w.at;
  return true;
}

static void compare(const wl_Zone *zone, const char *text, int64_t from,
                    int64_t to, int64_t every) {
  wl_Cron cron = parse(text, zone, WL_DST_KUBERNETES);
  int different = 0;
  for (int64_t at = from; at < to; at += every) {
    int64_t expected = 0, ms = 0;
    bool found = walk(&cron, at, &expected);
    different += wl_cron_next(&cron, at * 1000, &ms) != found;
    different += found && ms != expected * 1000;
  }
  CHECK(different == 0);
  if (different > 0)
    printf("  %s\n", text);
}

static void leaps_find_what_steps_find(void) {
  static const char *const zones[] = {
      "UTC",           "Europe/Berlin",       "America/New_York",
      "Asia/Kolkata",  "Australia/Lord_Howe", "America/Sao_Paulo",
      "Asia/Kathmandu"};
  static const char *const specs[] = {
      "* * * * *",      "*/7 * * * *",    "30 2 * * *",   "0 0 * * *",
      "15 1,2,3 * * 0", "0 0 13 * 5",     "0 0 31 4,6 *", "5 0 29 2 *",
      "0 23 1 * *",     "59 1-3 */9 * 1", "0 0 1 1 *",    "17 */5 * 3,10 *"};
  for (size_t z = 0; z < sizeof zones / sizeof zones[0]; z++) {
    Fixture f = open_zone(zones[z]);
    for (size_t s = 0; s < sizeof specs / sizeof specs[0]; s++)
      compare(f.zone, specs[s], INT64_C(1540000000), INT64_C(1640000000),
              611957);
    close_zone(&f);
  }
}

/* ---- by hand ---- */

static void day_and_weekday_match_on_either(void) {
  wl_Cron cron = parse("0 0 13 * 5", NULL, WL_DST_KUBERNETES);
  CHECK_TEXT(next(&cron, "2024-09-01T00:00:00Z"), "2024-09-06T00:00:00Z");
  CHECK_TEXT(next(&cron, "2024-09-06T00:00:00Z"), "2024-09-13T00:00:00Z");
  cron = parse("0 0 29 2 ?", NULL, WL_DST_KUBERNETES);
  CHECK_TEXT(next(&cron, "2024-02-29T00:00:00Z"), "2028-02-29T00:00:00Z");
  cron = parse("0 0 31 2,4 *", NULL, WL_DST_KUBERNETES);
  CHECK_TEXT(next(&cron, "2024-02-29T00:00:00Z"), "never");
  cron = parse(", * * * *", NULL, WL_DST_KUBERNETES);
  CHECK_TEXT(next(&cron, "2024-02-29T00:00:00Z"), "never");
}

static void policies_say_what_a_jump_does(void) {
  static const struct {
    wl_CronDst dst;
    const char *spring, *autumn, *autumn_again;
  } cases[] = {
      {WL_DST_KUBERNETES, "2024-04-01T00:30:00Z", "2024-10-27T00:30:00Z",
       "2024-10-27T01:30:00Z"},
      {WL_DST_SKIP, "2024-04-01T00:30:00Z", "2024-10-27T00:30:00Z",
       "2024-10-28T01:30:00Z"},
      {WL_DST_ONCE, "2024-03-31T01:00:00Z", "2024-10-27T00:30:00Z",
       "2024-10-28T01:30:00Z"},
      {WL_DST_SHIFT, "2024-03-31T01:30:00Z", "2024-10-27T00:30:00Z",
       "2024-10-28T01:30:00Z"},
  };
  Fixture f = open_zone("Europe/Berlin");
  for (size_t i = 0; i < 4; i++) {
    wl_Cron cron = parse("30 2 * * *", f.zone, cases[i].dst);
    CHECK_TEXT(next(&cron, "2024-03-30T12:00:00Z"), cases[i].spring);
    CHECK_TEXT(next(&cron, "2024-10-26T12:00:00Z"), cases[i].autumn);
    CHECK_TEXT(next(&cron, cases[i].autumn), cases[i].autumn_again);
    CHECK_TEXT(next(&cron, "2024-03-31T02:00:00Z"), "2024-04-01T00:30:00Z");
  }
  close_zone(&f);
}

/* What is shifted out of a jump comes among what is behind it, in order. */
static void shifted_firings_keep_their_order(void) {
  Fixture f = open_zone("Europe/Berlin");
  wl_Cron cron = parse("10,40 2,3 * * *", f.zone, WL_DST_SHIFT);
  CHECK_TEXT(next(&cron, "2024-03-30T12:00:00Z"), "2024-03-31T01:10:00Z");
  CHECK_TEXT(next(&cron, "2024-03-31T01:10:00Z"), "2024-03-31T01:40:00Z");
  CHECK_TEXT(next(&cron, "2024-03-31T01:40:00Z"), "2024-04-01T00:10:00Z");
  cron = parse("30 2 31 3 *", f.zone, WL_DST_SHIFT);
  CHECK_TEXT(next(&cron, "2024-03-31T00:00:00Z"), "2024-03-31T01:30:00Z");
  CHECK_TEXT(next(&cron, "2024-03-31T01:30:00Z"), "2025-03-31T00:30:00Z");
  close_zone(&f);
}

static void zones_go_on_by_their_rule(void) {
  Fixture f = open_zone("Europe/Berlin");
  wl_Period period;
  wl_zone_lookup(f.zone, moment("2099-07-01T00:00:00Z") / 1000, &period);
  CHECK(period.offset == 7200 && period.summer);
  wl_zone_lookup(f.zone, moment("2345-01-01T00:00:00Z") / 1000, &period);
  CHECK(period.offset == 3600 && !period.summer);
  CHECK(period.start == moment("2344-10-29T01:00:00Z") / 1000);
  CHECK(period.end == moment("2345-03-25T01:00:00Z") / 1000);
  CHECK_TEXT(period.name, "CET");
  close_zone(&f);
}

static void wall_times_have_their_moments(void) {
  Fixture f = open_zone("America/New_York");
  int64_t first, second;
  int64_t wall = moment("2024-03-10T02:30:00Z") / 1000;
  CHECK(wl_zone_resolve(f.zone, wall, &first, &second) == WL_WALL_SKIPPED);
  CHECK(first == moment("2024-03-10T07:00:00Z") / 1000);
  CHECK(second == moment("2024-03-10T07:30:00Z") / 1000);
  wall = moment("2024-11-03T01:30:00Z") / 1000;
  CHECK(wl_zone_resolve(f.zone, wall, &first, &second) == WL_WALL_TWICE);
  CHECK(first == moment("2024-11-03T05:30:00Z") / 1000);
  CHECK(second == moment("2024-11-03T06:30:00Z") / 1000);
  wall = moment("2024-07-03T01:30:00Z") / 1000;
  CHECK(wl_zone_resolve(f.zone, wall, &first, &second) == WL_WALL_ONCE);
  CHECK(first == moment("2024-07-03T05:30:00Z") / 1000);
  close_zone(&f);
}

static void what_is_no_zone_is_refused(void) {
  wl_Heap *heap = wl_heap_new(NULL, NULL);
  wl_Zone *zone;
  wl_Error error;
  CHECK(!wl_tz_load(heap, "Nowhere/Land", 12, &zone, &error));
  CHECK_TEXT(error.message, "unknown time zone Nowhere/Land");
  CHECK(!wl_tz_load(heap, "../passwd", 9, &zone, &error));
  CHECK_TEXT(error.message, "time: invalid location name");
  CHECK(!wl_tz_load(heap, "zone.tab", 8, &zone, &error));
  CHECK(wl_zone_parse(heap, "TZif2", 5, &error) == NULL);
  CHECK(wl_heap_used(heap) == 0);
  wl_heap_free(heap);
}

int main(void) {
  leaps_find_what_steps_find();
  day_and_weekday_match_on_either();
  policies_say_what_a_jump_does();
  shifted_firings_keep_their_order();
  zones_go_on_by_their_rule();
  wall_times_have_their_moments();
  what_is_no_zone_is_refused();
  return check_report();
}
