/* SPDX-License-Identifier: MIT */
#include "../../runtime/core/clock.h"

#include <time.h>

#include "check.h"

static int64_t parse(const char *text) {
  int64_t ms = INT64_MIN;
  return wl_time_parse(text, strlen(text), &ms) ? ms : INT64_MIN;
}

static void the_clock_never_goes_back(void) {
  wl_Clock clock;
  wl_clock_init(&clock, 1000);
  CHECK(wl_clock_advance(&clock, 1000));
  CHECK(wl_clock_advance(&clock, 1500));
  CHECK(!wl_clock_advance(&clock, 1499));
  CHECK(wl_clock_now(&clock) == 1500);
}

static void the_calendar_is_that_of_the_c_library(void) {
  int64_t step = INT64_C(7) * 86400 * 1000 + 12345678;
  for (int64_t ms = INT64_C(-62135596800000); ms < INT64_C(253402300800000);
       ms += step * 37) {
    time_t seconds = (time_t)((ms - ((ms % 1000) + 1000) % 1000) / 1000);
    struct tm tm;
    gmtime_r(&seconds, &tm);
    wl_Civil c = wl_civil_from_ms(ms);
    CHECK(c.year == tm.tm_year + 1900 && c.month == tm.tm_mon + 1 &&
          c.day == tm.tm_mday && c.hour == tm.tm_hour &&
          c.minute == tm.tm_min && c.second == tm.tm_sec &&
          c.weekday == tm.tm_wday);
    CHECK(wl_civil_to_ms(&c) == ms);
  }
}

static void times_print_as_the_api_prints_them(void) {
  char text[WL_TIME_SIZE];
  CHECK(wl_time_format(0, text) == 20);
  CHECK_TEXT(text, "1970-01-01T00:00:00Z");
  wl_time_format(INT64_C(1709251199999), text);
  CHECK_TEXT(text, "2024-02-29T23:59:59Z");
  wl_time_format_micro(INT64_C(1709251199007), text);
  CHECK_TEXT(text, "2024-02-29T23:59:59.007000Z");
  wl_time_format(-1, text);
  CHECK_TEXT(text, "1969-12-31T23:59:59Z");
  CHECK(wl_time_format(INT64_MAX / 2, text) == 0);
  CHECK_TEXT(text, "");
}

static void times_are_read(void) {
  CHECK(parse("1970-01-01T00:00:00Z") == 0);
  CHECK(parse("2024-02-29T23:59:59.5Z") == INT64_C(1709251199500));
  CHECK(parse("2024-02-29T23:59:59.0009999Z") == INT64_C(1709251199000));
  CHECK(parse("2024-03-01T01:59:59+02:00") == INT64_C(1709251199000));
  CHECK(parse("2024-02-29T18:29:59.123-05:30") == INT64_C(1709251199123));
  CHECK(parse("0000-01-01T00:00:00Z") == INT64_C(-62167219200000));
  CHECK(parse("9999-12-31T23:59:59.999Z") == INT64_C(253402300799999));
}

static void other_text_is_refused(void) {
  static const char *const bad[] = {
      "",
      "2024-02-29",
      "2024-02-29T23:59:59",
      "2023-02-29T23:59:59Z",
      "1900-02-29T00:00:00Z",
      "2024-00-10T00:00:00Z",
      "2024-13-10T00:00:00Z",
      "2024-04-31T00:00:00Z",
      "2024-01-01T24:00:00Z",
      "2024-01-01T00:60:00Z",
      "2024-01-01T00:00:60Z",
      "2024-01-01t00:00:00z",
      "2024-01-01 00:00:00Z",
      "2024-01-01T00:00:00.Z",
      "2024-01-01T00:00:00+0100",
      "2024-01-01T00:00:00+24:00",
      "2024-01-01T00:00:00Z ",
      "+024-01-01T00:00:00Z",
      "2024-1-01T00:00:00Z",
  };
  for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
    CHECK(parse(bad[i]) == INT64_MIN);
  int64_t ms;
  CHECK(!wl_time_parse("1970-01-01T00:00:00Z", 19, &ms));
}

int main(void) {
  the_clock_never_goes_back();
  the_calendar_is_that_of_the_c_library();
  times_print_as_the_api_prints_them();
  times_are_read();
  other_text_is_refused();
  return check_report();
}
