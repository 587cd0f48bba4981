/* SPDX-License-Identifier: MIT */
/*
 * yaml_read.c - libyaml's events straight into values
 *
 * A stack of frames holds the open lists and maps; a value that is complete
 * goes to the innermost one. Anchored values are kept until the document
 * ends and are shared by their aliases. `cost` counts what a value would be
 * if its aliases were written out.
 */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "../core/number.h"
#include "json.h"
#include "yaml_merge.h"
#include "yaml_private.h"

typedef struct Frame {
  wl_Builder items;
  wl_Value key;               /* of the pair being read; absent between pairs */
  yaml_mark_t key_mark, mark; /* mark: where it was opened */
  wl_YamlMerge merge;         /* what `<<` brought */
  bool is_map, merging;       /* merging: the value to come is that of a `<<` */
  size_t anchor;              /* its index + 1; 0: none */
  size_t cost, height;
} Frame;

typedef struct Anchor {
  char *name;
  wl_Value value; /* absent while its node is open */
  size_t cost, height;
} Anchor;

typedef struct Reader {
  wl_Heap *heap;
  wl_Error *error;
  yaml_parser_t parser;
  Frame *frames;
  size_t depth, frame_capacity;
  Anchor *anchors; /* of this document */
  size_t anchor_count, anchor_capacity;
  size_t shared; /* cost of all aliases of the text */
  wl_Value root; /* of this document; absent until complete */
  size_t root_line;
  wl_Buffer scratch;
  wl_Builder documents, lines;
} Reader;

/* A complete node on its way to its place. */
typedef struct Item {
  wl_Value value;
  wl_Plain plain; /* when it was a scalar that is no string */
  yaml_mark_t mark;
  size_t cost;
  size_t height; /* levels of lists and maps; 0: a scalar */
  bool is_merge; /* the text << */
} Item;

static bool fail_at(Reader *r, yaml_mark_t mark) {
  if (r->error != NULL) {
    r->error->line = mark.line + 1;
    r->error->column = mark.column + 1;
  }
  return false;
}

#define FAIL(r, mark, code, ...)                                               \
  (wl_fail((r)->error, (code), __VA_ARGS__), fail_at((r), (mark)))

static bool fail_deep(Reader *r, yaml_mark_t mark) {
  return FAIL(r, mark, WL_ELIMIT, "lists and maps nested deeper than %d levels",
              WL_YAML_DEPTH);
}

/* ---- keys ---- */

/* The text that a number has as a key, as in Kubernetes' JSON. */
static wl_Value number_key(Reader *r, const wl_Plain *plain) {
  char text[WL_NUMBER_SIZE];
  size_t n;
  if (plain->type == WL_PLAIN_INT) {
    n = (size_t)snprintf(text, sizeof text, "%" PRId64, plain->i);
  } else if (isfinite(plain->d)) {
    n = wl_number_print(text, plain->d, WL_NUMBER_YAML);
    if (n > 2 && strcmp(text + n - 2, ".0") == 0)
      n -= 2;
  } else {
    const char *word = isnan(plain->d) ? ".nan"
                       : plain->d < 0  ? "-.inf"
                                       : ".inf";
    return wl_key(r->heap, word);
  }
  return wl_string_intern(r->heap, text, n);
}

/* *Takes* item->value. Absent on failure. */
static wl_Value key_of(Reader *r, const Item *item) {
  wl_Value v = item->value, key = WL_VALUE_ABSENT;
  switch (wl_type(v)) {
  case WL_STRING:
    key = wl_string_interned(r->heap, v);
    break;
  case WL_BOOL:
    key = wl_key(r->heap, wl_bool(v) ? "true" : "false");
    break;
  case WL_INT:
  case WL_DOUBLE:
    if (item->plain.type != WL_PLAIN_BIG) {
      key = number_key(r, &item->plain);
      break;
    }
    FAIL(r, item->mark, WL_EINVALID, "number too large for a key: quote it");
    break;
  case WL_NULL:
    FAIL(r, item->mark, WL_EINVALID,
         "a key must not be null: quote it if "
         "the text is meant");
    break;
  default:
    FAIL(r, item->mark, WL_EINVALID,
         "a key must be a string, not a %s; text in {{ }} is a template to "
         "be filled in first, and text in { } or [ ] wants quotes",
         wl_type_name(wl_type(v)));
  }
  wl_release(r->heap, v);
  return key;
}

