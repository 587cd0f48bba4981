/* SPDX-License-Identifier: MIT */
/*
 * json_read.c - JSON text to a value, in one pass and without recursion
 *
 * A stack of frames holds the open lists and maps. The reader alternates
 * between two steps: take a value (which may open a frame), then close or
 * continue what it is in.
 */
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../core/utf8.h"
#include "json.h"

typedef struct Frame {
  wl_Builder items;
  wl_Value key;       /* of the member being read; absent in a list */
  const char *key_at; /* where it stands in the text */
  bool is_map;
} Frame;

typedef struct Reader {
  wl_Heap *heap;
  const char *start, *at, *end;
  Frame *frames;
  size_t depth, capacity;
  wl_Buffer text; /* of the string being read, when it has escapes */
  wl_Error *error;
} Reader;

/* ---- errors ---- */

static bool fail_at(Reader *r, const char *at, wl_Code code,
                    const char *message) {
  wl_fail(r->error, code, "%s", message);
  if (r->error == NULL)
    return false;
  const char *line = r->start;
  r->error->line = 1;
  for (const char *c = r->start; c < at; c++)
    if (*c == '\n') {
      r->error->line++;
      line = c + 1;
    }
  r->error->column = 1;
  for (const char *c = line; c < at; c++) /* characters, not bytes */
    r->error->column += ((unsigned char)*c & 0xc0) != 0x80;
  return false;
}

static bool fail(Reader *r, const char *message) {
  return fail_at(r, r->at, WL_ESYNTAX, message);
}

/* ---- scalars ---- */

static void skip_space(Reader *r) {
  while (r->at < r->end &&
         (*r->at == ' ' || *r->at == '\n' || *r->at == '\t' || *r->at == '\r'))
    r->at++;
}

static bool read_hex4(Reader *r, uint32_t *unit) {
  if (r->end - r->at < 4)
    return fail(r, "\\u wants four hexadecimal digits");
  *unit = 0;
  for (int i = 0; i < 4; i++, r->at++) {
    char c = *r->at;
    uint32_t digit;
    if (c >= '0' && c <= '9')
      digit = (uint32_t)(c - '0');
    else if ((c | 0x20) >= 'a' && (c | 0x20) <= 'f')
      digit = (uint32_t)((c | 0x20) - 'a') + 10;
    else
      return fail(r, "\\u wants four hexadecimal digits");
    *unit = *unit << 4 | digit;
  }
  return true;
}

/* After "\u". A surrogate without its other half becomes U+FFFD, as in Go. */
static bool read_unicode_escape(Reader *r) {
  uint32_t c = 0, low = 0;
  if (!read_hex4(r, &c))
    return false;
  if (c >= 0xd800 && c <= 0xdbff && r->end - r->at >= 6 && r->at[0] == '\\' &&
      r->at[1] == 'u') {
    const char *before = r->at;
    r->at += 2;
    if (!read_hex4(r, &low))
      return false;
    if (low >= 0xdc00 && low <= 0xdfff)
      c = 0x10000 + ((c - 0xd800) << 10) + (low - 0xdc00);
    else
      r->at = before;
  }
  if (c >= 0xd800 && c <= 0xdfff)
    c = 0xfffd;
  char utf8[4];
  wl_buffer_add(&r->text, utf8, wl_utf8_write(utf8, c));
  return true;
}

static bool read_escape(Reader *r) {
  static const char letters[] = "\"\\/bfnrt", meant[] = "\"\\/\b\f\n\r\t";
  char letter = (char)(r->at < r->end ? *r->at : '\0');
  if (letter == 'u') {
    r->at++;
    return read_unicode_escape(r);
  }
  const char *found = letter != '\0' ? strchr(letters, letter) : NULL;
  if (found == NULL)
    return fail(r, "unknown escape in a string: after \\ comes one of "
                   "\" \\ / b f n r t u");
  wl_buffer_add_char(&r->text, meant[found - letters]);
  r->at++;
  return true;
}

/* Reads up to the closing quote. What is before the first escape is not
 * copied; *plain tells whether there was none. */
