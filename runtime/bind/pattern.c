/* SPDX-License-Identifier: MIT */
#include "pattern.h"

#include <ctype.h>
#include <lauxlib.h>
#include <stdbool.h>
#include <string.h>

#include "budget.h"

enum {
  DEEPEST = 200, /* of calls within calls */
  STEPS = 256,   /* so many are charged at a time, as ... */
  STEP_PRICE = STEPS / 4
};

static void count_steps(wl_Match *m, ptrdiff_t count) {
  m->steps += count;
  if (m->steps >= STEPS) {
    wl_budget_charge(m->L, m->steps / STEPS * STEP_PRICE);
    m->steps %= STEPS;
  }
}

/* ---- single characters ---- */

/* Where the item that begins at p ends: a character, %x or [set]. */
static const char *item_end(wl_Match *m, const char *p) {
  if (*p == '%') {
    if (p + 1 == m->pattern_end)
      luaL_error(m->L, "malformed pattern (ends with '%%')");
    return p + 2;
  }
  if (*p != '[')
    return p + 1;
  p++;
  if (p < m->pattern_end && *p == '^')
    p++;
  for (bool first = true;; first = false) { /* a first ']' is a member */
    if (p >= m->pattern_end)
      luaL_error(m->L, "malformed pattern (missing ']')");
    char c = *p++;
    if (c == ']' && !first)
      return p;
    if (c == '%' && p < m->pattern_end)
      p++;
  }
}

static bool in_class(int c, int class) {
  bool is;
  switch (tolower(class)) {
  case 'a':
    is = isalpha(c);
    break;
  case 'c':
    is = iscntrl(c);
    break;
  case 'd':
    is = isdigit(c);
    break;
  case 'g':
    is = isgraph(c);
    break;
  case 'l':
    is = islower(c);
    break;
  case 'p':
    is = ispunct(c);
    break;
  case 's':
    is = isspace(c);
    break;
  case 'u':
    is = isupper(c);
    break;
  case 'w':
    is = isalnum(c);
    break;
  case 'x':
    is = isxdigit(c);
    break;
  default:
    return class == c;
  }
  return isupper(class) ? !is : is;
}

/* [set]: p at '[', last at its ']'. */
static bool in_set(int c, const char *p, const char *last) {
  bool inside = true;
  p++;
  if (*p == '^') {
    inside = false;
    p++;
  }
  while (p < last) {
    if (*p == '%') {
      if (in_class(c, (unsigned char)p[1]))
        return inside;
      p += 2;
    } else if (p + 2 < last && p[1] == '-') {
      if ((unsigned char)p[0] <= c && c <= (unsigned char)p[2])
        return inside;
      p += 3;
    } else {
      if ((unsigned char)*p == c)
        return inside;
      p++;
    }
  }
  return !inside;
}

/* Is the character at s the item [p, end)? */
static bool is_item(wl_Match *m, const char *s, const char *p,
                    const char *end) {
  count_steps(m, 1 + (end - p) / 16); /* sets may be long */
  if (s >= m->text_end)
    return false;
  int c = (unsigned char)*s;
  switch (*p) {
  case '.':
    return true;
  case '%':
    return in_class(c, (unsigned char)p[1]);
  case '[':
    return in_set(c, p, end - 1);
  default:
    return (unsigned char)*p == c;
  }
}

/* ---- captures ---- */

static const char *run(wl_Match *m, const char *s, const char *p);

static const char *open_capture(wl_Match *m, const char *s, const char *p) {
  if (m->level >= WL_CAPTURES)
    luaL_error(m->L, "too many captures");
  bool is_place = p < m->pattern_end && *p == ')';
  m->captures[m->level].start = s;
  m->captures[m->level].length = is_place ? WL_CAPTURE_PLACE : WL_CAPTURE_OPEN;
  m->level++;
  const char *end = run(m, s, is_place ? p + 1 : p);
  if (end == NULL)
    m->level--;
  return end;
}

static const char *close_capture(wl_Match *m, const char *s, const char *p) {
  int i = m->level - 1;
  while (i >= 0 && m->captures[i].length != WL_CAPTURE_OPEN)
    i--;
  if (i < 0)
    luaL_error(m->L, "invalid pattern capture");
  m->captures[i].length = s - m->captures[i].start;
  const char *end = run(m, s, p);
  if (end == NULL)
    m->captures[i].length = WL_CAPTURE_OPEN;
  return end;
}

/* %1 ... %9: the same text once more. */
static const char *repeat_capture(wl_Match *m, const char *s, char digit) {
  int i = digit - '1';
  if (i < 0 || i >= m->level || m->captures[i].length == WL_CAPTURE_OPEN)
    luaL_error(m->L, "invalid capture index %%%d in pattern", i + 1);
  ptrdiff_t length = m->captures[i].length;
  if (length < 0) /* a place has no text */
    return NULL;
  wl_budget_charge(m->L, length / 64);
  if (m->text_end - s >= length &&
      memcmp(m->captures[i].start, s, (size_t)length) == 0)
    return s + length;
  return NULL;
}

/* ---- items that are no single characters ---- */

/* %bxy */
static const char *balanced(wl_Match *m, const char *s, const char *p) {
  if (p + 1 >= m->pattern_end)
    luaL_error(m->L, "malformed pattern (missing arguments to '%%b')");
  if (s >= m->text_end || *s != p[0])
    return NULL;
  int open = 1;
  while (++s < m->text_end) {
    count_steps(m, 1);
    if (*s == p[1]) {
      if (--open == 0)
        return s + 1;
    } else if (*s == p[0]) {
      open++;
    }
  }
  return NULL;
}

