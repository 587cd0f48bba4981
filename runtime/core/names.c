/* SPDX-License-Identifier: MIT */
#include "names.h"

#include <string.h>

/* ---- messages: the regular expressions are quoted, never run ---- */

#define QUOTE(message, examples, pattern)                                      \
  message " (e.g. " examples ", regex used for validation is '" pattern "')"

#define LABEL_PATTERN "([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]"
#define LABEL_TEXT                                                             \
  QUOTE("must consist of alphanumeric characters, '-', '_' or '.', and must "  \
        "start and end with an alphanumeric character",                        \
        "'MyName',  or 'my.name',  or '123-abc'", LABEL_PATTERN)
#define LABEL_VALUE_TEXT                                                       \
  QUOTE("a valid label must be an empty string or consist of alphanumeric "    \
        "characters, '-', '_' or '.', and must start and end with an "         \
        "alphanumeric character",                                              \
        "'MyValue',  or 'my_value',  or '12345'", "(" LABEL_PATTERN ")?")
#define DNS_PATTERN "[a-z0-9]([-a-z0-9]*[a-z0-9])?"
#define DNS_LABEL_TEXT                                                         \
  QUOTE("a lowercase RFC 1123 label must consist of lower case alphanumeric "  \
        "characters or '-', and must start and end with an alphanumeric "      \
        "character",                                                           \
        "'my-name',  or '123-abc'", DNS_PATTERN)
#define SUBDOMAIN_PATTERN DNS_PATTERN "(\\." DNS_PATTERN ")*"
#define SUBDOMAIN_TEXT                                                         \
  QUOTE("a lowercase RFC 1123 subdomain must consist of lower case "           \
        "alphanumeric characters, '-' or '.', and must start and end with an " \
        "alphanumeric character",                                              \
        "'example.com'", SUBDOMAIN_PATTERN)
#define DNS1035_TEXT                                                           \
  QUOTE("a DNS-1035 label must consist of lower case alphanumeric characters " \
        "or '-', start with an alphabetic character, and end with an "         \
        "alphanumeric character",                                              \
        "'my-name',  or 'abc-123'", "[a-z]([-a-z0-9]*[a-z0-9])?")
#define WILDCARD_TEXT                                                          \
  QUOTE("a wildcard DNS-1123 subdomain must start with '*.', followed by a "   \
        "valid DNS subdomain, which must consist of lower case alphanumeric "  \
        "characters, '-' or '.' and end with an alphanumeric character",       \
        "'*.example.com'", "\\*\\." SUBDOMAIN_PATTERN)
#define CONFIG_KEY_TEXT                                                        \
  QUOTE("a valid config key must consist of alphanumeric characters, '-', "    \
        "'_' or '.'",                                                          \
        "'key.name',  or 'KEY_NAME',  or 'key-name'", "[-._a-zA-Z0-9]+")
#define PERCENT_TEXT                                                           \
  QUOTE("a valid percent string must be a numeric string followed by an "      \
        "ending '%'",                                                          \
        "'1%',  or '93%'", "[0-9]+%")
#define C_IDENTIFIER_TEXT                                                      \
  QUOTE("a valid C identifier must start with alphabetic character or '_', "   \
        "followed by a string of alphanumeric characters or '_'",              \
        "'my_name',  or 'MY_NAME',  or 'MyName'", "[A-Za-z_][A-Za-z0-9_]*")
#define ENV_VAR_TEXT                                                           \
  QUOTE("a valid environment variable name must consist of alphabetic "        \
        "characters, digits, '_', '-', or '.', and must not start with a "     \
        "digit",                                                               \
        "'my.env-name',  or 'MY_ENV.NAME',  or 'MyEnvName1'",                  \
        "[-._a-zA-Z][-._a-zA-Z0-9]*")
#define RELAXED_ENV_VAR_TEXT                                                   \
  "a valid environment variable name must consist only of printable ASCII "    \
  "characters other than '='"
#define HTTP_HEADER_TEXT                                                       \
  QUOTE("a valid HTTP header must consist of alphanumeric characters or '-'",  \
        "'X-Header-Name'", "[-A-Za-z0-9]+")
#define REASON_TEXT                                                            \
  QUOTE("a condition reason must start with alphabetic character, optionally " \
        "followed by a string of alphanumeric characters or '_,:', and must "  \
        "end with an alphanumeric character or '_'",                           \
        "'my_name',  or 'MY_NAME',  or 'MyName',  or 'ReasonA,ReasonB',  or "  \
        "'ReasonA:ReasonB'",                                                   \
        "[A-Za-z]([A-Za-z0-9_,:]*[A-Za-z0-9_])?")

