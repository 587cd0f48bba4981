/* SPDX-License-Identifier: MIT */
#include "zone.h"

#include <string.h>

#include "clock.h"
#include "zone_rule.h"

/* Changes by the rule are kept up to this year; later ones are computed. */
enum { LAST_KEPT_YEAR = 2100, MOST_CHANGES = 20000, MOST_TYPES = 256 };

static const int64_t FARTHEST = INT64_C(100000000000); /* seconds */

typedef struct Type {
  int32_t offset;
  bool summer;
  char name[8];
} Type;

struct wl_Zone {
  wl_Heap *heap;
  size_t changes, capacity, types;
  int64_t *at;    /* moments of the changes, in order */
  uint16_t *into; /* the type that each begins */
  Type type[MOST_TYPES + 2];
  uint16_t initial; /* the type before the first change */
  bool ruled;
  wl_Rule rule;
};

/* ---- reading a file ---- */

typedef struct Header {
  uint32_t universal, standard, leaps, changes, types, letters;
} Header;

typedef struct Reader {
  const unsigned char *at, *end;
} Reader;

static size_t left(const Reader *r) {
  return (size_t)(r->end - r->at);
}

static uint32_t take_u32(Reader *r) {
  uint32_t n = (uint32_t)r->at[0] << 24 | (uint32_t)r->at[1] << 16 |
               (uint32_t)r->at[2] << 8 | r->at[3];
  r->at += 4;
  return n;
}

static int64_t take_i64(Reader *r) {
  uint64_t high = take_u32(r);
  return (int64_t)(high << 32 | take_u32(r));
}

static bool take_header(Reader *r, Header *h, int *version) {
  if (left(r) < 44 || memcmp(r->at, "TZif", 4) != 0)
    return false;
  *version = r->at[4] == 0 ? 1 : r->at[4] - '0';
  r->at += 20;
  h->universal = take_u32(r);
  h->standard = take_u32(r);
  h->leaps = take_u32(r);
  h->changes = take_u32(r);
  h->types = take_u32(r);
  h->letters = take_u32(r);
  return h->changes <= MOST_CHANGES && h->types >= 1 &&
         h->types <= MOST_TYPES && h->letters <= 65536 && h->leaps <= 65536 &&
         h->universal <= h->types && h->standard <= h->types;
}

static size_t body_size(const Header *h, size_t width) {
  return h->changes * (width + 1) + h->types * 6 + h->letters +
         h->leaps * (width + 4) + h->standard + h->universal;
}

static void read_name(char name[8], const unsigned char *letters, size_t length,
                      size_t from) {
  size_t n = 0;
  for (; n < 7 && from + n < length && letters[from + n] != '\0'; n++)
    name[n] = (char)letters[from + n];
  name[n] = '\0';
}

static bool read_types(wl_Zone *zone, Reader *r, const Header *h) {
  const unsigned char *letters = r->at + h->types * 6;
  for (size_t i = 0; i < h->types; i++) {
    Type *type = &zone->type[i];
    type->offset = (int32_t)take_u32(r);
    type->summer = r->at[0] != 0;
    read_name(type->name, letters, h->letters, r->at[1]);
    r->at += 2;
    if (type->offset < -90000 || type->offset > 94000)
      return false;
  }
  zone->types = h->types;
  return true;
}

static void reserve(wl_Zone *zone, size_t more) {
  size_t wanted = zone->changes + more;
  if (wanted <= zone->capacity)
    return;
  int64_t *at = wl_alloc(zone->heap, wanted * sizeof *at);
  uint16_t *into = wl_alloc(zone->heap, wanted * sizeof *into);
  if (zone->changes > 0) {
    memcpy(at, zone->at, zone->changes * sizeof *at);
    memcpy(into, zone->into, zone->changes * sizeof *into);
  }
  wl_dealloc(zone->heap, zone->at, zone->capacity * sizeof *at);
  wl_dealloc(zone->heap, zone->into, zone->capacity * sizeof *into);
  zone->at = at;
  zone->into = into;
  zone->capacity = wanted;
}

