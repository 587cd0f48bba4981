/* SPDX-License-Identifier: MIT */
/* value.c - scalars, strings, equality, hashes and lifetime of values. */
#include "value.h"

#include <string.h>

#include "value_private.h"

enum { FIRST_STRING_SLOTS = 256, FIRST_DOOMED = 64 };

/* ---- the tables of a heap ---- */

static void free_tables(wl_Heap *heap, void *slot) {
  ValueTables *t = slot;
  wl_release(heap, t->empty_list);
  wl_release(heap, t->empty_map);
  wl_shape_tables_free(heap, t);
  wl_dealloc(heap, t->strings, t->string_size * sizeof *t->strings);
  wl_dealloc(heap, t->doomed, t->doomed_size * sizeof *t->doomed);
  wl_dealloc(heap, t, sizeof *t);
}

static ValueTables *make_tables(wl_Heap *heap) {
  ValueTables *t = wl_alloc_zeroed(heap, sizeof *t);
  t->string_size = FIRST_STRING_SLOTS;
  t->strings = wl_alloc_zeroed(heap, t->string_size * sizeof *t->strings);
  t->doomed_size = FIRST_DOOMED;
  t->doomed = wl_alloc(heap, t->doomed_size * sizeof *t->doomed);
  t->empty_list = t->empty_map = WL_VALUE_ABSENT;
  heap->slots[WL_HEAP_SLOT_VALUES] = t;
  heap->slot_free[WL_HEAP_SLOT_VALUES] = free_tables;
  t->empty_list = wl_list_new(heap, NULL, 0);
  t->empty_map = wl_map_new(heap, NULL, NULL, 0);
  return t;
}

ValueTables *wl_value_tables(wl_Heap *heap) {
  ValueTables *t = heap->slots[WL_HEAP_SLOT_VALUES];
  return t != NULL ? t : make_tables(heap);
}

/* ---- reading ---- */

wl_Type wl_type(wl_Value v) {
  switch (tag_of(v)) {
  case TAG_NODE:
    return (wl_Type)node_of(v)->type;
  case TAG_INT:
    return WL_INT;
  case TAG_TEXT:
    return WL_STRING;
  default:
    if (wl_same(v, WL_VALUE_ABSENT))
      return WL_ABSENT;
    return wl_same(v, WL_VALUE_NULL) ? WL_NULL : WL_BOOL;
  }
}

const char *wl_type_name(wl_Type type) {
  static const char *const names[] = {"nothing", "null",   "boolean", "integer",
                                      "number",  "string", "list",    "map"};
  return names[type];
}

bool wl_bool(wl_Value v) {
  return wl_same(v, WL_VALUE_TRUE);
}

int64_t wl_int(wl_Value v) {
  if (tag_of(v) == TAG_INT)
    return (int64_t)v.bits >> 3;
  return ((NumberNode *)node_of(v))->as.i;
}

double wl_double(wl_Value v) {
  return ((NumberNode *)node_of(v))->as.d;
}

wl_Text wl_text(const wl_Value *v) {
  if (tag_of(*v) == TAG_TEXT)
    return (wl_Text){(const char *)v + 1, (v->bits >> 3) & 31};
  StringNode *s = (StringNode *)node_of(*v);
  return (wl_Text){s->bytes, s->node.length};
}

bool wl_text_is(wl_Value v, const char *text) {
  if (wl_type(v) != WL_STRING)
    return false;
  wl_Text have = wl_text(&v);
  return have.length == strlen(text) &&
         memcmp(have.bytes, text, have.length) == 0;
}

size_t wl_length(wl_Value v) {
  if (tag_of(v) != TAG_NODE)
    return 0;
  const Node *node = node_of(v);
  return node->type == WL_LIST || node->type == WL_MAP ? node->length : 0;
}

int wl_string_compare(wl_Value a, wl_Value b) {
  wl_Text ta = wl_text(&a), tb = wl_text(&b);
  size_t shorter = ta.length < tb.length ? ta.length : tb.length;
  int order = memcmp(ta.bytes, tb.bytes, shorter);
  if (order != 0 || ta.length == tb.length)
    return order;
  return ta.length < tb.length ? -1 : 1;
}

/* ---- hashing: the same in every process, so no seed and no addresses ---- */

static uint32_t hash_bytes(const char *bytes, size_t length) {
  uint64_t hash = length * 0x9e3779b97f4a7c15u;
  while (length >= 8) {
    uint64_t word;
    memcpy(&word, bytes, 8);
    hash = mix_hash(hash, word) | ((hash * 31 + word) << 32);
    bytes += 8;
    length -= 8;
  }
  uint64_t tail = 0;
  if (length > 0)
    memcpy(&tail, bytes, length);
  return mix_hash(hash, tail ^ 0xa0761d6478bd642fu);
}

static uint32_t hash_map(wl_Value v) {
  const MapNode *map = map_of(v);
  uint32_t sum = 0; /* a sum, since order does not matter to equality */
  for (uint32_t i = 0; i < map->node.length; i++)
    sum += mix_hash(wl_hash(map->shape->keys[i]), wl_hash(map->values[i]));
  return mix_hash(sum, WL_MAP);
}

