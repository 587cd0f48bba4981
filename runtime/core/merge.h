/* SPDX-License-Identifier: MIT */
/* merge.h - values made from others: JSON merge patch (RFC 7386), the patch
 * that bulk writes use, and sharing. */
#ifndef WL_MERGE_H
#define WL_MERGE_H

#include "value.h"

/* The successor of `target` (borrowed, may be absent), a new reference. As
 * wl_patch_merge makes it, but lists of the patch are taken as they stand, so
 * that the objects of a bulk write share them. Parts
 * that the patch leaves alone are shared; a patch that changes nothing returns
 * target itself. O(patch). */
wl_Value wl_merge(wl_Heap *heap, wl_Value target, wl_Value patch);
/* A value equal to `now` (*taken*) that shares with `old` what is equal: a
 * copy that went through Lua is no longer one. O(now). */
wl_Value wl_share(wl_Heap *heap, wl_Value now, wl_Value old);

#endif
