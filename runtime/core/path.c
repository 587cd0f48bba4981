/* SPDX-License-Identifier: MIT */
/* path.c - parsing field paths and following them. */
#include "path.h"

#include <string.h>

enum { MAX_STEPS = 1000, MAX_INDEX_DIGITS = 9 };

typedef enum StepKind { STEP_KEY, STEP_INDEX, STEP_SEARCH } StepKind;

typedef struct Step {
  StepKind kind;
  uint32_t index;  /* of STEP_INDEX */
  wl_Value key;    /* interned; of an index its digits, for maps */
  wl_Value wanted; /* of STEP_SEARCH: the text */
  wl_Value scalar; /* the integer or boolean that `wanted` spells, or absent */
} Step;

struct wl_Path {
  wl_Value text;
  size_t length, capacity;
  Step steps[];
};

/* ---- parsing ---- */

typedef struct Parser {
  wl_Heap *heap;
  const char *text;
  size_t length, at;
  char *token; /* the current key or value with escapes taken out */
  size_t token_length;
  wl_Path *path;
  wl_Error *error;
} Parser;

static bool refuse(Parser *p, const char *expected) {
  int shown = p->length > 200 ? 200 : (int)p->length;
  wl_fail(p->error, WL_ESYNTAX, "path \"%.*s\": expected %s at column %zu",
          shown, p->text, expected, p->at + 1);
  if (p->error != NULL)
    p->error->column = p->at + 1;
  return false;
}

static bool at_char(const Parser *p, char c) {
  return p->at < p->length && p->text[p->at] == c;
}

static bool accept(Parser *p, char c) {
  if (!at_char(p, c))
    return false;
  p->at++;
  return true;
}

/* Read up to one of the stop characters; a backslash keeps the next one. */
static bool read_bare(Parser *p, const char *stops, const char *expected) {
  size_t start = p->at;
  p->token_length = 0;
  while (p->at < p->length) {
    char c = p->text[p->at];
    if (c != '\0' && strchr(stops, c) != NULL)
      break;
    if (c == '\\' && p->at + 1 < p->length)
      c = p->text[++p->at];
    p->token[p->token_length++] = c;
    p->at++;
  }
  return p->at > start || refuse(p, expected);
}

static bool read_quoted(Parser *p) {
  char quote = p->text[p->at++];
  p->token_length = 0;
  while (p->at < p->length && p->text[p->at] != quote) {
    char c = p->text[p->at++];
    if (c == '\\' && p->at < p->length)
      c = p->text[p->at++];
    p->token[p->token_length++] = c;
  }
  return accept(p, quote) || refuse(p, "the closing quote");
}

static wl_Value token_key(Parser *p) {
  return wl_string_intern(p->heap, p->token, p->token_length);
}

static bool add_step(Parser *p, StepKind kind, uint32_t index, wl_Value key) {
  if (p->path->length == MAX_STEPS) {
    wl_release(p->heap, key);
    return wl_fail(p->error, WL_ELIMIT, "a path has at most %d steps",
                   MAX_STEPS);
  }
  p->path->steps[p->path->length++] = (Step){
      .kind = kind,
      .index = index,
      .key = key,
      .wanted = WL_VALUE_ABSENT,
      .scalar = WL_VALUE_ABSENT,
  };
  return true;
}

static bool is_digits(const char *text, size_t length) {
  for (size_t i = 0; i < length; i++)
    if (text[i] < '0' || text[i] > '9')
      return false;
  return length > 0;
}

/* The integer or boolean that is written like this, or absent. */
static wl_Value spelled(wl_Heap *heap, const char *text, size_t length) {
  if (length == 4 && memcmp(text, "true", 4) == 0)
    return WL_VALUE_TRUE;
  if (length == 5 && memcmp(text, "false", 5) == 0)
    return WL_VALUE_FALSE;
  bool negative = length > 0 && text[0] == '-';
  const char *digits = text + negative;
  size_t n = length - negative;
  if (!is_digits(digits, n) || n > 18 || (n > 1 && digits[0] == '0'))
    return WL_VALUE_ABSENT;
  int64_t number = 0;
  for (size_t i = 0; i < n; i++)
    number = number * 10 + (digits[i] - '0');
  return wl_int_new(heap, negative ? -number : number);
}

/* After "[key=": the value and the bracket. */
static bool parse_search(Parser *p, wl_Value key) {
  if (!add_step(p, STEP_SEARCH, 0, key))
    return false;
  Step *step = &p->path->steps[p->path->length - 1];
  if (at_char(p, '"') || at_char(p, '\'')) {
    if (!read_quoted(p))
      return false;
  } else {
    if (at_char(p, ']'))
      p->token_length = 0;
    else if (!read_bare(p, "]", "a value"))
      return false;
    step->scalar = spelled(p->heap, p->token, p->token_length);
  }
  step->wanted = wl_string_new(p->heap, p->token, p->token_length);
  return accept(p, ']') || refuse(p, "']'");
}

