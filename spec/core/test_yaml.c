/* SPDX-License-Identifier: MIT */
#include "../../runtime/io/json.h"
#include "../../runtime/io/yaml.h"

#include "check.h"

static wl_Heap *heap;

/* The documents of a text as JSON, one a line; or the error. */
static void read_as_json(wl_Buffer *out, const char *text, size_t length) {
  wl_YamlStream stream;
  wl_Error error = {0};
  wl_buffer_init(out, heap);
  if (!wl_yaml_read(heap, text, length, &stream, &error)) {
    wl_buffer_print(out, "%zu:%zu: %s", error.line, error.column,
                    error.message);
    return;
  }
  for (size_t i = 0; i < wl_length(stream.documents); i++) {
    if (i > 0)
      wl_buffer_add_char(out, '\n');
    CHECK(wl_json_write(out, wl_list_get(stream.documents, i),
                        &(wl_JsonStyle){0}, &error));
  }
  wl_release(heap, stream.documents);
  wl_release(heap, stream.lines);
}

static void check_read(const char *text, const char *wanted) {
  wl_Buffer out;
  read_as_json(&out, text, strlen(text));
  CHECK_TEXT(out.length > 0 ? out.bytes : "", wanted);
  wl_buffer_destroy(&out);
}

static void test_scalars(void) {
  static const char *const cases[][2] = {
      {"[y, Yes, on, TRUE, n, No, off, False]",
       "[true,true,true,true,false,false,false,false]"},
      {"[tRue, yES, oN]", "[\"tRue\",\"yES\",\"oN\"]"},
      {"[~, null, Null, NULL, '', 'null']",
       "[null,null,null,null,\"\",\"null\"]"},
      {"[0644, 0o644, 0x1F, 0X1f, 0b11, -0x1f, +5, 00, 1_000]",
       "[420,420,31,31,3,-31,5,0,1000]"},
      {"[08, 1e3, 1., .5, -.5e1, 012e3, 1.0]",
       "[8.0,1000.0,1.0,0.5,-5.0,12000.0,1.0]"},
      {"[9223372036854775807, 9223372036854775808, -9223372036854775808]",
       "[9223372036854775807,9223372036854776000.0,-9223372036854775808]"},
      {"[1:30, 2001-01-01, 1e400, 0b12, 0x, =, 1.2.3, 1e, '5', \"5\"]",
       "[\"1:30\",\"2001-01-01\",\"1e400\",\"0b12\",\"0x\",\"=\",\"1.2.3\","
       "\"1e\",\"5\",\"5\"]"},
      {"[!!str 5, !!int \"3\", !!float 3, !!bool yes, !foo 5, ! 5]",
       "[\"5\",3,3.0,true,\"5\",\"5\"]"},
      {"[!!binary aGVsbG8=, !!binary '']", "[\"hello\",\"\"]"},
      {"{1: a, true: b, 1.5: c, 1e3: d, 0x1F: e, .inf: f}",
       "{\"1\":\"a\",\"true\":\"b\",\"1.5\":\"c\",\"1000\":\"d\",\"31\":\"e\","
       "\".inf\":\"f\"}"}};
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
    check_read(cases[i][0], cases[i][1]);
}

static void test_documents(void) {
  check_read("", "");
  check_read("# nothing\n---\n---\n~\n", "");
  check_read("a: 1\n---\n# b\n---\nb: 2\n...\n", "{\"a\":1}\n{\"b\":2}");
  check_read("%YAML 1.1\n---\na: 1\n", "{\"a\":1}");
  check_read("\xef\xbb\xbf"
             "a: 1\n",
             "{\"a\":1}");
  check_read("a: 1\r\nb: |\r\n  x\r\n  y\r\n", "{\"a\":1,\"b\":\"x\\ny\\n\"}");
  wl_YamlStream stream;
  const char text[] = "\n# x\na: 1\n---\n\n- b\n";
  CHECK(wl_yaml_read(heap, text, sizeof text - 1, &stream, NULL));
  CHECK(wl_length(stream.lines) == 2);
  CHECK(wl_int(wl_list_get(stream.lines, 0)) == 3);
  CHECK(wl_int(wl_list_get(stream.lines, 1)) == 6);
  wl_release(heap, stream.documents);
  wl_release(heap, stream.lines);
}