/* False when a change does not come after the one before it. */
static bool add_change(wl_Zone *zone, int64_t at, uint16_t into) {
  if (into >= zone->types + 2)
    return false;
  if (zone->changes > 0 && at <= zone->at[zone->changes - 1])
    return false;
  reserve(zone, zone->changes < 64 ? 64 : zone->changes);
  zone->at[zone->changes] = at;
  zone->into[zone->changes++] = into;
  return true;
}

static bool read_body(wl_Zone *zone, Reader *r, const Header *h, size_t width) {
  Reader moments = *r, into = *r;
  into.at += h->changes * width;
  r->at += h->changes * (width + 1);
  if (!read_types(zone, r, h))
    return false;
  for (size_t i = 0; i < h->changes; i++) {
    int64_t at = width == 8 ? take_i64(&moments) : (int32_t)take_u32(&moments);
    if (at < -FARTHEST) /* since ever */
      at = -FARTHEST + (int64_t)i;
    if (at > FARTHEST || into.at[i] >= h->types ||
        !add_change(zone, at, into.at[i]))
      return false;
  }
  r->at += h->letters + h->leaps * (width + 4) + h->standard + h->universal;
  return true;
}

/* The first type that no change leads to, else the first of standard time. */
static uint16_t initial_type(const wl_Zone *zone) {
  bool used = false;
  for (size_t i = 0; i < zone->changes && !used; i++)
    used = zone->into[i] == 0;
  if (!used)
    return 0;
  for (size_t i = 0; i < zone->types; i++)
    if (!zone->type[i].summer)
      return (uint16_t)i;
  return 0;
}

/* ---- going on by the rule ---- */

static void add_rule_types(wl_Zone *zone) {
  for (size_t i = 0; i < 2; i++) {
    Type *type = &zone->type[zone->types + i];
    *type = (Type){.offset = zone->rule.offsets[i], .summer = i == 1};
    memcpy(type->name, zone->rule.names[i], sizeof type->name);
  }
}

static void add_rule_changes(wl_Zone *zone) {
  int64_t year = 1970;
  if (zone->changes > 0)
    year = wl_civil_from_ms(zone->at[zone->changes - 1] * 1000).year;
  uint16_t standard = (uint16_t)zone->types, summer = standard + 1;
  for (; year <= LAST_KEPT_YEAR; year++) {
    int64_t to_summer, to_standard;
    wl_rule_changes(&zone->rule, year, &to_summer, &to_standard);
    if (to_summer < to_standard)
      add_change(zone, to_summer, summer);
    add_change(zone, to_standard, standard);
    if (to_summer > to_standard)
      add_change(zone, to_summer, summer);
  }
}

/* "\nCET-1CEST,M3.5.0,M10.5.0/3\n"; an empty one says that nothing changes. */
static bool read_rule(wl_Zone *zone, Reader *r) {
  if (left(r) < 2 || *r->at != '\n')
    return left(r) == 0;
  const unsigned char *end = memchr(r->at + 1, '\n', left(r) - 1);
  if (end == NULL)
    return false;
  const char *text = (const char *)r->at + 1;
  size_t length = (size_t)(end - r->at) - 1;
  if (length == 0)
    return true;
  if (!wl_rule_parse(&zone->rule, text, length))
    return false;
  add_rule_types(zone);
  zone->ruled = zone->rule.changes;
  if (zone->ruled)
    add_rule_changes(zone);
  else if (zone->changes == 0)
    zone->initial = (uint16_t)zone->types;
  return true;
}

static bool read_file(wl_Zone *zone, Reader *r) {
  Header h;
  int version;
  if (!take_header(r, &h, &version) || left(r) < body_size(&h, 4))
    return false;
  if (version < 2) {
    bool good = read_body(zone, r, &h, 4);
    zone->initial = initial_type(zone);
    return good;
  }
  r->at += body_size(&h, 4);
  if (!take_header(r, &h, &version) || left(r) < body_size(&h, 8) ||
      !read_body(zone, r, &h, 8))
    return false;
  zone->initial = initial_type(zone);
  return read_rule(zone, r);
}

