/* SPDX-License-Identifier: MIT */
/* The next firing: of ordinary schedules, and of the most awkward. */
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "../../runtime/core/cron.h"
#include "../../runtime/io/tz.h"

/* Of this process: pure computation, whoever else uses the machine. */
static double seconds(void) {
  struct timespec t;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
  return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static wl_Cron parse(const char *text, const wl_Zone *zone, wl_CronDst dst) {
  wl_Cron cron;
  wl_CronOptions options = {.zone = zone, .dst = dst};
  if (!wl_cron_parse(&cron, text, strlen(text), &options, NULL))
    printf("bench cron: \"%s\" does not parse\n", text);
  return cron;
}

/* Seconds for one computation, from one firing to the next. */
static double cost(const wl_Cron *cron, int64_t start, int n) {
  double begun = seconds();
  int64_t at = start;
  for (int i = 0; i < n; i++)
    if (!wl_cron_next(cron, at, &at))
      at = start;
  return (seconds() - begun) / n;
}

static double ordinary(const wl_Zone *zone) {
  static const char *const texts[] = {"* * * * *",  "*/5 * * * *", "0 * * * *",
                                      "30 2 * * *", "0 9 * * 1-5", "0 0 1 * *"};
  enum { TEXTS = sizeof texts / sizeof texts[0], MILLION = 1000000 };
  double sum = 0;
  for (size_t i = 0; i < TEXTS; i++) {
    wl_Cron cron = parse(texts[i], zone, WL_DST_KUBERNETES);
    sum += cost(&cron, INT64_C(1700000000000), MILLION / TEXTS);
  }
  return sum / TEXTS * MILLION;
}

static double slowest(const wl_Zone *zone) {
  static const char *const texts[] = {"30 2 29 2 *", "30 2 29 2 0",
                                      "59 23 31 12 *", "0 0 31 2,4,6,9,11 *",
                                      "30 2 31 3 *"};
  double worst = 0;
  for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
    for (int dst = 0; dst < 4; dst++) {
      wl_Cron cron = parse(texts[i], zone, (wl_CronDst)dst);
      double one = cost(&cron, INT64_C(1711846800000), 2000);
      worst = one > worst ? one : worst;
    }
  return worst;
}

int main(void) {
  wl_Heap *heap = wl_heap_new(NULL, NULL);
  wl_Zone *berlin;
  wl_tz_load(heap, "Europe/Berlin", 13, &berlin, NULL);
  printf("bench cron.next.million %.3f s\n", ordinary(NULL));
  printf("bench cron.next.million.berlin %.3f s\n", ordinary(berlin));
  printf("bench cron.next.slowest %.2f us\n", slowest(berlin) * 1e6);
  wl_zone_free(berlin);
  wl_heap_free(heap);
  return 0;
}
