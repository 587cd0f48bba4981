/* SPDX-License-Identifier: MIT */
/* share.h - sharing between a value and its successor */
#ifndef WL_SHARE_H
#define WL_SHARE_H

#include "value.h"

/* A value equal to `now` (*taken*) that shares with `old` what is equal: a
 * copy that went through Lua is no longer one. O(now). */
wl_Value wl_share(wl_Heap *heap, wl_Value now, wl_Value old);

#endif
