/* SPDX-License-Identifier: MIT */
/* cron_parse.c - the text of schedules, as robfig/cron's parser.go reads it,
 * with its words of complaint. */
#include <stdio.h>
#include <string.h>

#include "cron.h"

typedef struct Text {
  const char *at;
  size_t length;
} Text;

typedef struct Field {
  int low, high;
  const char *names; /* of three letters each, one after another */
  int first;         /* the number of the first name */
} Field;

static const Field SECONDS = {0, 59, "", 0}, MINUTES = {0, 59, "", 0},
                   HOURS = {0, 23, "", 0}, DAYS = {1, 31, "", 0},
                   MONTHS = {1, 12, "janfebmaraprmayjunjulaugsepoctnovdec", 1},
                   WEEKDAYS = {0, 6, "sunmontuewedthufrisat", 0};

/* What is quoted in a message: its text, cut off. */
#define SHOWN(text) (int)((text).length < 120 ? (text).length : 120), (text).at

/* ---- pieces of text ---- */

static bool is_space(char c) {
  return c == ' ' || (c >= '\t' && c <= '\r');
}

static Text trim(Text t) {
  for (; t.length > 0 && is_space(t.at[0]); t.at++)
    t.length--;
  while (t.length > 0 && is_space(t.at[t.length - 1]))
    t.length--;
  return t;
}

static bool begins(Text t, const char *with) {
  size_t n = strlen(with);
  return t.length >= n && memcmp(t.at, with, n) == 0;
}

static bool is(Text t, const char *word) {
  return t.length == strlen(word) && begins(t, word);
}

static Text after(Text t, size_t n) {
  return (Text){t.at + n, t.length - n};
}

static size_t find(Text t, char c) {
  const char *at = t.length > 0 ? memchr(t.at, c, t.length) : NULL;
  return at == NULL ? t.length : (size_t)(at - t.at);
}

static size_t count(Text t, char c) {
  size_t n = 0;
  for (size_t i = 0; i < t.length; i++)
    n += t.at[i] == c;
  return n;
}

/* Split at the first `c`: what is before it; *rest is what follows. */
static Text cut(Text t, char c, Text *rest) {
  size_t at = find(t, c);
  *rest = at < t.length ? after(t, at + 1) : after(t, t.length);
  return (Text){t.at, at};
}

/* ---- numbers and names ---- */

static bool refuse_number(Text t, const char *why, wl_Error *error) {
  return wl_fail(error, WL_EINVALID,
                 "failed to parse int from %.*s: strconv.Atoi: parsing "
                 "\"%.*s\": %s",
                 SHOWN(t), SHOWN(t), why);
}

/* As Go's strconv.Atoi, and not negative. */
static bool number(Text t, uint64_t *n, wl_Error *error) {
  bool negative = t.length > 0 && t.at[0] == '-', over = false;
  size_t i = negative || (t.length > 0 && t.at[0] == '+') ? 1 : 0;
  *n = 0;
  if (i == t.length)
    return refuse_number(t, "invalid syntax", error);
  for (; i < t.length; i++) {
    if (t.at[i] < '0' || t.at[i] > '9')
      return refuse_number(t, "invalid syntax", error);
    over = over || *n > (INT64_MAX - 9) / 10;
    *n = over ? INT64_MAX : *n * 10 + (uint64_t)(t.at[i] - '0');
  }
  if (over)
    return refuse_number(t, "value out of range", error);
  if (negative && *n > 0)
    return wl_fail(error, WL_EINVALID,
                   "negative number (-%llu) not allowed: %.*s",
                   (unsigned long long)*n, SHOWN(t));
  return true;
}

static char lower(char c) {
  return c >= 'A' && c <= 'Z' ? (char)(c + 'a' - 'A') : c;
}

static bool number_or_name(Text t, const Field *field, uint64_t *n,
                           wl_Error *error) {
  for (size_t i = 0; t.length == 3 && field->names[i] != '\0'; i += 3) {
    const char *name = field->names + i;
    if (lower(t.at[0]) == name[0] && lower(t.at[1]) == name[1] &&
        lower(t.at[2]) == name[2]) {
      *n = i / 3 + (uint64_t)field->first;
      return true;
    }
  }
  return number(t, n, error);
}

/* ---- fields ---- */

typedef struct Range {
  uint64_t low, high, step;
  bool star, single;
} Range;

static bool read_bounds(Range *r, Text t, const Field *field, Text all,
                        wl_Error *error) {
  Text last, first = cut(t, '-', &last);
  r->single = first.length == t.length;
  if (is(first, "*") || is(first, "?")) {
    r->low = (uint64_t)field->low;
    r->high = (uint64_t)field->high;
    r->star = true;
    return true;
  }
  if (!number_or_name(first, field, &r->low, error))
    return false;
  r->high = r->low;
  if (count(t, '-') > 1)
    return wl_fail(error, WL_EINVALID, "too many hyphens: %.*s", SHOWN(all));
  return r->single || number_or_name(last, field, &r->high, error);
}

