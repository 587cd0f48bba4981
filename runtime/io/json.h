/* SPDX-License-Identifier: MIT */
/*
 * json.h - JSON text to values and back
 *
 * Both directions are exact: a whole number is an integer while it fits
 * into 64 bits and has neither point nor exponent, all others are doubles;
 * a double is written so that it reads back as the same double ("1.0").
 * Members keep their order.
 *
 * The reader takes RFC 8259 and nothing more, except a leading byte order
 * mark. It refuses a key that occurs twice, text that is not UTF-8, numbers
 * outside the doubles, and what exceeds a limit. It does not recurse.
 */
#ifndef WL_JSON_H
#define WL_JSON_H

#include <stdbool.h>
#include <stddef.h>

#include "../core/buffer.h"
#include "../core/error.h"
#include "../core/value.h"

enum {
  WL_JSON_DEPTH = 1000,             /* lists and maps inside each other */
  WL_JSON_BYTES = 64 * 1024 * 1024, /* of text */
};

/* One value. Absent, with line and column in `error`, when there is none. */
wl_Value wl_json_read(wl_Heap *heap, const char *text, size_t length,
                      wl_Error *error);

typedef struct wl_JsonStyle {
  bool sorted;   /* keys by bytes; else in their order */
  size_t indent; /* spaces a level, each item on a line; 0: one line */
} wl_JsonStyle;

/* Appends the text, with the escapes of Go's encoding/json (without those
 * for HTML). Bytes that are not UTF-8 become U+FFFD. False, with `out` as it
 * was, for infinities, NaN and what is nested deeper than WL_JSON_DEPTH.
 * Recurses as deep as the value. */
bool wl_json_write(wl_Buffer *out, wl_Value value, const wl_JsonStyle *style,
                   wl_Error *error);

#endif
