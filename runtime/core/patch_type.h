/* SPDX-License-Identifier: MIT */
/*
 * patch_type.h - how a strategic merge patch treats the fields of a type
 *
 * A table of types that name each other by number, so that types may contain
 * themselves. It is filled once and then only read. What Kubernetes writes in
 * struct tags (patchStrategy, patchMergeKey) is a wl_PatchField here.
 */
#ifndef WL_PATCH_TYPE_H
#define WL_PATCH_TYPE_H

#include "value.h"

typedef struct wl_PatchTypes wl_PatchTypes;

typedef enum wl_PatchKind {
  WL_PATCH_LEAF,   /* has no fields */
  WL_PATCH_OBJECT, /* has the fields given */
  WL_PATCH_MAP,    /* any field, of the item type */
  WL_PATCH_ANY     /* any field, of any type */
} wl_PatchKind;

typedef struct wl_PatchField {
  uint32_t type;      /* of the object, or of the list's items */
  bool merge;         /* a list is merged, not replaced */
  bool replace;       /* an object is replaced, not merged */
  bool retain_keys;   /* a diff lists the keys to keep */
  wl_Value merge_key; /* interned; absent: items are scalars of a set */
} wl_PatchField;

/* A type in its table. */
typedef struct wl_PatchType {
  const wl_PatchTypes *types;
  uint32_t number;
} wl_PatchType;

wl_PatchTypes *wl_patch_types_new(wl_Heap *heap);
void wl_patch_types_free(wl_PatchTypes *types); /* NULL allowed */

/* The number of a new type. *Copies* the name, which may be NULL. */
uint32_t wl_patch_types_add(wl_PatchTypes *types, wl_PatchKind kind,
                            const char *name);
/* Add a field to an object type, or set the item of a map type (then `name`
 * is not looked at). Retains name and merge key. */
void wl_patch_types_field(wl_PatchTypes *types, uint32_t number, wl_Value name,
                          wl_PatchField field);

/* NULL when the type has no such field; a field of an object type named ""
 * stands for all that are not named. Borrowed: until fields are added. */
const wl_PatchField *wl_patch_field(wl_PatchType type, wl_Value name);
const char *wl_patch_type_name(wl_PatchType type);

#endif
