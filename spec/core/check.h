/* SPDX-License-Identifier: MIT */
/*
 * check.h - what a C test needs
 *
 * A test is a program: CHECK what should hold, as often as wanted, and end
 * main with `return check_report();`. A failed check is printed and the test
 * goes on.
 */
#ifndef WL_SPEC_CHECK_H
#define WL_SPEC_CHECK_H

#include <stdio.h>
#include <string.h>

static int checks_passed, checks_failed;

#define CHECK(condition)        check((condition), #condition, __FILE__, __LINE__)
#define CHECK_TEXT(got, wanted) check_text((got), (wanted), __FILE__, __LINE__)

static inline void check(int holds, const char *what, const char *file,
                         int line) {
  if (holds) {
    checks_passed++;
    return;
  }
  checks_failed++;
  printf("%s:%d: not true: %s\n", file, line, what);
}

static inline void check_text(const char *got, const char *wanted,
                              const char *file, int line) {
  if (got != NULL && strcmp(got, wanted) == 0) {
    checks_passed++;
    return;
  }
  checks_failed++;
  printf("%s:%d: wanted \"%s\", got \"%s\"\n", file, line, wanted,
         got != NULL ? got : "(nothing)");
}

/* Print the sum; returns the exit status. */
static inline int check_report(void) {
  printf("%d passed, %d failed\n", checks_passed, checks_failed);
  return checks_failed == 0 ? 0 : 1;
}

#endif
