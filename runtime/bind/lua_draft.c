/* SPDX-License-Identifier: MIT */
/*
 * lua_draft.c - changing values from Lua
 *
 * update() gives its function a draft: a node with the value it stands for.
 * Reading a list or map out of a draft makes a node below it; assigning
 * changes the node's own value, copied the first time and changed in place
 * after that. Nodes remember that something below them changed and take it in
 * when their value is wanted, at the latest when the function has returned.
 *
 * A node belongs to its place (parent and key) until the place gets another
 * value, or the draft is assigned elsewhere: then it moves there, as the table
 * it looks like would. So swapping two items and table.remove work.
 *
 * The nodes of one update live in its Root. A handle in Lua is the Root's
 * address, a node's number and the update's serial number; its user value
 * keeps the Root alive. Roots are used again: a serial that is not the Root's
 * any more tells a handle whose update is over.
 */
#include <lauxlib.h>

#include "host.h"
#include "lua_key.h"
#include "lua_value_private.h"

#define ROOT "wl.draft.root"
#define NONE UINT32_MAX

enum { FIRST_NODES = 8 };
enum { UP_META = 1, UP_KEYS }; /* upvalues of draft_index and _newindex */

typedef struct DraftNode {
  wl_Value value;
  wl_Value key;    /* in the parent: a key, or an index as integer */
  uint32_t parent; /* NONE: the root, or a node without a place */
  uint32_t child;  /* the first */
  uint32_t next;   /* of the same parent */
  uint16_t depth;
  bool changed; /* differs from what the parent's value has in its place */
  bool stale;   /* a node below changed */
} DraftNode;

typedef struct Root {
  wl_Heap *heap;
  DraftNode *nodes;
  uint32_t count, capacity;
  uint32_t serial; /* odd while an update runs */
  wl_Value result;
} Root;

typedef struct Draft {
  Root *root;
  uint32_t node, serial;
} Draft;

static const char SPARE[] = "wl.draft.spare"; /* a Root at rest, registry */

/* ---- nodes ---- */

static uint32_t add_node(Root *root, wl_Value value, uint32_t parent,
                         wl_Value key) {
  if (root->count == root->capacity) {
    uint32_t capacity = root->capacity == 0 ? FIRST_NODES : 2 * root->capacity;
    root->nodes =
        wl_realloc(root->heap, root->nodes, root->capacity * sizeof(DraftNode),
                   capacity * sizeof(DraftNode));
    root->capacity = capacity;
  }
  DraftNode *node = &root->nodes[root->count];
  *node = (DraftNode){.value = wl_retain(value),
                      .key = wl_retain(key),
                      .parent = parent,
                      .child = NONE,
                      .next = NONE};
  if (parent != NONE) {
    node->depth = (uint16_t)(root->nodes[parent].depth + 1);
    node->next = root->nodes[parent].child;
    root->nodes[parent].child = root->count;
  }
  return root->count++;
}

static uint32_t child_at(const Root *root, uint32_t parent, wl_Value key) {
  uint32_t at = root->nodes[parent].child;
  while (at != NONE && !wl_same(root->nodes[at].key, key))
    at = root->nodes[at].next;
  return at;
}

/* Every node above has something changed below it. */
static void mark_changed(Root *root, uint32_t at) {
  root->nodes[at].changed = true;
  for (at = root->nodes[at].parent; at != NONE && !root->nodes[at].stale;
       at = root->nodes[at].parent)
    root->nodes[at].stale = root->nodes[at].changed = true;
}

/* *Takes* the new value of a place in a list or map. */
static wl_Value with(wl_Heap *heap, wl_Value v, wl_Value key, wl_Value new) {
  return wl_type(key) == WL_INT
             ? wl_list_with(heap, v, (size_t)wl_int(key), new)
             : wl_map_with(heap, v, key, new);
}

/* Take in what changed below; returns the node's value, borrowed. */
static wl_Value settle(Root *root, uint32_t at) {
  DraftNode *node = &root->nodes[at];
  if (!node->stale)
    return node->value;
  for (uint32_t c = node->child; c != NONE; c = root->nodes[c].next) {
    DraftNode *child = &root->nodes[c];
    if (!child->changed)
      continue;
    wl_Value below = wl_retain(settle(root, c));
    node->value = with(root->heap, node->value, child->key, below);
    child->changed = false;
  }
  node->stale = false;
  return node->value;
}

/* The node loses its place; it keeps its value. */
static void detach(Root *root, uint32_t at) {
  DraftNode *node = &root->nodes[at];
  uint32_t *link = &root->nodes[node->parent].child;
  while (*link != at)
    link = &root->nodes[*link].next;
  *link = node->next;
  node->parent = node->next = NONE;
}

