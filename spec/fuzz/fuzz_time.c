/* SPDX-License-Identifier: MIT */
/* fuzz_time.c - any bytes as a time, and any number as a moment: what is read
 * prints back to the same second. The same bytes are checked as a name, by
 * every rule, and quoted. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "../../runtime/core/clock.h"
#include "../../runtime/core/names.h"
#include "../../runtime/core/quote.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool holds) {
  if (!holds)
    abort();
}

static int64_t second_of(int64_t ms) {
  return ms / 1000 - (ms % 1000 < 0);
}

static void check_moment(int64_t ms) {
  char text[WL_TIME_SIZE];
  int64_t again;
  wl_Civil civil = wl_civil_from_ms(ms);
  size_t length = wl_time_format(ms, text);
  must((length > 0) == (civil.year >= 0 && civil.year <= 9999));
  if (length == 0)
    return;
  must(wl_civil_to_ms(&civil) == ms);
  must(wl_time_parse(text, length, &again));
  must(second_of(again) == second_of(ms));
  length = wl_time_format_micro(ms, text);
  must(wl_time_parse(text, length, &again) && again == ms);
}

static void check_names(const char *text, size_t size) {
  const char *faults[WL_NAME_FAULTS];
  for (int rule = 0; rule < WL_NAME_RULES; rule++)
    must(wl_name_check((wl_NameRule)rule, text, size, faults) <=
         WL_NAME_FAULTS);
  must(wl_name_is_label_value(text, size) ==
       (wl_name_check(WL_NAME_LABEL_VALUE, text, size, faults) == 0));
}

static void check_quote(const char *text, size_t size) {
  char out[64];
  size_t length = wl_quote(out, sizeof out, text, size);
  must(length < sizeof out && strlen(out) == length);
  for (size_t i = 0; i < length; i++)
    must((unsigned char)out[i] >= ' ' && out[i] != 0x7f);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  const char *text = size > 0 ? (const char *)data : "";
  int64_t ms;
  if (wl_time_parse(text, size, &ms))
    check_moment(ms);
  if (size >= sizeof ms) {
    memcpy(&ms, data, sizeof ms);
    check_moment(ms);
    check_moment(ms % INT64_C(400000000000000));
  }
  check_names(text, size);
  check_quote(text, size);
  return 0;
}
