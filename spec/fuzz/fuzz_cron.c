/* SPDX-License-Identifier: MIT */
/* fuzz_cron.c - any bytes as a schedule, after a byte of options: firings come
 * one after another and fit the fields. Any bytes as a time zone file, in
 * which the schedule then runs. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "../../runtime/core/clock.h"
#include "../../runtime/core/cron.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool holds) {
  if (!holds)
    abort();
}

static bool no_zone(void *context, const char *name, size_t length,
                    const wl_Zone **zone, wl_Error *error) {
  (void)context;
  (void)name;
  *zone = NULL;
  return length < 8 || wl_fail(error, WL_EINVALID, "no such zone");
}

static void fits(const wl_Cron *cron, int64_t ms) {
  wl_Period period;
  must(ms % 1000 == 0);
  wl_zone_lookup(cron->zone, ms / 1000, &period);
  must(ms / 1000 >= period.start && ms / 1000 < period.end);
  wl_Civil c = wl_civil_from_ms(ms + period.offset * INT64_C(1000));
  must(cron->month >> c.month & 1 && cron->hour >> c.hour & 1 &&
       cron->minute >> c.minute & 1 && cron->second >> c.second & 1);
}

static void run(const wl_Cron *cron) {
  int64_t at = INT64_C(1711670400000); /* 2024-03-29 */
  for (int i = 0; i < 8; i++) {
    int64_t next;
    if (!wl_cron_next(cron, at, &next))
      return;
    must(next > at);
    if (cron->every == 0 && cron->dst == WL_DST_KUBERNETES)
      fits(cron, next);
    at = next;
  }
}

static void check_schedule(const char *text, size_t size, uint8_t options,
                           const wl_Zone *zone) {
  wl_CronOptions how = {.dialect = (wl_CronDialect)(options % 3),
                        .dst = (wl_CronDst)(options / 4 % 4),
                        .seconds = options & 64,
                        .zone = zone,
                        .find_zone = no_zone};
  wl_Cron cron;
  wl_Error error;
  if (wl_cron_parse(&cron, text, size, &how, &error))
    run(&cron);
  else
    must(error.message[0] != '\0');
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  if (size < 1)
    return 0;
  wl_Heap *heap = wl_heap_new(NULL, NULL);
  const char *text = (const char *)data + 1;
  wl_Zone *zone = wl_zone_parse(heap, text, size - 1, NULL);
  if (zone != NULL)
    check_schedule("30 2 * * *", 10, data[0], zone);
  else
    check_schedule(text, size - 1, data[0], NULL);
  wl_zone_free(zone);
  wl_heap_free(heap);
  return 0;
}