static void attach(Root *root, uint32_t at, uint32_t parent, wl_Value key) {
  DraftNode *node = &root->nodes[at];
  wl_Value old = node->key;
  node->key = wl_retain(key);
  wl_release(root->heap, old);
  node->parent = parent;
  node->next = root->nodes[parent].child;
  node->depth = (uint16_t)(root->nodes[parent].depth + 1);
  node->changed = false;
  root->nodes[parent].child = at;
}

static bool is_within(const Root *root, uint32_t at, uint32_t outer) {
  while (at != NONE && at != outer)
    at = root->nodes[at].parent;
  return at == outer;
}

/* A draft is assigned to a place that has its value already: it moves there,
 * unless that is inside itself. Where it was its value stays. */
static void move_node(Root *root, uint32_t at, uint32_t parent, wl_Value key) {
  if (is_within(root, parent, at))
    return;
  DraftNode *node = &root->nodes[at];
  if (node->parent != NONE) {
    if (node->changed) {
      DraftNode *old = &root->nodes[node->parent];
      old->value =
          with(root->heap, old->value, node->key, wl_retain(node->value));
    }
    detach(root, at);
  }
  attach(root, at, parent, key);
}

/* ---- handles ---- */

static int root_gc(lua_State *L) {
  Root *root = luaL_checkudata(L, 1, ROOT);
  for (uint32_t i = 0; i < root->count; i++) {
    wl_release(root->heap, root->nodes[i].value);
    wl_release(root->heap, root->nodes[i].key);
  }
  wl_dealloc(root->heap, root->nodes, root->capacity * sizeof(DraftNode));
  wl_release(root->heap, root->result);
  *root = (Root){.heap = root->heap, .result = WL_VALUE_ABSENT};
  return 0;
}

static void push_root(lua_State *L) {
  if (lua_rawgetp(L, LUA_REGISTRYINDEX, SPARE) == LUA_TUSERDATA) {
    lua_pushnil(L);
    lua_rawsetp(L, LUA_REGISTRYINDEX, SPARE);
    return;
  }
  lua_pop(L, 1);
  Root *root = lua_newuserdatauv(L, sizeof *root, 0);
  *root = (Root){.heap = wl_host_heap(L), .result = WL_VALUE_ABSENT};
  luaL_setmetatable(L, ROOT);
}

/* `holder` is an index where the Root or a handle of it is; `meta` the
 * metatable of drafts. */
static void push_handle(lua_State *L, Root *root, uint32_t node, int holder,
                        int meta) {
  Draft *draft = lua_newuserdatauv(L, sizeof *draft, 1);
  *draft = (Draft){.root = root, .node = node, .serial = root->serial};
  lua_pushvalue(L, meta);
  lua_setmetatable(L, -2);
  lua_pushvalue(L, holder);
  lua_setiuservalue(L, -2, 1);
}

static const Draft *open_draft(lua_State *L, const Draft *draft) {
  if (draft->serial != draft->root->serial)
    luaL_error(L, "this draft is over: it can be used only inside the "
                  "function given to update");
  return draft;
}

static const Draft *check_draft(lua_State *L, int index) {
  return open_draft(L, luaL_checkudata(L, index, DRAFT));
}

/* Argument 1 of a metamethod whose upvalue is the metatable. */
static const Draft *target_draft(lua_State *L) {
  const Draft *draft = lua_touserdata(L, 1);
  if (draft != NULL && lua_getmetatable(L, 1)) {
    bool right = lua_rawequal(L, -1, lua_upvalueindex(UP_META));
    lua_pop(L, 1);
    if (right)
      return open_draft(L, draft);
  }
  return check_draft(L, 1); /* raises */
}

bool wl_lua_is_draft(lua_State *L, int index) {
  return luaL_testudata(L, index, DRAFT) != NULL;
}

wl_Value wl_lua_draft_value(lua_State *L, int index) {
  const Draft *draft = check_draft(L, index);
  return settle(draft->root, draft->node);
}

wl_Type wl_lua_draft_type(lua_State *L, int index) {
  const Draft *draft = check_draft(L, index);
  return wl_type(draft->root->nodes[draft->node].value);
}

/* ---- reading ---- */

/* Push what is at a place of the node of the draft at index 1. */
static void push_place(lua_State *L, const Draft *draft, wl_Value key,
                       wl_Value found, int meta) {
  Root *root = draft->root;
  uint32_t child = child_at(root, draft->node, key);
  if (child == NONE) {
    wl_Type type = wl_type(found);
    if (type != WL_LIST && type != WL_MAP) {
      wl_lua_push_value(L, found);
      return;
    }
    if (root->nodes[draft->node].depth >= MAX_DEPTH)
      luaL_error(L, "nested too deeply");
    child = add_node(root, found, draft->node, key);
  }
  lua_getiuservalue(L, 1, 1);
  push_handle(L, root, child, lua_gettop(L), meta);
}

