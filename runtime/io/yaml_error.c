/* SPDX-License-Identifier: MIT */
/*
 * yaml_error.c - what to say about YAML text that does not parse
 *
 * libyaml tells what its grammar missed. The one who wrote the text wants to
 * know what to change, so the lines around the place are looked at for the
 * usual mistakes.
 */
#include <stdio.h>
#include <string.h>

#include "excerpt.h"
#include "yaml_private.h"

/* Where the parser stopped, and what it was in. */
typedef struct Trouble {
  const yaml_parser_t *parser;
  const char *text;
  size_t length;
  size_t line, column; /* from 1; of the message */
  wl_Line here;        /* that line */
} Trouble;

static void move_to(Trouble *t, size_t line, size_t column) {
  t->line = line;
  t->column = column;
  t->here = wl_line_find(t->text, t->length, line);
}

/* ---- looking at lines ---- */

static size_t indentation(wl_Line line) {
  size_t n = 0;
  while (n < line.length && line.bytes[n] == ' ')
    n++;
  return n;
}

static bool is_content(wl_Line line) {
  size_t n = indentation(line);
  return n < line.length && line.bytes[n] != '#' && line.bytes[n] != '\t';
}

/* The length of "key" when the line is "key: value" with a value; 0. */
static size_t key_with_value(wl_Line line, wl_Line *value) {
  size_t start = indentation(line);
  for (size_t i = start; i + 1 < line.length; i++) {
    if (line.bytes[i] != ':' || line.bytes[i + 1] != ' ')
      continue;
    size_t at = i + 1, end = line.length;
    while (at < end && (line.bytes[at] == ' ' || line.bytes[at] == '\t'))
      at++;
    const char *comment = memchr(line.bytes + at, '#', end - at);
    if (comment != NULL)
      end = (size_t)(comment - line.bytes);
    while (end > at &&
           (line.bytes[end - 1] == ' ' || line.bytes[end - 1] == '\t'))
      end--;
    *value = (wl_Line){line.bytes + at, end - at};
    return at < end && strchr("|>&*[{", line.bytes[at]) == NULL ? i - start : 0;
  }
  return 0;
}

/* Columns count characters. */
static size_t byte_of_column(wl_Line line, size_t column) {
  size_t at = 0;
  for (; column > 1 && at < line.length; column--)
    do
      at++;
    while (at < line.length && ((unsigned char)line.bytes[at] & 0xc0) == 0x80);
  return at;
}

static size_t column_of_byte(wl_Line line, size_t byte) {
  size_t column = 1;
  for (size_t i = 0; i < byte; i++)
    column += ((unsigned char)line.bytes[i] & 0xc0) != 0x80;
  return column;
}

static int shown(size_t length) {
  return length > 40 ? 40 : (int)length;
}

/* ---- the usual mistakes; each returns false when it is not the one ---- */

static bool tab_indents(Trouble *t, wl_Error *error) {
  const char *tab = memchr(t->here.bytes, '\t', t->here.length);
  size_t before = tab == NULL ? 0 : (size_t)(tab - t->here.bytes);
  if (tab == NULL || before > indentation(t->here))
    return false;
  t->column = before + 1;
  wl_fail(error, WL_ESYNTAX, "a tab indents this line: use spaces");
  return true;
}

/* The number of the nearest line above with more than a comment; 0. */
static size_t line_above(const Trouble *t, wl_Line *line) {
  for (size_t number = t->line - 1; number > 0; number--) {
    *line = wl_line_find(t->text, t->length, number);
    if (is_content(*line))
      return number;
  }
  *line = (wl_Line){"", 0};
  return 0;
}

/* "a: 1" and, further right under it, "b: 2". */
static bool nested_under_value(Trouble *t, wl_Error *error) {
  wl_Line above, value;
  size_t number = line_above(t, &above);
  size_t key = number == 0 ? 0 : key_with_value(above, &value);
  size_t indent = indentation(above);
  if (key == 0 || indentation(t->here) <= indent)
    return false;
  if (above.bytes[indent] == '-')
    return false;
  t->column = indentation(t->here) + 1;
  wl_fail(error, WL_ESYNTAX,
          "this line is indented as if it were inside \"%.*s\", which "
          "already has the value %.*s (line %zu): indent it like the map it "
          "belongs to, or move it under its key",
          shown(key), above.bytes + indent, shown(value.length), value.bytes,
          number);
  return true;
}

