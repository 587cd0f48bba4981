/* SPDX-License-Identifier: MIT */
/*
 * patch_private.h - what the files of strategic merge patch share
 *
 * A Job owns everything that is made on the way: values by keep(), arrays by
 * scratch(). So the functions below pass borrowed values around, may give up
 * anywhere, and free nothing; wl_patch_job_end does.
 */
#ifndef WL_PATCH_PRIVATE_H
#define WL_PATCH_PRIVATE_H

#include "patch.h"

typedef struct Where { /* the way down, for messages */
  const struct Where *up;
  wl_Value key;
} Where;

typedef struct Block Block;

typedef struct Job {
  wl_Heap *heap;
  wl_Error *error;
  const Where *where;
  int depth;
  bool applying; /* to an object; else two patches become one */
  bool failed;   /* something was refused */
  wl_Builder kept;
  Block *blocks;
  wl_Value patch_key, retain_keys_key; /* "$patch", "$retainKeys" */
} Job;

void wl_patch_job_begin(Job *j, wl_Heap *heap, wl_Error *error);
/* The result, owned; absent stays absent. */
wl_Value wl_patch_job_end(Job *j, wl_Value result);

/* *Takes* v and returns it, borrowed from the job. */
static inline wl_Value keep(Job *j, wl_Value v) {
  wl_builder_add(&j->kept, v);
  return v;
}
void *wl_patch_scratch(Job *j, size_t bytes);
/* Fill the error, with the field's path in front; returns false. */
__attribute__((format(printf, 3, 4))) bool
wl_patch_refuse(Job *j, wl_Code code, const char *format, ...);
bool wl_patch_enter(Job *j); /* one level down, or refused */

/* The field that a list or map is in, or NULL with the error filled. */
const wl_PatchField *wl_patch_lookup(Job *j, wl_PatchType type, wl_Value key);

/* ---- directives: keys that begin with "$" ---- */

#define DELETE_LIST "$deleteFromPrimitiveList/"
#define ORDER_LIST  "$setElementOrder/"

/* The field that a key like "$setElementOrder/x" is about, kept; absent for
 * keys that do not begin so. */
wl_Value wl_patch_directive_field(Job *j, wl_Value key, const char *prefix);
/* The key for a field, kept. */
wl_Value wl_patch_directive_key(Job *j, const char *prefix, wl_Value field);

/* ---- lists ---- */

/* An array that behaves as a slice of Go does: cutting and appending may
 * write into items that another slice still sees. The order in which
 * Kubernetes puts merged items depends on that. */
typedef struct Slice {
  wl_Value *items;
  size_t length, capacity;
} Slice;

typedef struct KeyIndex { /* where a slice has an item first */
  const Slice *slice;
  wl_Value merge_key;
  uint32_t *slots;
  size_t size;
} KeyIndex;

#define NOT_FOUND SIZE_MAX

/* False when it is too long. */
bool wl_patch_slice(Job *j, wl_Value list, Slice *slice);
Slice wl_patch_slice_new(Job *j, size_t capacity);
void wl_patch_append(Job *j, Slice *slice, wl_Value item);
wl_Value wl_patch_slice_list(Job *j, const Slice *slice);

/* Lists of maps are compared by merge key, others (merge_key absent) as they
 * are. `spare`: how many items will be added. */
KeyIndex wl_patch_index(Job *j, const Slice *slice, wl_Value merge_key,
                        size_t spare);
size_t wl_patch_find(const KeyIndex *index, wl_Value item);
void wl_patch_index_add(const KeyIndex *index, size_t at);
bool wl_patch_same_item(wl_Value a, wl_Value b, wl_Value merge_key);

/* The one type that the items of both have; lists are refused. */
bool wl_patch_item_type(Job *j, const Slice *a, const Slice *b, wl_Type *type);
bool wl_patch_has_keys(Job *j, const Slice *slice, wl_Value merge_key);
/* Sort by the order of another slice, deletions last; in place. */
bool wl_patch_sort(Job *j, Slice *slice, const Slice *order,
                   wl_Value merge_key);
/* The items of `merged` in their final order: those in `patch` in the order of
 * `patch`, the others in the order of `server`, woven together as they are in
 * `server`. */
bool wl_patch_arrange(Job *j, const Slice *merged, const Slice *patch,
                      const Slice *server, wl_Value merge_key, Slice *out);
void wl_patch_unique(Slice *slice); /* of scalars */

/* An item with its merge key, or itself, as text. */
typedef struct Printed {
  wl_Value item;
  wl_Text text;
  size_t before; /* its index in the slice */
} Printed;

/* The items sorted by what Go's %v prints, which is the order in which
 * Kubernetes compares lists. */
Printed *wl_patch_by_text(Job *j, const Slice *slice, wl_Value merge_key);
int wl_patch_compare(const Printed *a, const Printed *b);

/* ---- merging ---- */

typedef struct Change { /* of one field */
  wl_Value key, old, new;
  wl_Value order, deletions;  /* the lists that go with it; absent: none */
  const wl_PatchField *field; /* looked up when needed */
} Change;

static inline wl_PatchType field_type(wl_PatchType in,
                                      const wl_PatchField *field) {
  return (wl_PatchType){.types = in.types, .number = field->type};
}

/* What a value of the patch becomes where nothing was: without maps that are
 * directives, and without nulls in maps if they are dropped. Absent when
 * nothing is left, or when refused (Job.failed). */
wl_Value wl_patch_taken(Job *j, wl_Value v, bool drop_nulls);

/* Each changes c->old, a list, and returns false when refused. */
bool wl_patch_merge_lists(Job *j, Change *c, wl_PatchType in);
bool wl_patch_delete_items(Job *j, Change *c);
/* Merges too: c->new is absent afterwards. */
bool wl_patch_obey_order(Job *j, Change *c, wl_PatchType in);

/* ---- the other parts ---- */

/* Both *borrow* and return borrowed; absent when refused. */
wl_Value wl_patch_merge_maps(Job *j, wl_Value original, wl_Value patch,
                             wl_PatchType type);
typedef struct DiffOptions {
  bool order;      /* write $setElementOrder */
  bool no_changes; /* leave out changes and additions */
  bool no_deletions;
  bool retain_keys; /* write $retainKeys */
} DiffOptions;
wl_Value wl_patch_diff_maps(Job *j, wl_Value from, wl_Value to,
                            wl_PatchType type, DiffOptions options);

static inline bool is_null(wl_Value v) {
  return wl_same(v, WL_VALUE_NULL);
}
static inline bool is_map(wl_Value v) {
  return wl_type(v) == WL_MAP;
}
static inline bool is_list(wl_Value v) {
  return wl_type(v) == WL_LIST;
}

#endif
