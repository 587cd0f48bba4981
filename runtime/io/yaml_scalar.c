/* SPDX-License-Identifier: MIT */
/*
 * yaml_scalar.c - what YAML scalars mean to Kubernetes' reader
 *
 * The rules are those of goyaml.v2 as sigs.k8s.io/yaml carries it: YAML 1.1
 * words for booleans and null, numbers with the prefixes and underscores of
 * Go (a leading 0 means octal), no base 60.
 */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base64.h"
#include "yaml_private.h"

enum { NUMBER_MAX = 400 }; /* a longer text is not taken for a number */

/* ---- words ---- */

static bool among(const char *text, size_t length, const char *words) {
  for (const char *word = words; *word != '\0';) {
    size_t n = strcspn(word, " ");
    if (n == length && memcmp(word, text, n) == 0)
      return true;
    word += n;
    word += strspn(word, " ");
  }
  return false;
}

static bool plain_word(const char *text, size_t length, wl_Plain *plain) {
  if (length == 0 || among(text, length, "~ null Null NULL")) {
    plain->type = WL_PLAIN_NULL;
    return true;
  }
  plain->b = among(text, length, "y Y yes Yes YES true True TRUE on On ON");
  if (plain->b ||
      among(text, length, "n N no No NO false False FALSE off Off OFF")) {
    plain->type = WL_PLAIN_BOOL;
    return true;
  }
  if (among(text, length, "<<")) {
    plain->type = WL_PLAIN_MERGE;
    return true;
  }
  double sign = text[0] == '-' ? -1 : 1;
  plain->type = WL_PLAIN_DOUBLE;
  if (among(text, length, ".nan .NaN .NAN"))
    plain->d = NAN;
  else if (among(text, length,
                 ".inf .Inf .INF +.inf +.Inf +.INF -.inf -.Inf "
                 "-.INF"))
    plain->d = sign * (double)INFINITY;
  else
    return false;
  return true;
}

/* ---- numbers ---- */

static int digit_of(char c) {
  if (c >= '0' && c <= '9')
    return c - '0';
  if ((c | 0x20) >= 'a' && (c | 0x20) <= 'f')
    return (c | 0x20) - 'a' + 10;
  return 99;
}

/* Go's strconv with base 0: 0x, 0o, 0b, and octal after a leading 0. */
static const char *skip_prefix(const char *digits, int *base) {
  *base = 10;
  if (digits[0] != '0' || digits[1] == '\0')
    return digits;
  int letter = digits[1] | 0x20;
  *base = letter == 'x' ? 16 : letter == 'b' ? 2 : 8;
  if (digits[2] != '\0' && (*base != 8 || letter == 'o'))
    return digits + 2;
  *base = 8;
  return digits + 1;
}

/* Whole numbers; false when `text` (without underscores) is none. */
static bool plain_integer(const char *text, wl_Plain *plain) {
  bool negative = text[0] == '-';
  int base;
  const char *at = skip_prefix(text + (negative || text[0] == '+'), &base);
  uint64_t sum = 0;
  if (*at == '\0')
    return false;
  for (; *at != '\0'; at++) {
    int digit = digit_of(*at);
    if (digit >= base)
      return false;
    if (__builtin_mul_overflow(sum, (uint64_t)base, &sum) ||
        __builtin_add_overflow(sum, (uint64_t)digit, &sum))
      return false; /* may still be a decimal double */
  }
  if (sum <= (uint64_t)INT64_MAX + negative) {
    plain->type = WL_PLAIN_INT;
    plain->i = negative ? (int64_t)(0 - sum) : (int64_t)sum;
    return true;
  }
  plain->type = WL_PLAIN_BIG;
  plain->d = (double)sum;
  return !negative;
}

static size_t count_digits(const char *at) {
  return strspn(at, "0123456789");
}

/* [-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)? */
static bool looks_like_float(const char *at) {
  at += *at == '-' || *at == '+';
  size_t whole = count_digits(at);
  at += whole;
  if (*at == '.') {
    size_t part = count_digits(at + 1);
    at += 1 + part;
    whole += part;
  }
  if (whole == 0)
    return false;
  if (*at == 'e' || *at == 'E') {
    at += 1 + (at[1] == '-' || at[1] == '+');
    if (count_digits(at) == 0)
      return false;
    at += count_digits(at);
  }
  return *at == '\0';
}