static uint32_t hash_node(wl_Value v) {
  const Node *node = node_of(v);
  switch (node->type) {
  case WL_STRING:
    return hash_bytes(((const StringNode *)node)->bytes, node->length);
  case WL_LIST: {
    uint32_t hash = WL_LIST;
    for (uint32_t i = 0; i < node->length; i++)
      hash = mix_hash(hash, wl_hash(list_of(v)->items[i]));
    return hash;
  }
  case WL_MAP:
    return hash_map(v);
  default:
    return mix_hash((uint64_t)((const NumberNode *)node)->as.i, node->type);
  }
}

uint32_t wl_hash(wl_Value v) {
  if (tag_of(v) != TAG_NODE)
    return mix_hash(v.bits, 0x51ed);
  Node *node = node_of(v);
  if (!(node->flags & FLAG_HASHED)) {
    node->hash = hash_node(v);
    node->flags |= FLAG_HASHED;
  }
  return node->hash;
}

/* ---- equality ---- */

static bool equal_strings(const StringNode *a, const StringNode *b) {
  if (a->node.flags & b->node.flags & FLAG_INTERNED)
    return false; /* interned and not the same node */
  return a->node.length == b->node.length &&
         memcmp(a->bytes, b->bytes, a->node.length) == 0;
}

static bool equal_lists(const ListNode *a, const ListNode *b) {
  for (uint32_t i = 0; i < a->node.length; i++)
    if (!wl_equal(a->items[i], b->items[i]))
      return false;
  return true;
}

static bool equal_maps(const MapNode *a, const MapNode *b) {
  for (uint32_t i = 0; i < a->node.length; i++) {
    uint32_t at =
        a->shape == b->shape ? i : shape_find(b->shape, a->shape->keys[i]);
    if (at == UINT32_MAX || !wl_equal(a->values[i], b->values[at]))
      return false;
  }
  return true;
}

bool wl_equal(wl_Value a, wl_Value b) {
  if (wl_same(a, b))
    return true;
  if (tag_of(a) != TAG_NODE || tag_of(b) != TAG_NODE)
    return false;
  const Node *na = node_of(a), *nb = node_of(b);
  if (na->type != nb->type)
    return false;
  if (na->flags & nb->flags & FLAG_HASHED && na->hash != nb->hash)
    return false;
  switch (na->type) {
  case WL_STRING:
    return equal_strings((const StringNode *)na, (const StringNode *)nb);
  case WL_LIST:
    return na->length == nb->length && equal_lists(list_of(a), list_of(b));
  case WL_MAP:
    return na->length == nb->length && equal_maps(map_of(a), map_of(b));
  case WL_DOUBLE:
    return wl_double(a) == wl_double(b);
  default:
    return wl_int(a) == wl_int(b);
  }
}

/* ---- lifetime ---- */

wl_Value wl_retain(wl_Value v) {
  if (tag_of(v) == TAG_NODE)
    node_of(v)->refs++;
  return v;
}

static void forget_interned(ValueTables *t, StringNode *string) {
  size_t mask = t->string_size - 1, at = string->node.hash & mask;
  while (t->strings[at] != string)
    at = (at + 1) & mask;
  /* Close the gap, so that later probes do not stop too early. */
  size_t next = (at + 1) & mask;
  while (t->strings[next] != NULL) {
    size_t home = t->strings[next]->node.hash & mask;
    if (((next - home) & mask) >= ((next - at) & mask)) {
      t->strings[at] = t->strings[next];
      at = next;
    }
    next = (next + 1) & mask;
  }
  t->strings[at] = NULL;
  t->string_count--;
}

static void doom(wl_Heap *heap, ValueTables *t, wl_Value v) {
  if (t->doomed_count == t->doomed_size) {
    size_t bytes = t->doomed_size * sizeof *t->doomed;
    t->doomed = wl_realloc(heap, t->doomed, bytes, 2 * bytes);
    t->doomed_size *= 2;
  }
  t->doomed[t->doomed_count++] = v;
}

static void drop_items(wl_Heap *heap, ValueTables *t, const wl_Value *items,
                       size_t n) {
  for (size_t i = 0; i < n; i++)
    if (tag_of(items[i]) == TAG_NODE && --node_of(items[i])->refs == 0)
      doom(heap, t, items[i]);
}

static void free_node(wl_Heap *heap, ValueTables *t, Node *node) {
  size_t n = node->length;
  switch (node->type) {
  case WL_STRING:
    if (node->flags & FLAG_INTERNED)
      forget_interned(t, (StringNode *)node);
    wl_dealloc(heap, node, sizeof(StringNode) + n + 1);
    break;
  case WL_LIST:
    drop_items(heap, t, ((ListNode *)node)->items, n);
    wl_dealloc(heap, node, sizeof(ListNode) + n * sizeof(wl_Value));
    break;
  case WL_MAP:
    drop_items(heap, t, ((MapNode *)node)->values, n);
    wl_shape_release(heap, ((MapNode *)node)->shape);
    wl_dealloc(heap, node, sizeof(MapNode) + n * sizeof(wl_Value));
    break;
  default:
    wl_dealloc(heap, node, sizeof(NumberNode));
  }
}

