/* SPDX-License-Identifier: MIT */
/* What the store is seldom asked: its limits, and what does not fit. */
#include "../../runtime/core/path.h"
#include "../../runtime/core/rank.h"
#include "../../runtime/core/store.h"
#include "check.h"
#include "literal.h"

static wl_Heap *heap;
static wl_Store *store;
static wl_Kind *pods;

static wl_Facets *facets_of(wl_Value description) {
  wl_Error error;
  wl_Facets *facets = wl_facets_compile(heap, description, NULL, NULL, &error);
  wl_release(heap, description);
  return facets;
}

static void open_store_with(wl_Facets *facets) {
  wl_Error error;
  store = wl_store_new(heap, 7, 100);
  wl_KindOptions options = {.name = wl_key(heap, "Pod"),
                            .resource = wl_key(heap, "pods"),
                            .namespaced = true,
                            .indexed = WL_VALUE_ABSENT,
                            .generation = WL_VALUE_ABSENT,
                            .keeping = WL_VALUE_ABSENT,
                            .facets = facets};
  pods = wl_store_add_kind(store, &options, &error);
}

static void open_store(const char *facets) {
  heap = wl_heap_new(NULL, NULL);
  open_store_with(facets_of(literal(heap, facets)));
}

static void close_store(void) {
  wl_store_free(store);
  wl_heap_free(heap);
}

static wl_Id create(const char *words) {
  wl_Error error;
  wl_Value object = literal(heap, words);
  wl_Id id = wl_store_create(store, pods, object, &error);
  wl_release(heap, object);
  return id;
}

static wl_Value get(wl_Id id, const char *path) {
  wl_Path *p = wl_path_parse(heap, path, strlen(path), NULL);
  wl_Value v = wl_path_get(p, wl_store_value(store, id));
  wl_path_free(heap, p);
  return v;
}

static wl_Id find(const char *name) {
  wl_Value space = wl_key(heap, "default"), text = wl_key(heap, name);
  wl_Id id = wl_store_find(store, pods, space, text);
  wl_release(heap, space);
  wl_release(heap, text);
  return id;
}

static void patch(wl_Id id, const char *words) {
  wl_Value with = literal(heap, words);
  CHECK(wl_store_update_many(store, &id, 1, with, NULL, 0) == 1);
  wl_release(heap, with);
}

static const char POD[] = "{'metadata':{'generateName':'p-','namespace':"
                          "'default'},'spec':{'cpu':1}}";

/* ---- bulk writes ---- */

static void a_patch_cannot_rename(void) {
  open_store("[]");
  wl_Id id = create("{'metadata':{'name':'web','namespace':'default'}}");
  wl_Value uid = wl_retain(get(id, "metadata.uid"));
  patch(id, "{'metadata':{'name':'db','namespace':'other','uid':'mine',"
            "'creationTimestamp':null,'labels':{'app':'web'}}}");
  CHECK(find("web") == id && find("db") == 0);
  CHECK(wl_store_find_uid(store, uid) == id);
  CHECK(wl_text_is(get(id, "metadata.labels.app"), "web"));
  CHECK(wl_type(get(id, "metadata.creationTimestamp")) == WL_STRING);
  patch(id, "{'metadata':null}");
  patch(id, "{'metadata':'text'}");
  CHECK(wl_text_is(get(id, "metadata.labels.app"), "web"));
  CHECK(wl_store_delete(store, id, 0, NULL) && find("web") == 0);
  wl_release(heap, uid);
  close_store();
}

