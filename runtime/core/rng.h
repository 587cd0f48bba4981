/* SPDX-License-Identifier: MIT */
/*
 * rng.h - named streams of chance
 *
 * A stream is determined by a seed and a name: what one stream yields does not
 * depend on how often another is asked, so adding a fault to a scenario does
 * not shift the rest. Only integer arithmetic and IEEE operations that round
 * exactly are used: the same numbers on every machine.
 *
 * The generator is xoshiro256** (Blackman and Vigna), seeded by splitmix64.
 * Not for secrets. No allocation.
 */
#ifndef WL_RNG_H
#define WL_RNG_H

#include <stddef.h>
#include <stdint.h>

typedef struct wl_Rng {
  uint64_t state[4];
} wl_Rng;

void wl_rng_init(wl_Rng *rng, uint64_t seed, const char *name, size_t length);

uint64_t wl_rng_bits(wl_Rng *rng);
/* Without bias, in [0, n); n > 0. */
uint64_t wl_rng_below(wl_Rng *rng, uint64_t n);
/* Without bias, both ends included; low <= high. */
int64_t wl_rng_integer(wl_Rng *rng, int64_t low, int64_t high);
/* In [0, 1), a multiple of 2^-53. */
double wl_rng_number(wl_Rng *rng);
double wl_rng_exponential(wl_Rng *rng, double mean);
double wl_rng_normal(wl_Rng *rng, double mean, double deviation);
/* Fill out[0..n) with bytes of the alphabet; no NUL is added. */
void wl_rng_letters(wl_Rng *rng, const char *alphabet, size_t letters,
                    char *out, size_t n);

#endif
