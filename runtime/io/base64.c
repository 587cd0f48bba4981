/* SPDX-License-Identifier: MIT */
#include "base64.h"

#include <stdint.h>
#include <string.h>

static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
                               "abcdefghijklmnopqrstuvwxyz0123456789+/";

void wl_base64_write(wl_Buffer *out, const char *bytes, size_t n) {
  for (size_t i = 0; i < n; i += 3) {
    uint32_t group = 0;
    for (size_t k = 0; k < 3; k++)
      group = group << 8 | (i + k < n ? (unsigned char)bytes[i + k] : 0);
    char letters[4];
    for (size_t k = 0; k < 4; k++)
      letters[k] =
          (char)(i + k > n ? '=' : alphabet[group >> (18 - 6 * k) & 63]);
    wl_buffer_add(out, letters, 4);
  }
}

bool wl_base64_read(wl_Buffer *out, const char *text, size_t n) {
  uint32_t group = 0;
  size_t count = 0, padding = 0;
  for (size_t i = 0; i < n; i++) {
    if (text[i] == '\n' || text[i] == '\r')
      continue;
    if (count == 5)
      return false;
    const char *letter = memchr(alphabet, text[i], sizeof alphabet - 1);
    if (text[i] == '=' && (count > 2 || (count == 2 && padding < 2)))
      padding++;
    else if (letter == NULL || padding > 0)
      return false;
    uint32_t bits = letter == NULL ? 0 : (uint32_t)(letter - alphabet);
    group = group << 6 | bits;
    if (++count < 4)
      continue;
    char bytes[3] = {(char)(group >> 16), (char)(group >> 8), (char)group};
    wl_buffer_add(out, bytes, 3 - padding);
    group = 0;
    count = padding > 0 ? 5 : 0; /* nothing may follow the padding */
  }
  return count == 0 || count == 5;
}