static bool has_key(wl_Line line) {
  for (size_t i = 0; i < line.length; i++)
    if (line.bytes[i] == ':' &&
        (i + 1 == line.length || line.bytes[i + 1] == ' '))
      return true;
  return false;
}

/* "a" or "a:1" and under it "b: 2". */
static bool colon_missing_above(Trouble *t, wl_Error *error) {
  wl_Line above;
  size_t number = line_above(t, &above);
  size_t indent = indentation(above);
  if (number == 0 || has_key(above) ||
      strchr("-\"'|>", above.bytes[indent]) != NULL)
    return false;
  move_to(t, number, indent + 1);
  wl_fail(error, WL_ESYNTAX,
          "expected \"key: value\": there is no \": \" in this line");
  return true;
}

static bool flow_unclosed(Trouble *t, wl_Error *error) {
  bool is_list = strchr(t->parser->problem, ']') != NULL;
  wl_fail(error, WL_ESYNTAX,
          "expected , or %c: a %s was opened with %c in line %zu, column %zu",
          is_list ? ']' : '}', is_list ? "list" : "map", is_list ? '[' : '{',
          t->parser->context_mark.line + 1, t->parser->context_mark.column + 1);
  return true;
}

static bool is_template(Trouble *t, wl_Error *error) {
  for (size_t i = 0; i + 1 < t->here.length; i++)
    if (t->here.bytes[i] == '{' && t->here.bytes[i + 1] == '{') {
      t->column = column_of_byte(t->here, i);
      wl_fail(error, WL_ESYNTAX,
              "text in {{ }} is a template: fill it in first (for Helm: helm "
              "template), or quote it");
      return true;
    }
  return false;
}

/* "a: b: c" */
static bool colon_in_value(Trouble *t, wl_Error *error) {
  wl_Line value;
  size_t key = key_with_value(t->here, &value);
  size_t at = byte_of_column(t->here, t->column);
  if (key == 0 || at <= indentation(t->here) + key)
    return false;
  wl_fail(error, WL_ESYNTAX,
          "a value with \": \" in it must be quoted: \"%.*s\"",
          shown(value.length), value.bytes);
  return true;
}

/* The mark is after a closing quote on the same line. */
static bool text_after_quote(Trouble *t, wl_Error *error) {
  size_t at = byte_of_column(t->here, t->column);
  while (at > 0 && t->here.bytes[at - 1] == ' ')
    at--;
  if (at == 0 ||
      (t->here.bytes[at - 1] != '"' && t->here.bytes[at - 1] != '\''))
    return false;
  wl_fail(error, WL_ESYNTAX,
          "text after a closing quote: quote the whole value, and write a "
          "quote inside it as \\\" (in \"...\") or '' (in '...')");
  return true;
}

static bool wrong_indentation(Trouble *t, wl_Error *error) {
  if (t->column != indentation(t->here) + 1)
    return false;
  wl_fail(error, WL_ESYNTAX,
          "this line is indented by %zu, which fits nothing above it: "
          "the map that began in line %zu has its keys in column %zu",
          t->column - 1, t->parser->context_mark.line + 1,
          t->parser->context_mark.column + 1);
  return true;
}

static bool bad_start(Trouble *t, wl_Error *error) {
  size_t at = byte_of_column(t->here, t->column);
  char c = (char)(at < t->here.length ? t->here.bytes[at] : '\0');
  if (c == '\0' || strchr("@`%*&", c) == NULL)
    return false;
  const char *why = c == '*'   ? ": * refers to an anchor"
                    : c == '&' ? ": & names an anchor"
                               : "";
  wl_fail(error, WL_ESYNTAX, "text that begins with %c must be quoted%s", c,
          why);
  return true;
}

/* ---- which mistake to look for, by libyaml's complaint ---- */

typedef struct Case {
  const char *problem; /* libyaml's words */
  bool at_context;     /* the place is where it began */
  bool (*guesses[5])(Trouble *, wl_Error *);
  const char *otherwise; /* NULL: libyaml's words */
} Case;

