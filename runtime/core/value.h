/* SPDX-License-Identifier: MIT */
/*
 * value.h - immutable, shared, JSON-like values
 *
 * A value is one machine word. null, booleans, integers of 61 bits and
 * strings of up to 6 bytes live in the word; everything else is a
 * reference-counted node that never changes once it can be seen by two
 * owners. An update copies the path from the root to the change and shares
 * the rest, so 150,000 pods of one template share one spec.
 *
 * Ownership is in the verb. A function that returns a wl_Value by `new`,
 * `with`, `retain` or from a builder hands one reference to the caller, who
 * gives it back with wl_release. A `get` returns a borrowed value: it lives as
 * long as the value it was read from. Parameters are borrowed unless the
 * comment says *takes*.
 *
 * Maps keep insertion order. A map's keys are a shape, shared by all maps with
 * the same keys in the same order. Integers and doubles are distinct types,
 * also when equal in number. Strings are byte strings (UTF-8 by convention);
 * map keys and strings made by wl_string_intern are interned.
 */
#ifndef WL_VALUE_H
#define WL_VALUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "heap.h"

typedef struct wl_Value {
  uint64_t bits;
} wl_Value;

typedef enum wl_Type {
  WL_ABSENT, /* no value at all: what a missing key reads as */
  WL_NULL,
  WL_BOOL,
  WL_INT,
  WL_DOUBLE,
  WL_STRING,
  WL_LIST,
  WL_MAP
} wl_Type;

/* The bytes of a string value. */
typedef struct wl_Text {
  const char *bytes; /* NUL-terminated */
  size_t length;
} wl_Text;

#define WL_VALUE_ABSENT ((wl_Value){0x03})
#define WL_VALUE_NULL   ((wl_Value){0x0b})
#define WL_VALUE_FALSE  ((wl_Value){0x13})
#define WL_VALUE_TRUE   ((wl_Value){0x1b})

/* ---- reading; all O(1) unless said ---- */

wl_Type wl_type(wl_Value v);
const char *wl_type_name(wl_Type type); /* "null", "boolean", "integer", ... */
static inline bool wl_is_absent(wl_Value v) {
  return v.bits == WL_VALUE_ABSENT.bits;
}
static inline bool wl_same(wl_Value a, wl_Value b) { /* the same word */
  return a.bits == b.bits;
}
bool wl_bool(wl_Value v);     /* v is WL_BOOL */
int64_t wl_int(wl_Value v);   /* v is WL_INT */
double wl_double(wl_Value v); /* v is WL_DOUBLE */
/* The text of a WL_STRING. A short string's bytes live in *v itself, so the
 * result is valid while *v stays where it is and its node is alive. */
wl_Text wl_text(const wl_Value *v);
bool wl_text_is(wl_Value v, const char *text); /* a string equal to text? */

size_t wl_length(wl_Value v); /* of a list or map; else 0 */
/* How many lists and maps are inside each other, at most: 0 for a scalar, 1
 * for {}. What has been removed since may still count; 65535 stands for that
 * and more. */
unsigned wl_depth(wl_Value v);
wl_Value wl_list_get(wl_Value list, size_t i); /* 0-based; absent outside */
/* A key must be interned (wl_key, wl_string_intern). O(keys) up to 16 keys,
 * then O(1). Absent when the key is missing or `map` is no map. */
wl_Value wl_map_get(wl_Value map, wl_Value key);
wl_Value wl_map_key_at(wl_Value map, size_t i); /* insertion order */
wl_Value wl_map_value_at(wl_Value map, size_t i);

/* Structural: maps compare without regard to order. Shared parts cost one
 * comparison. 1 and 1.0 differ. */
bool wl_equal(wl_Value a, wl_Value b);
/* Equal values have equal hashes, in every process and on every machine.
 * Cached in the node. */
uint32_t wl_hash(wl_Value v);
/* Total order by bytes for two strings: <0, 0, >0. */
int wl_string_compare(wl_Value a, wl_Value b);

/* ---- lifetime ---- */

static inline bool wl_is_node(wl_Value v) {
  return (v.bits & 7u) == 0;
}
wl_Value wl_retain(wl_Value v); /* returns v, for use in expressions */
void wl_release(wl_Heap *heap, wl_Value v); /* never recurses deeply */

/* ---- making ---- */

wl_Value wl_bool_new(bool b);
wl_Value wl_int_new(wl_Heap *heap, int64_t i);
wl_Value wl_double_new(wl_Heap *heap, double d);
wl_Value wl_string_new(wl_Heap *heap, const char *bytes, size_t length);
/* Interned: one node for equal text, so equality is wl_same. */
wl_Value wl_string_intern(wl_Heap *heap, const char *bytes, size_t length);
wl_Value wl_key(wl_Heap *heap, const char *text); /* intern a C string */
/* The interned twin of a string value (which may be itself). */
wl_Value wl_string_interned(wl_Heap *heap, wl_Value string);

/* *Takes* the n items. */
wl_Value wl_list_new(wl_Heap *heap, const wl_Value *items, size_t n);
/* *Takes* keys (interned, distinct) and values. */
wl_Value wl_map_new(wl_Heap *heap, const wl_Value *keys, const wl_Value *values,
                    size_t n);
wl_Value wl_list_empty(wl_Heap *heap);
wl_Value wl_map_empty(wl_Heap *heap);

/* ---- updating: each *takes* its first argument and the new value and
 * returns the successor. A node that only the caller owned is changed in
 * place, so a chain of updates copies once. ---- */

wl_Value wl_map_with(wl_Heap *heap, wl_Value map, wl_Value key, wl_Value value);
wl_Value wl_map_without(wl_Heap *heap, wl_Value map, wl_Value key);
wl_Value wl_list_with(wl_Heap *heap, wl_Value list, size_t i, wl_Value value);
/* i == length appends. */
wl_Value wl_list_insert(wl_Heap *heap, wl_Value list, size_t i, wl_Value value);
wl_Value wl_list_without(wl_Heap *heap, wl_Value list, size_t i);
/* Set the value at a path of keys (strings) and 0-based indexes (integers),
 * making maps on the way where nothing or null is. A value of WL_VALUE_ABSENT
 * removes. *Takes* root and value; on a path through a scalar or past a
 * list's end returns absent, releasing both. */
wl_Value wl_with_path(wl_Heap *heap, wl_Value root, const wl_Value *path,
                      size_t depth, wl_Value value);
wl_Value wl_get_path(wl_Value root, const wl_Value *path, size_t depth);

/* ---- builders: for readers that see items one after another ---- */

typedef struct wl_Builder {
  wl_Heap *heap;
  wl_Value *items; /* list: items; map: key, value, key, value ... */
  size_t length, capacity;
  uint32_t *index; /* positions of keys by hash, once there are many */
  size_t index_size;
} wl_Builder;

void wl_builder_init(wl_Builder *b, wl_Heap *heap);
void wl_builder_destroy(wl_Builder *b);            /* releases what it holds */
void wl_builder_add(wl_Builder *b, wl_Value item); /* *takes* */
/* *Takes* both; key interned. False (nothing added, both released) when the
 * key is there already. Amortised O(1). */
bool wl_builder_put(wl_Builder *b, wl_Value key, wl_Value value);
wl_Value wl_builder_list(wl_Builder *b); /* empties the builder */
wl_Value wl_builder_map(wl_Builder *b);

#endif