static bool plain_float(const char *text, wl_Plain *plain) {
  if (!looks_like_float(text))
    return false;
  plain->type = WL_PLAIN_DOUBLE;
  plain->d = strtod(text, NULL);
  return isfinite(plain->d) != 0; /* 1e400 is a string */
}

/* After a leading point underscores must stand between digits. */
static bool underscores_ok(const char *text, size_t length) {
  for (size_t i = 0; i < length; i++)
    if (text[i] == '_' &&
        (i == 0 || i + 1 == length || digit_of(text[i - 1]) > 9 ||
         digit_of(text[i + 1]) > 9))
      return false;
  return true;
}

static bool plain_number(const char *text, size_t length, wl_Plain *plain) {
  char digits[NUMBER_MAX + 1];
  size_t n = 0;
  if (length > NUMBER_MAX || memchr(text, '\0', length) != NULL)
    return false;
  if (text[0] == '.' && !underscores_ok(text, length))
    return false;
  for (size_t i = 0; i < length; i++)
    if (text[i] != '_')
      digits[n++] = text[i];
  digits[n] = '\0';
  return (text[0] != '.' && plain_integer(digits, plain)) ||
         plain_float(digits, plain);
}

/* ---- dates ---- */

/* One or two digits (exactly four for a year) within the range. */
static bool take_number(const char **at, const char *end, size_t digits,
                        int low, int high, int *number) {
  size_t n = 0;
  *number = 0;
  for (; *at < end && n < digits && **at >= '0' && **at <= '9'; ++*at, n++)
    *number = *number * 10 + (**at - '0');
  return n > 0 && (digits < 4 || n == 4) && *number >= low && *number <= high;
}

static bool take_char(const char **at, const char *end, const char *set) {
  if (*at == end || **at == '\0' || strchr(set, **at) == NULL)
    return false;
  ++*at;
  return true;
}

static int days_in(int year, int month) {
  static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
  return days[month - 1] + (month == 2 && leap);
}

static bool take_zone(const char **at, const char *end) {
  int n;
  if (take_char(at, end, "Z"))
    return true;
  return take_char(at, end, "+-") && take_number(at, end, 2, 0, 24, &n) &&
         take_char(at, end, ":") && take_number(at, end, 2, 0, 60, &n);
}

static bool is_time(const char *text, size_t length) {
  const char *at = text, *end = text + length;
  int year, month, day, n;
  if (!take_number(&at, end, 4, 0, 9999, &year) || !take_char(&at, end, "-") ||
      !take_number(&at, end, 2, 1, 12, &month) || !take_char(&at, end, "-") ||
      !take_number(&at, end, 2, 1, days_in(year, month), &day))
    return false;
  if (at == end)
    return true;
  bool zoned = *at != ' ';
  if (!take_char(&at, end, "Tt ") || !take_number(&at, end, 2, 0, 23, &n) ||
      !take_char(&at, end, ":") || !take_number(&at, end, 2, 0, 59, &n) ||
      !take_char(&at, end, ":") || !take_number(&at, end, 2, 0, 59, &n))
    return false;
  if (at < end && *at == '.') {
    at++;
    while (at < end && *at >= '0' && *at <= '9')
      at++;
  }
  return (!zoned || take_zone(&at, end)) && at == end;
}

/* ---- all together ---- */

wl_Plain wl_yaml_plain(const char *text, size_t length) {
  wl_Plain plain = {.type = WL_PLAIN_STRING};
  if (length > 0 && text[0] != '\0' &&
      strchr("0123456789+-.yYnNtTfFoO~<", text[0]) == NULL)
    return plain;
  if (plain_word(text, length, &plain))
    return plain;
  bool numeric = strchr("0123456789+-.", text[0]) != NULL && text[0] != '\0';
  if (numeric && is_time(text, length))
    plain.type = WL_PLAIN_TIME;
  else if (!numeric || !plain_number(text, length, &plain))
    plain.type = WL_PLAIN_STRING;
  return plain;
}

