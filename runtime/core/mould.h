/* SPDX-License-Identifier: MIT */
/*
 * mould.h - what a function makes of values that differ in a few texts
 *
 * A mould is learned from two examples: what went in and what came out, twice.
 * Where the two inputs differ, by names and uids say, there are holes; where
 * the outputs differ they must show the text of a hole, whole and unchanged,
 * or there is no mould. A third input of the same form is then cast: its texts
 * go where those of the examples went, and all the rest is shared.
 *
 * Whether a function treats texts alike is for its owner to know: he says at
 * which fields inputs may differ. A text must be plain: letters in lower case,
 * digits and dashes, no dash at an end where the examples have none, and no
 * longer than they are; so what is said of the examples' length and letters
 * holds for it. At fields that are free only the length counts.
 */
#ifndef WL_MOULD_H
#define WL_MOULD_H

#include "heap.h"
#include "value.h"

typedef struct wl_Mould wl_Mould;

typedef struct wl_Example {
  wl_Value in, out; /* borrowed */
} wl_Example;

/* `plain` and `free` are lists of lists of keys: the fields, and all below
 * them, where inputs may differ. NULL when the examples teach nothing. */
wl_Mould *wl_mould_learn(wl_Heap *heap, const wl_Example examples[2],
                         wl_Value plain, wl_Value free);
void wl_mould_free(wl_Heap *heap, wl_Mould *mould); /* NULL allowed */

/* What would be made of `in`; absent when it does not fit. The caller owns it.
 * O(holes), and the parts that `in` does not share with the examples. */
wl_Value wl_mould_cast(wl_Heap *heap, const wl_Mould *mould, wl_Value in);

#endif
