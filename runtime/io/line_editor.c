/* SPDX-License-Identifier: MIT */
#include "line_editor.h"

#include <errno.h>
#include <histedit.h>
#include <locale.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <wchar.h>

#include "line_history.h"
#include "terminal.h"

#ifdef __SANITIZE_ADDRESS__
/* libedit forgets the names of functions that were added to it. */
const char *__lsan_default_suppressions(void);
const char *__lsan_default_suppressions(void) {
  return "leak:wcsdup\n";
}
#endif

struct wl_LineEditor {
  EditLine *el;
  History *history;
  wl_Heap *heap;
  char *path; /* of the history; NULL: it is not kept */
  const char *prompt;
  wl_Completer *complete;
  void *context;
  mbstate_t decoding;
  bool interrupted;
};

static wl_LineEditor *editor_of(EditLine *el) {
  wl_LineEditor *e = NULL;
  el_get(el, EL_CLIENTDATA, &e);
  return e;
}

/* ---- keys ---- */

static void on_change(int number) {
  (void)number; /* it ends the wait for a key */
}

/* Hear of a terminal that has another size, or that was others' meanwhile. */
static void listen(void) {
  struct sigaction action;
  memset(&action, 0, sizeof action);
  action.sa_handler = on_change;
  action.sa_flags = SA_RESTART; /* of what is no wait for a key */
  sigemptyset(&action.sa_mask);
  sigaction(SIGWINCH, &action, NULL);
  sigaction(SIGCONT, &action, NULL);
}

static void draw_again(wl_LineEditor *e) {
  el_resize(e->el);
  el_set(e->el, EL_PREP_TERM, 1);
  el_set(e->el, EL_REFRESH);
}

/* Wait for a byte. A Ctrl-C cannot slip in between asking and waiting. */
static bool wait_for_byte(wl_LineEditor *e) {
  struct pollfd input = {.fd = STDIN_FILENO, .events = POLLIN};
  sigset_t block, before;
  sigemptyset(&block);
  sigaddset(&block, SIGINT);
  sigprocmask(SIG_BLOCK, &block, &before);
  int got = -1;
  while (!(e->interrupted = wl_interrupts_take()) && got < 0) {
    got = ppoll(&input, 1, NULL, &before);
    if (got < 0 && errno != EINTR)
      break;
    if (got < 0 && wl_interrupts_pending() == 0)
      draw_again(e);
  }
  sigprocmask(SIG_SETMASK, &before, NULL);
  return !e->interrupted;
}

static int get_key(EditLine *el, wchar_t *key) {
  wl_LineEditor *e = editor_of(el);
  for (;;) {
    char byte;
    if (!wait_for_byte(e))
      return -1;
    ssize_t n = read(STDIN_FILENO, &byte, 1);
    if (n < 0 && (errno == EINTR || errno == EAGAIN))
      continue;
    if (n <= 0)
      return 0;
    size_t used = mbrtowc(key, &byte, 1, &e->decoding);
    if (used == (size_t)-1) { /* no UTF-8: drop it */
      memset(&e->decoding, 0, sizeof e->decoding);
      continue;
    }
    if (used != (size_t)-2)
      return 1;
  }
}

static char *get_prompt(EditLine *el) {
  return (char *)(uintptr_t)editor_of(el)->prompt;
}

static unsigned char on_tab(EditLine *el, int key) {
  (void)key;
  wl_LineEditor *e = editor_of(el);
  if (e->complete == NULL)
    return CC_ERROR;
  const LineInfo *line = el_line(el);
  wl_Completion found = e->complete(e->context, line->buffer,
                                    (size_t)(line->cursor - line->buffer));
  if (found.text != NULL) {
    el_deletestr(el, (int)found.taken);
    if (*found.text != '\0')
      el_insertstr(el, found.text);
  }
  if (found.listing == NULL)
    return found.text != NULL ? CC_REFRESH : CC_REFRESH_BEEP;
  printf("\n%s\n", found.listing);
  fflush(stdout);
  return CC_REDISPLAY;
}

