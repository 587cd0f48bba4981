/* SPDX-License-Identifier: MIT */
/* yaml_private.h - what the files that implement yaml.h share */
#ifndef WL_YAML_PRIVATE_H
#define WL_YAML_PRIVATE_H

#include <yaml.h>

#include "yaml.h" /* NOLINT(readability-duplicate-include): ours */

/* ---- yaml_scalar.c: what a scalar means ---- */

typedef enum wl_PlainType {
  WL_PLAIN_STRING,
  WL_PLAIN_NULL,
  WL_PLAIN_BOOL,
  WL_PLAIN_INT,
  WL_PLAIN_BIG, /* a whole number beyond int64_t, in d */
  WL_PLAIN_DOUBLE,
  WL_PLAIN_TIME, /* a string for the reader; to be quoted by a writer */
  WL_PLAIN_MERGE /* << */
} wl_PlainType;

typedef struct wl_Plain {
  wl_PlainType type;
  bool b;
  int64_t i;
  double d;
} wl_Plain;

/* What the text is when it stands unquoted and untagged. */
wl_Plain wl_yaml_plain(const char *text, size_t length);

/* Numbers in base 60, which other readers would see in an unquoted text. */
bool wl_yaml_is_base60(const char *text, size_t length);

/* What a scalar event stands for, its tag and quotes taken into account.
 * *text (for strings: as decoded) may be added to `scratch`. False, with a
 * message in `error`, when text and tag do not fit. */
bool wl_yaml_scalar(const yaml_event_t *event, wl_Buffer *scratch,
                    wl_Plain *plain, wl_Text *text, wl_Error *error);

/* ---- yaml_error.c: what to say about text that does not parse ---- */

/* Fills `error` from the parser's error state, in words for the one who
 * wrote the text. */
void wl_yaml_explain(const yaml_parser_t *parser, const char *text,
                     size_t length, wl_Error *error);

#endif
