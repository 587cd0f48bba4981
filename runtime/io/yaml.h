/* SPDX-License-Identifier: MIT */
/*
 * yaml.h - YAML text to values and back, as Kubernetes' own reader takes it
 *
 * The reader follows sigs.k8s.io/yaml: YAML 1.1 scalars (yes, on, 0644,
 * 1_000 and 1e3 are what they look like, 12:30 and dates are strings), keys
 * become strings as in JSON, `<<` merges. It is stricter in one thing: a key
 * that occurs twice in a map is refused. And 1e3 stays a double, so that
 * reading and writing are exact inverses.
 *
 * A text that is one JSON map is read as JSON.
 *
 * Refused: null and collections as keys, infinity and NaN, text that is not
 * UTF-8 or UTF-16, and what exceeds a limit. An alias costs no memory (the
 * value is shared), but what all aliases stand for together is limited.
 */
#ifndef WL_YAML_H
#define WL_YAML_H

#include <stdbool.h>
#include <stddef.h>

#include "../core/buffer.h"
#include "../core/error.h"
#include "../core/value.h"

enum {
  WL_YAML_DEPTH = 1000,             /* lists and maps inside each other */
  WL_YAML_BYTES = 64 * 1024 * 1024, /* of text */
  WL_YAML_SHARED = 1000 * 1000,     /* nodes that aliases stand for */
  WL_YAML_ANCHORS = 10 * 1000       /* in one document */
};

/* The documents of a text, in order; those that are null are left out. */
typedef struct wl_YamlStream {
  wl_Value documents; /* list */
  wl_Value lines;     /* list of integers: where each one's content begins */
} wl_YamlStream;

/* False, with line and column in `error` and nothing in *out, unless all of
 * the text is good. The caller releases both lists. */
bool wl_yaml_read(wl_Heap *heap, const char *text, size_t length,
                  wl_YamlStream *out, wl_Error *error);

/* Where the field of `path` (spec.containers[0].image, labels[a.b/c]) stands
 * in document number `document` (from 0) of a text that was read. A field
 * that is not there is where the nearest one around it is. Reads the text
 * again, so it is for messages. False when there is no such document. */
bool wl_yaml_locate(const char *text, size_t length, size_t document,
                    const char *path, size_t *line, size_t *column);

/* Appends a document as `kubectl get -o yaml` prints it, with a line break
 * at the end. Keys in their order, or sorted as kubectl sorts
 * them (a2 before a10). False, with
 * `out` as it was, for infinities, NaN and more than WL_YAML_DEPTH levels.
 * Strings that are not UTF-8 are written as !!binary. */
bool wl_yaml_write(wl_Buffer *out, wl_Value value, bool sorted,
                   wl_Error *error);

#endif
