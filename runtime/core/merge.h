/* SPDX-License-Identifier: MIT */
/* merge.h - JSON merge patch (RFC 7386), the patch that bulk writes use. */
#ifndef WL_MERGE_H
#define WL_MERGE_H

#include "value.h"

/* The successor of `target` (borrowed, may be absent), a new reference. Parts
 * that the patch leaves alone are shared; a patch that changes nothing returns
 * target itself. O(patch). */
wl_Value wl_merge(wl_Heap *heap, wl_Value target, wl_Value patch);

#endif