static void a_patch_may_have_many_sections(void) {
  open_store("[]");
  wl_Id id = create(POD);
  patch(id, "{'a':1,'b':2,'c':3,'d':4,'e':5,'f':6,'g':7,'h':8,'i':9,"
            "'spec':null}");
  CHECK(wl_int(get(id, "i")) == 9);
  CHECK(wl_is_absent(get(id, "spec")));
  wl_Value path[WL_COLUMNS][2], cells[WL_COLUMNS];
  wl_Column columns[WL_COLUMNS];
  for (size_t i = 0; i < WL_COLUMNS; i++) {
    char name[] = {(char)('a' + i), '\0'};
    path[i][0] = wl_key(heap, "status");
    path[i][1] = wl_key(heap, name);
    cells[i] = wl_int_new(heap, (int64_t)i);
    columns[i] = (wl_Column){path[i], 2, &cells[i]};
  }
  CHECK(wl_store_update_many(store, &id, 1, WL_VALUE_ABSENT, columns,
                             WL_COLUMNS) == 1);
  CHECK(wl_length(get(id, "status")) == WL_COLUMNS);
  for (size_t i = 0; i < WL_COLUMNS; i++)
    wl_release(heap, path[i][0]);
  close_store();
}

/* ---- uids ---- */

static void a_restored_uid_is_not_given_again(void) {
  wl_Value uids[3];
  open_store("[]");
  wl_Heap *first = heap;
  wl_Store *like = store;
  for (wl_Id id = 1; id <= 3; id++)
    uids[id - 1] = get(create(POD), "metadata.uid");
  open_store("[]");
  wl_Text text = wl_text(&uids[1]);
  char words[160];
  (void)snprintf(words, sizeof words,
                 "{'metadata':{'name':'old','namespace':'default','uid':'%s'}}",
                 text.bytes);
  wl_Value object = literal(heap, words);
  wl_Error error;
  wl_Id old = wl_store_restore(store, pods, object, &error);
  for (int i = 0; i < 3; i++) {
    wl_Value next = wl_store_next_uid(store);
    wl_Id id = create(POD);
    CHECK(wl_equal(next, get(id, "metadata.uid")));
    CHECK(!wl_equal(next, get(old, "metadata.uid")));
    CHECK(wl_store_find_uid(store, next) == id);
    wl_release(heap, next);
  }
  CHECK(wl_store_find_uid(store, get(old, "metadata.uid")) == old);
  wl_release(heap, object);
  close_store();
  wl_store_free(like);
  wl_heap_free(first);
}

/* ---- numbers that are too large ---- */

static void sums_come_back(void) {
  open_store("[{'name':'cpu','op':'sum','paths':['spec.cpu']}]");
  wl_LiveSet *all = wl_store_all(store, pods);
  wl_Id ids[3];
  for (int i = 0; i < 3; i++)
    ids[i] = create("{'metadata':{'generateName':'p-'},"
                    "'spec':{'cpu':9223372036854775807}}");
  wl_Id small = create(POD);
  wl_store_delete_many(store, ids, 3, 0);
  CHECK(wl_set_tally(all, WL_FACET_SUM, 0) == 1);
  wl_store_delete(store, small, 0, NULL);
  CHECK(wl_set_tally(all, WL_FACET_SUM, 0) == 0);
  wl_store_drop_set(store, all);
  close_store();
}

static void a_grace_has_an_end(void) {
  open_store("[]");
  wl_Id id = create(POD);
  wl_store_set_now(store, 1700000000000);
  CHECK(wl_store_delete(store, id, INT64_MAX, NULL));
  wl_Value at = get(id, "metadata.deletionTimestamp");
  CHECK(wl_type(at) == WL_STRING && wl_text(&at).length == 20);
  CHECK(wl_store_delete(store, id, 0, NULL));
  CHECK(wl_is_absent(wl_store_value(store, id)));
  close_store();
}

static void order_is(const char *description, const wl_Id *wanted, wl_Id *ids,
                     size_t n) {
  wl_Error error;
  wl_Value words = literal(heap, description);
  wl_Order *order = wl_order_compile(heap, wl_kind_facets(pods), words, &error);
  CHECK(order != NULL);
  wl_rank(store, order, NULL, ids, n, n, 0);
  for (size_t i = 0; i < n; i++)
    CHECK(ids[i] == wanted[i]);
  wl_order_free(order);
  wl_release(heap, words);
}

