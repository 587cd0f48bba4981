/* SPDX-License-Identifier: MIT */
/* patch_json.c - JSON patch (RFC 6902) with the API server's liberties. */
#include <string.h>

#include "patch.h"

typedef struct Keys { /* of the members of an operation */
  wl_Value op, path, from, value;
} Keys;

typedef struct Job {
  wl_Heap *heap;
  wl_Error *error;
  Keys keys;
  wl_Value root;
  size_t number; /* of the operation, from 1 */
  wl_Value operation;
  size_t copied; /* bytes, as JSON would have them */
} Job;

/* A place in the root: the container's path, the container, and the name of
 * the member in it. */
typedef struct Place {
  wl_Value *steps;
  size_t length, capacity;
  wl_Value container;
  wl_Value name; /* interned */
} Place;

/* ---- errors ---- */

static bool refuse(Job *j, const char *problem, wl_Value pointer) {
  wl_Value op = wl_map_get(j->operation, j->keys.op);
  bool known = wl_type(op) == WL_STRING;
  wl_Text name = known ? wl_text(&op) : (wl_Text){"operation", 9};
  bool placed = wl_type(pointer) == WL_STRING;
  wl_Text at = placed ? wl_text(&pointer) : (wl_Text){"", 0};
  return wl_fail(j->error, WL_EINVALID, "operation %zu: %.*s \"%.*s\": %s",
                 j->number, name.length > 20 ? 20 : (int)name.length,
                 name.bytes, at.length > 200 ? 200 : (int)at.length, at.bytes,
                 problem);
}

/* ---- pointers ---- */

static wl_Value unescape(Job *j, const char *token, size_t length) {
  char *text = wl_alloc(j->heap, length + 1);
  size_t n = 0;
  for (size_t i = 0; i < length; i++) {
    char next = i + 1 < length ? token[i + 1] : '\0';
    bool escape = token[i] == '~' && (next == '0' || next == '1');
    text[n++] = (char)(!escape ? token[i] : next == '0' ? '~' : '/');
    i += escape;
  }
  wl_Value key = wl_string_intern(j->heap, text, n);
  wl_dealloc(j->heap, text, length + 1);
  return key;
}

/* An index as Go's strconv.Atoi reads it, which takes a sign. */
static bool read_index(wl_Value name, int64_t *index) {
  wl_Text text = wl_text(&name);
  size_t sign = text.length > 0 && (*text.bytes == '-' || *text.bytes == '+');
  int64_t n = 0;
  if (text.length == sign || text.length - sign > 9)
    return false;
  for (size_t i = sign; i < text.length; i++) {
    if (text.bytes[i] < '0' || text.bytes[i] > '9')
      return false;
    n = n * 10 + (text.bytes[i] - '0');
  }
  *index = *text.bytes == '-' ? -n : n;
  return true;
}

/* An index into `size` items; a negative one counts from the end. */
static bool index_in(wl_Value name, size_t size, size_t *index) {
  int64_t i;
  if (!read_index(name, &i))
    return false;
  if (i < 0)
    i += (int64_t)size;
  *index = (size_t)i;
  return i >= 0 && i < (int64_t)size;
}

static wl_Value member(wl_Value container, wl_Value name) {
  size_t i;
  if (wl_type(container) == WL_MAP)
    return wl_map_get(container, name);
  return index_in(name, wl_length(container), &i) ? wl_list_get(container, i)
                                                  : WL_VALUE_ABSENT;
}

static bool is_container(wl_Value v) {
  wl_Type type = wl_type(v);
  return type == WL_MAP || type == WL_LIST;
}

static void place_free(Job *j, Place *place) {
  for (size_t i = 0; i < place->length; i++)
    wl_release(j->heap, place->steps[i]);
  wl_dealloc(j->heap, place->steps, place->capacity * sizeof(wl_Value));
  wl_release(j->heap, place->name);
}

/* One step down, with the token as a step of wl_with_path. */
static void descend(Job *j, Place *place, wl_Value name) {
  size_t i = 0;
  bool list = wl_type(place->container) == WL_LIST;
  if (list)
    index_in(name, wl_length(place->container), &i);
  place->steps[place->length++] =
      list ? wl_int_new(j->heap, (int64_t)i) : wl_retain(name);
  place->container = member(place->container, name);
}

/* The place that a pointer names; its container is a map or list. The text
 * before the first slash counts for nothing. place_free() it either way. */