/* The key or index that the Lua value at 2 is for this value; absent when it
 * fits not. Keys are borrowed, see lua_key.h. */
static wl_Value place_of(lua_State *L, wl_Value v, wl_KeyCache *keys) {
  if (wl_type(v) == WL_LIST) {
    lua_Integer i = lua_isinteger(L, 2) ? lua_tointeger(L, 2) : 0;
    return i > 0 && i <= (lua_Integer)wl_length(v) + 1
               ? wl_int_new(keys->heap, i - 1)
               : WL_VALUE_ABSENT;
  }
  if (lua_type(L, 2) != LUA_TSTRING)
    return WL_VALUE_ABSENT;
  size_t length;
  const char *name = lua_tolstring(L, 2, &length);
  return wl_key_cache_get(keys, name, length);
}

static wl_Value at_place(wl_Value v, wl_Value key) {
  return wl_type(key) == WL_INT ? wl_list_get(v, (size_t)wl_int(key))
                                : wl_map_get(v, key);
}

static int draft_index(lua_State *L) {
  const Draft *draft = target_draft(L);
  wl_Value v = draft->root->nodes[draft->node].value;
  wl_Value key = place_of(L, v, lua_touserdata(L, lua_upvalueindex(UP_KEYS)));
  push_place(L, draft, key, at_place(v, key), lua_upvalueindex(UP_META));
  return 1;
}

static int draft_len(lua_State *L) {
  const Draft *draft = check_draft(L, 1);
  lua_pushinteger(
      L, (lua_Integer)wl_length(draft->root->nodes[draft->node].value));
  return 1;
}

/* Upvalues: position, a holder of the value as it was when pairs was called.
 * Yields what the draft has now under the keys it had then. */
static int draft_next(lua_State *L) {
  const Draft *draft = check_draft(L, 1);
  wl_Value then = wl_lua_view_value(L, lua_upvalueindex(2));
  wl_Value now = draft->root->nodes[draft->node].value;
  lua_Integer at = lua_tointeger(L, lua_upvalueindex(1));
  for (; at < (lua_Integer)wl_length(then); at++) {
    wl_Value key = wl_type(then) == WL_LIST ? wl_int_new(draft->root->heap, at)
                                            : wl_map_key_at(then, (size_t)at);
    wl_Value found = at_place(now, key);
    if (wl_is_absent(found))
      continue;
    lua_pushinteger(L, at + 1);
    lua_copy(L, -1, lua_upvalueindex(1));
    if (wl_type(key) == WL_STRING)
      wl_lua_push_value(L, key);
    luaL_getmetatable(L, DRAFT);
    int key_index = lua_gettop(L) - 1;
    push_place(L, draft, key, found, lua_gettop(L));
    lua_pushvalue(L, key_index);
    lua_insert(L, -2);
    return 2;
  }
  lua_pushnil(L);
  return 1;
}

static int draft_pairs(lua_State *L) {
  const Draft *draft = check_draft(L, 1);
  lua_pushinteger(L, 0);
  wl_lua_push_holder(L, draft->root->nodes[draft->node].value);
  lua_pushcclosure(L, draft_next, 2);
  lua_pushvalue(L, 1);
  return 2;
}

/* ---- assigning ---- */

/* *Takes* new, which is absent to remove. */
static void put(Root *root, uint32_t at, wl_Value key, wl_Value new) {
  uint32_t child = child_at(root, at, key);
  if (child != NONE)
    detach(root, child);
  DraftNode *node = &root->nodes[at];
  wl_Value old = at_place(node->value, key);
  if (wl_equal(old, new)) {
    wl_release(root->heap, new);
    return;
  }
  if (!wl_is_absent(new))
    node->value = with(root->heap, node->value, key, new);
  else if (wl_type(key) == WL_INT)
    node->value = wl_list_without(root->heap, node->value, (size_t)wl_int(key));
  else
    node->value = wl_map_without(root->heap, node->value, key);
  mark_changed(root, at);
}

static void refuse_place(lua_State *L, wl_Value v) {
  if (wl_type(v) != WL_LIST)
    luaL_error(L, "this is a map: its fields have names, not a %s",
               luaL_typename(L, 2));
  if (!lua_isinteger(L, 2))
    luaL_error(L, "this is a list: its items are numbered 1 to %I",
               (LUAI_UACINT)wl_length(v));
  luaL_error(L, "a list has no holes: it has %I items, and [%I] would be set",
             (LUAI_UACINT)wl_length(v), (LUAI_UACINT)lua_tointeger(L, 2));
}

