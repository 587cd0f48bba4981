/* SPDX-License-Identifier: MIT */
/*
 * facet.h - what a kind wants counted of its objects
 *
 * A facet is a question that every object of a kind answers at each write, so
 * that a live set can answer it for all its members in O(1):
 *
 *   test   is it so?  (a predicate over fields and earlier facets)
 *   value  which?     (the text at a path; members are counted per text)
 *   time   since when? (the moment at a path, in whole seconds)
 *   sum    how much?  (an integer computed from parts of the object)
 *
 * The description is a value, a list of {name: ..., ...} in order:
 *   {name, op: "test", test: TEST}
 *   {name, op: "value", path [, where: facet]}
 *   {name, op: "time", path [, where: facet]}
 *   {name, op: "sum", paths: [...], call: n [, where: facet]}
 * TEST is the name of an earlier test facet, or one of
 *   {op: "all"|"any", of: [TEST...]}     {op: "not", of: [TEST]}
 *   {op: "present"|"absent", path}       {op: "in"|"notin", path, values}
 *   {op: "contains", path, values}       the list there has one of the values
 * `where` names a test facet; where it does not hold, the object is not
 * counted. A sum without `call` adds the integer at its only path; else the
 * function given to wl_facets_compile computes it from the parts, once for
 * each distinct combination of parts (they are shared between objects).
 */
#ifndef WL_FACET_H
#define WL_FACET_H

#include "error.h"
#include "value.h"

enum { WL_FACET_TESTS = 32, WL_FACET_OTHERS = 16 };

typedef enum wl_FacetType {
  WL_FACET_TEST,
  WL_FACET_VALUE,
  WL_FACET_TIME,
  WL_FACET_SUM
} wl_FacetType;

typedef struct wl_Facets wl_Facets;

/* Compute sum number `call` from its n parts (borrowed; absent where there is
 * nothing). Must depend on nothing else, and write nothing. False: it failed;
 * the object is not counted then. */
typedef bool wl_FacetSum(void *context, int64_t call, const wl_Value *parts,
                         size_t n, int64_t *amount);

/* An object's answers. A slot holds a wl_Value's bits (value), seconds (time)
 * or the amount (sum); slots that are not counted hold WL_FACET_NONE. */
#define WL_FACET_NONE INT64_MIN
typedef struct wl_FacetRow {
  uint32_t tests;                 /* bit i: test facet i holds */
  int64_t slots[WL_FACET_OTHERS]; /* as many as wl_facets_slots */
} wl_FacetRow;

/* NULL and `error` filled when the description does not fit the above.
 * sum may be NULL when no facet has a `call`. */
wl_Facets *wl_facets_compile(wl_Heap *heap, wl_Value description,
                             wl_FacetSum *sum, void *context, wl_Error *error);
void wl_facets_free(wl_Facets *facets); /* NULL allowed */

size_t wl_facets_slots(const wl_Facets *facets);
/* Which facet has that name: its type and its bit or slot. */
bool wl_facets_find(const wl_Facets *facets, wl_Value name, wl_FacetType *type,
                    size_t *at);
wl_FacetType wl_facets_slot_type(const wl_Facets *facets, size_t slot);
/* The names in order, for messages; i-th of n, absent at the end. */
wl_Value wl_facets_name(const wl_Facets *facets, size_t i);

/* Answer for an object. `old` is what it was and `before` what it answered
 * then, or absent and NULL: facets whose part of the object is the same still
 * are not asked again. O(facets). Texts of value facets are interned and kept
 * alive by the facets. */
void wl_facets_evaluate(wl_Facets *facets, wl_Value object, wl_Value old,
                        const wl_FacetRow *before, wl_FacetRow *row);

#endif
