/* SPDX-License-Identifier: MIT */
#include "../../runtime/core/selector.h"

#include "../../runtime/core/selector_builder.h"
#include "check.h"

static wl_Heap *heap;

static wl_Selector *parse(const char *text) {
  return wl_selector_parse(heap, text, strlen(text), NULL);
}

static void prints(const char *text, const char *wanted) {
  wl_Selector *s = parse(text);
  CHECK(s != NULL);
  if (s == NULL)
    return;
  wl_Value printed = wl_selector_text(s);
  CHECK_TEXT(wl_text(&printed).bytes, wanted);
  wl_Selector *again = parse(wanted);
  CHECK(again != NULL && wl_selector_equal(s, again));
  CHECK(wl_selector_hash(s) == wl_selector_hash(again));
  wl_selector_release(again);
  wl_release(heap, printed);
  wl_selector_release(s);
}

static void refuses(const char *text, const char *wanted, size_t column) {
  wl_Error error = {0};
  wl_Selector *s = wl_selector_parse(heap, text, strlen(text), &error);
  CHECK(s == NULL);
  wl_selector_release(s);
  CHECK(error.code == WL_EINVALID && error.column == column);
  CHECK(strstr(error.message, wanted) == error.message);
  if (strstr(error.message, wanted) != error.message)
    CHECK_TEXT(error.message, wanted);
}

static void selectors_print_canonically(void) {
  prints("", "");
  prints(" \t\n", "");
  prints("x=,z= ", "x=,z=");
  prints("b = 2 , a == 1", "a==1,b=2");
  prints("x in (c,a,,b,a)", "x in (,a,b,c)");
  prints("x notin ( in , notin )", "x notin (in,notin)");
  prints("x in ()", "x in ()");
  prints("x in (,)", "x in ()");
  prints("!in,notin", "!in,notin");
  prints("a>1,b<0", "a>1,b<0");
}

static void bad_selectors_say_where(void) {
  refuses("a,", "found '', expected: identifier after ','", 3);
  refuses("a=b,,", "found ',', expected: identifier after ','", 5);
  refuses("=a", "found '=', expected: !, identifier, or 'end of string'", 1);
  refuses("x=a||y=b", "values[0][x]: Invalid value: \"a||y\": a valid label",
          1);
  refuses("!x=a", "found '=', expected: ',' or 'end of string'", 3);
  refuses("x in a", "found 'a', expected: '('", 6);
  refuses("x in (a b)", "found 'b', expected: ',' or ')'", 9);
  refuses("x in (a", "found '', expected: ',' or ')'", 8);
  refuses("a gt 1", "found 'gt', expected: in, notin, =, ==, !=, gt, lt", 3);
  refuses("a>b", "values[0]: Invalid value: \"b\": for 'Gt', 'Lt' operators",
          1);
  refuses("a=\"b\"", "values[0][a]: Invalid value: \"\\\"b\\\"\": a valid", 1);
  refuses("-a", "key: Invalid value: \"-a\": name part must consist of", 1);
}

static wl_Value labels_of(const char *key, const char *value) {
  wl_Value map = wl_map_empty(heap);
  if (key == NULL)
    return map;
  return wl_map_with(heap, map, wl_key(heap, key),
                     wl_string_new(heap, value, strlen(value)));
}

static void matches(const char *text, const char *key, const char *value,
                    bool wanted) {
  wl_Selector *s = parse(text);
  wl_Value labels = labels_of(key, value);
  CHECK(s != NULL && wl_selector_matches(s, labels) == wanted);
  wl_release(heap, labels);
  wl_selector_release(s);
}

static void selectors_match(void) {
  matches("", NULL, NULL, true);
  matches("x=y", "x", "y", true);
  matches("x=y", "x", "z", false);
  matches("x=y", NULL, NULL, false);
  matches("x!=y", NULL, NULL, true);
  matches("x notin (y)", "x", "y", false);
  matches("x", "x", "", true);
  matches("!x", "x", "", false);
  matches("x=", "x", "", true);
  matches("x=a-value-beyond-a-word", "x", "a-value-beyond-a-word", true);
  matches("x in (a,b,c,d,e,f,g,h,i,j,k)", "x", "k", true);
  matches("x in (a,b,c,d,e,f,g,h,i,j,k)", "x", "l", false);
  matches("x>4", "x", "5", true);
  matches("x>4", "x", "four", false);
  matches("x<9223372036854775807", "x", "-9223372036854775808", true);
  matches("x<1", "x", "-9223372036854775809", false);
}

static void an_absent_selector_matches_nothing(void) {
  wl_Value labels = labels_of("a", "b"), empty = wl_map_empty(heap);
  wl_Selector *none = wl_selector_from(heap, WL_VALUE_NULL, NULL);
  wl_Selector *all = wl_selector_from(heap, empty, NULL);
  CHECK(wl_selector_matches_nothing(none) && !wl_selector_matches(none, empty));
  CHECK(wl_selector_matches_everything(all));
  CHECK(wl_selector_matches(all, labels));
  CHECK(wl_selector_matches(all, WL_VALUE_ABSENT));
  CHECK(!wl_selector_equal(none, all));
  wl_selector_release(none);
  wl_selector_release(all);
  wl_Selector *of_labels = wl_selector_from_labels(heap, labels, NULL);
  CHECK(wl_selector_matches(of_labels, labels));
  CHECK(!wl_selector_matches(of_labels, empty));
  wl_selector_release(of_labels);
  wl_release(heap, labels);
  wl_release(heap, empty);
}

static void every_fault_is_counted(void) {
  wl_SelectorBuilder b;
  wl_Error error;
  wl_selector_builder_init(&b, heap);
  wl_selector_builder_value(&b, wl_key(heap, "-a"));
  wl_selector_builder_value(&b, wl_key(heap, "b-"));
  CHECK(!wl_selector_builder_add(&b, wl_key(heap, "k/"), WL_SEL_GREATER, false,
                                 &error));
  CHECK(b.fault_count == 6);
  CHECK_TEXT(b.faults[0].field, "key");
  CHECK_TEXT(b.faults[1].field, "values");
  CHECK_TEXT(b.faults[2].field, "values[0]");
  CHECK(error.message[0] == '[');
  wl_selector_builder_value(&b, wl_key(heap, "left over"));
  wl_selector_builder_destroy(&b);
}

static void integers_are_read_as_go_reads_them(void) {
  int64_t n = 0;
  CHECK(wl_parse_int64("+007", 4, &n) && n == 7);
  CHECK(wl_parse_int64("-9223372036854775808", 20, &n) && n == INT64_MIN);
  CHECK(!wl_parse_int64("9223372036854775808", 19, &n));
  CHECK(!wl_parse_int64("", 0, &n) && !wl_parse_int64("-", 1, &n));
  CHECK(!wl_parse_int64("1_0", 3, &n) && !wl_parse_int64(" 1", 2, &n));
}

static void everything_on_the_heap(void) {
  selectors_print_canonically();
  bad_selectors_say_where();
  selectors_match();
  an_absent_selector_matches_nothing();
  every_fault_is_counted();
}

int main(void) {
  heap = wl_heap_new(NULL, NULL);
  everything_on_the_heap();
  size_t used = wl_heap_used(heap);
  everything_on_the_heap();
  CHECK(wl_heap_used(heap) == used); /* nothing is left behind */
  integers_are_read_as_go_reads_them();
  wl_heap_free(heap);
  return check_report();
}