wl_Zone *wl_zone_parse(wl_Heap *heap, const char *bytes, size_t length,
                       wl_Error *error) {
  wl_Zone *zone = wl_alloc(heap, sizeof *zone);
  *zone = (wl_Zone){.heap = heap};
  const unsigned char *start = (const unsigned char *)bytes;
  Reader r = {start, start + length};
  if (read_file(zone, &r))
    return zone;
  wl_fail(error, WL_EINVALID, "this is not a time zone file (TZif)");
  wl_zone_free(zone);
  return NULL;
}

void wl_zone_free(wl_Zone *zone) {
  if (zone == NULL)
    return;
  wl_dealloc(zone->heap, zone->at, zone->capacity * sizeof *zone->at);
  wl_dealloc(zone->heap, zone->into, zone->capacity * sizeof *zone->into);
  wl_dealloc(zone->heap, zone, sizeof *zone);
}

/* ---- looking up ---- */

static void fill(wl_Period *period, const Type *type, int64_t start,
                 int64_t end) {
  period->start = start;
  period->end = end;
  period->offset = type->offset;
  period->summer = type->summer;
  memcpy(period->name, type->name, sizeof period->name);
}

/* After the changes that are kept: those of the year and its neighbours. */
static void lookup_rule(const wl_Zone *zone, int64_t moment,
                        wl_Period *period) {
  int64_t year = wl_civil_from_ms(moment * 1000).year;
  int64_t start = INT64_MIN, end = INT64_MAX;
  size_t type = zone->types;
  for (int64_t y = year - 1; y <= year + 1; y++) {
    int64_t at[2]; /* into summer time, into standard time */
    wl_rule_changes(&zone->rule, y, &at[0], &at[1]);
    for (size_t i = 0; i < 2; i++) {
      if (at[i] <= moment && at[i] > start) {
        start = at[i];
        type = zone->types + (i == 0);
      } else if (at[i] > moment && at[i] < end) {
        end = at[i];
      }
    }
  }
  fill(period, &zone->type[type], start, end);
}

void wl_zone_lookup(const wl_Zone *zone, int64_t moment, wl_Period *period) {
  if (zone == NULL) {
    *period = (wl_Period){INT64_MIN, INT64_MAX, 0, false, "UTC"};
    return;
  }
  size_t low = 0, high = zone->changes; /* at[low - 1] <= moment < at[high] */
  while (low < high) {
    size_t middle = low + (high - low) / 2;
    if (zone->at[middle] <= moment)
      low = middle + 1;
    else
      high = middle;
  }
  if (low == zone->changes && low > 0 && zone->ruled) {
    lookup_rule(zone, moment, period);
    return;
  }
  size_t type = low == 0 ? zone->initial : zone->into[low - 1];
  fill(period, &zone->type[type], low == 0 ? INT64_MIN : zone->at[low - 1],
       low == zone->changes ? INT64_MAX : zone->at[low]);
}

int64_t wl_zone_from_wall(const wl_Zone *zone, int64_t wall) {
  wl_Period period;
  wl_zone_lookup(zone, wall, &period);
  int64_t moment = wall - period.offset;
  if (moment < period.start || moment >= period.end)
    wl_zone_lookup(zone, moment, &period);
  return wall - period.offset;
}

wl_WallFate wl_zone_resolve(const wl_Zone *zone, int64_t wall, int64_t *first,
                            int64_t *second) {
  wl_Period before, after;
  wl_zone_lookup(zone, wall - 94000, &before);
  while (before.end != INT64_MAX && wall - before.offset >= before.end) {
    wl_zone_lookup(zone, before.end, &after);
    if (wall - after.offset < before.end) { /* between the two: skipped */
      *first = before.end;
      *second = wall - before.offset;
      return WL_WALL_SKIPPED;
    }
    before = after;
  }
  *first = *second = wall - before.offset;
  if (before.end == INT64_MAX)
    return WL_WALL_ONCE;
  wl_zone_lookup(zone, before.end, &after);
  if (wall - after.offset < before.end)
    return WL_WALL_ONCE;
  *second = wall - after.offset;
  return WL_WALL_TWICE;
}
