/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <string.h>

#include "../../runtime/core/value.h"
#include "check.h"

static wl_Heap *heap;

static wl_Value text(const char *s) {
  return wl_string_new(heap, s, strlen(s));
}

static wl_Value key(const char *s) {
  return wl_key(heap, s);
}

/* {a: 1, b: {c: [1, "two", 3.5]}} */
static wl_Value sample(void) {
  wl_Value items[] = {wl_int_new(heap, 1), text("two"),
                      wl_double_new(heap, 3.5)};
  wl_Value c[] = {key("c")}, list[] = {wl_list_new(heap, items, 3)};
  wl_Value keys[] = {key("a"), key("b")};
  wl_Value values[] = {wl_int_new(heap, 1), wl_map_new(heap, c, list, 1)};
  return wl_map_new(heap, keys, values, 2);
}

static void scalars(void) {
  const int64_t numbers[] = {0,         -1,        INT64_MAX,
                             INT64_MIN, 1ll << 60, -(1ll << 60)};
  for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
    wl_Value v = wl_int_new(heap, numbers[i]);
    CHECK(wl_type(v) == WL_INT && wl_int(v) == numbers[i]);
    wl_release(heap, v);
  }
  wl_Value one = wl_int_new(heap, 1), uno = wl_double_new(heap, 1.0);
  CHECK(!wl_equal(one, uno));
  wl_release(heap, uno);
  const char *strings[] = {"", "a", "sixsix", "seven77",
                           "a longer string than fits a word"};
  for (size_t i = 0; i < 5; i++) {
    wl_Value a = text(strings[i]), b = key(strings[i]), c = key(strings[i]);
    CHECK(wl_equal(a, b) && wl_same(b, c) && wl_text_is(a, strings[i]));
    CHECK(wl_hash(a) == wl_hash(b));
    wl_release(heap, a);
    wl_release(heap, b);
    wl_release(heap, c);
  }
}

static void updates_share_and_do_not_disturb(void) {
  wl_Value before = sample(), after = wl_retain(before);
  wl_Value path[] = {key("b"), key("c"), wl_int_new(heap, 1)};
  after = wl_with_path(heap, after, path, 3, text("changed value"));
  CHECK(wl_text_is(wl_get_path(before, path, 3), "two"));
  CHECK(wl_text_is(wl_get_path(after, path, 3), "changed value"));
  wl_Value same =
      wl_with_path(heap, wl_retain(before), path, 3, text("changed value"));
  CHECK(wl_equal(after, same) && wl_hash(after) == wl_hash(same));
  CHECK(!wl_equal(after, before));
  after = wl_with_path(heap, after, path, 2, WL_VALUE_ABSENT);
  CHECK(wl_is_absent(wl_get_path(after, path, 2)));
  /* An index cannot be set where there is no list. */
  CHECK(wl_is_absent(
      wl_with_path(heap, wl_retain(before), path + 1, 2, WL_VALUE_NULL)));
  wl_release(heap, before);
  wl_release(heap, after);
  wl_release(heap, same);
}

static void order_does_not_matter_to_equality(void) {
  wl_Value ab[] = {key("a"), key("b")}, ba[] = {key("b"), key("a")};
  wl_Value one_two[] = {wl_int_new(heap, 1), wl_int_new(heap, 2)};
  wl_Value two_one[] = {wl_int_new(heap, 2), wl_int_new(heap, 1)};
  wl_Value x = wl_map_new(heap, ab, one_two, 2);
  wl_Value y = wl_map_new(heap, ba, two_one, 2);
  CHECK(wl_equal(x, y) && wl_hash(x) == wl_hash(y));
  wl_release(heap, x);
  wl_release(heap, y);
}

static void many_keys(void) {
  wl_Builder b;
  wl_builder_init(&b, heap);
  char name[32];
  for (int i = 0; i < 500; i++) {
    snprintf(name, sizeof name, "key-number-%d", i);
    CHECK(wl_builder_put(&b, key(name), wl_int_new(heap, i)));
  }
  CHECK(!wl_builder_put(&b, key("key-number-77"), WL_VALUE_NULL));
  wl_Value map = wl_builder_map(&b);
  for (int i = 0; i < 500; i += 7) {
    snprintf(name, sizeof name, "key-number-%d", i);
    wl_Value k = key(name);
    CHECK(wl_int(wl_map_get(map, k)) == i);
    map = wl_map_without(heap, map, k);
    CHECK(wl_is_absent(wl_map_get(map, k)));
    map = wl_map_with(heap, map, k, wl_int_new(heap, -i));
    wl_release(heap, k);
  }
  CHECK(wl_length(map) == 500);
  wl_release(heap, map);
}

static void deep_values_are_released_without_recursion(void) {
  wl_Value v = wl_list_empty(heap);
  for (int i = 0; i < 1000000; i++)
    v = wl_list_new(heap, &v, 1);
  wl_release(heap, v);
}

static void a_chain_of_updates_leaves_nothing_behind(void) {
  size_t before = wl_heap_used(heap);
  for (int i = 0; i < 1000; i++)
    updates_share_and_do_not_disturb();
  CHECK(wl_heap_used(heap) <= before + 4096);
}

int main(void) {
  heap = wl_heap_new(NULL, NULL);
  scalars();
  updates_share_and_do_not_disturb();
  order_does_not_matter_to_equality();
  many_keys();
  deep_values_are_released_without_recursion();
  a_chain_of_updates_leaves_nothing_behind();
  wl_heap_free(heap);
  return check_report();
}
