/* SPDX-License-Identifier: MIT */
/* line_history.h - the file in which a line editor keeps its entries; see
 * line_editor.h for what it looks like. */
#ifndef WL_LINE_HISTORY_H
#define WL_LINE_HISTORY_H

#include "../core/heap.h"

/* Call `add` with each of the last `kept` entries, oldest first. A file that
 * holds many more is cut to these. */
void wl_line_history_load(wl_Heap *heap, const char *path, size_t kept,
                          void (*add)(void *context, const char *entry),
                          void *context);
/* One more; the directories on the way are made. */
void wl_line_history_append(wl_Heap *heap, const char *path, const char *entry);

#endif
