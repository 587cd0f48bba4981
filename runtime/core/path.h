/* SPDX-License-Identifier: MIT */
/*
 * path.h - field paths, compiled
 *
 * The syntax is the one in which Kubernetes names a field in its messages,
 * plus the search by key of its apply documentation:
 *
 *   spec.template.spec.containers[0].name    indexes count from 0
 *   status.conditions[type=Ready].status     first item whose type is Ready
 *   metadata.labels['app.kubernetes.io/name']   quoted key, either quote
 *   metadata.labels[app.kubernetes.io/name]     as Kubernetes prints a map key
 *   metadata.labels.kubernetes\.io/hostname     as kubectl's columns take it
 *
 * A leading dot is allowed. A search compares text: [containerPort=80] finds
 * the integer 80 and the string "80"; quoted, [key="80"], only the string.
 *
 * A compiled path is immutable. Reading through it allocates nothing and
 * costs one map lookup a step; a search costs one lookup an item.
 */
#ifndef WL_PATH_H
#define WL_PATH_H

#include "error.h"
#include "heap.h"
#include "value.h"

typedef struct wl_Path wl_Path;

/* NULL (with WL_ESYNTAX and the column in `error`) when text does not parse.
 * The empty text is the root. */
wl_Path *wl_path_parse(wl_Heap *heap, const char *text, size_t length,
                       wl_Error *error);
void wl_path_free(wl_Heap *heap, wl_Path *path); /* NULL allowed */

/* The source text, borrowed. */
wl_Text wl_path_text(const wl_Path *path);
size_t wl_path_length(const wl_Path *path); /* number of steps */

/* The value there, borrowed from root; absent when there is none. */
wl_Value wl_path_get(const wl_Path *path, wl_Value root);

/* *Takes* root and value; returns root with value set there. Maps are made
 * on the way where nothing or null is; an index equal to the length appends;
 * a search without a match appends an item that has the key. An absent value
 * removes (a missing field is fine). When a step does not fit what is there:
 * absent, `error` filled, root and value released. */
wl_Value wl_path_with(wl_Heap *heap, const wl_Path *path, wl_Value root,
                      wl_Value value, wl_Error *error);

#endif