/* ---- history ---- */

enum { KEPT = 1000 }; /* entries */

static void add_entry(void *context, const char *entry) {
  wl_LineEditor *e = context;
  HistEvent event;
  history(e->history, &event, H_ENTER, entry);
}

void wl_line_editor_keep(wl_LineEditor *e, const char *path) {
  free(e->path);
  e->path = strdup(path);
  wl_line_history_load(e->heap, path, KEPT, add_entry, e);
}

void wl_line_editor_remember(wl_LineEditor *e, const char *entry) {
  add_entry(e, entry);
  if (e->path != NULL)
    wl_line_history_append(e->heap, e->path, entry);
}

/* ---- life ---- */

static void set_keys(EditLine *el) {
  el_set(el, EL_EDITOR, "emacs");
  el_set(el, EL_ADDFN, "complete", "complete the word", on_tab);
  el_set(el, EL_BIND, "^I", "complete", NULL);
  el_set(el, EL_BIND, "^R", "em-inc-search-prev", NULL);
  el_set(el, EL_BIND, "\\e[1;5D", "ed-prev-word", NULL);
  el_set(el, EL_BIND, "\\e[1;5C", "em-next-word", NULL);
  el_set(el, EL_BIND, "\\e[3~", "ed-delete-next-char", NULL);
  el_source(el, NULL);
}

static bool open_editor(wl_LineEditor *e) {
  HistEvent event;
  e->el = el_init("wlrun", stdin, stdout, stderr);
  e->history = history_init();
  if (e->el == NULL || e->history == NULL)
    return false;
  history(e->history, &event, H_SETSIZE, KEPT);
  history(e->history, &event, H_SETUNIQUE, 1);
  el_set(e->el, EL_CLIENTDATA, e);
  el_set(e->el, EL_SIGNAL, 0);
  el_set(e->el, EL_HIST, history, e->history);
  el_set(e->el, EL_PROMPT_ESC, get_prompt, '\1');
  el_set(e->el, EL_GETCFN, get_key);
  set_keys(e->el);
  listen();
  return true;
}

wl_LineEditor *wl_line_editor_new(wl_Heap *heap) {
  if (!wl_terminal_is(STDIN_FILENO) || !wl_terminal_is(STDOUT_FILENO))
    return NULL;
  setlocale(LC_CTYPE, "C.UTF-8"); /* what is typed is UTF-8 */
  wl_LineEditor *e = calloc(1, sizeof *e);
  if (e == NULL)
    return NULL;
  e->heap = heap;
  if (open_editor(e))
    return e;
  wl_line_editor_free(e);
  return NULL;
}

void wl_line_editor_free(wl_LineEditor *e) {
  if (e == NULL)
    return;
  if (e->el != NULL)
    el_end(e->el);
  if (e->history != NULL)
    history_end(e->history);
  free(e->path);
  free(e);
}

void wl_line_editor_complete(wl_LineEditor *e, wl_Completer *call,
                             void *context) {
  e->complete = call;
  e->context = context;
}

wl_LineGot wl_line_editor_read(wl_LineEditor *e, const char *prompt,
                               wl_Buffer *line) {
  int count = 0;
  e->prompt = prompt;
  e->interrupted = false;
  memset(&e->decoding, 0, sizeof e->decoding);
  el_set(e->el, EL_PREP_TERM, 1); /* whoever sees the prompt may type */
  const char *text = el_gets(e->el, &count);
  e->prompt = "";
  if (e->interrupted)
    return WL_LINE_INTERRUPTED;
  if (text == NULL || count <= 0)
    return WL_LINE_END;
  size_t length = strlen(text);
  if (text[length - 1] == '\n')
    length--;
  wl_buffer_add(line, text, length);
  return WL_LINE;
}
