/* SPDX-License-Identifier: MIT */
/* collection.c - lists, maps and paths of values: reading and updating. */
#include <string.h>

#include "value_private.h"

static size_t list_bytes(size_t n) {
  return sizeof(ListNode) + n * sizeof(wl_Value);
}

static size_t map_bytes(size_t n) {
  return sizeof(MapNode) + n * sizeof(wl_Value);
}

unsigned wl_depth(wl_Value v) {
  return is_node_of(v, WL_LIST) || is_node_of(v, WL_MAP) ? node_of(v)->depth
                                                         : 0;
}

/* The node gets this child. */
static void deepen(Node *node, wl_Value child) {
  unsigned depth = wl_depth(child);
  if (depth >= node->depth && node->depth < UINT16_MAX)
    node->depth = (uint16_t)(depth < UINT16_MAX ? depth + 1 : UINT16_MAX);
}

static void deepen_all(Node *node, const wl_Value *children) {
  for (uint32_t i = 0; i < node->length; i++)
    deepen(node, children[i]);
}

static ListNode *new_list(wl_Heap *heap, size_t n) {
  ListNode *list = wl_alloc(heap, list_bytes(n));
  list->node =
      (Node){.refs = 1, .type = WL_LIST, .depth = 1, .length = (uint32_t)n};
  return list;
}

/* *Takes* the shape. */
static MapNode *new_map(wl_Heap *heap, wl_Shape *shape) {
  MapNode *map = wl_alloc(heap, map_bytes(shape->count));
  map->node =
      (Node){.refs = 1, .type = WL_MAP, .depth = 1, .length = shape->count};
  map->shape = shape;
  return map;
}

static void copy_retained(wl_Value *to, const wl_Value *from, size_t n) {
  for (size_t i = 0; i < n; i++)
    to[i] = wl_retain(from[i]);
}

/* ---- reading ---- */

wl_Value wl_list_get(wl_Value list, size_t i) {
  if (!is_node_of(list, WL_LIST) || i >= node_of(list)->length)
    return WL_VALUE_ABSENT;
  return list_of(list)->items[i];
}

wl_Value wl_map_get(wl_Value map, wl_Value key) {
  if (!is_node_of(map, WL_MAP))
    return WL_VALUE_ABSENT;
  uint32_t at = shape_find(map_of(map)->shape, key);
  return at == UINT32_MAX ? WL_VALUE_ABSENT : map_of(map)->values[at];
}

wl_Value wl_map_key_at(wl_Value map, size_t i) {
  if (!is_node_of(map, WL_MAP) || i >= node_of(map)->length)
    return WL_VALUE_ABSENT;
  return map_of(map)->shape->keys[i];
}

wl_Value wl_map_value_at(wl_Value map, size_t i) {
  if (!is_node_of(map, WL_MAP) || i >= node_of(map)->length)
    return WL_VALUE_ABSENT;
  return map_of(map)->values[i];
}

/* ---- making ---- */

wl_Value wl_list_empty(wl_Heap *heap) {
  return wl_retain(wl_value_tables(heap)->empty_list);
}

wl_Value wl_map_empty(wl_Heap *heap) {
  return wl_retain(wl_value_tables(heap)->empty_map);
}

wl_Value wl_list_new(wl_Heap *heap, const wl_Value *items, size_t n) {
  ValueTables *t = wl_value_tables(heap);
  if (n == 0 && !wl_is_absent(t->empty_list))
    return wl_retain(t->empty_list);
  ListNode *list = new_list(heap, n);
  if (n > 0)
    memcpy(list->items, items, n * sizeof *items);
  deepen_all(&list->node, list->items);
  return value_of_node(list);
}

wl_Value wl_map_new(wl_Heap *heap, const wl_Value *keys, const wl_Value *values,
                    size_t n) {
  ValueTables *t = wl_value_tables(heap);
  if (n == 0 && !wl_is_absent(t->empty_map))
    return wl_retain(t->empty_map);
  MapNode *map = new_map(heap, wl_shape_of(heap, keys, n));
  if (n > 0)
    memcpy(map->values, values, n * sizeof *values);
  deepen_all(&map->node, map->values);
  for (size_t i = 0; i < n; i++)
    wl_release(heap, keys[i]);
  return value_of_node(map);
}

