/* SPDX-License-Identifier: MIT */
/*
 * field_selector.h - status.phase=Running,spec.nodeName!=
 *
 * The grammar, the escapes (\\ \, \=) and the canonical text are those of
 * k8s.io/apimachinery/pkg/fields. Which fields a kind may be selected by is
 * its own affair: here a field is any path.
 *
 * Values are compared as text: 3 and "3" are alike. A field that is missing or
 * null reads as the zero value of its type, so "", "0" and "false" match it.
 *
 * Immutable and reference-counted; belongs to the heap it was made on.
 */
#ifndef WL_FIELD_SELECTOR_H
#define WL_FIELD_SELECTOR_H

#include "error.h"
#include "path.h"
#include "value.h"

typedef struct wl_FieldSelector wl_FieldSelector;

typedef struct wl_FieldTerm {
  wl_Path *path;  /* wl_path_text is the field as it was written */
  wl_Value value; /* interned string */
  bool negated;   /* != */
  bool is_zero, is_number;
  int64_t number;
} wl_FieldTerm;

/* NULL and `error` filled when the text is not a field selector. */
wl_FieldSelector *wl_field_selector_parse(wl_Heap *heap, const char *text,
                                          size_t length, wl_Error *error);
wl_FieldSelector *wl_field_selector_retain(wl_FieldSelector *s);
void wl_field_selector_release(wl_FieldSelector *s); /* NULL allowed */

/* O(terms). */
bool wl_field_selector_matches(const wl_FieldSelector *s, wl_Value object);

size_t wl_field_selector_count(const wl_FieldSelector *s);
const wl_FieldTerm *wl_field_selector_at(const wl_FieldSelector *s, size_t i);
/* The canonical text, a new string value. */
wl_Value wl_field_selector_text(const wl_FieldSelector *s);

#endif
