/* SPDX-License-Identifier: MIT */
/*
 * How much longer wlrun takes on an empty scenario than lua5.4 on an empty
 * file. The two take turns, so that what else the machine does hits both.
 */
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { ROUNDS = 101 };

static double now_ms(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

/* Milliseconds that a run of `program` on `file` takes; < 0: it failed. */
static double run_ms(const char *program, const char *file) {
  char *const arguments[] = {(char *)program, (char *)file, NULL};
  double start = now_ms();
  pid_t child;
  int status;
  if (posix_spawnp(&child, program, NULL, NULL, arguments, environ) != 0 ||
      waitpid(child, &status, 0) < 0 || status != 0)
    return -1;
  return now_ms() - start;
}

static int by_size(const void *a, const void *b) {
  double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

static double median(double *values) {
  qsort(values, ROUNDS, sizeof *values, by_size);
  return values[ROUNDS / 2];
}

int main(void) {
  char file[] = "/tmp/wlrun-empty-XXXXXX.lua";
  double wlrun[ROUNDS], lua[ROUNDS];
  int fd = mkstemps(file, 4);
  if (fd < 0)
    return 1;
  close(fd);
  for (int i = 0; i < ROUNDS; i++) {
    lua[i] = run_ms("lua5.4", file);
    wlrun[i] = run_ms("./wlrun", file);
    if (lua[i] < 0 || wlrun[i] < 0) {
      fputs("startup: lua5.4 or ./wlrun failed\n", stderr);
      unlink(file);
      return 1;
    }
  }
  unlink(file);
  double ours = median(wlrun), theirs = median(lua);
  printf("bench startup.wlrun %.2f ms\n", ours);
  printf("bench startup.lua %.2f ms\n", theirs);
  printf("bench startup.extra %.2f ms\n", ours - theirs);
  return 0;
}