bool wl_yaml_is_base60(const char *text, size_t length) {
  const char *at = text, *end = text + length;
  take_char(&at, end, "+-");
  if (at == end || *at < '0' || *at > '9')
    return false;
  while (at < end && ((*at >= '0' && *at <= '9') || *at == '_'))
    at++;
  if (at == end || *at != ':')
    return false;
  int n;
  while (take_char(&at, end, ":"))
    if (!take_number(&at, end, 2, 0, 59, &n))
      return false;
  if (take_char(&at, end, "."))
    while (at < end && ((*at >= '0' && *at <= '9') || *at == '_'))
      at++;
  return at == end;
}

/* The part of a standard tag after "tag:yaml.org,2002:"; NULL for others. */
static const char *standard_tag(const char *tag) {
  static const char prefix[] = "tag:yaml.org,2002:";
  if (tag == NULL || strncmp(tag, prefix, sizeof prefix - 1) != 0)
    return NULL;
  return tag + sizeof prefix - 1;
}

static const char *const type_names[] = {
    [WL_PLAIN_STRING] = "string", [WL_PLAIN_NULL] = "null",
    [WL_PLAIN_BOOL] = "boolean",  [WL_PLAIN_INT] = "integer",
    [WL_PLAIN_BIG] = "integer",   [WL_PLAIN_DOUBLE] = "number",
    [WL_PLAIN_TIME] = "string",   [WL_PLAIN_MERGE] = "string"};

/* Bring what the text looks like to what the tag says. */
static bool fit_tag(const char *tag, wl_Plain *plain) {
  wl_PlainType type = plain->type;
  if (strcmp(tag, "float") == 0) {
    if (type == WL_PLAIN_INT)
      plain->d = (double)plain->i;
    else if (type != WL_PLAIN_BIG && type != WL_PLAIN_DOUBLE)
      return false;
    plain->type = WL_PLAIN_DOUBLE;
    return true;
  }
  if (strcmp(tag, "int") == 0)
    return type == WL_PLAIN_INT || type == WL_PLAIN_BIG;
  if (strcmp(tag, "bool") == 0)
    return type == WL_PLAIN_BOOL;
  if (strcmp(tag, "null") == 0)
    return type == WL_PLAIN_NULL;
  plain->type = strcmp(tag, "merge") == 0 ? WL_PLAIN_MERGE : WL_PLAIN_STRING;
  return true;
}

static bool tagged_scalar(const char *tag, wl_Buffer *scratch, wl_Plain *plain,
                          wl_Text *text, wl_Error *error) {
  if (strcmp(tag, "binary") == 0) {
    plain->type = WL_PLAIN_STRING;
    wl_buffer_truncate(scratch, 0);
    if (!wl_base64_read(scratch, text->bytes, text->length))
      return wl_fail(error, WL_EINVALID,
                     "!!binary wants base64, padded with "
                     "= to a multiple of four");
    *text =
        (wl_Text){scratch->length > 0 ? scratch->bytes : "", scratch->length};
    return true;
  }
  *plain = wl_yaml_plain(text->bytes, text->length);
  const char *found = type_names[plain->type];
  return fit_tag(tag, plain) ||
         wl_fail(error, WL_EINVALID, "!!%s on \"%.60s\", which is a %s", tag,
                 text->bytes, found);
}

bool wl_yaml_scalar(const yaml_event_t *event, wl_Buffer *scratch,
                    wl_Plain *plain, wl_Text *text, wl_Error *error) {
  const char *tag = (const char *)event->data.scalar.tag;
  *text = (wl_Text){(const char *)event->data.scalar.value,
                    event->data.scalar.length};
  *plain = (wl_Plain){.type = WL_PLAIN_STRING};
  if (tag != NULL) {
    const char *standard = standard_tag(tag);
    return standard == NULL ||
           tagged_scalar(standard, scratch, plain, text, error);
  }
  if (event->data.scalar.plain_implicit)
    *plain = wl_yaml_plain(text->bytes, text->length);
  return true;
}
