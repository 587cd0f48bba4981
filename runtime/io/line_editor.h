/* SPDX-License-Identifier: MIT */
/*
 * line_editor.h - lines that a person types at a terminal
 *
 * Emacs keys, or vi's when ~/.editrc says so; a history that is kept in a file;
 * completion by whoever is asked. Made of libedit. Interrupts must be caught
 * (terminal.h) for Ctrl-C to end a line and not the process.
 *
 * The file has one entry a line, with \n for a line break and \\ for a
 * backslash; only its owner may read it. Each entry is appended as it comes, so
 * sessions side by side lose nothing.
 */
#ifndef WL_LINE_EDITOR_H
#define WL_LINE_EDITOR_H

#include <stddef.h>

#include "../core/buffer.h"

typedef struct wl_LineEditor wl_LineEditor;

/* What becomes of the line before the cursor. */
typedef struct wl_Completion {
  size_t taken;        /* characters before the cursor that go */
  const char *text;    /* that comes in their place; NULL: nothing */
  const char *listing; /* lines shown below, without the last break; or NULL */
} wl_Completion;

/* The line up to the cursor -> what to do; valid until the next call. */
typedef wl_Completion wl_Completer(void *context, const char *line,
                                   size_t length);

/* NULL when there is no memory or no terminal. */
wl_LineEditor *wl_line_editor_new(wl_Heap *heap);
void wl_line_editor_free(wl_LineEditor *e); /* NULL allowed */

void wl_line_editor_complete(wl_LineEditor *e, wl_Completer *call,
                             void *context);
/* Read the history, and keep it there. A file that cannot be had is none. */
void wl_line_editor_keep(wl_LineEditor *e, const char *path);
/* One more entry; that it cannot be written is nobody's concern. */
void wl_line_editor_remember(wl_LineEditor *e, const char *entry);

typedef enum wl_LineGot {
  WL_LINE,            /* a line was appended, without its line break */
  WL_LINE_END,        /* Ctrl-D on an empty line, or the terminal is gone */
  WL_LINE_INTERRUPTED /* Ctrl-C */
} wl_LineGot;

/* Parts of the prompt between \1 and \1 take no room on the screen. */
wl_LineGot wl_line_editor_read(wl_LineEditor *e, const char *prompt,
                               wl_Buffer *line);

#endif
