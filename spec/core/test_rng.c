/* SPDX-License-Identifier: MIT */
#include "../../runtime/core/rng.h"

#include <math.h>

#include "check.h"

static wl_Rng stream(uint64_t seed, const char *name) {
  wl_Rng rng;
  wl_rng_init(&rng, seed, name, strlen(name));
  return rng;
}

static void the_numbers_are_fixed(void) {
  wl_Rng rng = stream(1, "pods");
  /* A change here changes every run that users keep as a test. */
  CHECK(wl_rng_bits(&rng) == UINT64_C(0x1e04ab5ead88d688));
  CHECK(wl_rng_bits(&rng) == UINT64_C(0x4dda1f99b57e4eb4));
}

static void streams_are_independent(void) {
  wl_Rng a = stream(7, "a"), b = stream(7, "b"), again = stream(7, "a");
  uint64_t first = wl_rng_bits(&a);
  CHECK(first != wl_rng_bits(&b));
  CHECK(first == wl_rng_bits(&again));
  wl_Rng other_seed = stream(8, "a");
  CHECK(first != wl_rng_bits(&other_seed));
}

static void integers_stay_within_and_reach_both_ends(void) {
  wl_Rng rng = stream(3, "integers");
  int seen[5] = {0};
  for (int i = 0; i < 5000; i++) {
    int64_t n = wl_rng_integer(&rng, -2, 2);
    CHECK(n >= -2 && n <= 2);
    seen[n + 2]++;
  }
  for (int i = 0; i < 5; i++)
    CHECK(seen[i] > 850 && seen[i] < 1150);
  CHECK(wl_rng_integer(&rng, 9, 9) == 9);
  wl_rng_integer(&rng, INT64_MIN, INT64_MAX);
}

static void distributions_have_their_moments(void) {
  wl_Rng rng = stream(5, "moments");
  enum { N = 100000 };
  double uniform = 0, exponential = 0, normal = 0, square = 0;
  for (int i = 0; i < N; i++) {
    double u = wl_rng_number(&rng), e = wl_rng_exponential(&rng, 10);
    double z = wl_rng_normal(&rng, 3, 2);
    if (u < 0 || u >= 1 || e < 0 || !isfinite(e) || !isfinite(z))
      CHECK(!"out of range");
    uniform += u;
    exponential += e;
    normal += z;
    square += (z - 3) * (z - 3);
  }
  CHECK(fabs(uniform / N - 0.5) < 0.01);
  CHECK(fabs(exponential / N - 10) < 0.2);
  CHECK(fabs(normal / N - 3) < 0.05);
  CHECK(fabs(square / N - 4) < 0.1);
}

static void letters_come_from_the_alphabet(void) {
  wl_Rng rng = stream(11, "letters");
  char text[64];
  wl_rng_letters(&rng, "xyz", 3, text, sizeof text);
  for (size_t i = 0; i < sizeof text; i++)
    CHECK(text[i] >= 'x' && text[i] <= 'z');
}

int main(void) {
  the_numbers_are_fixed();
  streams_are_independent();
  integers_stay_within_and_reach_both_ends();
  distributions_have_their_moments();
  letters_come_from_the_alphabet();
  return check_report();
}