/* ---- text ---- */

typedef struct Text {
  const char *at;
  size_t length;
} Text;

typedef struct Faults {
  const char **messages;
  size_t count;
} Faults;

static void add(Faults *f, const char *message) {
  f->messages[f->count++] = message;
}

enum {
  LOWER = 1,
  UPPER = 2,
  DIGIT = 4,
  DASH = 8,
  DOT = 16,
  UNDERSCORE = 32,
  SEPARATOR = 64, /* , and : */
  LETTER = LOWER | UPPER,
  ALNUM = LETTER | DIGIT
};

static int class_of(char c) {
  if (c >= 'a' && c <= 'z')
    return LOWER;
  if (c >= 'A' && c <= 'Z')
    return UPPER;
  if (c >= '0' && c <= '9')
    return DIGIT;
  switch (c) {
  case '-':
    return DASH;
  case '.':
    return DOT;
  case '_':
    return UNDERSCORE;
  case ',':
  case ':':
    return SEPARATOR;
  default:
    return 0;
  }
}

/* Is the text not empty, with its first character in `first`, its last in
 * `last` and all others in `inner`? A single character must be in both. */
static bool has_form(Text t, int first, int inner, int last) {
  if (t.length == 0 || !(class_of(t.at[0]) & first) ||
      !(class_of(t.at[t.length - 1]) & last))
    return false;
  for (size_t i = 1; i + 1 < t.length; i++)
    if (!(class_of(t.at[i]) & inner))
      return false;
  return true;
}

static bool is(Text t, const char *literal) {
  return t.length == strlen(literal) && memcmp(t.at, literal, t.length) == 0;
}

static bool contains(Text t, char c) {
  return t.length > 0 && memchr(t.at, c, t.length) != NULL;
}

static Text after(Text t, size_t n) {
  return (Text){t.at + n, t.length - n};
}

/* Cut the text before the first `c` off `rest`, which loses the `c` too. */
static Text take_until(Text *rest, char c) {
  const char *end = rest->length > 0 ? memchr(rest->at, c, rest->length) : NULL;
  Text head = {rest->at, end != NULL ? (size_t)(end - rest->at) : rest->length};
  *rest = after(*rest, head.length + (end != NULL));
  return head;
}

static size_t count_of(Text t, char c) {
  size_t n = 0;
  for (size_t i = 0; i < t.length; i++)
    n += t.at[i] == c;
  return n;
}

/* ---- the forms ---- */

static bool is_label_text(Text t) {
  return has_form(t, ALNUM, ALNUM | DASH | DOT | UNDERSCORE, ALNUM);
}

static bool is_dns_label(Text t, int letter) {
  int alnum = letter | DIGIT;
  return has_form(t, alnum, alnum | DASH, alnum);
}

static bool is_subdomain(Text t, int letter) {
  for (size_t dots = count_of(t, '.'); dots > 0; dots--)
    if (!is_dns_label(take_until(&t, '.'), letter))
      return false;
  return is_dns_label(t, letter);
}

/* ---- one check a rule ---- */

static void check_prefix(Text prefix, int letter, Faults *f) {
  if (prefix.length == 0) {
    add(f, "prefix part must be non-empty");
    return;
  }
  if (prefix.length > 253)
    add(f, "prefix part must be no more than 253 bytes");
  if (!is_subdomain(prefix, letter))
    add(f, "prefix part " SUBDOMAIN_TEXT);
}

static void check_key(Text t, int prefix_letter, Faults *f) {
  size_t slashes = count_of(t, '/');
  if (slashes > 1) {
    add(f, "a valid label key " LABEL_TEXT " with an optional DNS subdomain "
           "prefix and '/' (e.g. 'example.com/MyName')");
    return;
  }
  if (slashes == 1)
    check_prefix(take_until(&t, '/'), prefix_letter, f);
  if (t.length == 0)
    add(f, "name part must be non-empty");
  else if (t.length > 63)
    add(f, "name part must be no more than 63 bytes");
  if (!is_label_text(t))
    add(f, "name part " LABEL_TEXT);
}

static void check_label_key(Text t, Faults *f) {
  check_key(t, LOWER, f);
}

static void check_annotation_key(Text t, Faults *f) {
  check_key(t, LETTER, f);
}

static void check_prefixed_key(Text t, Faults *f) {
  check_key(t, LOWER, f);
  if (f->count == 0 && !contains(t, '/'))
    add(f, "must be a domain-prefixed key (such as \"acme.io/foo\")");
}

