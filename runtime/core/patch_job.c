/* SPDX-License-Identifier: MIT */
/* patch_job.c - what a strategic merge patch owns, and what it says. */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "patch_private.h"

struct Block {
  Block *next;
  size_t bytes;
  wl_Value items[]; /* for its alignment */
};

void wl_patch_job_begin(Job *j, wl_Heap *heap, wl_Error *error) {
  *j = (Job){.heap = heap, .error = error, .applying = true};
  wl_builder_init(&j->kept, heap);
  j->patch_key = keep(j, wl_key(heap, "$patch"));
  j->retain_keys_key = keep(j, wl_key(heap, "$retainKeys"));
}

wl_Value wl_patch_job_end(Job *j, wl_Value result) {
  wl_retain(result);
  wl_builder_destroy(&j->kept);
  while (j->blocks != NULL) {
    Block *block = j->blocks;
    j->blocks = block->next;
    wl_dealloc(j->heap, block, block->bytes);
  }
  return result;
}

void *wl_patch_scratch(Job *j, size_t bytes) {
  bytes += sizeof(Block);
  Block *block = wl_alloc(j->heap, bytes);
  *block = (Block){.next = j->blocks, .bytes = bytes};
  j->blocks = block;
  return block->items;
}

static size_t print_where(const Where *where, char *out, size_t size) {
  if (where == NULL || size < 2)
    return 0;
  size_t n = print_where(where->up, out, size);
  wl_Text key = wl_text(&where->key);
  int printed = snprintf(out + n, size - n, "%s%.*s", n > 0 ? "." : "",
                         key.length > 100 ? 100 : (int)key.length, key.bytes);
  n += (size_t)printed;
  return n < size ? n : size - 1;
}

bool wl_patch_refuse(Job *j, wl_Code code, const char *format, ...) {
  char path[200] = "", text[300];
  const Where *where = j->where;
  size_t levels = 0;
  for (const Where *w = where; w != NULL; w = w->up)
    levels++;
  for (; levels > 12; levels--) /* a path without an end is cut in front */
    where = where->up;
  print_where(where, path, sizeof path);
  j->failed = true;
  va_list arguments;
  va_start(arguments, format);
  vsnprintf(text, sizeof text, format, arguments);
  va_end(arguments);
  return wl_fail(j->error, code, "%s%s%s", path, *path != '\0' ? ": " : "",
                 text);
}

bool wl_patch_enter(Job *j) {
  if (j->depth == WL_PATCH_DEPTH)
    return wl_patch_refuse(j, WL_ELIMIT, "nested deeper than %d levels",
                           WL_PATCH_DEPTH);
  j->depth++;
  return true;
}

const wl_PatchField *wl_patch_lookup(Job *j, wl_PatchType type, wl_Value key) {
  const wl_PatchField *field = wl_patch_field(type, key);
  if (field == NULL) {
    wl_Text text = wl_text(&key);
    wl_patch_refuse(j, WL_EINVALID, "%s has no field \"%.*s\"",
                    wl_patch_type_name(type),
                    text.length > 100 ? 100 : (int)text.length, text.bytes);
  }
  return field;
}

wl_Value wl_patch_directive_field(Job *j, wl_Value key, const char *prefix) {
  wl_Text text = wl_text(&key);
  size_t n = strlen(prefix);
  if (text.length < n || memcmp(text.bytes, prefix, n) != 0)
    return WL_VALUE_ABSENT;
  return keep(j, wl_string_intern(j->heap, text.bytes + n, text.length - n));
}

wl_Value wl_patch_directive_key(Job *j, const char *prefix, wl_Value field) {
  wl_Text text = wl_text(&field);
  size_t n = strlen(prefix);
  char *joined = wl_patch_scratch(j, n + text.length);
  memcpy(joined, prefix, n);
  memcpy(joined + n, text.bytes, text.length);
  return keep(j, wl_string_intern(j->heap, joined, n + text.length));
}
