/* SPDX-License-Identifier: MIT */
#include "clock.h"

#include <string.h>

enum { DAY_MS = 86400000 };

void wl_clock_init(wl_Clock *clock, int64_t start_ms) {
  clock->now_ms = start_ms;
}

int64_t wl_clock_now(const wl_Clock *clock) {
  return clock->now_ms;
}

bool wl_clock_advance(wl_Clock *clock, int64_t to_ms) {
  if (to_ms < clock->now_ms)
    return false;
  clock->now_ms = to_ms;
  return true;
}

/* ---- calendar: the year is taken to begin in March, so that the leap day
 * comes last (H. Hinnant, "chrono-compatible low-level date algorithms") ----
 */

static int64_t floor_divide(int64_t a, int64_t b) {
  return a / b - (a % b < 0);
}

int64_t wl_days_from_civil(int64_t year, int month, int day) {
  year -= month <= 2;
  int64_t era = floor_divide(year, 400);
  int64_t year_of_era = year - era * 400;
  int64_t day_of_year =
      (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
  int64_t day_of_era =
      year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
  return era * 146097 + day_of_era - 719468;
}

int wl_days_in_month(int64_t year, int month) {
  static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
  return days[month - 1] + (month == 2 && leap);
}

static void set_date(wl_Civil *c, int64_t days) {
  int64_t z = days + 719468;
  int64_t era = floor_divide(z, 146097);
  int64_t day_of_era = z - era * 146097;
  int64_t year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36524 -
                         day_of_era / 146096) /
                        365;
  int64_t day_of_year =
      day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
  int64_t month_from_march = (5 * day_of_year + 2) / 153;
  c->day = (int)(day_of_year - (153 * month_from_march + 2) / 5 + 1);
  c->month = (int)(month_from_march + (month_from_march < 10 ? 3 : -9));
  c->year = year_of_era + era * 400 + (c->month <= 2);
}

wl_Civil wl_civil_from_ms(int64_t ms) {
  wl_Civil c;
  int64_t days = floor_divide(ms, DAY_MS);
  int rest = (int)(ms % DAY_MS);
  rest += rest < 0 ? DAY_MS : 0;
  set_date(&c, days);
  c.hour = rest / 3600000;
  c.minute = rest / 60000 % 60;
  c.second = rest / 1000 % 60;
  c.millisecond = rest % 1000;
  int64_t weekday = (days + 4) % 7; /* 1970-01-01 was a Thursday */
  c.weekday = (int)(weekday < 0 ? weekday + 7 : weekday);
  return c;
}

int64_t wl_civil_to_ms(const wl_Civil *c) {
  int64_t days = wl_days_from_civil(c->year, c->month, c->day);
  int64_t seconds = (int64_t)c->hour * 3600 + c->minute * 60 + c->second;
  return days * DAY_MS + seconds * 1000 + c->millisecond;
}

/* ---- text ---- */

static char *put_digits(char *out, int number, int width) {
  for (int i = width - 1; i >= 0; i--) {
    out[i] = (char)('0' + number % 10);
    number /= 10;
  }
  return out + width;
}

static char *put_fields(char *out, const wl_Civil *c) {
  out = put_digits(out, (int)c->year, 4);
  *out++ = '-';
  out = put_digits(out, c->month, 2);
  *out++ = '-';
  out = put_digits(out, c->day, 2);
  *out++ = 'T';
  out = put_digits(out, c->hour, 2);
  *out++ = ':';
  out = put_digits(out, c->minute, 2);
  *out++ = ':';
  return put_digits(out, c->second, 2);
}

static size_t finish(char *text, char *end) {
  *end++ = 'Z';
  *end = '\0';
  return (size_t)(end - text);
}

size_t wl_time_format(int64_t ms, char text[WL_TIME_SIZE]) {
  wl_Civil c = wl_civil_from_ms(ms);
  text[0] = '\0';
  if (c.year < 0 || c.year > 9999)
    return 0;
  return finish(text, put_fields(text, &c));
}

size_t wl_time_format_micro(int64_t ms, char text[WL_TIME_SIZE]) {
  wl_Civil c = wl_civil_from_ms(ms);
  text[0] = '\0';
  if (c.year < 0 || c.year > 9999)
    return 0;
  char *end = put_fields(text, &c);
  *end++ = '.';
  end = put_digits(end, c.millisecond, 3);
  memcpy(end, "000", 3);
  return finish(text, end + 3);
}

/* What is left of a text being read. */
typedef struct Reader {
  const char *at, *end;
} Reader;

static bool take_char(Reader *r, char c) {
  if (r->at == r->end || *r->at != c)
    return false;
  r->at++;
  return true;
}

static bool take_digits(Reader *r, int width, int low, int high, int *number) {
  int n = 0;
  if (r->end - r->at < width)
    return false;
  for (int i = 0; i < width; i++) {
    char c = *r->at++;
    if (c < '0' || c > '9')
      return false;
    n = n * 10 + (c - '0');
  }
  *number = n;
  return n >= low && n <= high;
}

static bool take_date(Reader *r, wl_Civil *c) {
  int year;
  if (!take_digits(r, 4, 0, 9999, &year) || !take_char(r, '-') ||
      !take_digits(r, 2, 1, 12, &c->month) || !take_char(r, '-'))
    return false;
  c->year = year;
  return take_digits(r, 2, 1, wl_days_in_month(year, c->month), &c->day);
}

static bool take_time_of_day(Reader *r, wl_Civil *c) {
  return take_digits(r, 2, 0, 23, &c->hour) && take_char(r, ':') &&
         take_digits(r, 2, 0, 59, &c->minute) && take_char(r, ':') &&
         take_digits(r, 2, 0, 59, &c->second);
}

static bool take_fraction(Reader *r, wl_Civil *c) {
  c->millisecond = 0;
  if (!take_char(r, '.'))
    return true;
  const char *first = r->at;
  for (int unit = 100; r->at < r->end; r->at++, unit /= 10) {
    if (*r->at < '0' || *r->at > '9')
      break;
    c->millisecond += unit * (*r->at - '0');
  }
  return r->at > first;
}

static bool take_offset(Reader *r, int *minutes) {
  int hour, minute, sign;
  *minutes = 0;
  if (take_char(r, 'Z'))
    return true;
  if (take_char(r, '+'))
    sign = 1;
  else if (take_char(r, '-'))
    sign = -1;
  else
    return false;
  if (!take_digits(r, 2, 0, 23, &hour) || !take_char(r, ':') ||
      !take_digits(r, 2, 0, 59, &minute))
    return false;
  *minutes = sign * (hour * 60 + minute);
  return true;
}

bool wl_time_parse(const char *text, size_t length, int64_t *ms) {
  Reader r = {text, text + length};
  wl_Civil c;
  int offset;
  if (!take_date(&r, &c) || !take_char(&r, 'T') || !take_time_of_day(&r, &c) ||
      !take_fraction(&r, &c) || !take_offset(&r, &offset) || r.at != r.end)
    return false;
  *ms = wl_civil_to_ms(&c) - (int64_t)offset * 60000;
  return true;
}