static void any_moment_has_a_rank(void) {
  static const char *const moments[] = {
      "0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z", "2023-01-01T00:00:00Z"};
  open_store("[]");
  wl_store_set_now(store, 1700000000000);
  wl_Id ids[3];
  for (size_t i = 0; i < 3; i++) {
    char words[96];
    (void)snprintf(words, sizeof words,
                   "{'metadata':{'generateName':'p-'},'status':{'at':'%s'}}",
                   moments[i]);
    ids[i] = create(words);
  }
  const wl_Id youngest_first[] = {ids[1], ids[2], ids[0]};
  wl_Id log[3], plain[3];
  memcpy(log, ids, sizeof ids);
  memcpy(plain, ids, sizeof ids);
  order_is("[{'source':'field','path':'status.at','as':'age','scale':'log2',"
           "'first':'youngest'}]",
           youngest_first, log, 3);
  order_is("[{'source':'field','path':'status.at','as':'age',"
           "'first':'youngest'}]",
           youngest_first, plain, 3);
  close_store();
}

static void what_is_equal_keeps_its_order(void) {
  open_store("[]");
  wl_Id ids[40], shuffled[40];
  for (size_t i = 0; i < 40; i++)
    ids[i] = create(POD);
  for (size_t i = 0; i < 40; i++)
    shuffled[i] = ids[i * 7 % 40];
  order_is("[{'source':'field','path':'spec.cpu','as':'integer'},"
           "{'source':'count','path':'status.none','first':'highest'}]",
           ids, shuffled, 40);
  close_store();
}

/* ---- as many facets as there may be ---- */

static wl_Value facets(size_t tests, size_t times) {
  wl_Builder list;
  wl_builder_init(&list, heap);
  char words[160];
  for (size_t i = 0; i < tests; i++) {
    (void)snprintf(words, sizeof words,
                   "{'name':'t%zu','op':'test','test':{'op':'in','path':"
                   "'spec.n','values':[%zu]}}",
                   i, i);
    wl_builder_add(&list, literal(heap, words));
  }
  for (size_t i = 0; i < times; i++) {
    (void)snprintf(words, sizeof words,
                   "{'name':'v%zu','op':'value','path':'spec.text','where':"
                   "'t%zu'}",
                   i, tests - 1);
    wl_builder_add(&list, literal(heap, words));
  }
  return wl_builder_list(&list);
}

static void all_facets_are_there(void) {
  heap = wl_heap_new(NULL, NULL);
  CHECK(facets_of(facets(WL_FACET_TESTS + 1, 0)) == NULL);
  CHECK(facets_of(facets(1, WL_FACET_OTHERS + 1)) == NULL);
  open_store_with(facets_of(facets(WL_FACET_TESTS, WL_FACET_OTHERS)));
  wl_LiveSet *last = wl_store_where(store, pods, WL_FACET_TESTS - 1);
  wl_LiveSet *all = wl_store_all(store, pods);
  wl_Id id = create("{'metadata':{'generateName':'p-'},'spec':{'n':31,"
                    "'text':'some longer text'}}");
  create("{'metadata':{'generateName':'p-'},'spec':{'n':30,'text':'short'}}");
  CHECK(wl_set_count(last) == 1 && wl_set_has(last, id));
  CHECK(wl_set_tally(all, WL_FACET_TEST, 31) == 1);
  CHECK(wl_set_tally(all, WL_FACET_TEST, 30) == 1);
  wl_Value text = wl_key(heap, "some longer text");
  CHECK(wl_set_count_value(all, WL_FACET_OTHERS - 1, text) == 1);
  patch(id, "{'spec':{'n':0}}");
  CHECK(wl_set_count(last) == 0);
  CHECK(wl_set_count_value(all, WL_FACET_OTHERS - 1, text) == 0);
  wl_release(heap, text);
  wl_store_drop_set(store, all);
  wl_store_drop_set(store, last);
  close_store();
}

int main(void) {
  a_patch_cannot_rename();
  a_patch_may_have_many_sections();
  a_restored_uid_is_not_given_again();
  sums_come_back();
  a_grace_has_an_end();
  any_moment_has_a_rank();
  what_is_equal_keeps_its_order();
  all_facets_are_there();
  return check_report();
}