static void test_json(void) {
  check_read("\n {\"a\": \"\\ud83d\\ude00\", \"y\": 1}",
             "{\"a\":\"\xf0\x9f\x98\x80\",\"y\":1}");
  check_read("{\"a\": 1, b: 2}", "{\"a\":1,\"b\":2}");
  check_read("{\"a\": 1, \"a\": 2}",
             "1:10: key \"a\" occurs twice in this map");
}

static void test_sharing(void) {
  check_read("a: &x {b: 1}\nc: *x\nd: [*x, *x]\n",
             "{\"a\":{\"b\":1},\"c\":{\"b\":1},\"d\":[{\"b\":1},{\"b\":1}]}");
  check_read("a: &x 1\nb: &x 2\nc: *x\n", "{\"a\":1,\"b\":2,\"c\":2}");
  check_read("a: &k key\nb: {*k : 1}\n", "{\"a\":\"key\",\"b\":{\"key\":1}}");
  check_read("a: &x\n  b: *x\n", "2:6: the value of anchor &x contains itself");
  check_read("a: &x 1\n---\nb: *x\n",
             "3:4: alias *x has no anchor &x before it; text that begins "
             "with * must be quoted");
}

static void test_merging(void) {
  check_read("{<<: {a: 1, b: 2}, b: 3, c: 4}", "{\"a\":1,\"b\":3,\"c\":4}");
  check_read("{b: 3, <<: {a: 1, b: 2}}", "{\"a\":1,\"b\":2}");
  check_read("{<<: [{a: 1}, {a: 2, b: 2}], <<: {b: 5}}", "{\"a\":1,\"b\":5}");
  check_read("{'<<': {a: 1}}", "{\"<<\":{\"a\":1}}");
  check_read("<<: 3", "1:5: << wants a map, or a list of maps, to merge in");
}

static void test_refusals(void) {
  static const char *const cases[][2] = {
      {"a: 1\nb: 2\na: 3\n", "3:1: key \"a\" occurs twice in this map"},
      {"{1: a, \"1\": b}", "1:8: key \"1\" occurs twice in this map"},
      {"a:\n\tb: 1\n", "2:1: a tab indents this line: use spaces"},
      {"a: 1\n  b: 2\n",
       "2:3: this line is indented as if it were inside \"a\", which already "
       "has the value 1 (line 1): indent it like the map it belongs to, or "
       "move it under its key"},
      {"a: b: c\n", "1:5: a value with \": \" in it must be quoted: \"b: c\""},
      {"a: *\n",
       "1:4: text that begins with * must be quoted: * refers to an anchor"},
      {"a: {{ .x }}\n",
       "1:5: a key must be a string, not a map; text in {{ }} is a template "
       "to be filled in first, and text in { } or [ ] wants quotes"},
      {"~: 1", "1:1: a key must not be null: quote it if the text is meant"},
      {"a: .nan",
       "1:4: infinity and NaN are no values of a Kubernetes object: quote "
       "\".nan\" if the text is meant"},
      {"a: !!int x", "1:4: !!int on \"x\", which is a string"},
      {"a: \xff", "1:4: byte 0xff is not UTF-8 text: is this a binary file?"},
      {"a: \"x", "1:4: this quote is never closed"},
      {"a: [1, 2\nb: 3\n",
       "2:2: expected , or ]: a list was opened with [ in line 1, column 4"}};
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
    check_read(cases[i][0], cases[i][1]);
}

static void test_limits(void) {
  char text[2 * 1001 + 1] = {0};
  for (size_t depth = 1000; depth <= 1001; depth++) {
    memset(text, '[', depth);
    memset(text + depth, ']', depth);
    wl_YamlStream stream;
    wl_Error error = {0};
    bool good = wl_yaml_read(heap, text, 2 * depth, &stream, &error);
    CHECK(good == (depth == 1000));
    CHECK(error.code == (good ? WL_OK : WL_ELIMIT));
    wl_release(heap, stream.documents);
    wl_release(heap, stream.lines);
  }
  wl_Buffer bomb;
  wl_buffer_init(&bomb, heap);
  wl_buffer_add_text(&bomb, "a0: &a0 x\n");
  for (int i = 1; i < 30; i++)
    wl_buffer_print(&bomb, "a%d: &a%d [*a%d, *a%d]\n", i, i, i - 1, i - 1);
  wl_YamlStream stream;
  wl_Error error = {0};
  CHECK(!wl_yaml_read(heap, bomb.bytes, bomb.length, &stream, &error));
  CHECK(error.code == WL_ELIMIT);
  wl_buffer_destroy(&bomb);
}

