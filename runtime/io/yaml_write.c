/* SPDX-License-Identifier: MIT */
/*
 * yaml_write.c - values as block style YAML, through libyaml's emitter
 *
 * The choice of quotes is that of goyaml.v2, so the text is what kubectl
 * prints: plain where the text means itself, "..." where unquoted it would
 * be something else, | for what has line breaks; where the emitter finds a
 * style unfit for the text it falls back to '...' and then "...".
 */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "../core/number.h"
#include "../core/utf8.h"
#include "base64.h"
#include "members.h"
#include "yaml_private.h"

typedef struct Writer {
  yaml_emitter_t emitter;
  wl_Heap *heap;
  wl_Buffer *out;
  wl_Error *error;
  bool sorted;
  size_t depth;
} Writer;

static const char BINARY_TAG[] = "tag:yaml.org,2002:binary";

static int append(void *out, unsigned char *bytes, size_t n) {
  wl_buffer_add(out, (const char *)bytes, n);
  return 1;
}

/* The emitter owns and frees the event, also when it fails. */
static bool emit(Writer *w, yaml_event_t *event) {
  return yaml_emitter_emit(&w->emitter, event) != 0 ||
         wl_fail(w->error, WL_ELIMIT, "%s", w->emitter.problem);
}

static bool emit_scalar(Writer *w, const char *tag, wl_Text text,
                        yaml_scalar_style_t style) {
  yaml_event_t event;
  if (text.length > WL_YAML_BYTES)
    return wl_fail(w->error, WL_ELIMIT, "string longer than 64 MiB");
  return yaml_scalar_event_initialize(&event, NULL, (const unsigned char *)tag,
                                      (const unsigned char *)text.bytes,
                                      (int)text.length, tag == NULL,
                                      tag == NULL, style) != 0
             ? emit(w, &event)
             : wl_fail(w->error, WL_ELIMIT, "not enough memory");
}

/* ---- scalars ---- */

/* Line breaks that a reader would turn into others, and marks of byte order:
 * only escapes bring them through. */
static bool has_odd_breaks(wl_Text text) {
  for (size_t at = 0; at < text.length;) {
    uint32_t c = 0;
    at += wl_utf8_read(text.bytes + at, text.length - at, &c);
    if (c == 0x85 || c == 0x2028 || c == 0x2029 || c == 0xfeff)
      return true;
  }
  return false;
}

static yaml_scalar_style_t style_of(wl_Text text) {
  wl_Plain plain = wl_yaml_plain(text.bytes, text.length);
  if (has_odd_breaks(text))
    return YAML_DOUBLE_QUOTED_SCALAR_STYLE;
  if (memchr(text.bytes, '\n', text.length) != NULL)
    return YAML_LITERAL_SCALAR_STYLE;
  if (plain.type != WL_PLAIN_STRING ||
      wl_yaml_is_base60(text.bytes, text.length))
    return YAML_DOUBLE_QUOTED_SCALAR_STYLE;
  return YAML_PLAIN_SCALAR_STYLE;
}

static bool put_binary(Writer *w, wl_Text text) {
  wl_Buffer base64;
  wl_buffer_init(&base64, w->heap);
  wl_base64_write(&base64, text.bytes, text.length);
  bool good = emit_scalar(w, BINARY_TAG, (wl_Text){base64.bytes, base64.length},
                          YAML_PLAIN_SCALAR_STYLE);
  wl_buffer_destroy(&base64);
  return good;
}

static bool put_string(Writer *w, wl_Value string) {
  wl_Text text = wl_text(&string);
  if (wl_utf8_check(text.bytes, text.length) < text.length)
    return put_binary(w, text);
  return emit_scalar(w, NULL, text, style_of(text));
}

static bool put_plain(Writer *w, const char *text) {
  return emit_scalar(w, NULL, (wl_Text){text, strlen(text)},
                     YAML_PLAIN_SCALAR_STYLE);
}

