/* SPDX-License-Identifier: MIT */
#include "terminal.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

bool wl_terminal_is(int fd) {
  return isatty(fd) == 1;
}

int wl_terminal_columns(int fd) {
  enum { USUAL = 80 };
  struct winsize size;
  if (ioctl(fd, TIOCGWINSZ, &size) != 0 || size.ws_col == 0)
    return USUAL;
  return size.ws_col;
}

/* ---- muting ---- */

static int unmuted = -1; /* where the output goes, while it is muted */

static bool mute(void) {
  int nowhere = open("/dev/null", O_WRONLY | O_CLOEXEC);
  if (nowhere < 0)
    return false;
  unmuted = fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 3);
  bool ok = unmuted >= 0 && dup2(nowhere, STDOUT_FILENO) >= 0;
  close(nowhere);
  return ok;
}

static bool unmute(void) {
  bool ok = dup2(unmuted, STDOUT_FILENO) >= 0;
  close(unmuted);
  unmuted = -1;
  return ok;
}

bool wl_terminal_mute(bool muted) {
  fflush(stdout);
  if (muted == (unmuted >= 0))
    return true;
  return muted ? mute() : unmute();
}

/* ---- interrupts ---- */

static volatile sig_atomic_t pending;
static void (*volatile wake)(void *context);
static void *volatile wake_context;

static void on_interrupt(int number) {
  (void)number;
  pending++;
  if (wake != NULL)
    wake(wake_context);
}

static void handle(void (*handler)(int number)) {
  struct sigaction action;
  memset(&action, 0, sizeof action);
  action.sa_handler = handler; /* no SA_RESTART: a wait for a key ends */
  sigemptyset(&action.sa_mask);
  sigaction(SIGINT, &action, NULL);
}

void wl_interrupts_catch(void (*call)(void *context), void *context) {
  wake = NULL;
  wake_context = context;
  wake = call;
  pending = 0;
  handle(on_interrupt);
}

void wl_interrupts_release(void) {
  handle(SIG_DFL);
  wake = NULL;
  pending = 0;
}

int wl_interrupts_pending(void) {
  return pending;
}

bool wl_interrupts_take(void) {
  bool any = pending > 0;
  pending = 0;
  return any;
}
