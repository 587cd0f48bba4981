/* SPDX-License-Identifier: MIT */
#include "../../runtime/io/json.h"

#include "check.h"

static wl_Heap *heap;

static wl_Value read_text(const char *text, wl_Error *error) {
  return wl_json_read(heap, text, strlen(text), error);
}

static void check_written(const char *text, const char *wanted,
                          wl_JsonStyle style) {
  wl_Error error;
  wl_Value v = read_text(text, &error);
  CHECK(!wl_is_absent(v));
  wl_Buffer out;
  wl_buffer_init(&out, heap);
  CHECK(wl_json_write(&out, v, &style, &error));
  CHECK_TEXT(out.bytes, wanted);
  wl_buffer_destroy(&out);
  wl_release(heap, v);
}

static void check_same(const char *text) {
  check_written(text, text, (wl_JsonStyle){0});
}

static void test_scalars(void) {
  static const char *const same[] = {"null",
                                     "true",
                                     "false",
                                     "0",
                                     "-1",
                                     "9223372036854775807",
                                     "-9223372036854775808",
                                     "1.0",
                                     "0.0",
                                     "0.1",
                                     "1e+21",
                                     "1e-7",
                                     "0.000001",
                                     "123456789012345680000.0",
                                     "5e-324",
                                     "1.7976931348623157e+308",
                                     "\"\"",
                                     "\"a\"",
                                     "\"\\\"\\\\\\n\\t\\b\\f\"",
                                     "\"\\u0000\\u001f\"",
                                     "\"\\u2028\"",
                                     "\"<&>\"",
                                     "[]",
                                     "{}",
                                     "[[],{}]",
                                     "{\"b\":1,\"a\":[1,2.5,\"x\",null]}"};
  for (size_t i = 0; i < sizeof same / sizeof same[0]; i++)
    check_same(same[i]);
}

static void test_readings(void) {
  wl_JsonStyle compact = {0};
  check_written(" [1 ,\n2\t] ", "[1,2]", compact);
  check_written("\xef\xbb\xbf{}", "{}", compact);
  check_written("1E2", "100.0", compact);
  check_written("-0", "0", compact);
  check_written("9223372036854775808", "9223372036854776000.0", compact);
  check_written("\"\\u00e9\\ud83d\\ude00\\/\"", "\"\xc3\xa9\xf0\x9f\x98\x80/\"",
                compact);
  check_written("\"\\ud83dx\\ud83d\\u0041\"",
                "\"\xef\xbf\xbdx\xef\xbf\xbd"
                "A\"",
                compact);
}

static void test_styles(void) {
  check_written("{\"b\":1,\"a\":2,\"aa\":{}}", "{\"a\":2,\"aa\":{},\"b\":1}",
                (wl_JsonStyle){.sorted = true});
  check_written("{\"b\":[1,[]],\"a\":{\"x\":{}}}",
                "{\n  \"b\": [\n    1,\n    []\n  ],\n  \"a\": {\n"
                "    \"x\": {}\n  }\n}",
                (wl_JsonStyle){.indent = 2});
}

static void check_refused(const char *text, size_t line, size_t column,
                          const char *message) {
  wl_Error error = {0};
  CHECK(wl_is_absent(read_text(text, &error)));
  CHECK(error.line == line);
  CHECK(error.column == column);
  CHECK_TEXT(error.message, message);
}

static void test_refusals(void) {
  check_refused("", 1, 1, "the text ends where a value should be");
  check_refused("[1,\n 2", 2, 3, "expected , or ] after an item");
  check_refused("{\"a\":1,\n \"a\":2}", 2, 2,
                "key \"a\" occurs twice in this map");
  check_refused("{\"a\":1,}", 1, 8,
                "comma before }: the last member has none after it");
  check_refused("[\"\xc3\xa9\", tru]", 1, 7,
                "expected a value: null, true, false, a number, a "
                "\"string\", [ or {");
  check_refused("[01]", 1, 2, "number with a leading zero");
  check_refused("1.e3", 1, 1, "number with a digit missing");
  check_refused("1e400", 1, 1, "number too large");
  check_refused("\"a\nb\"", 1, 3, "line break in a string: write \\n");
  check_refused("\"ab", 1, 1, "string without its end \"");
  check_refused("\"\xff\"", 1, 2, "byte that is not UTF-8 in a string");
  check_refused("{} {}", 1, 4, "more text after the end of the value");
  check_refused("{'a':1}", 1, 2, "expected a key, a string in \"");
}

static void test_depth(void) {
  char text[2 * 1001 + 1];
  for (size_t depth = 1000; depth <= 1001; depth++) {
    memset(text, '[', depth);
    memset(text + depth, ']', depth);
    wl_Error error = {0};
    wl_Value v = wl_json_read(heap, text, 2 * depth, &error);
    CHECK(wl_is_absent(v) == (depth > 1000));
    CHECK(error.code == (depth > 1000 ? WL_ELIMIT : WL_OK));
    wl_release(heap, v);
  }
}

static void test_numbers_without_words(void) {
  wl_Error error = {0};
  wl_Buffer out;
  wl_buffer_init(&out, heap);
  wl_buffer_add_text(&out, "before");
  wl_Value infinite = wl_double_new(heap, 1e308 * 10);
  wl_Value list = wl_list_new(heap, &infinite, 1);
  CHECK(!wl_json_write(&out, list, &(wl_JsonStyle){0}, &error));
  CHECK_TEXT(out.bytes, "before");
  CHECK_TEXT(error.message, "JSON has no word for an infinite number");
  wl_release(heap, list);
  wl_buffer_destroy(&out);
}

int main(void) {
  heap = wl_heap_new(NULL, NULL);
  test_scalars();
  test_readings();
  test_styles();
  test_refusals();
  test_depth();
  test_numbers_without_words();
  wl_heap_free(heap);
  return check_report();
}