static bool read_quoted(Reader *r, const char **text, size_t *length) {
  const char *start = ++r->at;
  wl_buffer_truncate(&r->text, 0);
  for (const char *run = start;;) {
    if (r->at == r->end)
      return fail_at(r, start - 1, WL_ESYNTAX, "string without its end \"");
    unsigned char c = (unsigned char)*r->at;
    uint32_t character;
    size_t n = c < 0x80
                   ? 1
                   : wl_utf8_read(r->at, (size_t)(r->end - r->at), &character);
    if (n == 0)
      return fail(r, "byte that is not UTF-8 in a string");
    if (c < 0x20)
      return fail(r, c == '\n' ? "line break in a string: write \\n"
                               : "control character in a string: write it "
                                 "as \\u00..");
    if (c != '"' && c != '\\') {
      r->at += n;
      continue;
    }
    bool copied = r->text.length > 0 || run != start || c == '\\';
    if (copied)
      wl_buffer_add(&r->text, run, (size_t)(r->at - run));
    r->at++;
    if (c == '"') {
      *text = copied ? r->text.bytes : start;
      *length = copied ? r->text.length : (size_t)(r->at - 1 - start);
      return true;
    }
    if (!read_escape(r))
      return false;
    run = r->at;
  }
}

static const char *skip_digits(const char *at, const char *end) {
  while (at < end && *at >= '0' && *at <= '9')
    at++;
  return at;
}

/* The end of the number at r->at; NULL, with an error, when it is none. */
static const char *scan_number(Reader *r, bool *whole) {
  const char *at = r->at + (*r->at == '-'), *digits = at;
  at = skip_digits(at, r->end);
  *whole = true;
  if (at == digits || (at - digits > 1 && *digits == '0')) {
    fail(r, at == digits ? "- without a digit after it"
                         : "number with a leading zero");
    return NULL;
  }
  if (at < r->end && *at == '.') {
    digits = at + 1;
    at = skip_digits(digits, r->end);
    *whole = false;
  }
  if (at < r->end && at != digits && (*at | 0x20) == 'e') {
    at++;
    if (at < r->end && (*at == '+' || *at == '-'))
      at++;
    digits = at;
    at = skip_digits(digits, r->end);
    *whole = false;
  }
  if (at == digits) {
    fail(r, "number with a digit missing");
    return NULL;
  }
  return at;
}

static bool read_number(Reader *r, wl_Value *value) {
  bool whole;
  const char *end = scan_number(r, &whole);
  if (end == NULL)
    return false;
  /* the text goes on with what is no digit, or with the NUL of a copy */
  wl_buffer_truncate(&r->text, 0);
  wl_buffer_add(&r->text, r->at, (size_t)(end - r->at));
  errno = 0;
  long long i = whole ? strtoll(r->text.bytes, NULL, 10) : 0;
  if (whole && errno == 0) {
    *value = wl_int_new(r->heap, i);
  } else {
    double d = strtod(r->text.bytes, NULL);
    if (!isfinite(d))
      return fail(r, "number too large");
    *value = wl_double_new(r->heap, d);
  }
  r->at = end;
  return true;
}

static bool read_word(Reader *r, wl_Value *value) {
  static const struct {
    const char *text;
    wl_Value value;
  } words[] = {{"true", {0x1b}}, {"false", {0x13}}, {"null", {0x0b}}};
  size_t left = (size_t)(r->end - r->at);
  for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
    size_t n = strlen(words[i].text);
    if (left >= n && memcmp(r->at, words[i].text, n) == 0) {
      *value = words[i].value;
      r->at += n;
      return true;
    }
  }
  return fail(r, *r->at == '\'' ? "strings are quoted with \" in JSON"
                                : "expected a value: null, true, false, a "
                                  "number, a \"string\", [ or {");
}

/* ---- lists and maps ---- */

static bool open_frame(Reader *r, bool is_map) {
  if (r->depth >= WL_JSON_DEPTH)
    return fail_at(r, r->at, WL_ELIMIT,
                   "lists and maps nested deeper than 1000 levels");
  if (r->depth == r->capacity) {
    size_t capacity = r->capacity == 0 ? 16 : r->capacity * 2;
    r->frames = wl_realloc(r->heap, r->frames, r->capacity * sizeof(Frame),
                           capacity * sizeof(Frame));
    r->capacity = capacity;
  }
  Frame *frame = &r->frames[r->depth++];
  *frame = (Frame){.key = WL_VALUE_ABSENT, .is_map = is_map};
  wl_builder_init(&frame->items, r->heap);
  r->at++;
  return true;
}

/* Up to the colon; the value comes next. */
static bool read_key(Reader *r) {
  skip_space(r);
  if (r->at == r->end || *r->at != '"')
    return fail(r, r->at < r->end && *r->at == '}'
                       ? "comma before }: the last member has none after it"
                       : "expected a key, a string in \"");
  Frame *frame = &r->frames[r->depth - 1];
  const char *text = NULL;
  size_t length = 0;
  frame->key_at = r->at;
  if (!read_quoted(r, &text, &length))
    return false;
  frame->key = wl_string_intern(r->heap, text, length);
  skip_space(r);
  if (r->at == r->end || *r->at != ':')
    return fail(r, "expected : after the key");
  r->at++;
  return true;
}