static const Case cases[] = {
    {"found character that cannot start any token",
     false,
     {tab_indents, is_template, bad_start},
     NULL},
    {"found a tab character where an indentation space is expected",
     false,
     {tab_indents},
     "a tab indents this line: use spaces"},
    {"mapping values are not allowed in this context",
     false,
     {tab_indents, colon_in_value, nested_under_value, colon_missing_above},
     "a map cannot begin here: check the indentation of this line and of the "
     "one above"},
    {"block sequence entries are not allowed in this context",
     false,
     {NULL},
     "a list begins on the line after its key, not behind it"},
    {"did not find expected key",
     false,
     {tab_indents, is_template, text_after_quote, nested_under_value,
      wrong_indentation},
     "expected \"key: value\" here"},
    {"did not find expected '-' indicator",
     false,
     {tab_indents},
     "expected another item of the list (\"- ...\"), or less indentation"},
    {"could not find expected ':'",
     true,
     {tab_indents, is_template},
     "expected \"key: value\": there is no \": \" in this line"},
    {"found unexpected end of stream",
     true,
     {NULL},
     "this quote is never closed"},
    {"found unexpected document indicator",
     true,
     {NULL},
     "this quote is not closed before the document ends"},
    {"did not find expected ',' or ']'",
     false,
     {tab_indents, is_template, flow_unclosed},
     NULL},
    {"did not find expected ',' or '}'",
     false,
     {tab_indents, is_template, flow_unclosed},
     NULL},
    {"did not find expected alphabetic or numeric character",
     true,
     {bad_start},
     NULL},
    {"did not find expected <document start>",
     false,
     {NULL},
     "a document ended above: one that follows begins with a line ---"},
    {"found unknown escape character",
     false,
     {NULL},
     "unknown escape in \"...\": write \\\\ for a backslash, or use '...'"},
    {"control characters are not allowed",
     false,
     {NULL},
     "a control character: is this a binary file?"},
};

static void explain_problem(Trouble *t, const char *problem, wl_Error *error) {
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    const Case *c = &cases[i];
    if (strcmp(problem, c->problem) != 0)
      continue;
    if (c->at_context)
      move_to(t, t->parser->context_mark.line + 1,
              t->parser->context_mark.column + 1);
    for (size_t g = 0; g < 5 && c->guesses[g] != NULL; g++)
      if (c->guesses[g](t, error))
        return;
    problem = c->otherwise != NULL ? c->otherwise : problem;
    break;
  }
  wl_fail(error, WL_ESYNTAX, "%s", problem);
}

/* The reader's trouble comes with a byte offset only. */
static void locate_byte(Trouble *t, size_t offset) {
  size_t line = 1, column = 1;
  for (size_t i = 0; i < offset && i < t->length; i++) {
    unsigned char c = (unsigned char)t->text[i];
    column += (c & 0xc0) != 0x80;
    if (c == '\n') {
      line++;
      column = 1;
    }
  }
  move_to(t, line, column);
}

static void explain_bytes(Trouble *t, wl_Error *error) {
  const yaml_parser_t *parser = t->parser;
  size_t offset = parser->problem_offset;
  locate_byte(t, offset);
  if (strcmp(parser->problem, "control characters are not allowed") == 0)
    wl_fail(error, WL_ESYNTAX,
            "control character 0x%02x: is this a binary file?",
            (unsigned)parser->problem_value);
  else
    wl_fail(error, WL_ESYNTAX,
            "byte 0x%02x is not UTF-8 text: is this a binary file?",
            offset < t->length ? (unsigned char)t->text[offset] : 0u);
}

void wl_yaml_explain(const yaml_parser_t *parser, const char *text,
                     size_t length, wl_Error *error) {
  Trouble t = {.parser = parser, .text = text, .length = length};
  if (error == NULL)
    return;
  if (parser->error == YAML_MEMORY_ERROR) {
    wl_fail(error, WL_ELIMIT, "not enough memory");
    return;
  }
  if (parser->error == YAML_READER_ERROR) {
    explain_bytes(&t, error);
  } else {
    move_to(&t, parser->problem_mark.line + 1, parser->problem_mark.column + 1);
    explain_problem(&t, parser->problem, error);
  }
  error->line = t.line;
  error->column = t.column;
}