static bool find(Job *j, wl_Value pointer, Place *place) {
  *place = (Place){.container = j->root, .name = WL_VALUE_ABSENT};
  wl_Text text = wl_text(&pointer);
  const char *at = memchr(text.bytes, '/', text.length);
  const char *end = text.bytes + text.length;
  if (at == NULL)
    return refuse(j, "a path begins with a slash", pointer);
  for (const char *c = at; c < end; c++)
    place->capacity += *c == '/';
  place->steps = wl_alloc(j->heap, place->capacity * sizeof(wl_Value));
  for (;;) {
    const char *token = at + 1;
    at = memchr(token, '/', (size_t)(end - token));
    size_t length = (size_t)((at != NULL ? at : end) - token);
    place->name = unescape(j, token, length);
    if (at == NULL)
      return true;
    descend(j, place, place->name);
    wl_release(j->heap, place->name);
    place->name = WL_VALUE_ABSENT;
    if (!is_container(place->container))
      return refuse(j, "there is nothing it could be in", pointer);
  }
}

/* *Takes* the container's successor. */
static bool replace_container(Job *j, const Place *place, wl_Value container) {
  j->root =
      wl_with_path(j->heap, j->root, place->steps, place->length, container);
  return true;
}

/* ---- operations on a place ---- */

/* *Takes* value. */
static bool add_at(Job *j, wl_Value pointer, wl_Value value) {
  Place place;
  bool good = find(j, pointer, &place);
  size_t n = wl_length(place.container), i = n;
  if (!good)
    wl_release(j->heap, value);
  else if (wl_type(place.container) == WL_MAP)
    replace_container(
        j, &place,
        wl_map_with(j->heap, wl_retain(place.container), place.name, value));
  else if (wl_text_is(place.name, "-") || index_in(place.name, n + 1, &i))
    replace_container(
        j, &place,
        wl_list_insert(j->heap, wl_retain(place.container), i, value));
  else {
    wl_release(j->heap, value);
    good = refuse(j, "no such index in the list", pointer);
  }
  place_free(j, &place);
  return good;
}

static bool remove_at(Job *j, wl_Value pointer) {
  Place place;
  bool good = find(j, pointer, &place);
  size_t i = 0;
  if (!good)
    ;
  else if (wl_is_absent(member(place.container, place.name)))
    good = refuse(j, "there is no such field or item", pointer);
  else if (wl_type(place.container) == WL_MAP)
    replace_container(
        j, &place,
        wl_map_without(j->heap, wl_retain(place.container), place.name));
  else if (index_in(place.name, wl_length(place.container), &i))
    replace_container(j, &place,
                      wl_list_without(j->heap, wl_retain(place.container), i));
  place_free(j, &place);
  return good;
}

/* What is at a pointer, borrowed: absent for a missing member of a map; false
 * when there is no such place. */
static bool read_at(Job *j, wl_Value pointer, wl_Value *value) {
  Place place;
  bool good = find(j, pointer, &place);
  if (good) {
    *value = member(place.container, place.name);
    if (wl_is_absent(*value) && wl_type(place.container) == WL_LIST)
      good = refuse(j, "no such index in the list", pointer);
  }
  place_free(j, &place);
  return good;
}

/* ---- the operations ---- */

static bool pointer_of(Job *j, wl_Value key, wl_Value *pointer) {
  *pointer = wl_map_get(j->operation, key);
  return wl_type(*pointer) == WL_STRING ||
         refuse(j,
                wl_same(key, j->keys.path) ? "it has no path"
                                           : "it has no from",
                WL_VALUE_ABSENT);
}

/* The value given, owned; null when there is none. */
static wl_Value given(Job *j) {
  wl_Value value = wl_map_get(j->operation, j->keys.value);
  return wl_is_absent(value) ? WL_VALUE_NULL : wl_retain(value);
}

static bool do_add(Job *j, wl_Value path) {
  return add_at(j, path, given(j));
}

static bool do_replace(Job *j, wl_Value path) {
  wl_Value value = given(j), old;
  if (wl_text(&path).length == 0 && is_container(value)) {
    wl_release(j->heap, j->root);
    j->root = value;
    return true;
  }
  Place place;
  bool good = read_at(j, path, &old) && find(j, path, &place);
  if (!good) {
    wl_release(j->heap, value);
    return false;
  }
  size_t i = 0;
  wl_Value container = wl_retain(place.container);
  if (wl_type(container) == WL_MAP) {
    container = wl_map_with(j->heap, container, place.name, value);
  } else {
    index_in(place.name, wl_length(container), &i);
    container = wl_list_with(j->heap, container, i, value);
  }
  replace_container(j, &place, container);
  place_free(j, &place);
  return true;
}

static bool do_move(Job *j, wl_Value path) {
  wl_Value from, value;
  if (!pointer_of(j, j->keys.from, &from) || !read_at(j, from, &value))
    return false;
  wl_retain(value);
  if (remove_at(j, from))
    return add_at(j, path, value);
  wl_release(j->heap, value);
  return false;
}

/* About how many bytes the value has as JSON; counting stops at the limit, for
 * a value made by copies of copies has no end. */