/* ---- values to their places ---- */

static bool place_in_map(Reader *r, Frame *frame, Item *item) {
  if (wl_is_absent(frame->key) && !frame->merging) {
    frame->key_mark = item->mark;
    frame->merging = item->is_merge;
    if (frame->merging) {
      wl_release(r->heap, item->value);
      return true;
    }
    frame->key = key_of(r, item);
    return !wl_is_absent(frame->key);
  }
  if (frame->merging) {
    frame->merging = false;
    return wl_yaml_merge(&frame->merge, frame->items.length / 2, item->value) ||
           FAIL(r, item->mark, WL_EINVALID,
                "<< wants a map, or a list of maps, to merge in");
  }
  wl_Value key = frame->key;
  frame->key = WL_VALUE_ABSENT;
  if (wl_builder_put(&frame->items, wl_retain(key), item->value)) {
    wl_release(r->heap, key);
    return true;
  }
  FAIL(r, frame->key_mark, WL_EINVALID,
       "key \"%.100s\" occurs twice in this map", wl_text(&key).bytes);
  wl_release(r->heap, key);
  return false;
}

/* *Takes* the item's value. */
static bool place(Reader *r, Item *item) {
  if (r->depth == 0) {
    r->root = item->value;
    return true;
  }
  Frame *frame = &r->frames[r->depth - 1];
  frame->cost += item->cost;
  if (item->height >= frame->height)
    frame->height = item->height + 1;
  if (frame->is_map)
    return place_in_map(r, frame, item);
  wl_builder_add(&frame->items, item->value);
  return true;
}

/* ---- anchors ---- */

static bool add_anchor(Reader *r, const yaml_char_t *name, yaml_mark_t mark,
                       size_t *number) {
  *number = 0;
  if (name == NULL)
    return true;
  if (r->anchor_count == WL_YAML_ANCHORS)
    return FAIL(r, mark, WL_ELIMIT, "more than %d anchors", WL_YAML_ANCHORS);
  if (r->anchor_count == r->anchor_capacity) {
    size_t capacity = r->anchor_capacity == 0 ? 8 : 2 * r->anchor_capacity;
    r->anchors =
        wl_realloc(r->heap, r->anchors, r->anchor_capacity * sizeof(Anchor),
                   capacity * sizeof(Anchor));
    r->anchor_capacity = capacity;
  }
  size_t size = strlen((const char *)name) + 1;
  Anchor *anchor = &r->anchors[r->anchor_count++];
  *anchor = (Anchor){.name = wl_alloc(r->heap, size), .value = WL_VALUE_ABSENT};
  memcpy(anchor->name, name, size);
  *number = r->anchor_count;
  return true;
}

static void set_anchor(Reader *r, size_t number, const Item *item) {
  if (number == 0)
    return;
  Anchor *anchor = &r->anchors[number - 1];
  anchor->value = wl_retain(item->value);
  anchor->cost = item->cost;
  anchor->height = item->height;
}

static void forget_anchors(Reader *r) {
  for (size_t i = 0; i < r->anchor_count; i++) {
    wl_dealloc(r->heap, r->anchors[i].name, strlen(r->anchors[i].name) + 1);
    wl_release(r->heap, r->anchors[i].value);
  }
  r->anchor_count = 0;
}

/* The latest of that name; NULL when there is none. */
static const Anchor *find_anchor(const Reader *r, const char *name) {
  for (size_t i = r->anchor_count; i > 0; i--)
    if (strcmp(r->anchors[i - 1].name, name) == 0)
      return &r->anchors[i - 1];
  return NULL;
}

static bool on_alias(Reader *r, const yaml_event_t *event) {
  const char *name = (const char *)event->data.alias.anchor;
  const Anchor *anchor = find_anchor(r, name);
  if (anchor == NULL)
    return FAIL(r, event->start_mark, WL_EINVALID,
                "alias *%.60s has no anchor &%.60s before it; text that "
                "begins with * must be quoted",
                name, name);
  if (wl_is_absent(anchor->value))
    return FAIL(r, event->start_mark, WL_EINVALID,
                "the value of anchor &%.60s contains itself", name);
  r->shared += anchor->cost;
  if (r->shared > WL_YAML_SHARED)
    return FAIL(r, event->start_mark, WL_ELIMIT,
                "the aliases stand for more than %d values when written out",
                WL_YAML_SHARED);
  if (r->depth + anchor->height > WL_YAML_DEPTH)
    return fail_deep(r, event->start_mark);
  Item item = {.value = wl_retain(anchor->value),
               .height = anchor->height,
               .cost = anchor->cost,
               .mark = event->start_mark};
  if (wl_type(item.value) == WL_INT) /* it may be a key */
    item.plain = (wl_Plain){.type = WL_PLAIN_INT, .i = wl_int(item.value)};
  if (wl_type(item.value) == WL_DOUBLE)
    item.plain =
        (wl_Plain){.type = WL_PLAIN_DOUBLE, .d = wl_double(item.value)};
  return place(r, &item);
}

