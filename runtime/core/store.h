/* SPDX-License-Identifier: MIT */
/*
 * store.h - the objects of a cluster
 *
 * Objects are values under (kind, namespace, name), with what the API server
 * keeps about them: uid, resourceVersion, generation, creation and deletion
 * timestamps, finalizers, owner references. A write is all or nothing; one
 * based on a stale resourceVersion is refused. Each write is told to the
 * listener and kept in a log, which is the history too.
 *
 * The store knows no kind: a kind declares its facets, indexed paths and which
 * parts move its generation. Time is an argument.
 *
 * Not thread-safe; nothing of it may be called from a listener but reads.
 */
#ifndef WL_STORE_H
#define WL_STORE_H

#include "error.h"
#include "facet.h"
#include "liveset.h"
#include "selector.h"
#include "value.h"

typedef struct wl_Store wl_Store;
typedef struct wl_Kind wl_Kind;

/* ---- the store and its kinds ---- */

typedef enum wl_ChangeType { WL_ADDED, WL_MODIFIED, WL_DELETED } wl_ChangeType;

typedef struct wl_Change {
  uint64_t revision;
  int64_t time_ms;
  wl_Id id;
  wl_ChangeType type;
  const wl_Kind *kind;
  wl_Value old, now; /* borrowed; absent before the first, after the last */
  wl_Value writer;   /* borrowed: who wrote, a string */
} wl_Change;

/* Called once a write, after the indexes know it. */
typedef void wl_Listener(void *context, const wl_Change *change);
/* Called for each subscriber of a live set that the written object is or was
 * in (wl_set_subscribe). */
typedef void wl_Waker(void *context, uint64_t subscriber);

wl_Store *wl_store_new(wl_Heap *heap, uint64_t seed, size_t history_limit);
void wl_store_free(wl_Store *store); /* NULL allowed */
wl_Heap *wl_store_heap(const wl_Store *store);
void wl_store_listen(wl_Store *store, wl_Listener *listener, wl_Waker *waker,
                     void *context);
/* The moment and the writer that later writes are noted under. */
void wl_store_set_now(wl_Store *store, int64_t now_ms);
int64_t wl_store_now(const wl_Store *store);
void wl_store_set_writer(wl_Store *store, wl_Value writer);

typedef struct wl_KindOptions {
  wl_Value name;     /* what listeners know it by */
  wl_Value resource; /* "deployments.apps", for messages */
  bool namespaced;
  wl_Facets *facets; /* *taken* */
  /* Lists of path texts, or absent: paths whose text is indexed, those whose
   * change moves metadata.generation (none: the writer moves it), and those
   * where something keeps an object that is being deleted, as metadata's
   * finalizers do. */
  wl_Value indexed, generation, keeping;
  void *tag; /* the embedder's own */
} wl_KindOptions;

/* NULL and `error` filled when a path does not parse. */
wl_Kind *wl_store_add_kind(wl_Store *store, const wl_KindOptions *options,
                           wl_Error *error);
void *wl_kind_tag(const wl_Kind *kind);
wl_Value wl_kind_name(const wl_Kind *kind);
const wl_Facets *wl_kind_facets(const wl_Kind *kind);
size_t wl_kind_indexed(const wl_Kind *kind); /* number of indexed paths */

/* ---- reading; O(1) unless said ---- */

uint64_t wl_store_revision(const wl_Store *store);
/* 0 when there is none. `space` is "" for a cluster-wide kind. */
wl_Id wl_store_find(const wl_Store *store, const wl_Kind *kind, wl_Value space,
                    wl_Value name);
wl_Id wl_store_find_uid(const wl_Store *store, wl_Value uid);
/* Borrowed until the next write; absent when it is gone. */
wl_Value wl_store_value(const wl_Store *store, wl_Id id);
const wl_Kind *wl_store_kind_of(const wl_Store *store, wl_Id id);
uint32_t wl_store_tests(const wl_Store *store, wl_Id id); /* facet bits */
/* An object's owner references, and the uid of its controller: borrowed;
 * absent without any. */
wl_Value wl_store_owners_of(const wl_Store *store, wl_Value object);
wl_Value wl_store_controller_of(const wl_Store *store, wl_Value object);
/* The object that an owner reference of `object` means: of this uid, kind and
 * name, in the same namespace or in none; 0 when there is none. */