static size_t json_bytes(wl_Value v, size_t limit) {
  size_t n = 2;
  if (wl_type(v) == WL_STRING)
    return n + wl_text(&v).length;
  for (size_t i = 0; i < wl_length(v) && n < limit; i++) {
    bool map = wl_type(v) == WL_MAP;
    if (map)
      n += 1 + json_bytes(wl_map_key_at(v, i), limit);
    wl_Value child = map ? wl_map_value_at(v, i) : wl_list_get(v, i);
    n += 1 + json_bytes(child, limit - (n < limit ? n : limit));
  }
  return n;
}

static bool do_copy(Job *j, wl_Value path) {
  wl_Value from, value;
  if (!pointer_of(j, j->keys.from, &from) || !read_at(j, from, &value))
    return false;
  j->copied += json_bytes(value, WL_PATCH_COPIED - j->copied);
  if (j->copied >= WL_PATCH_COPIED)
    return wl_fail(j->error, WL_ELIMIT,
                   "operation %zu: copies of more than %d bytes", j->number,
                   WL_PATCH_COPIED);
  return add_at(j, path,
                wl_is_absent(value) ? WL_VALUE_NULL : wl_retain(value));
}

static bool do_test(Job *j, wl_Value path) {
  wl_Value wanted = wl_map_get(j->operation, j->keys.value);
  wl_Value found = j->root;
  if (wl_text(&path).length > 0 && !read_at(j, path, &found))
    return false;
  if (wl_is_absent(found))
    found = WL_VALUE_NULL;
  if (wl_is_absent(wanted) && wl_same(found, WL_VALUE_NULL))
    return true;
  return wl_equal(found, wanted) ||
         refuse(j, "the value there is another", path);
}

static bool do_remove(Job *j, wl_Value path) {
  return remove_at(j, path);
}

static bool perform(Job *j) {
  static const struct {
    const char *name;
    bool (*perform)(Job *j, wl_Value path);
  } known[] = {{"add", do_add},         {"remove", do_remove},
               {"replace", do_replace}, {"move", do_move},
               {"test", do_test},       {"copy", do_copy}};
  wl_Value op = wl_map_get(j->operation, j->keys.op), path;
  for (size_t i = 0; i < sizeof known / sizeof *known; i++)
    if (wl_text_is(op, known[i].name))
      return pointer_of(j, j->keys.path, &path) && known[i].perform(j, path);
  return refuse(j, "unknown: use add, remove, replace, move, copy or test",
                wl_map_get(j->operation, j->keys.path));
}

/* ---- the patch ---- */

static bool is_patch(wl_Value original, wl_Value operations, wl_Error *error) {
  if (wl_type(operations) != WL_LIST)
    return wl_fail(error, WL_ESYNTAX,
                   "a JSON patch is a list of operations, found a %s",
                   wl_type_name(wl_type(operations)));
  size_t n = wl_length(operations);
  if (n > WL_PATCH_OPERATIONS)
    return wl_fail(error, WL_ELIMIT,
                   "a JSON patch has at most %d operations, found %zu",
                   WL_PATCH_OPERATIONS, n);
  for (size_t i = 0; i < n; i++)
    if (wl_type(wl_list_get(operations, i)) != WL_MAP)
      return wl_fail(error, WL_ESYNTAX, "operation %zu is a %s, not a map",
                     i + 1, wl_type_name(wl_type(wl_list_get(operations, i))));
  if (!is_container(original))
    return wl_fail(error, WL_EINVALID, "a %s cannot be patched",
                   wl_type_name(wl_type(original)));
  return true;
}

static void keys_init(Keys *keys, wl_Heap *heap) {
  *keys = (Keys){.op = wl_key(heap, "op"),
                 .path = wl_key(heap, "path"),
                 .from = wl_key(heap, "from"),
                 .value = wl_key(heap, "value")};
}

static void keys_destroy(Keys *keys, wl_Heap *heap) {
  wl_release(heap, keys->op);
  wl_release(heap, keys->path);
  wl_release(heap, keys->from);
  wl_release(heap, keys->value);
}

wl_Value wl_patch_json(wl_Heap *heap, wl_Value original, wl_Value operations,
                       wl_Error *error) {
  if (!is_patch(original, operations, error))
    return WL_VALUE_ABSENT;
  Job j = {.heap = heap, .error = error, .root = wl_retain(original)};
  keys_init(&j.keys, heap);
  bool good = true;
  for (size_t i = 0; i < wl_length(operations) && good; i++) {
    j.number = i + 1;
    j.operation = wl_list_get(operations, i);
    good = perform(&j);
    if (good && wl_depth(j.root) > WL_PATCH_DEPTH)
      good = wl_fail(error, WL_ELIMIT, "nested deeper than %d levels",
                     WL_PATCH_DEPTH);
  }
  keys_destroy(&j.keys, heap);
  if (good)
    return j.root;
  wl_release(heap, j.root);
  return WL_VALUE_ABSENT;
}