/* What JSON text reads as, written as YAML; and it reads back as the same. */
static void check_written(const char *json, const char *wanted) {
  wl_Error error = {0};
  wl_Value v = wl_json_read(heap, json, strlen(json), &error);
  wl_Buffer out;
  wl_buffer_init(&out, heap);
  CHECK(wl_yaml_write(&out, v, false, &error));
  CHECK_TEXT(out.bytes, wanted);
  wl_YamlStream stream;
  CHECK(wl_yaml_read(heap, out.bytes, out.length, &stream, &error));
  CHECK(wl_equal(wl_list_get(stream.documents, 0), v));
  wl_release(heap, stream.documents);
  wl_release(heap, stream.lines);
  wl_buffer_destroy(&out);
  wl_release(heap, v);
}

static void test_writing(void) {
  static const char *const cases[][2] = {
      {"{\"b\":1,\"a\":[1,{\"x\":1.0,\"y\":null},[],{}]}",
       "b: 1\na:\n- 1\n- x: 1.0\n  \"y\": null\n- []\n- {}\n"},
      {"[\"yes\",\"1\",\"\",\"~\",\"2001-01-01\",\"1:30\",\"a b\",\"0x1F\"]",
       "- \"yes\"\n- \"1\"\n- \"\"\n- \"~\"\n- \"2001-01-01\"\n- \"1:30\"\n"
       "- a b\n- \"0x1F\"\n"},
      {"[\"a: b\",\"*x\",\"- a\",\"it's #1\",\" a\",\"@x\",\"a\\tb\"]",
       "- 'a: b'\n- '*x'\n- '- a'\n- 'it''s #1'\n- ' a'\n- '@x'\n"
       "- \"a\\tb\"\n"},
      {"[\"a\\nb\\n\",\"a\\nb\",\"a\\nb\\n\\n\",\" a\\nb\",\"a \\nb\"]",
       "- |\n  a\n  b\n- |-\n  a\n  b\n- |+\n  a\n  b\n\n- |2-\n   a\n  b\n"
       "- \"a \\nb\"\n"},
      {"[1000000.0,1e-7,1e21,1.5,-0.25]",
       "- 1e+06\n- 1e-07\n- 1e+21\n- 1.5\n- -0.25\n"},
      {"[\"\\u2028\\u0085\\r\\n\\u0000\\ufeff\"]",
       "- \"\\L\\N\\r\\n\\0\\uFEFF\"\n"},
      {"{\"a\":{\"b\":[[1],[2]]}}", "a:\n  b:\n  - - 1\n  - - 2\n"},
      {"\"x\"", "x\n"},
      {"5", "5\n"}};
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
    check_written(cases[i][0], cases[i][1]);
}

static void check_place(size_t document, const char *path, size_t line,
                        size_t column) {
  static const char text[] = "kind: A\n---\n~\n---\n"
                             "kind: B\n"
                             "spec:\n"
                             "  list:\n"
                             "  - name: a\n"
                             "  - name: b\n"
                             "    port: 80\n"
                             "  labels:\n"
                             "    a.b/c: x\n"
                             "  empty:\n";
  size_t found_line, found_column;
  bool found = wl_yaml_locate(text, sizeof text - 1, document, path,
                              &found_line, &found_column);
  CHECK(found == (line > 0));
  if (!found || line == 0)
    return;
  CHECK(found_line == line);
  CHECK(found_column == column);
}

static void test_places(void) {
  check_place(0, "kind", 1, 7);
  check_place(1, "", 5, 1);
  check_place(1, "kind", 5, 7);
  check_place(1, "spec.list", 7, 3);
  check_place(1, ".spec.list[1]", 9, 5);
  check_place(1, "spec.list[1].port", 10, 11);
  check_place(1, "spec.list[1].missing", 9, 5);
  check_place(1, "spec.list[2].name", 7, 3);
  check_place(1, "spec.labels[a.b/c]", 12, 12);
  check_place(1, "spec.labels['a.b/c']", 12, 12);
  check_place(1, "spec.labels.a.b/c", 12, 12);
  check_place(1, "spec.empty", 13, 3);
  check_place(1, "spec.empty.x", 13, 3);
  check_place(1, "nothing.at.all", 5, 1);
  check_place(2, "kind", 0, 0);
}

int main(void) {
  heap = wl_heap_new(NULL, NULL);
  test_scalars();
  test_documents();
  test_json();
  test_sharing();
  test_merging();
  test_refusals();
  test_limits();
  test_writing();
  test_places();
  wl_heap_free(heap);
  return check_report();
}