wl_Id wl_store_owner_there(const wl_Store *store, const wl_Kind *kind,
                           wl_Value object, wl_Value reference);
/* Is it being deleted, and kept by finalizers? */
bool wl_store_is_held(const wl_Store *store, wl_Value object);

/* A growing list of ids, freed with wl_ids_free. */
typedef struct wl_Ids {
  wl_Id *items;
  size_t length, capacity;
} wl_Ids;
void wl_ids_add(wl_Heap *heap, wl_Ids *ids, wl_Id id);
void wl_ids_free(wl_Heap *heap, wl_Ids *ids);

/* Append the ids that match, in order of creation. `space` absent: all
 * namespaces. selector may be NULL. O(rarest term + result). */
void wl_store_select(wl_Store *store, const wl_Kind *kind, wl_Value space,
                     const wl_Selector *selector, wl_Ids *out);

/* ---- live sets; each call returns a reference to release with
 * wl_store_drop_set ---- */

wl_LiveSet *wl_store_all(wl_Store *store, wl_Kind *kind);
/* Objects whose controller (the owner reference with controller: true) has
 * this uid. */
wl_LiveSet *wl_store_owned(wl_Store *store, wl_Kind *kind, wl_Value uid);
/* Objects with this text at the kind's i-th indexed path; "" where nothing is
 * there. */
wl_LiveSet *wl_store_indexed(wl_Store *store, wl_Kind *kind, size_t i,
                             wl_Value text);
/* Objects of a namespace that match; only those without a controller when
 * `orphans`. The same query gives the same set. O(objects of the namespace)
 * the first time. */
wl_LiveSet *wl_store_standing(wl_Store *store, wl_Kind *kind, wl_Value space,
                              wl_Selector *selector, bool orphans);
/* Objects of the kind that pass a test facet. Kept from the first call on:
 * O(objects) then. */
wl_LiveSet *wl_store_where(wl_Store *store, wl_Kind *kind, size_t test);
/* Objects of the kind that have this uid among their owners, as that of their
 * controller or of another owner: borrowed until the next write, NULL when
 * there are none. */
wl_LiveSet *wl_store_dependents(const wl_Kind *kind, wl_Value uid,
                                bool controlled);
/* Is this the uid of an owner of any object? O(kinds). */
bool wl_store_owns_any(const wl_Store *store, wl_Value uid);
/* The texts at the kind's i-th indexed path whose sets gained or lost a member
 * since the last call, or whose sums changed: a new list. The first call
 * begins the watch and returns an empty one. */
wl_Value wl_store_touched(wl_Store *store, wl_Kind *kind, size_t i);
/* The revision of the kind's latest write; 0: none yet. */
uint64_t wl_kind_revision(const wl_Kind *kind);
void wl_store_drop_set(wl_Store *store, wl_LiveSet *set);

/* ---- writing. Each fills `error` (WL_EEXISTS, WL_ECONFLICT, WL_ENOTFOUND,
 * WL_EINVALID) and leaves everything as it was when refused. O(path + indexed
 * facts that changed). ---- */

/* Stores `object` (borrowed), giving it uid, resourceVersion, generation and
 * creationTimestamp; metadata.generateName is completed when there is no name.
 * Returns 0 when refused. */
wl_Id wl_store_create(wl_Store *store, wl_Kind *kind, wl_Value object,
                      wl_Error *error);
/* Stores `object` (borrowed) as it is: with its uid (a new one where it has
 * none), timestamps and generation; only resourceVersion is given anew.
 * For objects that were read from elsewhere. Returns 0 when refused: without a
 * name, or with a name or uid that is taken. */
wl_Id wl_store_restore(wl_Store *store, wl_Kind *kind, wl_Value object,
                       wl_Error *error);
/* The uid that the next created object will have; a name made of the prefix
 * that no object has. New references. */
wl_Value wl_store_next_uid(wl_Store *store);
wl_Value wl_store_free_name(wl_Store *store, wl_Kind *kind, wl_Value space,
                            wl_Value prefix);
/* Replaces the object's value. What the store keeps itself (uid, creation and
 * deletion timestamps, generation) is taken from the stored one. A
 * resourceVersion in `object` must be the stored one. Writing what is there
 * already is no write. When the last finalizer goes from an object that is
 * being deleted, with no grace left, it goes too. */
bool wl_store_update(wl_Store *store, wl_Id id, wl_Value object,
                     wl_Error *error);