/* ---- updating ---- */

/* A list or map that the caller alone owns, to be changed in place. *Takes* v
 * and returns it or a copy. */
static wl_Value owned(wl_Heap *heap, wl_Value v) {
  Node *node = node_of(v);
  if (node->refs == 1) {
    node->flags &= (uint8_t)~FLAG_HASHED;
    return v;
  }
  wl_Value copy;
  if (node->type == WL_LIST) {
    ListNode *list = new_list(heap, node->length);
    copy_retained(list->items, list_of(v)->items, node->length);
    copy = value_of_node(list);
  } else {
    MapNode *map = new_map(heap, shape_retain(map_of(v)->shape));
    copy_retained(map->values, map_of(v)->values, node->length);
    copy = value_of_node(map);
  }
  node_of(copy)->depth = node->depth;
  node->refs--;
  return copy;
}

static void put(wl_Heap *heap, Node *node, wl_Value *place, wl_Value value) {
  wl_Value old = *place;
  *place = value;
  deepen(node, value);
  wl_release(heap, old);
}

/* A map like v with room for one more value at the end. *Takes* v and the
 * longer shape. */
static MapNode *widen(wl_Heap *heap, wl_Value v, wl_Shape *shape) {
  MapNode *old = map_of(v);
  size_t n = old->node.length;
  MapNode *map = new_map(heap, shape);
  map->node.depth = old->node.depth;
  if (old->node.refs > 1) {
    copy_retained(map->values, old->values, n);
    old->node.refs--;
    return map;
  }
  memcpy(map->values, old->values, n * sizeof(wl_Value));
  wl_shape_release(heap, old->shape);
  wl_dealloc(heap, old, map_bytes(n));
  return map;
}

wl_Value wl_map_with(wl_Heap *heap, wl_Value map, wl_Value key,
                     wl_Value value) {
  uint32_t at = shape_find(map_of(map)->shape, key);
  if (at != UINT32_MAX) {
    if (wl_same(map_of(map)->values[at], value)) {
      wl_release(heap, value);
      return map;
    }
    map = owned(heap, map);
    put(heap, node_of(map), &map_of(map)->values[at], value);
    return map;
  }
  size_t n = node_of(map)->length;
  MapNode *wide =
      widen(heap, map, wl_shape_with(heap, map_of(map)->shape, key));
  wide->values[n] = value;
  deepen(&wide->node, value);
  return value_of_node(wide);
}

wl_Value wl_map_without(wl_Heap *heap, wl_Value map, wl_Value key) {
  uint32_t at = shape_find(map_of(map)->shape, key);
  if (at == UINT32_MAX)
    return map;
  const MapNode *old = map_of(map);
  size_t n = old->node.length;
  MapNode *narrow = new_map(heap, wl_shape_without(heap, old->shape, at));
  copy_retained(narrow->values, old->values, at);
  copy_retained(narrow->values + at, old->values + at + 1, n - at - 1);
  deepen_all(&narrow->node, narrow->values);
  wl_release(heap, map);
  return value_of_node(narrow);
}

wl_Value wl_list_with(wl_Heap *heap, wl_Value list, size_t i, wl_Value value) {
  if (i == node_of(list)->length)
    return wl_list_insert(heap, list, i, value);
  list = owned(heap, list);
  put(heap, node_of(list), &list_of(list)->items[i], value);
  return list;
}

wl_Value wl_list_insert(wl_Heap *heap, wl_Value list, size_t i,
                        wl_Value value) {
  const ListNode *old = list_of(list);
  size_t n = old->node.length;
  ListNode *longer = new_list(heap, n + 1);
  copy_retained(longer->items, old->items, i);
  longer->items[i] = value;
  copy_retained(longer->items + i + 1, old->items + i, n - i);
  longer->node.depth = old->node.depth;
  deepen(&longer->node, value);
  wl_release(heap, list);
  return value_of_node(longer);
}

