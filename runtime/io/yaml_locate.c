/* SPDX-License-Identifier: MIT */
/*
 * yaml_locate.c - from a field's path back to its place in the text
 *
 * Walks the events once; only the children of the node reached last matter.
 */
#include <stdio.h>
#include <string.h>

#include "yaml_private.h"

typedef struct Locator {
  size_t wanted, document; /* numbers of documents that are not null */
  bool inside;             /* in the wanted document */
  const char *rest;        /* of the path */
  size_t depth;
  size_t inner; /* depth of the children of the node reached last */
  bool in_list; /* that node is a list, else a map */
  bool at_key;  /* in the map, a key comes next, else a value */
  bool matched; /* that value is the one */
  size_t index; /* of the list's next item */
  size_t line, column;
  bool found;
} Locator;

/* Is key the next step of the path? Then the path after it; NULL. A key with
 * dots matches in brackets, and also written plainly. */
static const char *after_key(const char *rest, const char *key) {
  size_t n = strlen(key);
  if (*rest == '.')
    rest++;
  bool bracket = *rest == '[';
  bool quoted = bracket && (rest[1] == '\'' || rest[1] == '"');
  rest += bracket + quoted;
  if (strncmp(rest, key, n) != 0)
    return NULL;
  rest += n;
  if (bracket)
    return rest[quoted] == ']' ? rest + quoted + 1 : NULL;
  return *rest == '\0' || *rest == '.' || *rest == '[' ? rest : NULL;
}

static const char *after_index(const char *rest, size_t index) {
  char text[32];
  int n = snprintf(text, sizeof text, "[%zu]", index);
  return strncmp(rest, text, (size_t)n) == 0 ? rest + n : NULL;
}

static void note(Locator *l, yaml_mark_t mark) {
  l->line = mark.line + 1;
  l->column = mark.column + 1;
}

/* The node of a step is here. A scalar's own place is better than its
 * key's; a collection is entered. */
static void reach(Locator *l, const yaml_event_t *event) {
  bool is_scalar = event->type == YAML_SCALAR_EVENT;
  if (is_scalar && *l->rest == '\0' && event->data.scalar.length > 0)
    note(l, event->start_mark);
  l->found = is_scalar || event->type == YAML_ALIAS_EVENT || *l->rest == '\0';
  l->inner = l->depth + 1;
  l->in_list = event->type == YAML_SEQUENCE_START_EVENT;
  l->at_key = !l->in_list;
  l->matched = false;
  l->index = 0;
}

static bool step(Locator *l, const char *after, yaml_mark_t mark) {
  if (after == NULL)
    return false;
  l->rest = after;
  note(l, mark);
  return true;
}

static void on_node(Locator *l, const yaml_event_t *event) {
  if (l->depth == 0) {
    note(l, event->start_mark);
    reach(l, event);
  } else if (l->depth != l->inner) {
    return;
  } else if (l->in_list) {
    if (step(l, after_index(l->rest, l->index++), event->start_mark))
      reach(l, event);
  } else if (l->at_key) {
    const char *key = event->type == YAML_SCALAR_EVENT
                          ? (const char *)event->data.scalar.value
                          : "";
    l->matched = step(l, after_key(l->rest, key), event->start_mark);
    l->at_key = false;
  } else {
    l->at_key = true;
    if (l->matched)
      reach(l, event);
  }
}

static bool is_null(const yaml_event_t *event) {
  return event->type == YAML_SCALAR_EVENT && event->data.scalar.tag == NULL &&
         event->data.scalar.plain_implicit &&
         wl_yaml_plain((const char *)event->data.scalar.value,
                       event->data.scalar.length)
                 .type == WL_PLAIN_NULL;
}

static bool is_node(yaml_event_type_t type) {
  return type == YAML_SCALAR_EVENT || type == YAML_ALIAS_EVENT ||
         type == YAML_SEQUENCE_START_EVENT || type == YAML_MAPPING_START_EVENT;
}

static bool is_end(yaml_event_type_t type) {
  return type == YAML_SEQUENCE_END_EVENT || type == YAML_MAPPING_END_EVENT;
}

static void on_event(Locator *l, const yaml_event_t *event) {
  if (is_end(event->type)) {
    /* the node reached last ends without the next step in it */
    l->found = l->found || (l->inside && l->depth == l->inner);
    l->depth--;
    return;
  }
  if (!is_node(event->type))
    return;
  if (l->depth == 0 && !is_null(event))
    l->inside = l->document++ == l->wanted;
  if (l->inside)
    on_node(l, event);
  if (event->type == YAML_SEQUENCE_START_EVENT ||
      event->type == YAML_MAPPING_START_EVENT)
    l->depth++;
}

bool wl_yaml_locate(const char *text, size_t length, size_t document,
                    const char *path, size_t *line, size_t *column) {
  Locator l = {.wanted = document, .rest = path};
  yaml_parser_t parser;
  if (!yaml_parser_initialize(&parser))
    return false;
  yaml_parser_set_input_string(&parser, (const unsigned char *)text, length);
  bool done = false;
  while (!done && !l.found) {
    yaml_event_t event;
    if (!yaml_parser_parse(&parser, &event))
      break;
    done = event.type == YAML_STREAM_END_EVENT;
    on_event(&l, &event);
    yaml_event_delete(&event);
  }
  yaml_parser_delete(&parser);
  *line = l.line;
  *column = l.column;
  return l.found;
}
