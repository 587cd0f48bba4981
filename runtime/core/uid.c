/* SPDX-License-Identifier: MIT */
/* uid.c - the uids of objects, and objects by uid. */
#include "store_private.h"

/* A uid's first 48 bits are the id, scrambled one-to-one with the seed, so
 * that a uid leads back to its object without a table. */
static const uint64_t MASK_48 = ((uint64_t)1 << 48) - 1;
static const uint64_t MULTIPLIER = 0x5deece66d6a5u;

static uint64_t scramble(uint64_t seed, uint64_t id) {
  uint64_t x = (id ^ seed) & MASK_48;
  for (int round = 0; round < 2; round++) {
    x = x * MULTIPLIER & MASK_48;
    x ^= x >> 24;
  }
  return x;
}

static uint64_t inverse_of_multiplier(void) {
  uint64_t inverse = MULTIPLIER; /* Newton: doubles the correct bits */
  for (int i = 0; i < 6; i++)
    inverse *= 2 - MULTIPLIER * inverse;
  return inverse & MASK_48;
}

static uint64_t unscramble(uint64_t seed, uint64_t x) {
  uint64_t inverse = inverse_of_multiplier();
  for (int round = 0; round < 2; round++) {
    x ^= x >> 24;
    x = x * inverse & MASK_48;
  }
  return (x ^ seed) & MASK_48;
}

wl_Value wl_store_make_uid(wl_Store *store, wl_Id id) {
  static const char digits[] = "0123456789abcdef";
  uint64_t head = scramble(store->seed, id);
  uint64_t tail = (head + store->seed) * 0xd1342543de82ef95u;
  tail ^= tail >> 29;
  tail *= 0x9e3779b97f4a7c15u;
  char text[37];
  for (int i = 0, nibble = 0; i < 36; i++) {
    if (i == 8 || i == 13 || i == 18 || i == 23) {
      text[i] = '-';
      continue;
    }
    uint64_t source = nibble < 12 ? head >> (44 - 4 * nibble)
                                  : tail >> (4 * (nibble - 12) % 64);
    unsigned bits = source & 15;
    if (nibble == 12)
      bits = 4; /* version 4 */
    if (nibble == 16)
      bits = 8 | (bits & 3); /* the RFC 4122 variant */
    text[i] = digits[bits];
    nibble++;
  }
  text[36] = '\0';
  return wl_string_new(store->heap, text, 36);
}

wl_Id wl_store_next_id(wl_Store *store) {
  wl_Id id = store->last_id + 1;
  for (bool taken = store->restored.count > 0; taken;) {
    wl_Value uid = wl_store_make_uid(store, id);
    taken = wl_table_get(&store->restored, uid) != NULL;
    wl_release(store->heap, uid);
    id += taken;
  }
  return id;
}

static int hex_digit(char c) {
  if (c >= '0' && c <= '9')
    return c - '0';
  return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* The id that a uid of this store's own making tells; 0: none of them. */
static uint64_t told_id(const wl_Store *store, wl_Value uid) {
  wl_Text text = wl_text(&uid);
  uint64_t head = 0;
  for (size_t i = 0; text.length == 36 && i < 13; i++) {
    if (i == 8)
      continue;
    int digit = hex_digit(text.bytes[i]);
    if (digit < 0)
      return 0;
    head = head << 4 | (unsigned)digit;
  }
  uint64_t id = unscramble(store->seed, head);
  return id > store->last_id ? 0 : id;
}

static bool has_uid(const wl_Store *store, uint64_t id, wl_Value uid) {
  const Object *object = id == 0 ? NULL : object_at(store, (wl_Id)id);
  return object != NULL &&
         wl_equal(
             wl_map_get(metadata_of(store, object->value), store->words.uid),
             uid);
}

wl_Id wl_store_find_uid(const wl_Store *store, wl_Value uid) {
  if (wl_type(uid) != WL_STRING)
    return 0;
  uint64_t id = told_id(store, uid);
  if (has_uid(store, id, uid))
    return (wl_Id)id;
  id = store->restored.count == 0
           ? 0
           : (uintptr_t)wl_table_get(&store->restored, uid);
  return has_uid(store, id, uid) ? (wl_Id)id : 0;
}