wl_Value wl_list_without(wl_Heap *heap, wl_Value list, size_t i) {
  const ListNode *old = list_of(list);
  size_t n = old->node.length;
  ListNode *shorter = new_list(heap, n - 1);
  copy_retained(shorter->items, old->items, i);
  copy_retained(shorter->items + i, old->items + i + 1, n - i - 1);
  deepen_all(&shorter->node, shorter->items);
  wl_release(heap, list);
  return value_of_node(shorter);
}

/* ---- paths ---- */

static wl_Value step(wl_Value v, wl_Value element) {
  if (wl_type(element) != WL_INT)
    return wl_map_get(v, element);
  int64_t i = wl_int(element);
  return i < 0 ? WL_VALUE_ABSENT : wl_list_get(v, (size_t)i);
}

wl_Value wl_get_path(wl_Value root, const wl_Value *path, size_t depth) {
  for (size_t i = 0; i < depth; i++)
    root = step(root, path[i]);
  return root;
}

/* Whether a value may be set at the path: every step is through a map, a
 * list item that is there (or the one after the last), or nothing. */
static bool settable(wl_Value root, const wl_Value *path, size_t depth,
                     bool removing) {
  for (size_t i = 0; i < depth; i++) {
    bool index = wl_type(path[i]) == WL_INT;
    wl_Type type = wl_type(root);
    if (type == WL_ABSENT || type == WL_NULL) {
      if (index && !removing)
        return false;
    } else if (type != (index ? WL_LIST : WL_MAP)) {
      return false;
    } else if (index && (uint64_t)wl_int(path[i]) > wl_length(root)) {
      return false;
    }
    root = step(root, path[i]);
  }
  return true;
}

static wl_Value remove_step(wl_Heap *heap, wl_Value v, wl_Value element) {
  if (wl_type(element) != WL_INT)
    return wl_map_without(heap, v, element);
  size_t i = (size_t)wl_int(element);
  return i < wl_length(v) ? wl_list_without(heap, v, i) : v;
}

/* *Takes* v and value. The child is moved out of its parent while it is
 * changed, so that a child only this tree owns has one reference and changes
 * in place. */
static wl_Value set_path(wl_Heap *heap, wl_Value v, const wl_Value *path,
                         size_t depth, wl_Value value) {
  if (depth == 0) {
    wl_release(heap, v);
    return value;
  }
  if (wl_is_absent(v) || wl_same(v, WL_VALUE_NULL))
    v = wl_map_empty(heap);
  if (depth == 1 && wl_is_absent(value))
    return remove_step(heap, v, path[0]);
  bool index = wl_type(path[0]) == WL_INT;
  wl_Value child = step(v, path[0]);
  if (depth > 1 && !wl_is_absent(child)) {
    v = owned(heap, v);
    wl_Value *place =
        index ? &list_of(v)->items[wl_int(path[0])]
              : &map_of(v)->values[shape_find(map_of(v)->shape, path[0])];
    child = *place;
    *place = WL_VALUE_NULL;
    *place = set_path(heap, child, path + 1, depth - 1, value);
    deepen(node_of(v), *place);
    return v;
  }
  if (depth > 1)
    value = set_path(heap, WL_VALUE_ABSENT, path + 1, depth - 1, value);
  return index ? wl_list_with(heap, v, (size_t)wl_int(path[0]), value)
               : wl_map_with(heap, v, path[0], value);
}

wl_Value wl_with_path(wl_Heap *heap, wl_Value root, const wl_Value *path,
                      size_t depth, wl_Value value) {
  bool removing = wl_is_absent(value);
  if (!settable(root, path, depth, removing)) {
    wl_release(heap, root);
    wl_release(heap, value);
    return WL_VALUE_ABSENT;
  }
  if (removing && wl_is_absent(wl_get_path(root, path, depth)))
    return root;
  return set_path(heap, root, path, depth, value);
}