static void check_label_value(Text t, Faults *f) {
  if (t.length > 63)
    add(f, "must be no more than 63 bytes");
  if (t.length > 0 && !is_label_text(t))
    add(f, LABEL_VALUE_TEXT);
}

static void check_dns_label(Text t, Faults *f) {
  if (t.length > 63)
    add(f, "must be no more than 63 characters");
  if (is_dns_label(t, LOWER))
    return;
  add(f, is_subdomain(t, LOWER) ? "must not contain dots" : DNS_LABEL_TEXT);
}

static void check_subdomain(Text t, Faults *f) {
  if (t.length > 253)
    add(f, "must be no more than 253 characters");
  if (!is_subdomain(t, LOWER))
    add(f, SUBDOMAIN_TEXT);
}

static void check_dns1035_label(Text t, Faults *f) {
  if (t.length > 63)
    add(f, "must be no more than 63 characters");
  if (!has_form(t, LOWER, LOWER | DIGIT | DASH, LOWER | DIGIT))
    add(f, DNS1035_TEXT);
}

static void check_wildcard(Text t, Faults *f) {
  if (t.length > 253)
    add(f, "must be no more than 253 characters");
  bool starred = t.length > 2 && memcmp(t.at, "*.", 2) == 0;
  if (!starred || !is_subdomain(after(t, 2), LOWER))
    add(f, WILDCARD_TEXT);
}

static void check_fully_qualified(Text t, Faults *f) {
  if (t.length == 0) {
    add(f, "must be non-empty");
    return;
  }
  check_subdomain(t, f);
  if (f->count == 0 && count_of(t, '.') < 2)
    add(f, "should be a domain with at least three segments separated by "
           "dots");
}

static void check_fully_qualified_domain(Text t, Faults *f) {
  if (t.length == 0) {
    add(f, "must be non-empty");
    return;
  }
  t.length -= t.at[t.length - 1] == '.';
  check_subdomain(t, f);
  if (f->count > 0)
    return;
  size_t dots = count_of(t, '.');
  if (dots < 1)
    add(f, "should be a domain with at least two segments separated by dots");
  for (size_t i = 0; i <= dots && f->count == 0; i++)
    check_dns_label(take_until(&t, '.'), f);
}

static void check_directory(Text t, Faults *f) {
  if (is(t, "."))
    add(f, "must not be '.'");
  else if (is(t, ".."))
    add(f, "must not be '..'");
  else if (t.length > 2 && memcmp(t.at, "..", 2) == 0)
    add(f, "must not start with '..'");
}

static void check_config_map_key(Text t, Faults *f) {
  int all = ALNUM | DASH | DOT | UNDERSCORE;
  if (t.length > 253)
    add(f, "must be no more than 253 characters");
  if (!has_form(t, all, all, all))
    add(f, CONFIG_KEY_TEXT);
  check_directory(t, f);
}

static void check_port_name(Text t, Faults *f) {
  int all = LOWER | DIGIT | DASH, seen = 0;
  bool doubled = false;
  for (size_t i = 0; i < t.length; i++) {
    seen |= class_of(t.at[i]);
    doubled = doubled || (i > 0 && t.at[i] == '-' && t.at[i - 1] == '-');
  }
  if (t.length > 15)
    add(f, "must be no more than 15 characters");
  if (!has_form(t, all, all, all))
    add(f, "must contain only alpha-numeric characters (a-z, 0-9), and "
           "hyphens (-)");
  if (!(seen & LOWER))
    add(f, "must contain at least one letter (a-z)");
  if (doubled)
    add(f, "must not contain consecutive hyphens");
  if (t.length > 0 && (t.at[0] == '-' || t.at[t.length - 1] == '-'))
    add(f, "must not begin or end with a hyphen");
}

static void check_percent(Text t, Faults *f) {
  bool marked = t.length > 1 && t.at[t.length - 1] == '%';
  if (!marked || !has_form((Text){t.at, t.length - 1}, DIGIT, DIGIT, DIGIT))
    add(f, PERCENT_TEXT);
}

static void check_c_identifier(Text t, Faults *f) {
  int all = ALNUM | UNDERSCORE;
  if (!has_form(t, LETTER | UNDERSCORE, all, all))
    add(f, C_IDENTIFIER_TEXT);
}

static void check_env_var(Text t, Faults *f) {
  int start = LETTER | DASH | DOT | UNDERSCORE;
  if (!has_form(t, start, start | DIGIT, start | DIGIT))
    add(f, ENV_VAR_TEXT);
  check_directory(t, f);
}