static bool parse_bracket(Parser *p) {
  bool quoted = at_char(p, '"') || at_char(p, '\'');
  if (quoted ? !read_quoted(p) : !read_bare(p, "]=[", "an index or a key"))
    return false;
  if (accept(p, '='))
    return parse_search(p, token_key(p));
  if (!accept(p, ']'))
    return refuse(p, "']'");
  if (quoted || !is_digits(p->token, p->token_length))
    return add_step(p, STEP_KEY, 0, token_key(p));
  if (p->token_length > MAX_INDEX_DIGITS)
    return refuse(p, "an index below 1000000000");
  uint32_t index = 0;
  for (size_t i = 0; i < p->token_length; i++)
    index = index * 10 + (uint32_t)(p->token[i] - '0');
  return add_step(p, STEP_INDEX, index, token_key(p));
}

static bool parse_key(Parser *p) {
  return read_bare(p, ".[", "a field name") &&
         add_step(p, STEP_KEY, 0, token_key(p));
}

static bool parse_steps(Parser *p) {
  if (p->length == 0)
    return true;
  if (!at_char(p, '[') && !(accept(p, '.') && p->length == 1) && !parse_key(p))
    return false;
  while (p->at < p->length) {
    bool parsed = accept(p, '[')   ? parse_bracket(p)
                  : accept(p, '.') ? parse_key(p)
                                   : refuse(p, "'.' or '['");
    if (!parsed)
      return false;
  }
  return true;
}

static size_t path_bytes(size_t capacity) {
  return sizeof(wl_Path) + capacity * sizeof(Step);
}

/* Each step but the first begins with a dot or a bracket. */
static size_t most_steps(const char *text, size_t length) {
  size_t n = 1;
  for (size_t i = 0; i < length; i++)
    n += text[i] == '.' || text[i] == '[';
  return n > MAX_STEPS ? MAX_STEPS : n;
}

wl_Path *wl_path_parse(wl_Heap *heap, const char *text, size_t length,
                       wl_Error *error) {
  size_t capacity = most_steps(text, length);
  wl_Path *path = wl_alloc(heap, path_bytes(capacity));
  path->text = wl_string_new(heap, text, length);
  path->length = 0;
  path->capacity = capacity;
  Parser p = {.heap = heap, .text = text, .length = length, .error = error};
  p.path = path;
  p.token = wl_alloc(heap, length + 1);
  bool parsed = parse_steps(&p);
  wl_dealloc(heap, p.token, length + 1);
  if (parsed)
    return path;
  wl_path_free(heap, path);
  return NULL;
}

void wl_path_free(wl_Heap *heap, wl_Path *path) {
  if (path == NULL)
    return;
  for (size_t i = 0; i < path->length; i++) {
    wl_release(heap, path->steps[i].key);
    wl_release(heap, path->steps[i].wanted);
    wl_release(heap, path->steps[i].scalar);
  }
  wl_release(heap, path->text);
  wl_dealloc(heap, path, path_bytes(path->capacity));
}

wl_Text wl_path_text(const wl_Path *path) {
  return wl_text(&path->text);
}

size_t wl_path_length(const wl_Path *path) {
  return path->length;
}

/* ---- reading ---- */

/* Where the item is, or the list's length. */
static size_t search(const Step *step, wl_Value list) {
  size_t n = wl_length(list);
  for (size_t i = 0; i < n; i++) {
    wl_Value have = wl_map_get(wl_list_get(list, i), step->key);
    if (wl_equal(have, step->wanted) ||
        (!wl_is_absent(step->scalar) && wl_equal(have, step->scalar)))
      return i;
  }
  return n;
}

static wl_Value follow(const Step *step, wl_Value v) {
  if (step->kind == STEP_KEY)
    return wl_map_get(v, step->key);
  if (wl_type(v) == WL_MAP)
    return step->kind == STEP_INDEX ? wl_map_get(v, step->key)
                                    : WL_VALUE_ABSENT;
  return wl_list_get(v,
                     step->kind == STEP_INDEX ? step->index : search(step, v));
}

wl_Value wl_path_get(const wl_Path *path, wl_Value root) {
  for (size_t i = 0; i < path->length; i++)
    root = follow(&path->steps[i], root);
  return root;
}

/* ---- writing ---- */

static bool misfit(const wl_Path *path, size_t i, const char *found,
                   wl_Error *error) {
  static const char *const needs[] = {
      [STEP_KEY] = "a map", [STEP_INDEX] = "a list", [STEP_SEARCH] = "a list"};
  wl_Text text = wl_path_text(path), key = wl_text(&path->steps[i].key);
  return wl_fail(error, WL_EINVALID,
                 "path \"%.*s\": \"%.*s\" needs %s, found %s",
                 text.length > 200 ? 200 : (int)text.length, text.bytes,
                 key.length > 100 ? 100 : (int)key.length, key.bytes,
                 needs[path->steps[i].kind], found);
}

