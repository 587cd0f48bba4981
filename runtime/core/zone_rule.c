/* SPDX-License-Identifier: MIT */
#include "zone_rule.h"

#include <string.h>

#include "clock.h"

typedef struct Reader {
  const char *at, *end;
} Reader;

static bool take(Reader *r, char c) {
  if (r->at == r->end || *r->at != c)
    return false;
  r->at++;
  return true;
}

static bool is_digit(const Reader *r) {
  return r->at < r->end && *r->at >= '0' && *r->at <= '9';
}

static bool take_number(Reader *r, int low, int high, int *number) {
  int n = 0;
  if (!is_digit(r))
    return false;
  for (; is_digit(r); r->at++) {
    n = n * 10 + (*r->at - '0');
    if (n > high)
      return false;
  }
  *number = n;
  return n >= low;
}

static bool is_letter(char c) {
  return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

/* "CET", or anything between < and >. */
static bool take_name(Reader *r, char name[8]) {
  bool quoted = take(r, '<');
  const char *first = r->at;
  while (r->at < r->end && (quoted ? *r->at != '>' : is_letter(*r->at)))
    r->at++;
  size_t length = (size_t)(r->at - first);
  if (length < 3 || (quoted && !take(r, '>')))
    return false;
  length = length < 7 ? length : 7;
  memcpy(name, first, length);
  name[length] = '\0';
  return true;
}

/* "-1", "5:30", "-167:30:15". */
static bool take_time(Reader *r, int hours, int32_t *seconds) {
  int sign = 1, h, m = 0, s = 0;
  if (take(r, '-'))
    sign = -1;
  else
    take(r, '+');
  if (!take_number(r, 0, hours, &h))
    return false;
  if (take(r, ':') && !take_number(r, 0, 59, &m))
    return false;
  if (r->at < r->end && *r->at == ':') {
    r->at++;
    if (!take_number(r, 0, 59, &s))
      return false;
  }
  *seconds = sign * (h * 3600 + m * 60 + s);
  return true;
}

static bool take_date(Reader *r, wl_RuleDate *date) {
  bool good;
  if (take(r, 'M')) {
    date->form = 'M';
    good = take_number(r, 1, 12, &date->month) && take(r, '.') &&
           take_number(r, 1, 5, &date->week) && take(r, '.') &&
           take_number(r, 0, 6, &date->weekday);
  } else if (take(r, 'J')) {
    date->form = 'J';
    good = take_number(r, 1, 365, &date->day);
  } else {
    date->form = 'N';
    good = take_number(r, 0, 365, &date->day);
  }
  date->seconds = 2 * 3600;
  return good && (!take(r, '/') || take_time(r, 167, &date->seconds));
}

bool wl_rule_parse(wl_Rule *rule, const char *text, size_t length) {
  Reader r = {text, text + length};
  int32_t west;
  *rule = (wl_Rule){.changes = false};
  if (!take_name(&r, rule->names[0]) || !take_time(&r, 24, &west))
    return false;
  rule->offsets[0] = -west;
  if (r.at == r.end)
    return true;
  rule->changes = true;
  if (!take_name(&r, rule->names[1]))
    return false;
  rule->offsets[1] = rule->offsets[0] + 3600;
  if (r.at < r.end && *r.at != ',') {
    if (!take_time(&r, 24, &west))
      return false;
    rule->offsets[1] = -west;
  }
  return take(&r, ',') && take_date(&r, &rule->to_summer) && take(&r, ',') &&
         take_date(&r, &rule->to_standard) && r.at == r.end;
}

/* The day of a year that is the week-th such weekday of its month; the fifth
 * is the last. */
static int64_t day_of_week(const wl_RuleDate *date, int64_t year) {
  int64_t first = wl_days_from_civil(year, date->month, 1);
  int64_t weekday = ((first + 4) % 7 + 7) % 7;
  int64_t day = (date->weekday - weekday + 7) % 7 + (date->week - 1) * 7;
  if (day >= wl_days_in_month(year, date->month))
    day -= 7;
  return first + day;
}

static int64_t wall_of(const wl_RuleDate *date, int64_t year) {
  int64_t day;
  if (date->form == 'M') {
    day = day_of_week(date, year);
  } else {
    day = wl_days_from_civil(year, 1, 1) + date->day;
    if (date->form == 'J') /* day 60 is always the first of March */
      day -= 1 - (date->day >= 60 && wl_days_in_month(year, 2) == 29);
  }
  return day * 86400 + date->seconds;
}

void wl_rule_changes(const wl_Rule *rule, int64_t year, int64_t *to_summer,
                     int64_t *to_standard) {
  *to_summer = wall_of(&rule->to_summer, year) - rule->offsets[0];
  *to_standard = wall_of(&rule->to_standard, year) - rule->offsets[1];
}
