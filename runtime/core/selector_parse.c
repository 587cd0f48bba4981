/* SPDX-License-Identifier: MIT */
/* The grammar is that of k8s.io/apimachinery/pkg/labels:
 *   selector    = requirement { "," requirement }
 *   requirement = key [ set | exact ] | "!" key
 *   set         = ( "in" | "notin" ) "(" [ value ] { "," [ value ] } ")"
 *   exact       = ( "=" | "==" | "!=" | "<" | ">" ) [ value ]
 * `in` and `notin` are words of the language only where an operator is due. */
#include <string.h>

#include "quote.h"
#include "selector.h"
#include "selector_builder.h"

typedef enum TokenType {
  END,
  WORD,
  COMMA,
  OPEN,
  CLOSE,
  NOT,
  EQUALS,
  DOUBLE_EQUALS,
  NOT_EQUALS,
  GREATER,
  LESS
} TokenType;

typedef struct Token {
  TokenType type;
  wl_Text text; /* in the source: not followed by a NUL */
} Token;

typedef struct Parser {
  const char *start, *at, *end;
  Token token; /* the one to be looked at next */
  wl_SelectorBuilder builder;
  wl_Error *error;
} Parser;

/* ---- tokens ---- */

static bool is_space(char c) {
  return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static bool is_sign(char c) {
  return c != '\0' && strchr("=!(),><", c) != NULL;
}

static TokenType sign_type(char c) {
  switch (c) {
  case ',':
    return COMMA;
  case '(':
    return OPEN;
  case ')':
    return CLOSE;
  case '!':
    return NOT;
  case '=':
    return EQUALS;
  case '>':
    return GREATER;
  default:
    return LESS;
  }
}

static Token scan(Parser *p) {
  while (p->at < p->end && is_space(*p->at))
    p->at++;
  Token t = {END, {p->at, 0}};
  if (p->at == p->end)
    return t;
  if (!is_sign(*p->at)) {
    while (p->at < p->end && !is_sign(*p->at) && !is_space(*p->at))
      p->at++;
    t.type = WORD;
  } else {
    t.type = sign_type(*p->at++);
    bool doubled = p->at < p->end && *p->at == '=';
    if (doubled && (t.type == EQUALS || t.type == NOT)) {
      t.type = t.type == EQUALS ? DOUBLE_EQUALS : NOT_EQUALS;
      p->at++;
    }
  }
  t.text.length = (size_t)(p->at - t.text.bytes);
  return t;
}

static Token take(Parser *p) {
  Token t = p->token;
  p->token = scan(p);
  return t;
}

static bool is_word(Token t, const char *word) {
  return t.type == WORD && t.text.length == strlen(word) &&
         memcmp(t.text.bytes, word, t.text.length) == 0;
}

/* ---- errors ---- */

static bool fail_at(Parser *p, const char *place) {
  if (p->error != NULL) {
    p->error->line = 1;
    p->error->column = (size_t)(place - p->start) + 1;
  }
  return false;
}

static bool unexpected(Parser *p, Token t, const char *expected) {
  char found[88];
  wl_escape(found, sizeof found, t.text.bytes, t.text.length);
  wl_fail(p->error, WL_EINVALID, "found '%s', expected: %s", found, expected);
  return fail_at(p, t.text.bytes);
}

/* ---- requirements ---- */

static void add_value(Parser *p, wl_Text text) {
  wl_selector_builder_value(
      &p->builder, wl_string_intern(p->builder.heap, text.bytes, text.length));
}

static bool finish_requirement(Parser *p, Token key, wl_SelectorOp op) {
  wl_Value name =
      wl_string_intern(p->builder.heap, key.text.bytes, key.text.length);
  return wl_selector_builder_add(&p->builder, name, op, true, p->error) ||
         fail_at(p, key.text.bytes);
}

/* The list between the parentheses. Nothing between two commas, or between a
 * comma and a parenthesis, is the empty value. */
static bool parse_values(Parser *p) {
  static const wl_Text empty = {"", 0};
  Token t = take(p);
  if (t.type != OPEN)
    return unexpected(p, t, "'('");
  for (bool more = true; more;) {
    bool given = p->token.type == WORD;
    add_value(p, given ? p->token.text : empty);
    if (given)
      take(p);
    t = take(p);
    if (t.type != COMMA && t.type != CLOSE)
      return unexpected(p, t, given ? "',' or ')'" : "',', ')' or identifier");
    more = t.type == COMMA;
  }
  return true;
}

static bool parse_exact_value(Parser *p) {
  if (p->token.type == END || p->token.type == COMMA) {
    add_value(p, (wl_Text){"", 0});
    return true;
  }
  if (p->token.type != WORD)
    return unexpected(p, p->token, "identifier");
  add_value(p, take(p).text);
  return true;
}

static bool parse_operator(Parser *p, wl_SelectorOp *op) {
  static const struct {
    TokenType type;
    wl_SelectorOp op;
  } exact[] = {{EQUALS, WL_SEL_EQUALS},
               {DOUBLE_EQUALS, WL_SEL_DOUBLE_EQUALS},
               {NOT_EQUALS, WL_SEL_NOT_EQUALS},
               {GREATER, WL_SEL_GREATER},
               {LESS, WL_SEL_LESS}};
  Token t = take(p);
  *op = is_word(t, "in") ? WL_SEL_IN : WL_SEL_NOT_IN;
  if (is_word(t, "in") || is_word(t, "notin"))
    return parse_values(p);
  for (size_t i = 0; i < sizeof exact / sizeof exact[0]; i++)
    if (exact[i].type == t.type) {
      *op = exact[i].op;
      return parse_exact_value(p);
    }
  return unexpected(p, t, "in, notin, =, ==, !=, gt, lt");
}

static bool parse_requirement(Parser *p) {
  bool negated = p->token.type == NOT;
  if (negated)
    take(p);
  Token key = take(p);
  if (key.type != WORD)
    return unexpected(p, key, "identifier");
  if (negated)
    return finish_requirement(p, key, WL_SEL_NOT_EXISTS);
  if (p->token.type == END || p->token.type == COMMA)
    return finish_requirement(p, key, WL_SEL_EXISTS);
  wl_SelectorOp op;
  return parse_operator(p, &op) && finish_requirement(p, key, op);
}

static bool parse(Parser *p) {
  if (p->token.type == END)
    return true;
  for (;;) {
    if (p->token.type != WORD && p->token.type != NOT)
      return unexpected(p, p->token, "!, identifier, or 'end of string'");
    if (!parse_requirement(p))
      return false;
    Token t = take(p);
    if (t.type == END)
      return true;
    if (t.type != COMMA)
      return unexpected(p, t, "',' or 'end of string'");
    if (p->token.type != WORD && p->token.type != NOT)
      return unexpected(p, p->token, "identifier after ','");
  }
}

wl_Selector *wl_selector_parse(wl_Heap *heap, const char *text, size_t length,
                               wl_Error *error) {
  Parser p = {.start = text, .at = text, .end = text + length, .error = error};
  wl_Selector *s = NULL;
  wl_selector_builder_init(&p.builder, heap);
  p.token = scan(&p);
  if (parse(&p))
    s = wl_selector_builder_finish(&p.builder);
  wl_selector_builder_destroy(&p.builder);
  return s;
}
