/* SPDX-License-Identifier: MIT */
#include "../../runtime/core/field_selector.h"

#include "check.h"

static wl_Heap *heap;

static wl_FieldSelector *parse(const char *text) {
  return wl_field_selector_parse(heap, text, strlen(text), NULL);
}

static void prints(const char *text, const char *wanted) {
  wl_FieldSelector *s = parse(text);
  CHECK(s != NULL);
  if (s == NULL)
    return;
  wl_Value printed = wl_field_selector_text(s);
  CHECK_TEXT(wl_text(&printed).bytes, wanted);
  wl_release(heap, printed);
  wl_field_selector_release(s);
}

static void refuses(const char *text) {
  wl_Error error = {0};
  CHECK(wl_field_selector_parse(heap, text, strlen(text), &error) == NULL);
  CHECK(error.code != WL_OK && error.message[0] != '\0');
}

static void selectors_print_canonically(void) {
  prints("", "");
  prints(",,", "");
  prints("x=a,y==b,z!=c", "x=a,y=b,z!=c");
  prints("z=1,a=2", "a=2,z=1");
  prints("x=,z=", "x=,z=");
  prints("a=x\\,y\\=z\\\\", "a=x\\,y\\=z\\\\");
  prints("status.phase!=", "status.phase!=");
}

static void bad_selectors_are_refused(void) {
  refuses("x");
  refuses("=x");
  refuses("x=a||y=b");
  refuses("x=\\a");
  refuses("x=\\");
  refuses("x,y=1");
}

/* *Takes* value. */
static wl_Value with(wl_Value v, const char *field, wl_Value value) {
  wl_Value path[] = {wl_key(heap, "spec"), wl_key(heap, field)};
  v = wl_with_path(heap, v, path, 2, value);
  wl_release(heap, path[0]);
  wl_release(heap, path[1]);
  return v;
}

static wl_Value pod(void) {
  wl_Value v = wl_map_empty(heap);
  v = with(v, "nodeName", wl_key(heap, "node-with-a-long-name"));
  v = with(v, "priority", wl_int_new(heap, -3));
  return with(v, "hostNetwork", wl_bool_new(true));
}

static void matches(const char *text, bool wanted) {
  wl_FieldSelector *s = parse(text);
  wl_Value object = pod();
  CHECK(s != NULL && wl_field_selector_matches(s, object) == wanted);
  wl_release(heap, object);
  wl_field_selector_release(s);
}

static void selectors_match(void) {
  matches("", true);
  matches("spec.nodeName=node-with-a-long-name", true);
  matches("spec.nodeName!=node-with-a-long-name", false);
  matches("spec.nodeName=", false);
  matches("spec.priority=-3,spec.hostNetwork=true", true);
  matches("spec.priority=-03", false);
  matches("spec.priority=3", false);
  matches("spec.hostNetwork!=false", true);
  matches("status.phase=", true);
  matches("status.phase!=", false);
  matches("spec.hostPID=false,status.successful=0", true);
  matches("spec=", false);
}

int main(void) {
  heap = wl_heap_new(NULL, NULL);
  selectors_print_canonically();
  bad_selectors_are_refused();
  selectors_match();
  size_t used = wl_heap_used(heap);
  selectors_print_canonically();
  bad_selectors_are_refused();
  selectors_match();
  CHECK(wl_heap_used(heap) == used);
  wl_heap_free(heap);
  return check_report();
}
