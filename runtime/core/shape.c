/* SPDX-License-Identifier: MIT */
/*
 * shape.c - the key lists of maps
 *
 * Shared shapes sit in a table by their keys. Which shape follows from adding
 * a key to another is remembered in a small cache of transitions, so that
 * building many like maps key by key costs one probe a key. The cache holds
 * references, and a newer transition replaces the one in its place.
 */
#include <string.h>

#include "value_private.h"

enum { FIRST_SHAPE_SLOTS = 64, TRANSITIONS = 512 };

typedef struct Transition {
  wl_Shape *from, *to;
  wl_Value key;
} Transition;

static size_t shape_bytes(size_t count, size_t index_size) {
  return sizeof(wl_Shape) + count * sizeof(wl_Value) +
         index_size * sizeof(uint32_t);
}

static uint32_t *index_of(const wl_Shape *shape) {
  return (uint32_t *)(uintptr_t)(shape->keys + shape->count);
}

uint32_t wl_shape_find_indexed(const wl_Shape *shape, wl_Value key) {
  const uint32_t *index = index_of(shape);
  uint32_t mask = shape->index_size - 1;
  for (uint32_t at = wl_hash(key) & mask;; at = (at + 1) & mask) {
    uint32_t position = index[at];
    if (position == UINT32_MAX || wl_same(shape->keys[position], key))
      return position;
  }
}

static void fill_index(wl_Shape *shape) {
  uint32_t *index = index_of(shape), mask = shape->index_size - 1;
  memset(index, 0xff, shape->index_size * sizeof *index);
  for (uint32_t i = 0; i < shape->count; i++) {
    uint32_t at = wl_hash(shape->keys[i]) & mask;
    while (index[at] != UINT32_MAX)
      at = (at + 1) & mask;
    index[at] = i;
  }
}

static wl_Shape *make_shape(wl_Heap *heap, const wl_Value *keys, size_t count,
                            uint32_t hash) {
  uint32_t index_size = 0;
  if (count > SCANNED_KEYS)
    for (index_size = 32; index_size < 2 * count;)
      index_size *= 2;
  wl_Shape *shape = wl_alloc(heap, shape_bytes(count, index_size));
  shape->refs = 1;
  shape->hash = hash;
  shape->count = (uint32_t)count;
  shape->index_size = index_size;
  for (size_t i = 0; i < count; i++)
    shape->keys[i] = wl_retain(keys[i]);
  if (index_size != 0)
    fill_index(shape);
  return shape;
}

static uint32_t hash_keys(const wl_Value *keys, size_t count) {
  uint32_t hash = (uint32_t)count;
  for (size_t i = 0; i < count; i++)
    hash = mix_hash(hash, wl_hash(keys[i]));
  return hash;
}

static bool same_keys(const wl_Shape *shape, const wl_Value *keys,
                      size_t count) {
  return shape->count == count &&
         (count == 0 || memcmp(shape->keys, keys, count * sizeof *keys) == 0);
}

static void insert_shape(ValueTables *t, wl_Shape *shape) {
  size_t mask = t->shape_size - 1, at = shape->hash & mask;
  while (t->shapes[at] != NULL)
    at = (at + 1) & mask;
  t->shapes[at] = shape;
}

static void grow_shapes(wl_Heap *heap, ValueTables *t) {
  size_t old_size = t->shape_size;
  wl_Shape **old = t->shapes;
  t->shape_size = old_size == 0 ? FIRST_SHAPE_SLOTS : 2 * old_size;
  t->shapes = wl_alloc_zeroed(heap, t->shape_size * sizeof(*t->shapes));
  for (size_t i = 0; i < old_size; i++)
    if (old[i] != NULL)
      insert_shape(t, old[i]);
  wl_dealloc(heap, old, old_size * sizeof(*old));
}

