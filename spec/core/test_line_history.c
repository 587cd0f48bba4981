/* SPDX-License-Identifier: MIT */
/* The file in which a line editor keeps its history. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../../runtime/io/line_history.h"
#include "check.h"

static char dir[64], path[128], entries[1 << 16];
static size_t count, length; /* of the entries */

static void out_of_memory(void *context, size_t wanted) {
  (void)context, (void)wanted;
  abort();
}

static void add(void *context, const char *entry) {
  (void)context;
  length +=
      (size_t)snprintf(entries + length, sizeof entries - length, "%s|", entry);
  count++;
}

static const char *load(wl_Heap *heap, size_t kept) {
  entries[0] = '\0';
  count = length = 0;
  wl_line_history_load(heap, path, kept, add, NULL);
  return entries;
}

static void write_file(const char *bytes, size_t n) {
  FILE *file = fopen(path, "wb");
  fwrite(bytes, 1, n, file);
  fclose(file);
}

static void test_round_trip(wl_Heap *heap) {
  struct stat info;
  CHECK_TEXT(load(heap, 10), ""); /* there is no file yet */
  wl_line_history_append(heap, path, "get pods");
  wl_line_history_append(heap, path, "for i = 1, 2 do\n  print 'a\\nb'\nend");
  wl_line_history_append(heap, path, "");
  CHECK_TEXT(load(heap, 10),
             "get pods|for i = 1, 2 do\n  print 'a\\nb'\nend||");
  CHECK(stat(path, &info) == 0 && (info.st_mode & 0777) == 0600);
}

static void test_no_more_than_kept(wl_Heap *heap) {
  write_file("a\nb\nc\nd\ne\n", 10);
  CHECK_TEXT(load(heap, 3), "c|d|e|");
  CHECK_TEXT(load(heap, 10), "a|b|c|d|e|"); /* it was left alone */
  CHECK_TEXT(load(heap, 2), "d|e|");
  CHECK_TEXT(load(heap, 10), "d|e|"); /* it was cut */
}

static void test_what_is_no_history(wl_Heap *heap) {
  write_file("a\0b\n", 4);
  CHECK(load(heap, 3) == entries && count == 0);
  write_file("whole\nhalf", 10);
  CHECK_TEXT(load(heap, 3), "whole|");
  write_file("\\", 1);
  CHECK_TEXT(load(heap, 3), "");
  write_file("\\\n", 2);
  CHECK_TEXT(load(heap, 3), "\\|");
}

int main(void) {
  wl_Heap *heap = wl_heap_new(out_of_memory, NULL);
  snprintf(dir, sizeof dir, "/tmp/wlrun-history-XXXXXX");
  CHECK(mkdtemp(dir) != NULL);
  snprintf(path, sizeof path, "%s/a/b/history", dir);
  test_round_trip(heap);
  test_no_more_than_kept(heap);
  test_what_is_no_history(heap);
  unlink(path);
  snprintf(path, sizeof path, "rm -r '%s'", dir);
  CHECK(system(path) == 0);
  wl_heap_free(heap);
  return check_report();
}
