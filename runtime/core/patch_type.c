/* SPDX-License-Identifier: MIT */
#include "patch_type.h"

#include <string.h>

enum { FIRST_TYPES = 16, FIRST_FIELDS = 8 };

typedef struct Field {
  wl_Value name;
  wl_PatchField field;
} Field;

typedef struct Type {
  wl_PatchKind kind;
  wl_Value name;
  Field *fields;
  uint32_t count, capacity;
} Type;

struct wl_PatchTypes {
  wl_Heap *heap;
  Type *types;
  uint32_t count, capacity;
};

wl_PatchTypes *wl_patch_types_new(wl_Heap *heap) {
  wl_PatchTypes *types = wl_alloc_zeroed(heap, sizeof *types);
  types->heap = heap;
  return types;
}

static void free_type(wl_Heap *heap, Type *type) {
  for (uint32_t i = 0; i < type->count; i++) {
    wl_release(heap, type->fields[i].name);
    wl_release(heap, type->fields[i].field.merge_key);
  }
  wl_dealloc(heap, type->fields, type->capacity * sizeof(Field));
  wl_release(heap, type->name);
}

void wl_patch_types_free(wl_PatchTypes *types) {
  if (types == NULL)
    return;
  for (uint32_t i = 0; i < types->count; i++)
    free_type(types->heap, &types->types[i]);
  wl_dealloc(types->heap, types->types, types->capacity * sizeof(Type));
  wl_dealloc(types->heap, types, sizeof *types);
}

uint32_t wl_patch_types_add(wl_PatchTypes *types, wl_PatchKind kind,
                            const char *name) {
  if (types->count == types->capacity) {
    uint32_t capacity = types->count == 0 ? FIRST_TYPES : 2 * types->count;
    types->types =
        wl_realloc(types->heap, types->types, types->capacity * sizeof(Type),
                   capacity * sizeof(Type));
    types->capacity = capacity;
  }
  if (name == NULL)
    name = "object";
  Type *type = &types->types[types->count];
  *type = (Type){.kind = kind};
  type->name = wl_string_new(types->heap, name, strlen(name));
  if (kind == WL_PATCH_ANY) {
    wl_PatchField any = {.type = types->count, .merge_key = WL_VALUE_ABSENT};
    wl_patch_types_field(types, types->count, WL_VALUE_ABSENT, any);
  }
  return types->count++;
}

void wl_patch_types_field(wl_PatchTypes *types, uint32_t number, wl_Value name,
                          wl_PatchField field) {
  Type *type = &types->types[number];
  if (type->count == type->capacity) {
    uint32_t capacity = type->count == 0 ? FIRST_FIELDS : 2 * type->count;
    type->fields =
        wl_realloc(types->heap, type->fields, type->capacity * sizeof(Field),
                   capacity * sizeof(Field));
    type->capacity = capacity;
  }
  wl_retain(field.merge_key);
  type->fields[type->count++] =
      (Field){.name = wl_retain(name), .field = field};
}

const wl_PatchField *wl_patch_field(wl_PatchType type, wl_Value name) {
  const Type *t = &type.types->types[type.number];
  if (t->kind == WL_PATCH_LEAF)
    return NULL;
  if (t->kind != WL_PATCH_OBJECT)
    return t->count > 0 ? &t->fields[0].field : NULL;
  const wl_PatchField *any = NULL;
  for (uint32_t i = 0; i < t->count; i++) {
    if (wl_same(t->fields[i].name, name))
      return &t->fields[i].field;
    if (wl_text(&t->fields[i].name).length == 0)
      any = &t->fields[i].field;
  }
  return any;
}

const char *wl_patch_type_name(wl_PatchType type) {
  return wl_text(&type.types->types[type.number].name).bytes;
}
