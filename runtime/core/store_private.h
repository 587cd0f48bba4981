/* SPDX-License-Identifier: MIT */
/* store_private.h - what the files that implement store.h share:
 *   store.c   kinds, objects by name and uid
 *   space.c   a namespace of a kind: label postings and standing queries
 *   sets.c    live sets: which an object is in, and keeping them counted
 *   owners.c  owner references
 *   write.c   create, update, delete one object
 *   bulk.c    the same for many
 *   query.c   selecting by labels
 *   history.c the log
 *   snapshot.c  the whole of it, to begin another store with */
#ifndef WL_STORE_PRIVATE_H
#define WL_STORE_PRIVATE_H

#include <roaring/roaring.h>

#include "path.h"
#include "rng.h"
#include "store.h"
#include "table.h"

enum { MAX_INDEXED = 4, MAX_GENERATION = 4, MAX_KEEPING = 2, PLANS = 64 };

/* ---- a namespace of a kind ---- */

/* The objects that have one label value. */
typedef struct Posting {
  wl_Value key, value;
  roaring_bitmap_t *ids;
  uint64_t count;
  struct Standing **anchored; /* queries that only its objects can match */
  size_t anchored_count, anchored_size;
} Posting;

typedef struct Standing {
  struct Space *space;
  wl_Selector *selector;
  bool orphans; /* only objects without a controller */
  wl_LiveSet *set;
  Posting *anchor; /* NULL: listed in the space */
} Standing;

/* What a labels map means to a space: the postings it belongs to and the
 * queries it matches. Pods of a template share their labels, so this is
 * worked out once for all of them. */
typedef struct Plan {
  wl_Value labels; /* absent: empty slot */
  uint64_t version;
  Posting **postings;
  size_t posting_count;
  Standing **standing;
  size_t standing_count, standing_size;
} Plan;

typedef struct Space {
  wl_Kind *kind;
  wl_Value name;
  uint32_t serial;
  roaring_bitmap_t *ids;
  wl_Table keys;     /* label key -> wl_Table of value -> Posting */
  wl_Table standing; /* text of the query -> Standing */
  Standing **unanchored;
  size_t unanchored_count, unanchored_size;
  uint64_t version; /* moves when plans are outdated */
  Plan plans[PLANS];
} Space;

Space *wl_space_of(wl_Store *store, wl_Kind *kind, wl_Value name);
Space *wl_space_find(const wl_Kind *kind, wl_Value name);
void wl_space_free(wl_Store *store, Space *space);
/* Valid until the next change of postings or queries. */
const Plan *wl_space_plan(wl_Store *store, Space *space, wl_Value labels);
void wl_space_post(wl_Store *store, Space *space, wl_Value labels, wl_Id id);
/* The object had `labels`; it stays where it has been posted for `kept`. */
void wl_space_unpost(wl_Store *store, Space *space, wl_Value labels,
                     wl_Value kept, wl_Id id);
Posting *wl_space_posting(const Space *space, wl_Value key, wl_Value value);
void wl_space_drop_standing(wl_Store *store, Standing *standing);

/* ---- kinds, objects ---- */

struct wl_Kind {
  wl_KindOptions options;
  wl_Path *indexed[MAX_INDEXED];
  wl_Table index_sets[MAX_INDEXED]; /* text -> wl_LiveSet */
  size_t indexed_count;
  wl_Path *generation[MAX_GENERATION];
  size_t generation_count;
  wl_Path *keeping[MAX_KEEPING];
  size_t keeping_count;
  size_t slots;                  /* of a facet row */
  struct Slots *latest;          /* the row written last, or NULL */
  uint64_t revision;             /* of the latest write */
  bool touching[MAX_INDEXED];    /* is `touched` kept? */
  wl_Table touched[MAX_INDEXED]; /* text -> itself: sets that changed */
  wl_LiveSet *all;
  wl_LiveSet *where[WL_FACET_TESTS]; /* NULL: nobody asked */
  uint32_t asked;                    /* bit i: where[i] is kept */
  wl_Table owned;                    /* controller's uid -> wl_LiveSet */
  wl_Table plain;                    /* another owner's uid -> wl_LiveSet */
  wl_Table spaces;                   /* namespace -> Space */
};

/* The slots of a facet row; objects that answer alike share them. */
typedef struct Slots {
  uint32_t refs;
  int64_t items[]; /* as many as the kind has */
} Slots;

typedef struct Object {
  wl_Value value; /* absent: gone */
  wl_Value name;  /* borrowed from value */
  Space *space;
  Slots *slots; /* of its facet row; NULL when the kind has none */
  uint32_t tests;
  uint32_t hash; /* of (space, name) */
} Object;

enum { PAGE_OBJECTS = 1024 };

typedef struct Page {
  uint32_t alive;
  Object objects[PAGE_OBJECTS];
} Page;

typedef struct NameSlot {
  uint32_t hash;
  wl_Id id; /* 0: free */
} NameSlot;