wl_Shape *wl_shape_of(wl_Heap *heap, const wl_Value *keys, size_t count) {
  if (count > SHARED_KEYS)
    return make_shape(heap, keys, count, 0);
  ValueTables *t = wl_value_tables(heap);
  if (t->shape_count * 4 >= t->shape_size * 3)
    grow_shapes(heap, t);
  uint32_t hash = hash_keys(keys, count);
  size_t mask = t->shape_size - 1;
  for (size_t at = hash & mask; t->shapes[at] != NULL; at = (at + 1) & mask)
    if (t->shapes[at]->hash == hash && same_keys(t->shapes[at], keys, count))
      return shape_retain(t->shapes[at]);
  wl_Shape *shape = make_shape(heap, keys, count, hash);
  insert_shape(t, shape);
  t->shape_count++;
  return shape;
}

static wl_Shape *copy_with(wl_Heap *heap, const wl_Shape *shape, wl_Value key) {
  size_t count = shape->count, bytes = (count + 1) * sizeof(wl_Value);
  wl_Value few[SHARED_KEYS + 1];
  wl_Value *keys = count <= SHARED_KEYS ? few : wl_alloc(heap, bytes);
  if (count > 0)
    memcpy(keys, shape->keys, count * sizeof *keys);
  keys[count] = key;
  wl_Shape *longer = wl_shape_of(heap, keys, count + 1);
  if (keys != few)
    wl_dealloc(heap, keys, bytes);
  return longer;
}

wl_Shape *wl_shape_with(wl_Heap *heap, wl_Shape *shape, wl_Value key) {
  if (shape->count >= SHARED_KEYS)
    return copy_with(heap, shape, key);
  ValueTables *t = wl_value_tables(heap);
  if (t->transitions == NULL)
    t->transitions = wl_alloc_zeroed(heap, TRANSITIONS * sizeof(Transition));
  size_t at = mix_hash(shape->hash, wl_hash(key)) % TRANSITIONS;
  Transition *cached = &t->transitions[at];
  if (cached->from == shape && wl_same(cached->key, key))
    return shape_retain(cached->to);
  wl_Shape *longer = copy_with(heap, shape, key);
  Transition old = *cached;
  *cached = (Transition){shape_retain(shape), shape_retain(longer), key};
  if (old.from != NULL) {
    wl_shape_release(heap, old.from);
    wl_shape_release(heap, old.to);
  }
  return longer;
}

wl_Shape *wl_shape_without(wl_Heap *heap, wl_Shape *shape, uint32_t position) {
  size_t count = shape->count, bytes = count * sizeof(wl_Value);
  wl_Value *keys = wl_alloc(heap, bytes);
  memcpy(keys, shape->keys, position * sizeof *keys);
  memcpy(keys + position, shape->keys + position + 1,
         (count - position - 1) * sizeof *keys);
  wl_Shape *shorter = wl_shape_of(heap, keys, count - 1);
  wl_dealloc(heap, keys, bytes);
  return shorter;
}

static void forget_shape(ValueTables *t, wl_Shape *shape) {
  size_t mask = t->shape_size - 1, at = shape->hash & mask;
  while (t->shapes[at] != shape)
    at = (at + 1) & mask;
  size_t next = (at + 1) & mask;
  while (t->shapes[next] != NULL) {
    size_t home = t->shapes[next]->hash & mask;
    if (((next - home) & mask) >= ((next - at) & mask)) {
      t->shapes[at] = t->shapes[next];
      at = next;
    }
    next = (next + 1) & mask;
  }
  t->shapes[at] = NULL;
  t->shape_count--;
}

void wl_shape_release(wl_Heap *heap, wl_Shape *shape) {
  if (--shape->refs > 0)
    return;
  if (shape->count <= SHARED_KEYS)
    forget_shape(wl_value_tables(heap), shape);
  for (uint32_t i = 0; i < shape->count; i++)
    wl_release(heap, shape->keys[i]);
  wl_dealloc(heap, shape, shape_bytes(shape->count, shape->index_size));
}

void wl_shape_tables_free(wl_Heap *heap, ValueTables *t) {
  for (size_t i = 0; t->transitions != NULL && i < TRANSITIONS; i++) {
    Transition old = t->transitions[i];
    if (old.from == NULL)
      continue;
    wl_shape_release(heap, old.from);
    wl_shape_release(heap, old.to);
  }
  wl_dealloc(heap, t->transitions, TRANSITIONS * sizeof(Transition));
  wl_dealloc(heap, t->shapes, t->shape_size * sizeof(*t->shapes));
}
