/* SPDX-License-Identifier: MIT */
#include "file.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

enum { CHUNK = 64 * 1024 };

static bool refuse(wl_Error *error, const char *path) {
  wl_Code code = errno == ENOENT || errno == ENOTDIR ? WL_ENOTFOUND : WL_EIO;
  const char *why = strerror(errno);
  if (code == WL_ENOTFOUND)
    why = "there is no such file";
  else if (errno == EACCES)
    why = "this file may not be read";
  return wl_fail(error, code, "%.400s: %s", path, why);
}

static bool read_all(wl_Buffer *out, FILE *file, const char *path, size_t limit,
                     wl_Error *error) {
  char chunk[CHUNK];
  size_t before = out->length, n;
  while ((n = fread(chunk, 1, sizeof chunk, file)) > 0) {
    wl_buffer_add(out, chunk, n);
    if (out->length - before > limit)
      return wl_fail(error, WL_ELIMIT, "%.400s: longer than %zu bytes", path,
                     limit);
  }
  return ferror(file) == 0 || refuse(error, path);
}

/* NULL, with `error`, for what cannot be opened and for directories. */
static FILE *open_file(const char *path, wl_Error *error) {
  struct stat info;
  FILE *file = fopen(path, "rb");
  if (file == NULL) {
    refuse(error, path);
    return NULL;
  }
  if (fstat(fileno(file), &info) == 0 && S_ISDIR(info.st_mode)) {
    wl_fail(error, WL_EINVALID, "%.400s: this is a directory, not a file",
            path);
    fclose(file);
    return NULL;
  }
  return file;
}

bool wl_file_read(wl_Buffer *out, const char *path, size_t limit,
                  wl_Error *error) {
  bool from_stdin = strcmp(path, "-") == 0;
  size_t before = out->length;
  FILE *file = from_stdin ? stdin : open_file(path, error);
  if (file == NULL)
    return false;
  bool good = read_all(out, file, path, limit, error);
  if (!from_stdin)
    fclose(file);
  if (!good)
    wl_buffer_truncate(out, before);
  return good;
}