static bool read_step(Range *r, Text t, const Field *field, Text all,
                      wl_Error *error) {
  Text rest, step;
  cut(t, '/', &rest);
  step = cut(rest, '/', &rest);
  if (count(t, '/') > 1)
    return wl_fail(error, WL_EINVALID, "too many slashes: %.*s", SHOWN(all));
  if (!number(step, &r->step, error))
    return false;
  if (r->single)
    r->high = (uint64_t)field->high;
  if (r->step > 1)
    r->star = false;
  return true;
}

static bool check_range(const Range *r, const Field *field, Text all,
                        wl_Error *error) {
  unsigned long long low = r->low, high = r->high;
  if (r->low < (uint64_t)field->low)
    return wl_fail(error, WL_EINVALID,
                   "beginning of range (%llu) below minimum (%d): %.*s", low,
                   field->low, SHOWN(all));
  if (r->high > (uint64_t)field->high)
    return wl_fail(error, WL_EINVALID,
                   "end of range (%llu) above maximum (%d): %.*s", high,
                   field->high, SHOWN(all));
  if (r->low > r->high)
    return wl_fail(error, WL_EINVALID,
                   "beginning of range (%llu) beyond end of range (%llu): "
                   "%.*s",
                   low, high, SHOWN(all));
  if (r->step == 0)
    return wl_fail(error, WL_EINVALID,
                   "step of range should be a positive number: %.*s",
                   SHOWN(all));
  return true;
}

static bool read_range(Text t, const Field *field, uint64_t *bits,
                       wl_Error *error) {
  Range r = {.step = 1};
  Text steps, bounds = cut(t, '/', &steps);
  if (!read_bounds(&r, bounds, field, t, error))
    return false;
  if (bounds.length < t.length && !read_step(&r, t, field, t, error))
    return false;
  if (!check_range(&r, field, t, error))
    return false;
  for (uint64_t i = r.low; i <= r.high; i += r.step)
    *bits |= UINT64_C(1) << i;
  if (r.star)
    *bits |= WL_CRON_STAR;
  return true;
}

/* Ranges with commas between them; empty ones are passed over. */
static bool read_field(Text t, const Field *field, uint64_t *bits,
                       wl_Error *error) {
  *bits = 0;
  while (t.length > 0) {
    Text range = cut(t, ',', &t);
    if (range.length > 0 && !read_range(range, field, bits, error))
      return false;
  }
  return true;
}

bool wl_cron_range(const char *text, size_t length, int low, int high,
                   uint64_t *bits, wl_Error *error) {
  Field field = {low, high, "", 0};
  *bits = 0;
  return read_range((Text){text, length}, &field, bits, error);
}

/* ---- the dialects ---- */

/* cron(8) calls a field that begins with a star unrestricted, steps or not. */
static void set_star(uint64_t *bits, Text t) {
  *bits = (*bits & ~WL_CRON_STAR) | (t.at[0] == '*' ? WL_CRON_STAR : 0);
}

static bool read_vixie(wl_Cron *cron, const Text fields[6], wl_Error *error) {
  static const Field weekdays = {0, 7, "sunmontuewedthufrisat", 0};
  for (size_t i = 1; i < 6; i++)
    if (count(fields[i], '?') > 0)
      return wl_fail(error, WL_EINVALID, "cron(8) knows no \"?\": %.*s",
                     SHOWN(fields[i]));
  if (!read_field(fields[5], &weekdays, &cron->weekday, error))
    return false;
  cron->weekday = (cron->weekday | (cron->weekday >> 7 & 1)) & ~UINT64_C(0x80);
  set_star(&cron->day, fields[3]);
  set_star(&cron->weekday, fields[5]);
  cron->each_hour = fields[1].at[0] == '*' || fields[2].at[0] == '*';
  return true;
}

static const uint64_t EACH_HOUR = (UINT64_C(1) << 24) - 1;

static bool read_fields(wl_Cron *cron, const Text fields[6], wl_Error *error) {
  bool vixie = cron->dialect == WL_CRON_VIXIE;
  if (!read_field(fields[0], &SECONDS, &cron->second, error) ||
      !read_field(fields[1], &MINUTES, &cron->minute, error) ||
      !read_field(fields[2], &HOURS, &cron->hour, error) ||
      !read_field(fields[3], &DAYS, &cron->day, error) ||
      !read_field(fields[4], &MONTHS, &cron->month, error))
    return false;
  cron->each_hour =
      (cron->hour & EACH_HOUR) == EACH_HOUR && cron->dialect != WL_CRON_SYSTEMD;
  if (vixie)
    return read_vixie(cron, fields, error);
  return read_field(fields[5], &WEEKDAYS, &cron->weekday, error);
}

