/* SPDX-License-Identifier: MIT */
/* lua_store.h - what the files of module wl.store share: lua_store.c (the
 * store), lua_store_write.c, lua_store_history.c, lua_store_snapshot.c,
 * lua_store_owners.c, lua_liveset.c, lua_batch.c, lua_batch_group.c.
 *
 * Live sets and batches keep the store's userdata as their uservalue, so it
 * is collected after them. */
#ifndef WL_LUA_STORE_H
#define WL_LUA_STORE_H

#include <lauxlib.h>
#include <lua.h>

#include "../core/buffer.h"
#include "../core/changes.h"
#include "../core/queue.h"
#include "../core/rank.h"
#include "../core/store.h"

#define STORE   "wl.store"
#define LIVESET "wl.liveset"
#define BATCH   "wl.batch"

enum { MAX_KINDS = 256 };

/* Of what they own, owners of a kind are told such changes only. */
typedef struct Care {
  const wl_Kind *owner;
  wl_Changes *changes;
} Care;

/* A kind as the dispatch sees it; the tag of its wl_Kind. */
typedef struct KindTag {
  int number;       /* from 1 */
  uint32_t source;  /* of the queue: who reconciles it; 0: nobody */
  bool watched;     /* writes are told to the Lua listener */
  wl_LiveSet *gate; /* or NULL: they are while this has members */
  Care *cares;
  size_t care_count;
} KindTag;

typedef struct StoreBox {
  wl_Store *store; /* NULL: closed */
  wl_Queue *queue;
  lua_State *L;        /* the thread that is in the store now, for callbacks */
  int sums;            /* registry reference: list of functions of sum facets */
  int listener;        /* registry reference, or LUA_NOREF */
  bool raised;         /* a callback raised; its error is at `error` */
  int error;           /* registry reference */
  int inside;          /* callbacks that run: the store must not change */
  wl_Builder departed; /* uids of objects that are gone and owned some */
  wl_Ids concerns;     /* objects that the collector has to look at */
  wl_Value uid_path[2];
  uint64_t collector; /* subscriber to wake then; 0: nobody */
  bool noting;        /* are wakes noted? */
  wl_Buffer wakes;    /* Wake: which write made which key wait */
  wl_Kind *kinds[MAX_KINDS + 1];
  KindTag tags[MAX_KINDS + 1];
  int kind_count;
} StoreBox;

/* A write put a key in the queue. */
typedef struct Wake {
  uint64_t key, revision;
} Wake;

typedef struct SetBox {
  wl_LiveSet *set;     /* NULL: closed */
  wl_Journal *journal; /* NULL: nobody asked what changed */
  wl_Kind *kind;
  const StoreBox *store; /* its uservalue; once that is closed, so is the set */
} SetBox;

typedef struct BatchBox {
  wl_Ids ids;
  bool held; /* a write goes through it: it must not change */
} BatchBox;

/* The store at `index`; notes the thread for callbacks. */
StoreBox *wl_lua_check_store(lua_State *L, int index);
/* A write begins: right before it, when nothing else can raise. Raises in a
 * callback of the store, and when it was closed meanwhile. */
void wl_lua_store_begin(lua_State *L, StoreBox *box);
/* Visit all objects of a kind, in order of creation. */
void wl_lua_store_each(StoreBox *box, wl_Kind *kind,
                       void (*visit)(StoreBox *, wl_Id, const wl_Kind *));
/* What a callback raised meanwhile is raised now. */
void wl_lua_store_settle(lua_State *L, StoreBox *box);
wl_Kind *wl_lua_check_kind(lua_State *L, StoreBox *box, int index);
wl_Id wl_lua_check_id(lua_State *L, int index);
/* A source of the store's queue. */
uint32_t wl_lua_check_source(lua_State *L, const StoreBox *box, int index);
/* Arguments 2 and 3, a source and a key, as one. */
uint64_t wl_lua_check_subscriber(lua_State *L, const StoreBox *box);

/* The store of a set or batch at `index`. */
StoreBox *wl_lua_store_of(lua_State *L, int index);
SetBox *wl_lua_check_set(lua_State *L, int index);
BatchBox *wl_lua_check_batch(lua_State *L, int index);
/* Push an empty one; `store` is the stack index of its store. */
SetBox *wl_lua_push_set(lua_State *L, int store);
BatchBox *wl_lua_push_batch(lua_State *L, int store);
/* An empty one of the same store as the batch at `index`. */
BatchBox *wl_lua_push_batch_like(lua_State *L, int index);
int wl_lua_batch_group_by(lua_State *L);
/* The batch has been filled: what it takes counts as Lua's memory, so that the
 * collector keeps up with large ones. */
void wl_lua_batch_filled(lua_State *L, const BatchBox *box);
/* Push the object's view, or nil. */
void wl_lua_push_object(lua_State *L, const wl_Store *store, wl_Id id);
/* The test facet named by the argument, as a bit. */
size_t wl_lua_check_test(lua_State *L, const wl_Kind *kind, int index);

void wl_lua_open_livesets(lua_State *L);
void wl_lua_open_batches(lua_State *L);
void wl_lua_open_orders(lua_State *L);
void wl_lua_open_snapshots(lua_State *L);
int wl_lua_store_order(lua_State *L);
int wl_lua_store_rank(lua_State *L);
/* Note what a write means to the garbage collector. */
void wl_lua_store_note_owners(StoreBox *box, const wl_Change *change);
/* Note a wake, if somebody wants to know. */
void wl_lua_store_note_wake(StoreBox *box, uint64_t key);
/* Do owners of this kind want to know of a change of what they own? */
bool wl_lua_store_matters(const wl_Kind *owner, const wl_Change *change);
void wl_lua_store_forget_cares(StoreBox *box);
/* Put a key, given as a source and it, in the queue. */
void wl_lua_store_wake(StoreBox *box, uint64_t subscriber);
extern const luaL_Reg wl_lua_store_owners[];
extern const luaL_Reg wl_lua_store_writing[];
extern const luaL_Reg wl_lua_store_history[];
extern const luaL_Reg wl_lua_store_queueing[];
extern const luaL_Reg wl_lua_store_sets[];
extern const luaL_Reg wl_lua_store_snapshots[];

#endif