static bool past_end(const wl_Path *path, size_t i, size_t items,
                     wl_Error *error) {
  wl_Text text = wl_path_text(path);
  return wl_fail(error, WL_EINVALID,
                 "path \"%.*s\": index %u is past the end of %zu items",
                 text.length > 200 ? 200 : (int)text.length, text.bytes,
                 path->steps[i].index, items);
}

static bool is_nothing(wl_Value v) {
  return wl_is_absent(v) || wl_same(v, WL_VALUE_NULL);
}

/* How much of the path is there: its steps as keys and indexes for
 * wl_with_path, up to the first that leads to nothing. Keys are borrowed from
 * the path, indexes are integers that fit a word. */
typedef struct Trail {
  wl_Heap *heap;
  wl_Value *plain;
  size_t length; /* how many of `plain` are filled */
} Trail;

/* Whether a tree can be made from nothing through the steps from i on. */
static bool makeable(const wl_Path *path, size_t i, wl_Error *error) {
  for (; i < path->length; i++) {
    const Step *step = &path->steps[i];
    if (step->kind == STEP_INDEX && step->index > 0)
      return past_end(path, i, 0, error);
    if (i > 0 && path->steps[i - 1].kind == STEP_SEARCH &&
        step->kind != STEP_KEY)
      return misfit(path, i, "map", error);
  }
  return true;
}

/* One step of the trail; false when it does not fit, *end when nothing of the
 * tree lies behind it. */
static bool tread(const wl_Path *path, size_t i, wl_Value v, Trail *trail,
                  bool *end, wl_Error *error) {
  const Step *step = &path->steps[i];
  wl_Type type = wl_type(v);
  if (step->kind != STEP_SEARCH && type == WL_MAP) {
    trail->plain[trail->length++] = step->key;
    *end = false;
    return true;
  }
  if (type != WL_LIST || step->kind == STEP_KEY)
    return misfit(path, i, wl_type_name(type), error);
  size_t n = wl_length(v);
  size_t at = step->kind == STEP_INDEX ? step->index : search(step, v);
  if (at > n)
    return past_end(path, i, n, error);
  trail->plain[trail->length++] = wl_int_new(trail->heap, (int64_t)at);
  *end = at == n;
  return true;
}

static bool follow_trail(const wl_Path *path, wl_Value root, Trail *trail,
                         wl_Error *error) {
  for (size_t i = 0; i < path->length && !is_nothing(root); i++) {
    bool end = false;
    if (!tread(path, i, root, trail, &end, error))
      return false;
    if (end)
      break;
    root = follow(&path->steps[i], root);
  }
  return makeable(path, trail->length, error);
}

/* *Takes* what is put at a step: where it is searched for, a map gets the key
 * by which it is found. */
static wl_Value findable(wl_Heap *heap, const Step *step, wl_Value item) {
  if (step->kind != STEP_SEARCH || wl_type(item) != WL_MAP ||
      !wl_is_absent(wl_map_get(item, step->key)))
    return item;
  bool text = wl_is_absent(step->scalar);
  return wl_map_with(heap, item, step->key,
                     wl_retain(text ? step->wanted : step->scalar));
}

/* *Takes* value: the tree that has it behind the steps from `first` on, made
 * from nothing. */
static wl_Value make_tree(wl_Heap *heap, const wl_Path *path, size_t first,
                          wl_Value value) {
  for (size_t i = path->length; i-- > first;) {
    const Step *step = &path->steps[i];
    if (step->kind == STEP_KEY) {
      value = wl_map_with(heap, wl_map_empty(heap), step->key, value);
      continue;
    }
    value = findable(heap, step, value);
    value = wl_list_new(heap, &value, 1);
  }
  return value;
}

wl_Value wl_path_with(wl_Heap *heap, const wl_Path *path, wl_Value root,
                      wl_Value value, wl_Error *error) {
  if (wl_is_absent(value) && wl_is_absent(wl_path_get(path, root)))
    return root;
  size_t bytes = (path->length + 1) * sizeof(wl_Value);
  Trail trail = {.heap = heap, .plain = wl_alloc(heap, bytes)};
  if (follow_trail(path, root, &trail, error)) {
    value = make_tree(heap, path, trail.length, value);
    if (trail.length > 0)
      value = findable(heap, &path->steps[trail.length - 1], value);
    root = wl_with_path(heap, root, trail.plain, trail.length, value);
  } else {
    wl_release(heap, root);
    wl_release(heap, value);
    root = WL_VALUE_ABSENT;
  }
  wl_dealloc(heap, trail.plain, bytes);
  return root;
}