/* {} is an empty map until its first item is assigned. */
static void make_list(lua_State *L, Root *root, uint32_t at) {
  DraftNode *node = &root->nodes[at];
  if (wl_type(node->value) != WL_MAP || wl_length(node->value) > 0 ||
      !lua_isinteger(L, 2) || lua_isnil(L, 3))
    return;
  wl_release(root->heap, node->value);
  node->value = wl_list_empty(root->heap);
  mark_changed(root, at);
}

static void assign_draft(lua_State *L, Root *root, uint32_t at, wl_Value key) {
  const Draft *source = check_draft(L, 3);
  if (source->root == root && child_at(root, at, key) == source->node)
    return;
  put(root, at, key, wl_retain(settle(source->root, source->node)));
  if (source->root == root)
    move_node(root, source->node, at, key);
}

static int draft_newindex(lua_State *L) {
  const Draft *draft = target_draft(L);
  Root *root = draft->root;
  wl_KeyCache *keys = lua_touserdata(L, lua_upvalueindex(UP_KEYS));
  make_list(L, root, draft->node);
  wl_Value v = root->nodes[draft->node].value;
  wl_Value key = place_of(L, v, keys);
  if (wl_is_absent(key))
    refuse_place(L, v);
  if (lua_isnil(L, 3)) {
    if (wl_type(v) == WL_LIST && wl_int(key) + 1 < (int64_t)wl_length(v))
      luaL_error(L, "a list has no holes: use table.remove(list, %I)",
                 (LUAI_UACINT)lua_tointeger(L, 2));
    put(root, draft->node, key, WL_VALUE_ABSENT);
  } else if (wl_lua_is_draft(L, 3)) {
    assign_draft(L, root, draft->node, key);
  } else {
    wl_Value new = wl_lua_check_value(L, 3);
    /* It may hold this draft, which then took in what changed below. */
    v = root->nodes[draft->node].value;
    put(root, draft->node, place_of(L, v, keys), new);
  }
  return 0;
}

/* ---- running ---- */

static void close_root(Root *root) {
  settle(root, 0);
  wl_Value result = root->nodes[0].value;
  for (uint32_t i = 0; i < root->count; i++) {
    wl_release(root->heap, root->nodes[i].key);
    if (i > 0)
      wl_release(root->heap, root->nodes[i].value);
  }
  root->count = 0;
  root->serial++;
  root->result = result;
}

wl_Value wl_lua_run_draft(lua_State *L, wl_Value base, int function) {
  function = lua_absindex(L, function);
  luaL_checkstack(L, 8, NULL);
  push_root(L);
  Root *root = lua_touserdata(L, -1);
  add_node(root, base, NONE, WL_VALUE_ABSENT);
  root->serial++;
  lua_pushvalue(L, function);
  luaL_getmetatable(L, DRAFT);
  push_handle(L, root, 0, lua_gettop(L) - 2, lua_gettop(L));
  lua_remove(L, -2);
  lua_call(L, 1, 0);
  close_root(root);
  return root->result;
}

void wl_lua_end_draft(lua_State *L, int index) {
  Root *root = luaL_checkudata(L, index, ROOT);
  wl_release(root->heap, root->result);
  root->result = WL_VALUE_ABSENT;
  lua_pushvalue(L, index);
  lua_rawsetp(L, LUA_REGISTRYINDEX, SPARE);
}

int wl_lua_value_update(lua_State *L) {
  wl_Value v = wl_lua_borrow_value(L, 1);
  luaL_checktype(L, 2, LUA_TFUNCTION);
  luaL_argcheck(L, wl_type(v) == WL_LIST || wl_type(v) == WL_MAP, 1,
                "a list or map expected");
  wl_Value new = wl_lua_run_draft(L, v, 2);
  int holder = lua_gettop(L);
  wl_lua_push_value(L, new);
  wl_lua_end_draft(L, holder);
  return 1;
}

/* ---- opening ---- */

static const luaL_Reg metamethods[] = {
    {"__len", draft_len},
    {"__pairs", draft_pairs},
    {"__eq", wl_lua_value_eq},
    {"__tostring", wl_lua_value_tostring},
    {NULL, NULL},
};

static void set_hot(lua_State *L, const char *name, lua_CFunction function) {
  lua_pushvalue(L, -1); /* UP_META */
  wl_lua_push_keys(L);
  lua_pushcclosure(L, function, 2);
  lua_setfield(L, -2, name);
}

void wl_lua_open_drafts(lua_State *L) {
  if (luaL_newmetatable(L, ROOT)) {
    lua_pushcfunction(L, root_gc);
    lua_setfield(L, -2, "__gc");
  }
  luaL_newmetatable(L, DRAFT);
  luaL_setfuncs(L, metamethods, 0);
  set_hot(L, "__index", draft_index);
  set_hot(L, "__newindex", draft_newindex);
  lua_pushliteral(L, DRAFT);
  lua_setfield(L, -2, "__metatable");
  lua_pop(L, 2);
}