/* With finalizers, or a grace period above 0, the object gets its deletion
 * timestamp and stays; asking again can only shorten the grace. Otherwise it
 * goes at once. grace_s < 0: none. */
bool wl_store_delete(wl_Store *store, wl_Id id, int64_t grace_s,
                     wl_Error *error);

/* ---- writing many of a kind at once ---- */

enum { WL_COLUMNS = 8 }; /* at most, in one write */

/* One value for each of many objects, set at a path. */
typedef struct wl_Column {
  const wl_Value *path; /* of keys */
  size_t depth;
  const wl_Value *values; /* one an object */
} wl_Column;

/* Create n objects like `object` (which has generateName), with what the
 * columns say of each outside of metadata. Appends their ids to out; stops at
 * the first that is refused. */
bool wl_store_create_many(wl_Store *store, wl_Kind *kind, wl_Value object,
                          size_t n, const wl_Column *columns,
                          size_t column_count, wl_Ids *out, wl_Error *error);
/* Apply a JSON merge patch, then the columns, to each, but for what the store
 * keeps itself (see wl_store_update). Ids that are gone are passed over.
 * Objects that share a part share its successor. Returns how many there
 * were. */
size_t wl_store_update_many(wl_Store *store, const wl_Id *ids, size_t n,
                            wl_Value patch, const wl_Column *columns,
                            size_t column_count);
size_t wl_store_delete_many(wl_Store *store, const wl_Id *ids, size_t n,
                            int64_t grace_s);

/* ---- history ---- */

/* The oldest revision whose state can still be read. */
uint64_t wl_store_oldest(const wl_Store *store);
/* The value an object had at a revision, a new reference; absent when it did
 * not exist, or when that is no longer (or not yet) known: see `error`. */
wl_Value wl_store_value_at(wl_Store *store, wl_Id id, uint64_t revision,
                           wl_Error *error);
/* All objects of a kind as they were: each a new reference in a list, in order
 * of creation; absent and WL_EGONE when out of reach. O(kind + later writes).*/
wl_Value wl_store_list_at(wl_Store *store, const wl_Kind *kind,
                          uint64_t revision, wl_Error *error);
/* Read the log: the writes after a revision, in order. NULL, with WL_EGONE in
 * `error`, when some of them were forgotten. O(writes); close it. */
typedef struct wl_LogReader wl_LogReader;
wl_LogReader *wl_store_read_log(wl_Store *store, uint64_t revision,
                                wl_Error *error);
/* Fill `change` with the next write; what it holds is borrowed. False at the
 * end, and when the store was written to after the reader was opened. O(1). */
bool wl_log_next(wl_LogReader *reader, wl_Change *change);
/* Also after the store is gone; but not wl_log_next. */
void wl_log_close(wl_LogReader *reader);
/* Append the ids of a kind that were written after a revision, in order of
 * creation; those of objects that are gone too. False when the history does
 * not reach back so far. O(writes since). */
bool wl_store_written_since(const wl_Store *store, const wl_Kind *kind,
                            uint64_t revision, wl_Ids *out);
/* The newest write at or before a moment. */
uint64_t wl_store_revision_at(const wl_Store *store, int64_t time_ms);

/* ---- snapshots: all objects as they are or were, to begin another store
 * with. Values are shared: taking one costs a few words an object, and for a
 * past revision the writes since; it stays as it is whatever becomes of the
 * store. ---- */

typedef struct wl_Snapshot wl_Snapshot;

/* NULL and WL_EGONE when the revision is out of the history's reach. */
wl_Snapshot *wl_store_snapshot(wl_Store *store, uint64_t revision,
                               wl_Error *error);
void wl_snapshot_free(wl_Snapshot *shot); /* NULL allowed */
uint64_t wl_snapshot_revision(const wl_Snapshot *shot);
int64_t wl_snapshot_time(const wl_Snapshot *shot); /* of the write, in ms */
size_t wl_snapshot_count(const wl_Snapshot *shot); /* of objects */
/* Put the objects into a store of the same heap that has had none: with ids,
 * uids, revisions, all as it was; what is made next is what would have been
 * made then. Kinds are told by their place, so the store has the same kinds
 * first. Nobody is told. Its history begins here. O(objects). */
bool wl_store_load(wl_Store *store, const wl_Snapshot *shot, wl_Error *error);

#endif
