/* SPDX-License-Identifier: MIT */
#include "line_history.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "directory.h"
#include "file.h"

enum { MODE = 0600 };

static bool write_all(int fd, const char *bytes, size_t n) {
  while (n > 0) {
    ssize_t written = write(fd, bytes, n);
    if (written < 0 && errno == EINTR)
      continue;
    if (written <= 0)
      return false;
    bytes += written;
    n -= (size_t)written;
  }
  return true;
}

/* ---- loading ---- */

/* In place, as it only gets shorter. */
static void unescape(char *entry) {
  char *to = entry;
  for (const char *from = entry; *from != '\0'; from++) {
    if (from[0] == '\\' && from[1] != '\0') {
      from++;
      *to++ = *from == 'n' ? '\n' : *from;
    } else {
      *to++ = *from;
    }
  }
  *to = '\0';
}

static size_t count_lines(const wl_Buffer *text) {
  size_t lines = 0;
  for (size_t i = 0; i < text->length; i++)
    lines += text->bytes[i] == '\n';
  return lines;
}

static char *skip_lines(char *at, size_t lines) {
  for (; lines > 0; lines--)
    at = strchr(at, '\n') + 1;
  return at;
}

/* The file comes to be what `bytes` says, all at once. */
static void rewrite(wl_Heap *heap, const char *path, const char *bytes) {
  wl_Buffer name;
  wl_buffer_init(&name, heap);
  wl_buffer_add_text(&name, path);
  wl_buffer_add_text(&name, ".new");
  int fd = open(name.bytes, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, MODE);
  if (fd >= 0) {
    bool ok = write_all(fd, bytes, strlen(bytes));
    ok = close(fd) == 0 && ok;
    if (!ok || rename(name.bytes, path) != 0)
      unlink(name.bytes);
  }
  wl_buffer_destroy(&name);
}

void wl_line_history_load(wl_Heap *heap, const char *path, size_t kept,
                          void (*add)(void *context, const char *entry),
                          void *context) {
  wl_Buffer text;
  wl_Error error = {.code = WL_OK};
  wl_buffer_init(&text, heap);
  if (wl_file_read(&text, path, WL_FILE_BYTES, &error) && text.length > 0 &&
      strlen(text.bytes) == text.length) {
    size_t lines = count_lines(&text);
    char *at = skip_lines(text.bytes, lines > kept ? lines - kept : 0);
    if (lines > 2 * kept)
      rewrite(heap, path, at);
    for (char *end; (end = strchr(at, '\n')) != NULL; at = end + 1) {
      *end = '\0';
      unescape(at);
      add(context, at);
    }
  }
  wl_buffer_destroy(&text);
}

/* ---- appending ---- */

/* The directory that a file is to be in. */
static void make_directory_of(wl_Heap *heap, const char *path) {
  const char *end = strrchr(path, '/');
  if (end == NULL || end == path)
    return;
  wl_Buffer directory;
  wl_buffer_init(&directory, heap);
  wl_buffer_add(&directory, path, (size_t)(end - path));
  wl_directory_make(directory.bytes, NULL);
  wl_buffer_destroy(&directory);
}

static int open_for_append(wl_Heap *heap, const char *path) {
  int flags = O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC;
  int fd = open(path, flags, MODE);
  if (fd >= 0 || errno != ENOENT)
    return fd;
  make_directory_of(heap, path);
  return open(path, flags, MODE);
}

void wl_line_history_append(wl_Heap *heap, const char *path,
                            const char *entry) {
  int fd = open_for_append(heap, path);
  if (fd < 0)
    return;
  wl_Buffer line;
  wl_buffer_init(&line, heap);
  for (const char *at = entry; *at != '\0'; at++) {
    if (*at == '\\')
      wl_buffer_add_text(&line, "\\\\");
    else if (*at == '\n')
      wl_buffer_add_text(&line, "\\n");
    else
      wl_buffer_add_char(&line, *at);
  }
  wl_buffer_add_char(&line, '\n');
  write_all(fd, line.bytes, line.length);
  close(fd);
  wl_buffer_destroy(&line);
}