static bool split_fields(wl_Cron *cron, Text t, bool seconds, wl_Error *error) {
  Text fields[6] = {{"0", 1}};
  size_t wanted = seconds ? 6 : 5, found = 0;
  for (Text rest = trim(t); rest.length > 0; rest = trim(rest)) {
    size_t n = 0;
    while (n < rest.length && !is_space(rest.at[n]))
      n++;
    if (found < wanted)
      fields[found + (seconds ? 0 : 1)] = (Text){rest.at, n};
    found++;
    rest = after(rest, n);
  }
  if (found != wanted)
    return wl_fail(error, WL_EINVALID,
                   "expected exactly %zu fields, found %zu: [%.*s]", wanted,
                   found, SHOWN(trim(t)));
  return read_fields(cron, fields, error);
}

/* ---- macros and intervals ---- */

static double unit_seconds(Text unit) {
  static const struct {
    const char *name;
    double seconds;
  } units[] = {{"ns", 1e-9},        {"us", 1e-6}, {"\xc2\xb5s", 1e-6},
               {"\xce\xbcs", 1e-6}, {"ms", 1e-3}, {"s", 1},
               {"m", 60},           {"h", 3600}};
  for (size_t i = 0; i < sizeof units / sizeof units[0]; i++)
    if (is(unit, units[i].name))
      return units[i].seconds;
  return 0;
}

/* Go's time.ParseDuration, in seconds: "1h30m", "-1.5s", "0". */
static bool read_duration(Text t, double *seconds) {
  double sign = t.length > 0 && t.at[0] == '-' ? -1 : 1;
  *seconds = 0;
  if (t.length > 0 && (t.at[0] == '-' || t.at[0] == '+'))
    t = after(t, 1);
  if (is(t, "0"))
    return true;
  if (t.length == 0)
    return false;
  while (t.length > 0) {
    double n = 0, place = 1;
    size_t digits = 0, i = 0;
    for (; i < t.length && t.at[i] >= '0' && t.at[i] <= '9'; i++, digits++)
      n = n * 10 + (t.at[i] - '0');
    if (i < t.length && t.at[i] == '.')
      for (i++; i < t.length && t.at[i] >= '0' && t.at[i] <= '9'; i++, digits++)
        n += (t.at[i] - '0') * (place /= 10);
    size_t end = i;
    while (end < t.length && t.at[end] != '.' &&
           (t.at[end] < '0' || t.at[end] > '9'))
      end++;
    double unit = unit_seconds((Text){t.at + i, end - i});
    *seconds += sign * n * unit;
    if (digits == 0 || unit == 0 || *seconds > 9.2e9 || *seconds < -9.2e9)
      return false;
    t = after(t, end);
  }
  return true;
}

static bool read_every(wl_Cron *cron, Text all, wl_Error *error) {
  Text t = after(all, strlen("@every "));
  double seconds;
  if (!read_duration(t, &seconds))
    return wl_fail(error, WL_EINVALID,
                   "failed to parse duration %.*s: time: invalid duration "
                   "\"%.*s\"",
                   SHOWN(all), SHOWN(t));
  cron->every = seconds < 1 ? 1 : (int64_t)seconds;
  return true;
}

static bool read_macro(wl_Cron *cron, Text t, wl_Error *error) {
  static const struct {
    const char *name, *fields;
  } macros[] = {{"@yearly", "0 0 1 1 *"},  {"@annually", "0 0 1 1 *"},
                {"@monthly", "0 0 1 * *"}, {"@weekly", "0 0 * * 0"},
                {"@daily", "0 0 * * *"},   {"@midnight", "0 0 * * *"},
                {"@hourly", "0 * * * *"}};
  if (begins(t, "@every "))
    return read_every(cron, t, error);
  for (size_t i = 0; i < sizeof macros / sizeof macros[0]; i++)
    if (is(t, macros[i].name)) {
      Text fields = {macros[i].fields, strlen(macros[i].fields)};
      return split_fields(cron, fields, false, error);
    }
  return wl_fail(error, WL_EINVALID, "unrecognized descriptor: %.*s", SHOWN(t));
}

/* ---- the whole ---- */

/* Take "TZ=Name " off the front. */
static bool take_zone(wl_Cron *cron, Text *t, const wl_CronOptions *options,
                      wl_Error *error) {
  Text rest, name = after(*t, find(*t, '=') + 1);
  name = cut(name, ' ', &rest);
  if (find(*t, ' ') == t->length)
    return wl_fail(error, WL_EINVALID, "provided bad location %.*s", SHOWN(*t));
  if (options->find_zone == NULL)
    return wl_fail(error, WL_EINVALID, "a zone cannot be named here");
  *t = trim(rest);
  return options->find_zone(options->context, name.at, name.length, &cron->zone,
                            error);
}

bool wl_cron_parse(wl_Cron *cron, const char *text, size_t length,
                   const wl_CronOptions *options, wl_Error *error) {
  Text t = {text, length};
  *cron = (wl_Cron){
      .dialect = options->dialect, .dst = options->dst, .zone = options->zone};
  if (length == 0)
    return wl_fail(error, WL_EINVALID, "empty spec string");
  if ((begins(t, "TZ=") || begins(t, "CRON_TZ=")) &&
      !take_zone(cron, &t, options, error))
    return false;
  if (begins(t, "@"))
    return read_macro(cron, t, error);
  return split_fields(cron, t, options->seconds, error);
}
