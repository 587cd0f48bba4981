/* SPDX-License-Identifier: MIT */
#include "changes.h"

#include <string.h>

#include "path.h"

static const char EACH[] = "[*]", IS[] = " = ";

typedef struct Field {
  wl_Path *path;
  wl_Path *each;     /* of the list's items; NULL: path is the whole of it */
  wl_Value expected; /* absent: any change matters */
} Field;

struct wl_Changes {
  wl_Heap *heap;
  Field *fields;
  size_t count;
};

wl_Changes *wl_changes_new(wl_Heap *heap) {
  wl_Changes *changes = wl_alloc_zeroed(heap, sizeof *changes);
  changes->heap = heap;
  return changes;
}

static void free_field(wl_Heap *heap, const Field *field) {
  wl_path_free(heap, field->path);
  wl_path_free(heap, field->each);
  wl_release(heap, field->expected);
}

void wl_changes_free(wl_Changes *changes) {
  if (changes == NULL)
    return;
  wl_Heap *heap = changes->heap;
  for (size_t i = 0; i < changes->count; i++)
    free_field(heap, &changes->fields[i]);
  wl_dealloc(heap, changes->fields, changes->count * sizeof(Field));
  wl_dealloc(heap, changes, sizeof *changes);
}

/* ---- declaring ---- */

enum { MARK = 3 }; /* bytes of either */

/* Where the mark begins; `length` when it is not there. */
static size_t find(const char *mark, const char *text, size_t length) {
  for (size_t i = 0; i + MARK <= length; i++)
    if (memcmp(text + i, mark, MARK) == 0)
      return i;
  return length;
}

static bool parse(wl_Heap *heap, const char *text, size_t length, Field *field,
                  wl_Error *error) {
  size_t end = find(IS, text, length), list = find(EACH, text, end);
  *field = (Field){.expected = WL_VALUE_ABSENT};
  if (end < length)
    field->expected =
        wl_string_new(heap, text + end + MARK, length - end - MARK);
  field->path = wl_path_parse(heap, text, list, error);
  if (field->path == NULL || list == end)
    return field->path != NULL;
  field->each =
      wl_path_parse(heap, text + list + MARK, end - list - MARK, error);
  return field->each != NULL;
}

bool wl_changes_add(wl_Changes *changes, const char *text, size_t length,
                    wl_Error *error) {
  Field field;
  size_t bytes = changes->count * sizeof field;
  if (!parse(changes->heap, text, length, &field, error)) {
    free_field(changes->heap, &field);
    return false;
  }
  changes->fields =
      wl_realloc(changes->heap, changes->fields, bytes, bytes + sizeof field);
  changes->fields[changes->count++] = field;
  return true;
}

/* ---- comparing ---- */

static int64_t sum_of(const wl_Path *each, wl_Value list) {
  int64_t sum = 0;
  for (size_t i = 0, n = wl_length(list); i < n; i++) {
    wl_Value amount = wl_path_get(each, wl_list_get(list, i));
    if (wl_type(amount) == WL_INT)
      sum = (int64_t)((uint64_t)sum + (uint64_t)wl_int(amount));
  }
  return sum;
}

static bool differs(const Field *field, wl_Value old, wl_Value now) {
  wl_Value was = wl_path_get(field->path, old);
  wl_Value is = wl_path_get(field->path, now);
  if (wl_same(was, is))
    return false;
  if (field->each != NULL)
    return sum_of(field->each, was) != sum_of(field->each, is);
  if (!wl_is_absent(field->expected))
    return wl_equal(was, field->expected) != wl_equal(is, field->expected);
  return !wl_equal(was, is);
}

bool wl_changes_matter(const wl_Changes *changes, wl_Value old, wl_Value now) {
  for (size_t i = 0; i < changes->count; i++)
    if (differs(&changes->fields[i], old, now))
      return true;
  return false;
}
