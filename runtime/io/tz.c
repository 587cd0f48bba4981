/* SPDX-License-Identifier: MIT */
#include "tz.h"

#include <stdio.h>
#include <string.h>

#include "file.h"

enum { LONGEST_NAME = 128, MOST_BYTES = 1024 * 1024 };

static bool is(const char *name, size_t length, const char *word) {
  return length == strlen(word) && memcmp(name, word, length) == 0;
}

/* A name must not lead out of the database. */
static bool is_safe(const char *name, size_t length) {
  if (length > LONGEST_NAME || name[0] == '/')
    return false;
  for (size_t i = 0; i < length; i++) {
    if (name[i] == '\\' || name[i] == '\0')
      return false;
    if (name[i] == '.' && i + 1 < length && name[i + 1] == '.')
      return false;
  }
  return true;
}

static wl_Zone *load_file(wl_Heap *heap, const char *path) {
  wl_Buffer bytes;
  wl_Zone *zone = NULL;
  wl_buffer_init(&bytes, heap);
  if (wl_file_read(&bytes, path, MOST_BYTES, NULL))
    zone = wl_zone_parse(heap, bytes.bytes, bytes.length, NULL);
  wl_buffer_destroy(&bytes);
  return zone;
}

bool wl_tz_load(wl_Heap *heap, const char *name, size_t length, wl_Zone **zone,
                wl_Error *error) {
  static const char *const directories[] = {
      "/usr/share/zoneinfo", "/usr/lib/zoneinfo", "/usr/share/lib/zoneinfo"};
  int shown = (int)(length < 120 ? length : 120);
  *zone = NULL;
  if (length == 0 || is(name, length, "UTC") || is(name, length, "Local"))
    return true;
  if (!is_safe(name, length))
    return wl_fail(error, WL_EINVALID, "time: invalid location name");
  for (size_t i = 0; i < 3 && *zone == NULL; i++) {
    char path[LONGEST_NAME + 32];
    snprintf(path, sizeof path, "%s/%.*s", directories[i], (int)length, name);
    *zone = load_file(heap, path);
  }
  return *zone != NULL ||
         wl_fail(error, WL_EINVALID, "unknown time zone %.*s", shown, name);
}