/* Nodes whose count falls to zero wait in a list instead of the C stack, so
 * that a deep tree cannot overflow it. A release from within (a shape's keys)
 * leaves the list to the outermost call. */
void wl_release(wl_Heap *heap, wl_Value v) {
  if (tag_of(v) != TAG_NODE || --node_of(v)->refs > 0)
    return;
  ValueTables *t = wl_value_tables(heap);
  doom(heap, t, v);
  if (t->releasing)
    return;
  t->releasing = true;
  while (t->doomed_count > 0)
    free_node(heap, t, node_of(t->doomed[--t->doomed_count]));
  t->releasing = false;
}

/* ---- making scalars and strings ---- */

static Node *new_node(wl_Heap *heap, wl_Type type, size_t bytes) {
  Node *node = wl_alloc(heap, bytes);
  *node = (Node){.refs = 1, .type = (uint8_t)type};
  return node;
}

wl_Value wl_bool_new(bool b) {
  return b ? WL_VALUE_TRUE : WL_VALUE_FALSE;
}

wl_Value wl_int_new(wl_Heap *heap, int64_t i) {
  const int64_t limit = (int64_t)1 << 60;
  if (i >= -limit && i < limit)
    return (wl_Value){((uint64_t)i << 3) | TAG_INT};
  NumberNode *number = (NumberNode *)new_node(heap, WL_INT, sizeof(NumberNode));
  number->as.i = i;
  return value_of_node(number);
}

wl_Value wl_double_new(wl_Heap *heap, double d) {
  NumberNode *number =
      (NumberNode *)new_node(heap, WL_DOUBLE, sizeof(NumberNode));
  number->as.d = d == 0 ? 0 : d; /* -0 equals 0, so it hashes as 0 */
  return value_of_node(number);
}

static wl_Value short_string(const char *bytes, size_t length) {
  wl_Value v = {TAG_TEXT | ((uint64_t)length << 3)};
  if (length > 0)
    memcpy((char *)&v + 1, bytes, length);
  return v;
}

static StringNode *new_string(wl_Heap *heap, const char *bytes, size_t length) {
  StringNode *s =
      (StringNode *)new_node(heap, WL_STRING, sizeof(StringNode) + length + 1);
  s->node.length = (uint32_t)length;
  memcpy(s->bytes, bytes, length);
  s->bytes[length] = '\0';
  return s;
}

wl_Value wl_string_new(wl_Heap *heap, const char *bytes, size_t length) {
  if (length <= SHORT_TEXT)
    return short_string(bytes, length);
  return value_of_node(new_string(heap, bytes, length));
}

static void grow_strings(wl_Heap *heap, ValueTables *t) {
  size_t old_size = t->string_size;
  StringNode **old = t->strings;
  t->string_size = 2 * old_size;
  t->strings = wl_alloc_zeroed(heap, t->string_size * sizeof(*t->strings));
  for (size_t i = 0; i < old_size; i++) {
    if (old[i] == NULL)
      continue;
    size_t at = old[i]->node.hash & (t->string_size - 1);
    while (t->strings[at] != NULL)
      at = (at + 1) & (t->string_size - 1);
    t->strings[at] = old[i];
  }
  wl_dealloc(heap, old, old_size * sizeof(*old));
}

wl_Value wl_string_intern(wl_Heap *heap, const char *bytes, size_t length) {
  if (length <= SHORT_TEXT)
    return short_string(bytes, length);
  ValueTables *t = wl_value_tables(heap);
  if (t->string_count * 4 >= t->string_size * 3)
    grow_strings(heap, t);
  uint32_t hash = hash_bytes(bytes, length);
  size_t mask = t->string_size - 1, at = hash & mask;
  for (StringNode *s; (s = t->strings[at]) != NULL; at = (at + 1) & mask)
    if (s->node.hash == hash && s->node.length == length &&
        memcmp(s->bytes, bytes, length) == 0)
      return wl_retain(value_of_node(s));
  StringNode *s = new_string(heap, bytes, length);
  s->node.flags = FLAG_INTERNED | FLAG_HASHED;
  s->node.hash = hash;
  t->strings[at] = s;
  t->string_count++;
  return value_of_node(s);
}

wl_Value wl_key(wl_Heap *heap, const char *text) {
  return wl_string_intern(heap, text, strlen(text));
}

wl_Value wl_string_interned(wl_Heap *heap, wl_Value string) {
  if (tag_of(string) != TAG_NODE || node_of(string)->flags & FLAG_INTERNED)
    return wl_retain(string);
  wl_Text text = wl_text(&string);
  return wl_string_intern(heap, text.bytes, text.length);
}