/* ---- scalars ---- */

static wl_Value value_of_plain(Reader *r, const wl_Plain *plain, wl_Text text) {
  switch (plain->type) {
  case WL_PLAIN_NULL:
    return WL_VALUE_NULL;
  case WL_PLAIN_BOOL:
    return wl_bool_new(plain->b);
  case WL_PLAIN_INT:
    return wl_int_new(r->heap, plain->i);
  case WL_PLAIN_BIG:
  case WL_PLAIN_DOUBLE:
    return wl_double_new(r->heap, plain->d);
  default:
    return wl_string_new(r->heap, text.bytes, text.length);
  }
}

static bool expects_key(const Reader *r) {
  if (r->depth == 0)
    return false;
  const Frame *frame = &r->frames[r->depth - 1];
  return frame->is_map && wl_is_absent(frame->key) && !frame->merging;
}

static bool on_scalar(Reader *r, const yaml_event_t *event) {
  Item item = {.mark = event->start_mark};
  wl_Text text;
  if (!wl_yaml_scalar(event, &r->scratch, &item.plain, &text, r->error))
    return fail_at(r, event->start_mark);
  bool is_number = item.plain.type == WL_PLAIN_DOUBLE;
  if (is_number && !isfinite(item.plain.d) && !expects_key(r))
    return FAIL(r, event->start_mark, WL_EINVALID,
                "infinity and NaN are no values of a Kubernetes object: "
                "quote \"%.20s\" if the text is meant",
                text.bytes);
  size_t anchor;
  if (!add_anchor(r, event->data.scalar.anchor, event->start_mark, &anchor))
    return false;
  item.value = value_of_plain(r, &item.plain, text);
  item.is_merge = item.plain.type == WL_PLAIN_MERGE && expects_key(r);
  item.cost = 1 + text.length / 32;
  set_anchor(r, anchor, &item);
  return place(r, &item);
}

/* ---- lists and maps ---- */

static bool open_frame(Reader *r, const yaml_char_t *anchor, yaml_mark_t mark,
                       bool is_map) {
  if (r->depth == WL_YAML_DEPTH)
    return fail_deep(r, mark);
  if (r->depth == r->frame_capacity) {
    size_t capacity = r->frame_capacity == 0 ? 16 : 2 * r->frame_capacity;
    r->frames =
        wl_realloc(r->heap, r->frames, r->frame_capacity * sizeof(Frame),
                   capacity * sizeof(Frame));
    r->frame_capacity = capacity;
  }
  size_t number;
  if (!add_anchor(r, anchor, mark, &number))
    return false;
  Frame *frame = &r->frames[r->depth++];
  *frame = (Frame){.key = WL_VALUE_ABSENT,
                   .mark = mark,
                   .is_map = is_map,
                   .anchor = number,
                   .cost = 1,
                   .height = 1};
  wl_yaml_merge_init(&frame->merge, r->heap);
  wl_builder_init(&frame->items, r->heap);
  return true;
}

static bool close_frame(Reader *r) {
  Frame *frame = &r->frames[--r->depth];
  Item item = {
      .cost = frame->cost, .height = frame->height, .mark = frame->mark};
  if (!frame->is_map)
    item.value = wl_builder_list(&frame->items);
  else
    item.value =
        wl_yaml_merge_finish(&frame->merge, wl_builder_map(&frame->items));
  wl_yaml_merge_destroy(&frame->merge);
  set_anchor(r, frame->anchor, &item);
  return place(r, &item);
}

/* ---- documents ---- */

