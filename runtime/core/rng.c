/* SPDX-License-Identifier: MIT */
#include "rng.h"

#include <assert.h>
#include <math.h>

static uint64_t splitmix(uint64_t *state) {
  uint64_t z = *state += 0x9e3779b97f4a7c15u;
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
  return z ^ (z >> 31);
}

static uint64_t hash_name(const char *name, size_t length) {
  uint64_t h = 0xcbf29ce484222325u; /* FNV-1a */
  for (size_t i = 0; i < length; i++)
    h = (h ^ (unsigned char)name[i]) * 0x100000001b3u;
  return h;
}

void wl_rng_init(wl_Rng *rng, uint64_t seed, const char *name, size_t length) {
  uint64_t state = seed;
  /* The seed is mixed before the name joins it: neighbouring seeds and
   * similar names must not cancel each other out. */
  state = splitmix(&state) ^ hash_name(name, length);
  for (int i = 0; i < 4; i++)
    rng->state[i] = splitmix(&state);
}

static inline uint64_t rotate_left(uint64_t x, int k) {
  return (x << k) | (x >> (64 - k));
}

uint64_t wl_rng_bits(wl_Rng *rng) {
  uint64_t *s = rng->state;
  uint64_t result = rotate_left(s[1] * 5, 7) * 9;
  uint64_t t = s[1] << 17;
  s[2] ^= s[0];
  s[3] ^= s[1];
  s[1] ^= s[2];
  s[0] ^= s[3];
  s[2] ^= t;
  s[3] = rotate_left(s[3], 45);
  return result;
}

uint64_t wl_rng_below(wl_Rng *rng, uint64_t n) {
  assert(n > 0);
  /* Numbers under 2^64 mod n would make the low results likelier. */
  uint64_t reject_below = (0 - n) % n;
  uint64_t x;
  do {
    x = wl_rng_bits(rng);
  } while (x < reject_below);
  return x % n;
}

int64_t wl_rng_integer(wl_Rng *rng, int64_t low, int64_t high) {
  assert(low <= high);
  uint64_t span = (uint64_t)high - (uint64_t)low + 1;
  uint64_t x = span == 0 ? wl_rng_bits(rng) : wl_rng_below(rng, span);
  return (int64_t)((uint64_t)low + x);
}

double wl_rng_number(wl_Rng *rng) {
  return (double)(wl_rng_bits(rng) >> 11) * 0x1p-53;
}

/* The natural logarithm from exactly rounded operations only: the C library's
 * may differ in the last bit from one machine to the next. */
static double natural_log(double x) {
  int exponent;
  double m = frexp(x, &exponent); /* in [1/2, 1) */
  if (m < 0.70710678118654752) {
    m *= 2;
    exponent--;
  }
  double s = (m - 1) / (m + 1), square = s * s, term = s, sum = 0;
  for (int k = 1; k < 30; k += 2) { /* 2 atanh(s), |s| < 0.172 */
    sum += term / k;
    term *= square;
  }
  return 2 * sum + exponent * 0.69314718055994531;
}

double wl_rng_exponential(wl_Rng *rng, double mean) {
  return -mean * natural_log(1 - wl_rng_number(rng));
}

double wl_rng_normal(wl_Rng *rng, double mean, double deviation) {
  double u, v, square; /* Marsaglia's polar method; the second is not kept */
  do {
    u = 2 * wl_rng_number(rng) - 1;
    v = 2 * wl_rng_number(rng) - 1;
    square = u * u + v * v;
  } while (square >= 1 || square <= 0);
  return mean + deviation * u * sqrt(-2 * natural_log(square) / square);
}

void wl_rng_letters(wl_Rng *rng, const char *alphabet, size_t letters,
                    char *out, size_t n) {
  for (size_t i = 0; i < n; i++)
    out[i] = alphabet[wl_rng_below(rng, letters)];
}