typedef struct Entry { /* of the log */
  uint64_t revision;
  int64_t time_ms;
  const wl_Kind *kind;
  wl_Value old;    /* owned */
  wl_Value writer; /* owned */
  wl_Rng names;    /* as it was after the write */
  wl_Id id;
  wl_ChangeType type;
} Entry;

typedef struct Words {
  wl_Value metadata, name, namespace_, uid, resource_version, generation,
      creation, deletion, grace, finalizers, owners, labels, controller,
      generate_name, kind;
} Words;

struct wl_Store {
  wl_Heap *heap;
  uint64_t seed;
  int64_t now_ms;
  wl_Value now_text; /* of now_ms in whole seconds; absent: not made yet */
  wl_Value writer;
  wl_Rng names;
  wl_Table restored; /* uids that others made -> ids */
  uint64_t revision;
  wl_Id last_id;
  wl_Listener *listener;
  wl_Waker *waker;
  void *context;
  wl_Kind **kinds;
  size_t kind_count;
  uint32_t space_count;
  Page **pages;
  size_t page_count;
  NameSlot *by_name;
  size_t name_count, name_size;
  struct wl_Setting *settings; /* see bulk.c; NULL: none yet */
  Entry *log;                  /* a ring */
  size_t log_start, log_count, log_size, log_limit;
  int64_t forgotten_ms; /* of the newest write that is no longer in the log */
  wl_Rng forgotten_names;
  Words words;
};

static inline Object *object_at(const wl_Store *store, wl_Id id) {
  size_t page = id / PAGE_OBJECTS;
  if (page >= store->page_count || store->pages[page] == NULL)
    return NULL;
  Object *object = &store->pages[page]->objects[id % PAGE_OBJECTS];
  return wl_is_absent(object->value) ? NULL : object;
}

static inline wl_Value metadata_of(const wl_Store *store, wl_Value object) {
  return wl_map_get(object, store->words.metadata);
}

Object *wl_store_new_object(wl_Store *store, wl_Id id);
void wl_store_drop_object(wl_Store *store, wl_Id id);
void wl_store_put_name(wl_Store *store, wl_Id id);
void wl_store_forget_name(wl_Store *store, wl_Id id);
uint32_t wl_store_name_hash(const Space *space, wl_Value name);
wl_Id wl_store_find_in(const wl_Store *store, const Space *space, wl_Value name,
                       uint32_t hash);
/* Of the next object: one whose uid no restored object has had. */
wl_Id wl_store_next_id(wl_Store *store);
wl_Value wl_store_make_uid(wl_Store *store, wl_Id id);
wl_Value wl_store_now_text(wl_Store *store); /* borrowed */

/* Bring every live set and posting from `old` to `now` (either may be absent)
 * and replace the object's facet row. */
void wl_store_index(wl_Store *store, wl_Id id, Space *space, wl_Value old,
                    wl_Value now);
/* The uid of the i-th owner; absent when it is the controller's or has been
 * there before. Is this uid among those? */
wl_Value wl_store_plain_owner(const wl_Store *store, wl_Value owners, size_t i);
bool wl_store_has_plain_owner(const wl_Store *store, wl_Value owners,
                              wl_Value uid);
/* Join what is there already to a new standing query. */
void wl_store_fill_standing(wl_Store *store, Standing *standing);
void wl_store_release_slots(wl_Store *store, const wl_Kind *kind,
                            struct Slots *slots); /* NULL allowed */
void wl_store_read_row(const wl_Store *store, wl_Id id, wl_FacetRow *row);

void wl_store_log(wl_Store *store, const wl_Change *change);
void wl_store_log_free(wl_Store *store);
Entry *wl_store_entry(const wl_Store *store, size_t i); /* from the oldest */
/* Are the writes after `revision` all known? */
bool wl_store_reaches(const wl_Store *store, uint64_t revision,
                      wl_Error *error);
/* Is it being deleted, and kept by nothing? The write that brought that about
 * removes it. */
bool wl_store_is_finished(const wl_Store *store, const wl_Kind *kind,
                          wl_Value object);
void wl_store_settings_free(wl_Store *store);

/* Put `now` (*taken*) in the object's place, index it, log it and tell. */
void wl_store_commit(wl_Store *store, wl_Id id, Space *space, wl_Value now);
wl_Value wl_store_next_revision(wl_Store *store); /* new, as text */
/* Metadata as a writer gave it (*taken*), with what the store keeps itself as
 * it is stored. */
wl_Value wl_store_keep(wl_Store *store, const wl_Kind *kind, wl_Value metadata,
                       wl_Value stored);
/* Write `now` (*taken*), made from the stored value: gives it the next revision
 * and generation, and removes it when its last finalizer is gone. */
void wl_store_replace(wl_Store *store, wl_Id id, wl_Value now);

/* A growing array of pointers. */
void wl_pointers_add(wl_Heap *heap, void *array, size_t *count, size_t *size,
                     void *item);
void wl_pointers_remove(void *array, size_t *count, const void *item);

#endif
