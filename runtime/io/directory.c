/* SPDX-License-Identifier: MIT */
#include "directory.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

static bool refuse(wl_Error *error, const char *path) {
  if (errno == ENOENT)
    return wl_fail(error, WL_ENOTFOUND, "%.400s: there is no such directory",
                   path);
  if (errno == ENOTDIR)
    return wl_fail(error, WL_EINVALID, "%.400s: this is not a directory", path);
  return wl_fail(error, WL_EIO, "%.400s: %s", path, strerror(errno));
}

static bool is_directory(DIR *dir, const char *name) {
  struct stat info;
  return fstatat(dirfd(dir), name, &info, 0) == 0 && S_ISDIR(info.st_mode);
}

bool wl_directory_read(wl_Buffer *out, const char *path, wl_Error *error) {
  DIR *dir = opendir(path);
  if (dir == NULL)
    return refuse(error, path);
  const struct dirent *entry;
  while ((entry = readdir(dir)) != NULL) {
    const char *name = entry->d_name;
    if (strcmp(name, ".") == 0 || strcmp(name, "..") == 0)
      continue;
    wl_buffer_add_text(out, name);
    if (is_directory(dir, name))
      wl_buffer_add_char(out, '/');
    wl_buffer_add_char(out, '\0');
  }
  closedir(dir);
  return true;
}

static bool make_one(const char *path, wl_Error *error) {
  struct stat info;
  if (mkdir(path, 0777) == 0)
    return true;
  if (errno == EEXIST && stat(path, &info) == 0 && S_ISDIR(info.st_mode))
    return true;
  return wl_fail(error, WL_EIO, "%.400s: %s", path, strerror(errno));
}

bool wl_directory_make(const char *path, wl_Error *error) {
  char part[4096];
  size_t length = strlen(path);
  if (length == 0 || length >= sizeof part)
    return wl_fail(error, WL_EINVALID, "%.400s: no path of a directory", path);
  for (size_t i = 1; i < length; i++)
    if (path[i] == '/') {
      memcpy(part, path, i);
      part[i] = '\0';
      if (!make_one(part, error))
        return false;
    }
  return make_one(path, error);
}