/* *Takes* value. */
static bool add_value(Reader *r, wl_Value value) {
  Frame *frame = &r->frames[r->depth - 1];
  if (!frame->is_map) {
    wl_builder_add(&frame->items, value);
    return true;
  }
  wl_Value key = frame->key;
  frame->key = WL_VALUE_ABSENT;
  if (wl_builder_put(&frame->items, wl_retain(key), value)) {
    wl_release(r->heap, key);
    return true;
  }
  char message[160];
  snprintf(message, sizeof message, "key \"%.100s\" occurs twice in this map",
           wl_text(&key).bytes);
  wl_release(r->heap, key);
  return fail_at(r, frame->key_at, WL_EINVALID, message);
}

static wl_Value close_frame(Reader *r) {
  Frame *frame = &r->frames[--r->depth];
  r->at++;
  return frame->is_map ? wl_builder_map(&frame->items)
                       : wl_builder_list(&frame->items);
}

/* A scalar or an empty collection goes to *value; what opens a collection
 * with something in it leaves *value absent. */
static bool read_start(Reader *r, wl_Value *value) {
  *value = WL_VALUE_ABSENT;
  skip_space(r);
  if (r->at == r->end)
    return fail(r, "the text ends where a value should be");
  char c = *r->at;
  if (c == '{' || c == '[') {
    if (!open_frame(r, c == '{'))
      return false;
    skip_space(r);
    if (r->at < r->end && *r->at == (c == '{' ? '}' : ']'))
      *value = close_frame(r);
    else if (c == '{')
      return read_key(r);
    return true;
  }
  if (c == '"') {
    const char *text = NULL;
    size_t length = 0;
    if (!read_quoted(r, &text, &length))
      return false;
    *value = wl_string_new(r->heap, text, length);
    return true;
  }
  return c == '-' || (c >= '0' && c <= '9') ? read_number(r, value)
                                            : read_word(r, value);
}

/* After a value in a frame: on to the next (false in *closed) or, with the
 * frame's own value in *value, out of it. */
static bool read_next(Reader *r, wl_Value *value, bool *closed) {
  Frame *frame = &r->frames[r->depth - 1];
  skip_space(r);
  *closed = r->at < r->end && *r->at == (frame->is_map ? '}' : ']');
  if (*closed) {
    *value = close_frame(r);
    return true;
  }
  if (r->at == r->end || *r->at != ',')
    return fail(r, frame->is_map ? "expected , or } after a member"
                                 : "expected , or ] after an item");
  r->at++;
  if (frame->is_map)
    return read_key(r);
  skip_space(r);
  if (r->at < r->end && *r->at == ']')
    return fail(r, "comma before ]: the last item has none after it");
  return true;
}

static bool read_text(Reader *r, wl_Value *value) {
  for (;;) {
    if (!read_start(r, value))
      return false;
    if (wl_is_absent(*value))
      continue; /* inside the collection that was opened */
    bool closed = true;
    while (closed && r->depth > 0) {
      if (!add_value(r, *value) || !read_next(r, value, &closed))
        return false;
    }
    if (closed)
      return true;
  }
}

static void forget(Reader *r) {
  while (r->depth > 0) {
    Frame *frame = &r->frames[--r->depth];
    wl_release(r->heap, frame->key);
    wl_builder_destroy(&frame->items);
  }
  wl_dealloc(r->heap, r->frames, r->capacity * sizeof(Frame));
  wl_buffer_destroy(&r->text);
}

wl_Value wl_json_read(wl_Heap *heap, const char *text, size_t length,
                      wl_Error *error) {
  Reader r = {.heap = heap, .error = error};
  wl_Value value = WL_VALUE_ABSENT;
  wl_buffer_init(&r.text, heap);
  if (length >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0) {
    text += 3;
    length -= 3;
  }
  r.start = r.at = text;
  r.end = text + length;
  bool good = length <= WL_JSON_BYTES || fail(&r, "text longer than 64 MiB");
  good = good && read_text(&r, &value);
  if (good) {
    skip_space(&r);
    if (r.at < r.end) {
      good = fail(&r, "more text after the end of the value");
      wl_release(heap, value);
    }
  }
  forget(&r);
  return good ? value : WL_VALUE_ABSENT;
}