static void check_relaxed_env_var(Text t, Faults *f) {
  if (t.length == 0)
    add(f, "environment variable name must be non-empty");
  for (size_t i = 0; i < t.length; i++)
    if (t.at[i] < ' ' || t.at[i] > '~' || t.at[i] == '=') {
      add(f, RELAXED_ENV_VAR_TEXT);
      return;
    }
}

static void check_http_header(Text t, Faults *f) {
  if (!has_form(t, ALNUM | DASH, ALNUM | DASH, ALNUM | DASH))
    add(f, HTTP_HEADER_TEXT);
}

static void check_path_segment(Text t, Faults *f) {
  if (is(t, "."))
    add(f, "may not be '.'");
  else if (is(t, ".."))
    add(f, "may not be '..'");
  if (contains(t, '/'))
    add(f, "may not contain '/'");
  if (contains(t, '%'))
    add(f, "may not contain '%'");
}

static void check_decimal_integer(Text t, Faults *f) {
  if (t.length == 0) {
    add(f, "must be non-empty");
    return;
  }
  Text digits = after(t, t.at[0] == '-');
  bool leading_zero = digits.length > 0 && digits.at[0] == '0' && t.length > 1;
  if (leading_zero || !has_form(digits, DIGIT, DIGIT, DIGIT))
    add(f, "must be a valid decimal integer in canonical form");
}

static void check_condition_reason(Text t, Faults *f) {
  if (!has_form(t, LETTER, ALNUM | UNDERSCORE | SEPARATOR, ALNUM | UNDERSCORE))
    add(f, REASON_TEXT);
}

/* ---- the table ---- */

static const struct Rule {
  const char *word;
  void (*check)(Text t, Faults *f);
} rules[WL_NAME_RULES] = {
    [WL_NAME_LABEL_KEY] = {"label_key", check_label_key},
    [WL_NAME_ANNOTATION_KEY] = {"annotation_key", check_annotation_key},
    [WL_NAME_PREFIXED_KEY] = {"prefixed_key", check_prefixed_key},
    [WL_NAME_LABEL_VALUE] = {"label_value", check_label_value},
    [WL_NAME_DNS_LABEL] = {"dns_label", check_dns_label},
    [WL_NAME_DNS_SUBDOMAIN] = {"dns_subdomain", check_subdomain},
    [WL_NAME_DNS1035_LABEL] = {"dns1035_label", check_dns1035_label},
    [WL_NAME_WILDCARD_SUBDOMAIN] = {"wildcard_subdomain", check_wildcard},
    [WL_NAME_FULLY_QUALIFIED] = {"fully_qualified_name", check_fully_qualified},
    [WL_NAME_FULLY_QUALIFIED_DOMAIN] = {"fully_qualified_domain_name",
                                        check_fully_qualified_domain},
    [WL_NAME_CONFIG_MAP_KEY] = {"config_map_key", check_config_map_key},
    [WL_NAME_PORT_NAME] = {"port_name", check_port_name},
    [WL_NAME_PERCENT] = {"percent", check_percent},
    [WL_NAME_C_IDENTIFIER] = {"c_identifier", check_c_identifier},
    [WL_NAME_ENV_VAR] = {"env_var_name", check_env_var},
    [WL_NAME_RELAXED_ENV_VAR] = {"relaxed_env_var_name", check_relaxed_env_var},
    [WL_NAME_HTTP_HEADER] = {"http_header_name", check_http_header},
    [WL_NAME_PATH_SEGMENT] = {"path_segment", check_path_segment},
    [WL_NAME_DECIMAL_INTEGER] = {"decimal_integer", check_decimal_integer},
    [WL_NAME_CONDITION_REASON] = {"condition_reason", check_condition_reason},
};

const char *wl_name_rule_word(wl_NameRule rule) {
  return rules[rule].word;
}

size_t wl_name_check(wl_NameRule rule, const char *text, size_t length,
                     const char *faults[WL_NAME_FAULTS]) {
  Faults f = {faults, 0};
  rules[rule].check((Text){text, length}, &f);
  return f.count;
}

bool wl_name_is_label_key(const char *text, size_t length) {
  const char *faults[WL_NAME_FAULTS];
  return wl_name_check(WL_NAME_LABEL_KEY, text, length, faults) == 0;
}

bool wl_name_is_label_value(const char *text, size_t length) {
  return length <= 63 && (length == 0 || is_label_text((Text){text, length}));
}