static bool put_double(Writer *w, double d) {
  char number[WL_NUMBER_SIZE];
  if (!isfinite(d))
    return wl_fail(w->error, WL_EINVALID,
                   "%s is no value of a Kubernetes object",
                   isnan(d) ? "NaN" : "an infinite number");
  wl_number_print(number, d, WL_NUMBER_YAML);
  return put_plain(w, number);
}

static bool put_scalar(Writer *w, wl_Value v) {
  char number[WL_NUMBER_SIZE];
  switch (wl_type(v)) {
  case WL_BOOL:
    return put_plain(w, wl_bool(v) ? "true" : "false");
  case WL_INT:
    snprintf(number, sizeof number, "%" PRId64, wl_int(v));
    return put_plain(w, number);
  case WL_DOUBLE:
    return put_double(w, wl_double(v));
  case WL_STRING:
    return put_string(w, v);
  default:
    return put_plain(w, "null");
  }
}

/* ---- lists and maps ---- */

static bool put_value(Writer *w, wl_Value v);

static bool put_list(Writer *w, wl_Value list) {
  yaml_event_t event;
  yaml_sequence_start_event_initialize(&event, NULL, NULL, 1,
                                       YAML_BLOCK_SEQUENCE_STYLE);
  bool good = emit(w, &event);
  for (size_t i = 0; i < wl_length(list) && good; i++)
    good = put_value(w, wl_list_get(list, i));
  yaml_sequence_end_event_initialize(&event);
  return good && emit(w, &event);
}

static bool put_map(Writer *w, wl_Value map) {
  yaml_event_t event;
  yaml_mapping_start_event_initialize(&event, NULL, NULL, 1,
                                      YAML_BLOCK_MAPPING_STYLE);
  bool good = emit(w, &event);
  wl_Members members =
      wl_members_new(w->heap, map, w->sorted ? WL_NATURALLY : WL_AS_THEY_ARE);
  for (size_t i = 0; i < members.length && good; i++)
    good = put_string(w, members.items[i].key) &&
           put_value(w, members.items[i].value);
  wl_members_free(w->heap, members);
  yaml_mapping_end_event_initialize(&event);
  return good && emit(w, &event);
}

static bool put_value(Writer *w, wl_Value v) {
  wl_Type type = wl_type(v);
  if (type != WL_LIST && type != WL_MAP)
    return put_scalar(w, v);
  if (w->depth == WL_YAML_DEPTH)
    return wl_fail(w->error, WL_ELIMIT, "nested deeper than %d levels",
                   WL_YAML_DEPTH);
  w->depth++;
  bool good = type == WL_LIST ? put_list(w, v) : put_map(w, v);
  w->depth--;
  return good;
}

static bool put_stream(Writer *w, wl_Value value) {
  yaml_event_t event;
  yaml_stream_start_event_initialize(&event, YAML_UTF8_ENCODING);
  bool good = emit(w, &event);
  yaml_document_start_event_initialize(&event, NULL, NULL, NULL, 1);
  good = good && emit(w, &event) && put_value(w, value);
  w->emitter.open_ended = 0; /* no "..." after a last |+, as in kubectl */
  yaml_document_end_event_initialize(&event, 1);
  good = good && emit(w, &event);
  yaml_stream_end_event_initialize(&event);
  return good && emit(w, &event);
}

bool wl_yaml_write(wl_Buffer *out, wl_Value value, bool sorted,
                   wl_Error *error) {
  Writer w = {.heap = out->heap, .out = out, .error = error, .sorted = sorted};
  size_t before = out->length;
  if (!yaml_emitter_initialize(&w.emitter))
    return wl_fail(error, WL_ELIMIT, "not enough memory");
  yaml_emitter_set_output(&w.emitter, append, out);
  yaml_emitter_set_unicode(&w.emitter, 1);
  bool good = put_stream(&w, value);
  yaml_emitter_delete(&w.emitter);
  if (!good)
    wl_buffer_truncate(out, before);
  return good;
}
