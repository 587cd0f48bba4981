/* SPDX-License-Identifier: MIT */
#include "number.h"

#include <float.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The significant digits of a double, "15" and exponent 3 for 1500. */
typedef struct Digits {
  char text[20];
  int count;
  int exponent; /* of the first digit */
} Digits;

/* The fewest digits that read back as d: 17 always do, and what needs fewer
 * than 15 shows by the zeros at the end, except in the subnormals. */
static Digits shortest(double d) {
  char text[WL_NUMBER_SIZE];
  for (int precision = d < DBL_MIN ? 0 : 14; precision <= 16; precision++) {
    snprintf(text, sizeof text, "%.*e", precision, d);
    if (strtod(text, NULL) == d)
      break;
  }
  Digits digits = {.exponent = atoi(strchr(text, 'e') + 1)};
  for (const char *c = text; *c != 'e'; c++)
    if (*c >= '0' && *c <= '9')
      digits.text[digits.count++] = *c;
  while (digits.count > 1 && digits.text[digits.count - 1] == '0')
    digits.count--;
  return digits;
}

static char *put_exponential(char *at, const Digits *digits, bool padded) {
  *at++ = digits->text[0];
  if (digits->count > 1) {
    *at++ = '.';
    memcpy(at, digits->text + 1, (size_t)digits->count - 1);
    at += digits->count - 1;
  }
  return at + sprintf(at, padded ? "e%+03d" : "e%+d", digits->exponent);
}

static char *put_plain(char *at, const Digits *digits) {
  int point = digits->exponent + 1; /* digits before the point */
  if (point <= 0) {
    *at++ = '0';
    *at++ = '.';
    for (int i = point; i < 0; i++)
      *at++ = '0';
  }
  for (int i = 0; i < digits->count || i < point; i++) {
    if (i == point && i > 0)
      *at++ = '.';
    *at++ = (char)(i < digits->count ? digits->text[i] : '0');
  }
  if (digits->count <= point) {
    *at++ = '.';
    *at++ = '0';
  }
  return at;
}

size_t wl_number_print(char out[WL_NUMBER_SIZE], double d, wl_NumberForm form) {
  char *at = out;
  if (signbit(d)) {
    *at++ = '-';
    d = -d;
  }
  Digits digits = shortest(d);
  int low = form == WL_NUMBER_JSON ? -6 : -4;
  int high = form == WL_NUMBER_JSON ? 21 : 6;
  if (d != 0 && (digits.exponent < low || digits.exponent >= high))
    at = put_exponential(at, &digits, form == WL_NUMBER_YAML);
  else
    at = put_plain(at, &digits);
  *at = '\0';
  return (size_t)(at - out);
}