/* %f[set]: p at '['. */
static bool at_frontier(wl_Match *m, const char *s, const char *p,
                        const char *end) {
  int before = s == m->text ? '\0' : (unsigned char)s[-1];
  int here = s < m->text_end ? (unsigned char)*s : '\0';
  return !in_set(before, p, end - 1) && in_set(here, p, end - 1);
}

static const char *frontier(wl_Match *m, const char *s, const char *p) {
  if (p >= m->pattern_end || *p != '[')
    luaL_error(m->L, "missing '[' after '%%f' in pattern");
  const char *end = item_end(m, p);
  return at_frontier(m, s, p, end) ? run(m, s, end) : NULL;
}

/* ---- repetition ---- */

static const char *longest_first(wl_Match *m, const char *s, const char *p,
                                 const char *end) {
  ptrdiff_t n = 0;
  while (is_item(m, s + n, p, end))
    n++;
  for (; n >= 0; n--) {
    const char *found = run(m, s + n, end + 1);
    if (found != NULL)
      return found;
  }
  return NULL;
}

static const char *shortest_first(wl_Match *m, const char *s, const char *p,
                                  const char *end) {
  for (;;) {
    const char *found = run(m, s, end + 1);
    if (found != NULL)
      return found;
    if (!is_item(m, s, p, end))
      return NULL;
    s++;
  }
}

/* ---- the pattern from p on, at s ---- */

static const char *step(wl_Match *m, const char *s, const char *p);

static const char *run(wl_Match *m, const char *s, const char *p) {
  if (++m->depth > DEEPEST)
    luaL_error(m->L, "pattern too complex");
  const char *found = step(m, s, p);
  m->depth--;
  return found;
}

/* One character, with what follows it: true when s and p have moved on, false
 * when *found is what came of it. */
static bool one_item(wl_Match *m, const char **s, const char **p,
                     const char **found) {
  const char *end = item_end(m, *p);
  char suffix = '\0';
  if (end < m->pattern_end)
    suffix = *end;
  switch (suffix) {
  case '*':
    *found = longest_first(m, *s, *p, end);
    return false;
  case '-':
    *found = shortest_first(m, *s, *p, end);
    return false;
  case '+':
    *found = is_item(m, *s, *p, end) ? longest_first(m, *s + 1, *p, end) : NULL;
    return false;
  case '?':
    if (is_item(m, *s, *p, end)) {
      *found = run(m, *s + 1, end + 1);
      if (*found != NULL)
        return false;
    }
    *p = end + 1;
    return true;
  default:
    *found = NULL;
    if (!is_item(m, *s, *p, end))
      return false;
    (*s)++;
    *p = end;
    return true;
  }
}

static const char *step(wl_Match *m, const char *s, const char *p) {
  const char *found = NULL;
  for (;;) {
    count_steps(m, 1);
    if (p == m->pattern_end)
      return s;
    if (*p == '(')
      return open_capture(m, s, p + 1);
    if (*p == ')')
      return close_capture(m, s, p + 1);
    if (*p == '$' && p + 1 == m->pattern_end)
      return s == m->text_end ? s : NULL;
    char special = '\0';
    if (*p == '%' && p + 1 < m->pattern_end)
      special = p[1];
    if (special == 'f')
      return frontier(m, s, p + 2);
    if (special == 'b' || isdigit((unsigned char)special)) {
      s = special == 'b' ? balanced(m, s, p + 2)
                         : repeat_capture(m, s, special);
      if (s == NULL)
        return NULL;
      p += special == 'b' ? 4 : 2;
    } else if (!one_item(m, &s, &p, &found)) {
      return found;
    }
  }
}

/* ---- from outside ---- */

void wl_match_init(wl_Match *match, lua_State *L, const char *text,
                   size_t text_length, const char *pattern,
                   size_t pattern_length) {
  match->L = L;
  match->text = text;
  match->text_end = text + text_length;
  match->pattern = pattern;
  match->pattern_end = pattern + pattern_length;
  match->depth = match->level = 0;
  match->steps = 0;
}

const char *wl_match_at(wl_Match *match, const char *place) {
  match->level = match->depth = 0;
  return run(match, place, match->pattern);
}

void wl_match_push_one(wl_Match *match, int index, const char *start,
                       const char *end) {
  if (index >= match->level) {
    if (index != 0)
      luaL_error(match->L, "invalid capture index %%%d", index + 1);
    lua_pushlstring(match->L, start, (size_t)(end - start));
    return;
  }
  const wl_Capture *capture = &match->captures[index];
  if (capture->length == WL_CAPTURE_OPEN)
    luaL_error(match->L, "unfinished capture");
  if (capture->length == WL_CAPTURE_PLACE)
    lua_pushinteger(match->L, capture->start - match->text + 1);
  else
    lua_pushlstring(match->L, capture->start, (size_t)capture->length);
}

int wl_match_push(wl_Match *match, const char *start, const char *end) {
  int n = match->level == 0 && start != NULL ? 1 : match->level;
  luaL_checkstack(match->L, n, "too many captures");
  for (int i = 0; i < n; i++)
    wl_match_push_one(match, i, start, end);
  return n;
}