static void end_document(Reader *r) {
  forget_anchors(r);
  if (wl_type(r->root) == WL_NULL || wl_is_absent(r->root)) {
    r->root = WL_VALUE_ABSENT;
    return;
  }
  wl_builder_add(&r->documents, r->root);
  wl_builder_add(&r->lines, wl_int_new(r->heap, (int64_t)r->root_line));
  r->root = WL_VALUE_ABSENT;
}

static bool on_event(Reader *r, const yaml_event_t *event) {
  if (r->depth == 0 && wl_is_absent(r->root))
    r->root_line = event->start_mark.line + 1;
  switch (event->type) {
  case YAML_ALIAS_EVENT:
    return on_alias(r, event);
  case YAML_SCALAR_EVENT:
    return on_scalar(r, event);
  case YAML_SEQUENCE_START_EVENT:
    return open_frame(r, event->data.sequence_start.anchor, event->start_mark,
                      false);
  case YAML_MAPPING_START_EVENT:
    return open_frame(r, event->data.mapping_start.anchor, event->start_mark,
                      true);
  case YAML_SEQUENCE_END_EVENT:
  case YAML_MAPPING_END_EVENT:
    return close_frame(r);
  case YAML_DOCUMENT_END_EVENT:
    end_document(r);
    return true;
  default:
    return true;
  }
}

static bool read_events(Reader *r, const char *text, size_t length) {
  for (bool done = false; !done;) {
    yaml_event_t event;
    if (!yaml_parser_parse(&r->parser, &event)) {
      wl_yaml_explain(&r->parser, text, length, r->error);
      return false;
    }
    done = event.type == YAML_STREAM_END_EVENT;
    bool good = on_event(r, &event);
    yaml_event_delete(&event);
    if (!good)
      return false;
  }
  return true;
}

static void forget(Reader *r) {
  forget_anchors(r);
  for (; r->depth > 0; r->depth--) {
    Frame *frame = &r->frames[r->depth - 1];
    wl_release(r->heap, frame->key);
    wl_yaml_merge_destroy(&frame->merge);
    wl_builder_destroy(&frame->items);
  }
  wl_release(r->heap, r->root);
  wl_dealloc(r->heap, r->frames, r->frame_capacity * sizeof(Frame));
  wl_dealloc(r->heap, r->anchors, r->anchor_capacity * sizeof(Anchor));
  wl_buffer_destroy(&r->scratch);
  wl_builder_destroy(&r->documents);
  wl_builder_destroy(&r->lines);
  yaml_parser_delete(&r->parser);
}

static bool is_blank(char c) {
  return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* JSON text is read as JSON, as kubectl does: YAML's escapes know nothing of
 * surrogate pairs. Absent when it is none; YAML may take it still. */
static wl_Value read_json(wl_Heap *heap, const char *text, size_t length,
                          int64_t *line) {
  size_t start = 0;
  for (*line = 1; start < length && is_blank(text[start]); start++)
    *line += text[start] == '\n';
  return start < length && text[start] == '{'
             ? wl_json_read(heap, text, length, NULL)
             : WL_VALUE_ABSENT;
}

bool wl_yaml_read(wl_Heap *heap, const char *text, size_t length,
                  wl_YamlStream *out, wl_Error *error) {
  *out = (wl_YamlStream){WL_VALUE_ABSENT, WL_VALUE_ABSENT};
  if (length > WL_YAML_BYTES)
    return wl_fail(error, WL_ELIMIT, "text longer than 64 MiB");
  int64_t line;
  wl_Value json = read_json(heap, text, length, &line);
  if (!wl_is_absent(json)) {
    wl_Value number = wl_int_new(heap, line);
    *out = (wl_YamlStream){wl_list_new(heap, &json, 1),
                           wl_list_new(heap, &number, 1)};
    return true;
  }
  Reader r = {.heap = heap, .error = error, .root = WL_VALUE_ABSENT};
  if (!yaml_parser_initialize(&r.parser))
    return wl_fail(error, WL_ELIMIT, "not enough memory");
  wl_buffer_init(&r.scratch, heap);
  wl_builder_init(&r.documents, heap);
  wl_builder_init(&r.lines, heap);
  yaml_parser_set_input_string(&r.parser, (const unsigned char *)text, length);
  bool good = read_events(&r, text, length);
  if (good)
    *out = (wl_YamlStream){wl_builder_list(&r.documents),
                           wl_builder_list(&r.lines)};
  forget(&r);
  return good;
}
