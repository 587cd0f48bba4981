/* SPDX-License-Identifier: MIT */
/* selector_private.h - what the files that implement selector.h share. */
#ifndef WL_SELECTOR_PRIVATE_H
#define WL_SELECTOR_PRIVATE_H

#include "selector.h"

/* One block: the requirements, then the values of all of them. */
struct wl_Selector {
  wl_Heap *heap;
  uint32_t refs;
  uint32_t count;     /* of requirements */
  size_t value_count; /* of all requirements */
  bool matches_nothing;
  wl_Requirement requirements[];
};

/* One reference; the requirements are to be filled in. */
wl_Selector *wl_selector_alloc(wl_Heap *heap, size_t count, size_t value_count);

static inline wl_Value *wl_selector_values(wl_Selector *s) {
  return (wl_Value *)(s->requirements + s->count);
}

#endif
