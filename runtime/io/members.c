/* SPDX-License-Identifier: MIT */
#include "members.h"

#include <stdbool.h>
#include <stdlib.h>

#include "../core/utf8.h"

static int by_bytes(const void *a, const void *b) {
  return wl_string_compare(((const wl_Member *)a)->key,
                           ((const wl_Member *)b)->key);
}

/* ---- the natural order ---- */

static bool is_digit(uint32_t c) {
  return c >= '0' && c <= '9';
}

/* Outside ASCII: all but the blocks of signs and symbols. */
static bool is_letter(uint32_t c) {
  if (c < 0x80)
    return (c | 0x20) >= 'a' && (c | 0x20) <= 'z';
  return c > 0xbf && (c < 0x2000 || c > 0x2bff) && (c < 0x3000 || c > 0x3004) &&
         c < 0xf0000 && (c < 0x1f000 || c > 0x1ffff);
}

/* The number that begins at `at`; *end where it ends. Ten digits at most
 * count, no key is a longer number. */
static uint64_t number_at(wl_Text text, size_t at, uint64_t number,
                          size_t *end) {
  for (*end = at; *end < text.length; ++*end) {
    uint32_t c = (unsigned char)text.bytes[*end];
    if (!is_digit(c))
      break;
    if (*end - at < 18)
      number = number * 10 + (c - '0');
  }
  return number;
}

/* Is there a digit but 0 right before `at`, with digits only in between? */
static bool continues_number(wl_Text text, size_t at) {
  for (; at > 0 && is_digit((unsigned char)text.bytes[at - 1]); at--)
    if (text.bytes[at - 1] != '0')
      return true;
  return false;
}

static int sign(bool less) {
  return less ? -1 : 1;
}

/* a and b agree before `at`, where they have the characters ca and cb. */
static int compare_at(wl_Text a, wl_Text b, size_t at, uint32_t ca,
                      uint32_t cb) {
  if (is_letter(ca) && is_letter(cb))
    return sign(ca < cb);
  if (is_letter(ca) || is_letter(cb))
    return sign(is_letter(cb));
  size_t end_a, end_b;
  uint64_t before = (ca == '0' || cb == '0') && continues_number(a, at);
  uint64_t number_a = number_at(a, at, before, &end_a);
  uint64_t number_b = number_at(b, at, before, &end_b);
  if (number_a != number_b)
    return sign(number_a < number_b);
  return end_a != end_b ? sign(end_a < end_b) : sign(ca < cb);
}

static uint32_t character_at(wl_Text text, size_t at, size_t *length) {
  uint32_t c = (unsigned char)text.bytes[at];
  *length = wl_utf8_read(text.bytes + at, text.length - at, &c);
  *length += *length == 0;
  return c;
}

static int naturally(const void *a, const void *b) {
  wl_Text ta = wl_text(&((const wl_Member *)a)->key);
  wl_Text tb = wl_text(&((const wl_Member *)b)->key);
  for (size_t at = 0; at < ta.length && at < tb.length;) {
    size_t na, nb;
    uint32_t ca = character_at(ta, at, &na), cb = character_at(tb, at, &nb);
    if (ca != cb)
      return compare_at(ta, tb, at, ca, cb);
    if (na != nb)
      return sign(na < nb);
    at += na;
  }
  return ta.length == tb.length ? 0 : sign(ta.length < tb.length);
}

wl_Members wl_members_new(wl_Heap *heap, wl_Value map, wl_Order order) {
  wl_Members members = {.length = wl_length(map)};
  members.items = wl_alloc(heap, members.length * sizeof *members.items);
  for (size_t i = 0; i < members.length; i++)
    members.items[i] = (wl_Member){.key = wl_map_key_at(map, i),
                                   .value = wl_map_value_at(map, i)};
  if (order != WL_AS_THEY_ARE && members.length > 1)
    qsort(members.items, members.length, sizeof *members.items,
          order == WL_BY_BYTES ? by_bytes : naturally);
  return members;
}

void wl_members_free(wl_Heap *heap, wl_Members members) {
  wl_dealloc(heap, members.items, members.length * sizeof *members.items);
}
