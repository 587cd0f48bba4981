/* SPDX-License-Identifier: MIT */
/*
 * pty.c - a person at a terminal, for specs
 *
 *   pty COLUMNS PROGRAM ARGUMENT...
 *
 * runs a program on a terminal of its own and does what the standard input
 * says, a command a line:
 *
 *   see TEXT    wait until the program has written it, after what was seen last
 *   type TEXT   \r \n \t \e \\ and \xHH are what they are elsewhere
 *   signal      Ctrl-C as the terminal sends it
 *   width N     the terminal has so many columns from now on
 *   end         wait until the program ends
 *
 * Everything written is printed, without the escapes that move the cursor and
 * colour; then "[exit N]". What is not seen in time ends it with status 1.
 */
#include <errno.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <unistd.h>

enum { PATIENCE_MS = 20000, SCREEN = 1 << 20 };

static char screen[SCREEN]; /* all that was written, without escapes */
static size_t length, seen; /* of it; how far has been looked at */
static int terminal;
static pid_t child;
static enum { PLAIN, ESCAPE, SEQUENCE } state;

static void put(char c) {
  if (state == ESCAPE)
    state = c == '[' ? SEQUENCE : PLAIN;
  else if (state == SEQUENCE)
    state = c >= '@' && c <= '~' ? PLAIN : SEQUENCE;
  else if (c == '\033')
    state = ESCAPE;
  else if (c != '\r' && c != '\a' && length + 1 < SCREEN)
    screen[length++] = c;
}

/* False: the program is gone, or nothing came in time. */
static bool take_some(void) {
  struct pollfd input = {.fd = terminal, .events = POLLIN};
  char bytes[4096];
  if (poll(&input, 1, PATIENCE_MS) <= 0)
    return false;
  ssize_t n = read(terminal, bytes, sizeof bytes);
  for (ssize_t i = 0; i < n; i++)
    put(bytes[i]);
  screen[length] = '\0';
  return n > 0;
}

static void finish(int status) {
  fwrite(screen, 1, length, stdout);
  fflush(stdout);
  kill(child, SIGKILL);
  exit(status);
}

static void see(const char *text) {
  const char *found;
  while ((found = strstr(screen + seen, text)) == NULL)
    if (!take_some()) { /* it is gone, or silent */
      printf("[not seen: %s]\n", text);
      finish(1);
    }
  seen = (size_t)(found - screen) + strlen(text);
}

static char unescaped(const char **at) {
  char c = *(*at)++;
  if (c != '\\')
    return c;
  c = *(*at)++;
  if (c == 'x') {
    char digits[3] = {(*at)[0], (*at)[1], '\0'};
    *at += 2;
    return (char)strtol(digits, NULL, 16);
  }
  return c == 'r'   ? '\r'
         : c == 'n' ? '\n'
         : c == 't' ? '\t'
         : c == 'e' ? 27
                    : c;
}

static void type(const char *text) {
  while (*text != '\0') {
    char c = unescaped(&text);
    while (write(terminal, &c, 1) < 0 && errno == EINTR)
      ;
  }
}

static void set_width(const char *text) {
  struct winsize size = {.ws_row = 24, .ws_col = (unsigned short)atoi(text)};
  ioctl(terminal, TIOCSWINSZ, &size);
}

static void end(void) {
  while (take_some())
    ;
  int status = 0;
  for (int waits = 0; waitpid(child, &status, WNOHANG) == 0; waits++) {
    if (waits == PATIENCE_MS / 10) {
      printf("[it does not end]\n");
      finish(1);
    }
    usleep(10000);
  }
  fwrite(screen, 1, length, stdout);
  printf("\n[exit %d]\n",
         WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status));
  exit(0);
}

static void start(char **argv) {
  struct winsize size = {.ws_row = 24, .ws_col = (unsigned short)atoi(argv[1])};
  child = forkpty(&terminal, NULL, NULL, &size);
  if (child == 0) {
    setenv("TERM", "xterm", 1);
    execv(argv[2], argv + 2);
    _exit(127);
  }
}

int main(int argc, char **argv) {
  char line[4096];
  if (argc < 3)
    return 2;
  start(argv);
  while (fgets(line, sizeof line, stdin) != NULL) {
    line[strcspn(line, "\n")] = '\0';
    if (strncmp(line, "see ", 4) == 0)
      see(line + 4);
    else if (strncmp(line, "type ", 5) == 0)
      type(line + 5);
    else if (strncmp(line, "width ", 6) == 0)
      set_width(line + 6);
    else if (strcmp(line, "signal") == 0)
      type("\\x03");
    else if (strcmp(line, "end") == 0)
      end();
  }
  finish(1);
}
