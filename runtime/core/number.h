/* SPDX-License-Identifier: MIT */
/*
 * number.h - doubles as the shortest text that reads back as the same double
 *
 * The two forms are those of Go, which is what Kubernetes' tools print with:
 * plain digits in the middle of the range and an exponent outside it. A
 * double that is a whole number keeps a ".0", so that it stays a double.
 */
#ifndef WL_NUMBER_H
#define WL_NUMBER_H

#include <stddef.h>

enum { WL_NUMBER_SIZE = 40 }; /* room for any result and its NUL */

typedef enum wl_NumberForm {
  WL_NUMBER_JSON, /* exponent below 1e-6 and from 1e21: 1e+21, 1e-7 */
  WL_NUMBER_YAML  /* exponent below 1e-4 and from 1e6: 1.5e+06, 1e-05 */
} wl_NumberForm;

/* Returns the length. `d` is finite. */
size_t wl_number_print(char out[WL_NUMBER_SIZE], double d, wl_NumberForm form);

#endif
