/* SPDX-License-Identifier: MIT */
/* value_private.h - what the files that implement value.h share.
 *
 * The low three bits of a word tell what it holds:
 *   000 pointer to a Node     001 integer of 61 bits
 *   010 string of up to 6 bytes: length in the rest of the first byte, text
 *       and a NUL in the bytes after it
 *   011 absent, null, false, true
 * Each value has one encoding only (what fits the word is never a node), so
 * two words that are not both nodes are equal only if they are the same. */
#ifndef WL_VALUE_PRIVATE_H
#define WL_VALUE_PRIVATE_H

#include "heap_private.h"
#include "value.h"

#if __BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__
#error "short strings are laid out for little-endian machines"
#endif

enum { TAG_NODE = 0, TAG_INT = 1, TAG_TEXT = 2, TAG_CONSTANT = 3 };
enum { SHORT_TEXT = 6 };
enum { FLAG_INTERNED = 1, FLAG_HASHED = 2 };

typedef struct Node {
  uint32_t refs;
  uint8_t type; /* a wl_Type */
  uint8_t flags;
  uint16_t depth;  /* of a list or map, see wl_depth */
  uint32_t hash;   /* valid when FLAG_HASHED */
  uint32_t length; /* bytes, items or keys */
} Node;

typedef struct StringNode {
  Node node;
  char bytes[]; /* length + NUL */
} StringNode;

typedef struct ListNode {
  Node node;
  wl_Value items[];
} ListNode;

typedef struct wl_Shape wl_Shape;

typedef struct MapNode {
  Node node;
  wl_Shape *shape;
  wl_Value values[]; /* in the order of the shape's keys */
} MapNode;

typedef struct NumberNode {
  Node node;
  union {
    int64_t i;
    double d;
  } as;
} NumberNode;

/* The tables of one heap, in heap slot 0, made when first used. */
typedef struct ValueTables {
  StringNode **strings; /* interned, open addressing by hash */
  size_t string_count, string_size;
  wl_Shape **shapes;
  size_t shape_count, shape_size;
  struct Transition *transitions; /* see shape.c */
  wl_Value empty_list, empty_map;
  wl_Value *doomed; /* nodes whose last reference is gone: see wl_release */
  size_t doomed_count, doomed_size;
  bool releasing;
} ValueTables;

ValueTables *wl_value_tables(wl_Heap *heap);

static inline unsigned tag_of(wl_Value v) {
  return (unsigned)(v.bits & 7u);
}
static inline Node *node_of(wl_Value v) {
  return (Node *)(uintptr_t)v.bits;
}
static inline wl_Value value_of_node(void *node) {
  return (wl_Value){(uint64_t)(uintptr_t)node};
}
static inline bool is_node_of(wl_Value v, wl_Type type) {
  return tag_of(v) == TAG_NODE && node_of(v)->type == type;
}
static inline ListNode *list_of(wl_Value v) {
  return (ListNode *)node_of(v);
}
static inline MapNode *map_of(wl_Value v) {
  return (MapNode *)node_of(v);
}

static inline uint32_t mix_hash(uint64_t a, uint64_t b) {
  __uint128_t product =
      (__uint128_t)(a ^ 0x9e3779b97f4a7c15u) * (b ^ 0xe7037ed1a0b428dbu);
  uint64_t folded = (uint64_t)product ^ (uint64_t)(product >> 64);
  return (uint32_t)(folded ^ (folded >> 32));
}

/* ---- shapes: the key lists of maps ---- */

/* A shape of up to SHARED_KEYS keys is interned, so maps with the same keys in
 * the same order have the same shape; a longer one belongs to its map. */
enum { SHARED_KEYS = 64, SCANNED_KEYS = 16 };

struct wl_Shape {
  uint32_t refs;
  uint32_t hash;
  uint32_t count;
  uint32_t index_size; /* 0, or a power of two: slots after the keys */
  wl_Value keys[];     /* count keys, then the index as uint32_t */
};

/* Positions are found by scanning or through the index; UINT32_MAX: none. */
uint32_t wl_shape_find_indexed(const wl_Shape *shape, wl_Value key);
static inline uint32_t shape_find(const wl_Shape *shape, wl_Value key) {
  if (shape->index_size != 0)
    return wl_shape_find_indexed(shape, key);
  for (uint32_t i = 0; i < shape->count; i++)
    if (shape->keys[i].bits == key.bits)
      return i;
  return UINT32_MAX;
}
/* Each returns a reference; keys are borrowed. */
wl_Shape *wl_shape_of(wl_Heap *heap, const wl_Value *keys, size_t count);
wl_Shape *wl_shape_with(wl_Heap *heap, wl_Shape *shape, wl_Value key);
wl_Shape *wl_shape_without(wl_Heap *heap, wl_Shape *shape, uint32_t position);
static inline wl_Shape *shape_retain(wl_Shape *shape) {
  shape->refs++;
  return shape;
}
void wl_shape_release(wl_Heap *heap, wl_Shape *shape);
void wl_shape_tables_free(wl_Heap *heap, ValueTables *tables);

#endif
