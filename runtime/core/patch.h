/* SPDX-License-Identifier: MIT */
/*
 * patch.h - changing a value by another value
 *
 * Three kinds of patch, as the Kubernetes API server applies them: JSON merge
 * patch (RFC 7386), JSON patch (RFC 6902), and strategic merge patch, which
 * merges lists by a key that the type of the object names. And the way back:
 * the patch between two values, or the one that `apply` makes of three.
 *
 * Parameters are borrowed. Each function returns a new value for the caller,
 * which shares what it can with the parameters; or absent with `error` filled:
 * WL_EINVALID when the patch does not apply, WL_ESYNTAX when it is no patch,
 * WL_ELIMIT when it nests too deeply or has too many items.
 */
#ifndef WL_PATCH_H
#define WL_PATCH_H

#include "error.h"
#include "patch_type.h"
#include "value.h"

enum {
  WL_PATCH_DEPTH = 1000,
  WL_PATCH_OPERATIONS = 10000, /* of a JSON patch */
  WL_PATCH_COPIED = 3 << 20,   /* bytes that its copies add */
  WL_PATCH_ITEMS = 10000       /* of a list that is merged */
};

/* ---- JSON merge patch ---- */

/* null in the patch removes; maps merge; everything else replaces. */
wl_Value wl_patch_merge(wl_Heap *heap, wl_Value original, wl_Value patch,
                        wl_Error *error);
/* The merge patch that makes `to` of `from`. */
wl_Value wl_patch_diff(wl_Heap *heap, wl_Value from, wl_Value to,
                       wl_Error *error);
/* What `apply` sends: changes from `current` to `modified`, and removals of
 * what `original`, applied last, had and `modified` has not. Absent documents
 * are empty maps. WL_ECONFLICT when the two contradict each other. */
wl_Value wl_patch_diff3(wl_Heap *heap, wl_Value original, wl_Value modified,
                        wl_Value current, wl_Error *error);

/* ---- JSON patch ---- */

/* All operations or none. As in the API server: a negative index counts from
 * the end, `replace` may add a member, and the root cannot be added. */
wl_Value wl_patch_json(wl_Heap *heap, wl_Value original, wl_Value operations,
                       wl_Error *error);

/* ---- strategic merge patch ---- */

/* $patch, $retainKeys, $setElementOrder/x and $deleteFromPrimitiveList/x are
 * obeyed; lists with a merge strategy are merged by key, others replaced. */
wl_Value wl_patch_strategic(wl_Heap *heap, wl_Value original, wl_Value patch,
                            wl_PatchType type, wl_Error *error);
/* The strategic patch that makes `to` of `from`. */
wl_Value wl_patch_strategic_diff(wl_Heap *heap, wl_Value from, wl_Value to,
                                 wl_PatchType type, wl_Error *error);
/* As wl_patch_diff3. Unless `overwrite`: WL_ECONFLICT when `current` was
 * changed from `original` where the patch would change it differently. */
wl_Value wl_patch_strategic_diff3(wl_Heap *heap, wl_Value original,
                                  wl_Value modified, wl_Value current,
                                  wl_PatchType type, bool overwrite,
                                  wl_Error *error);

#endif
