/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <string.h>

#include "../../runtime/core/path.h"
#include "../../runtime/core/store.h"
#include "check.h"

static wl_Heap *heap;
static wl_Store *store;
static wl_Kind *pods;
static int told, woken;

static wl_Value text(const char *s) {
  return wl_key(heap, s);
}

/* {keys[0]: values[0], ...}; takes the values. */
static wl_Value map(size_t n, const char *const *keys, const wl_Value *values) {
  wl_Value k[16];
  for (size_t i = 0; i < n; i++)
    k[i] = text(keys[i]);
  return wl_map_new(heap, k, values, n);
}

#define MAP(n, ...) map(n, (const char *const[]){__VA_ARGS__}, values)

static wl_Value test_facet(const char *name, const char *op, const char *path,
                           const char *value) {
  wl_Value item = text(value);
  wl_Value values[4] = {text(op), text(path), wl_list_new(heap, &item, 1)};
  wl_Value test = MAP(3, "op", "path", "values");
  values[0] = text(name);
  values[1] = text("test");
  values[2] = test;
  return MAP(3, "name", "op", "test");
}

static wl_Value slot_facet(const char *name, const char *op, const char *path) {
  wl_Value values[] = {text(name), text(op), text(path)};
  return MAP(3, "name", "op", "path");
}

static void open_store(void) {
  heap = wl_heap_new(NULL, NULL);
  store = wl_store_new(heap, 7, 100000);
  wl_Value facets[] = {
      test_facet("active", "notin", "status.phase", "Failed"),
      test_facet("ready", "in", "status.ready", "yes"),
      slot_facet("phase", "value", "status.phase"),
      slot_facet("since", "time", "status.since"),
  };
  wl_Value description = wl_list_new(heap, facets, 4);
  wl_Error error;
  wl_KindOptions options = {
      .name = text("Pod"),
      .resource = text("pods"),
      .namespaced = true,
      .facets = wl_facets_compile(heap, description, NULL, NULL, &error),
      .keeping = WL_VALUE_ABSENT,
  };
  wl_Value node = text("spec.node"), spec = text("spec");
  options.indexed = wl_list_new(heap, &node, 1);
  options.generation = wl_list_new(heap, &spec, 1);
  pods = wl_store_add_kind(store, &options, &error);
  wl_release(heap, options.indexed);
  wl_release(heap, options.generation);
  wl_release(heap, options.name);
  wl_release(heap, options.resource);
  wl_release(heap, description);
}

static void close_store(void) {
  wl_store_free(store);
  wl_heap_free(heap);
}

static wl_Value owner(const char *uid) {
  wl_Value values[] = {text(uid), WL_VALUE_TRUE};
  wl_Value reference = MAP(2, "uid", "controller");
  return wl_list_new(heap, &reference, 1);
}

/* A pod of the owner, app=<app>, on no node. */
static wl_Value pod(const char *prefix, const char *app, const char *uid) {
  wl_Value values[4] = {text(app)};
  wl_Value labels = MAP(1, "app");
  values[0] = text(prefix);
  values[1] = text("default");
  values[2] = labels;
  values[3] = owner(uid);
  wl_Value metadata =
      MAP(4, "generateName", "namespace", "labels", "ownerReferences");
  values[0] = text("Pending");
  wl_Value status = MAP(1, "phase");
  values[0] = wl_int_new(heap, 1);
  wl_Value spec = MAP(1, "size");
  values[0] = metadata;
  values[1] = spec;
  values[2] = status;
  return MAP(3, "metadata", "spec", "status");
}

static wl_Value get(wl_Id id, const char *path) {
  wl_Path *p = wl_path_parse(heap, path, strlen(path), NULL);
  wl_Value v = wl_path_get(p, wl_store_value(store, id));
  wl_path_free(heap, p);
  return v;
}

static wl_Value changed(wl_Id id, const char *path, wl_Value to) {
  wl_Path *p = wl_path_parse(heap, path, strlen(path), NULL);
  wl_Value v =
      wl_path_with(heap, p, wl_retain(wl_store_value(store, id)), to, NULL);
  wl_path_free(heap, p);
  return v;
}

static bool set(wl_Id id, const char *path, wl_Value to) {
  wl_Value now = changed(id, path, to);
  wl_Error error;
  bool ok = wl_store_update(store, id, now, &error);
  wl_release(heap, now);
  return ok;
}

static int64_t tally(const wl_LiveSet *s, const char *facet) {
  wl_FacetType type;
  size_t at;
  wl_Value name = text(facet);
  bool found = wl_facets_find(wl_kind_facets(pods), name, &type, &at);
  wl_release(heap, name);
  return found ? wl_set_tally(s, type, at) : -1;
}

static void on_change(void *context, const wl_Change *change) {
  (void)context;
  (void)change;
  told++;
}

static void on_wake(void *context, uint64_t subscriber) {
  (void)context;
  woken += (int)subscriber;
}

static wl_Ids some_pods(size_t n, const char *app, const char *uid) {
  wl_Ids ids = {NULL, 0, 0};
  wl_Value p = pod("web-", app, uid);
  CHECK(wl_store_create_many(store, pods, p, n, NULL, 0, &ids, NULL));
  wl_release(heap, p);
  return ids;
}

static void objects_are_found_by_name_and_uid(void) {
  open_store();
  wl_Ids ids = some_pods(3000, "web", "u1");
  for (size_t i = 0; i < ids.length; i += 97) {
    wl_Value space = text("default");
    CHECK(wl_store_find(store, pods, space,
                        get(ids.items[i], "metadata.name")) == ids.items[i]);
    CHECK(wl_store_find_uid(store, get(ids.items[i], "metadata.uid")) ==
          ids.items[i]);
    wl_release(heap, space);
  }
  CHECK(wl_text(&(wl_Value){get(1, "metadata.uid").bits}).length == 36);
  CHECK(wl_int(get(1, "metadata.generation")) == 1);
  wl_Value again = wl_retain(wl_store_value(store, 1));
  wl_Error error;
  CHECK(wl_store_create(store, pods, again, &error) == 0 &&
        error.code == WL_EEXISTS);
  wl_release(heap, again);
  CHECK(wl_store_delete_many(store, ids.items, ids.length, 0) == 3000);
  CHECK(wl_is_absent(wl_store_value(store, ids.items[5])));
  wl_ids_free(heap, &ids);
  close_store();
}

static void stale_writes_are_refused(void) {
  open_store();
  wl_Ids ids = some_pods(1, "web", "u1");
  wl_Value stale = changed(ids.items[0], "spec.size", wl_int_new(heap, 9));
  CHECK(set(ids.items[0], "spec.size", wl_int_new(heap, 2)));
  CHECK(wl_int(get(ids.items[0], "metadata.generation")) == 2);
  CHECK(set(ids.items[0], "status.phase", text("Running")));
  CHECK(wl_int(get(ids.items[0], "metadata.generation")) == 2);
  wl_Error error;
  CHECK(!wl_store_update(store, ids.items[0], stale, &error) &&
        error.code == WL_ECONFLICT);
  CHECK(wl_int(get(ids.items[0], "spec.size")) == 2);
  uint64_t before = wl_store_revision(store);
  CHECK(set(ids.items[0], "spec.size", wl_int_new(heap, 2)));
  CHECK(wl_store_revision(store) == before); /* nothing to write */
  wl_release(heap, stale);
  wl_ids_free(heap, &ids);
  close_store();
}

static void live_sets_count(void) {
  open_store();
  wl_Value u1 = text("u1");
  wl_LiveSet *owned = wl_store_owned(store, pods, u1);
  CHECK(wl_set_count(owned) == 0);
  wl_Ids ids = some_pods(10, "web", "u1");
  wl_Ids others = some_pods(5, "db", "u2");
  CHECK(wl_set_count(owned) == 10 && tally(owned, "active") == 10);
  CHECK(set(ids.items[3], "status.ready", text("yes")));
  CHECK(set(ids.items[3], "status.since", text("2024-01-01T00:00:10Z")));
  CHECK(set(ids.items[4], "status.since", text("2024-01-01T00:00:20Z")));
  CHECK(tally(owned, "ready") == 1);
  int64_t at = 1704067210;
  CHECK(wl_set_count_until(owned, 1, at) == 1);
  CHECK(wl_set_time_after(owned, 1, at) == at + 10);
  CHECK(set(ids.items[5], "status.phase", text("Failed")));
  CHECK(tally(owned, "active") == 9);
  wl_Value pending = text("Pending");
  CHECK(wl_set_count_value(owned, 0, pending) == 9);
  wl_release(heap, pending);
  wl_Value none = text("");
  wl_LiveSet *unbound = wl_store_indexed(store, pods, 0, none);
  CHECK(wl_set_count(unbound) == 15);
  CHECK(set(ids.items[0], "spec.node", text("node-1")));
  CHECK(wl_set_count(unbound) == 14);
  wl_store_delete(store, ids.items[3], 0, NULL);
  CHECK(wl_set_count(owned) == 9 && tally(owned, "ready") == 0);
  wl_store_drop_set(store, unbound);
  wl_store_drop_set(store, owned);
  wl_release(heap, none);
  wl_release(heap, u1);
  wl_ids_free(heap, &ids);
  wl_ids_free(heap, &others);
  close_store();
}

static size_t selected(const char *query) {
  wl_Ids ids = {NULL, 0, 0};
  wl_Selector *s = wl_selector_parse(heap, query, strlen(query), NULL);
  wl_store_select(store, pods, WL_VALUE_ABSENT, s, &ids);
  size_t n = ids.length;
  wl_selector_release(s);
  wl_ids_free(heap, &ids);
  return n;
}

static void labels_select(void) {
  open_store();
  wl_Ids web = some_pods(100, "web", "u1"), db = some_pods(50, "db", "u2");
  wl_Selector *s = wl_selector_parse(heap, "app=web", 7, NULL);
  wl_Value space = text("default");
  wl_store_listen(store, on_change, on_wake, NULL);
  wl_LiveSet *standing = wl_store_standing(store, pods, space, s, false);
  wl_LiveSet *orphans = wl_store_standing(store, pods, space, s, true);
  wl_set_subscribe(standing, 1);
  CHECK(wl_set_count(standing) == 100 && wl_set_count(orphans) == 0);
  CHECK(selected("app=web") == 100 && selected("app in (web,db)") == 150);
  CHECK(selected("app!=web") == 50 && selected("app") == 150);
  CHECK(selected("!app") == 0 && selected("app=web,app=db") == 0);
  told = woken = 0;
  CHECK(set(web.items[0], "metadata.labels.app", text("other")));
  CHECK(told == 1 && woken == 1);
  CHECK(wl_set_count(standing) == 99 && selected("app=other") == 1);
  CHECK(set(web.items[1], "metadata.ownerReferences", WL_VALUE_ABSENT));
  CHECK(wl_set_count(orphans) == 1 && wl_set_count(standing) == 99);
  wl_store_delete_many(store, web.items, web.length, 0);
  CHECK(wl_set_count(standing) == 0 && selected("app=other") == 0);
  wl_store_drop_set(store, standing);
  wl_store_drop_set(store, orphans);
  wl_selector_release(s);
  wl_release(heap, space);
  wl_ids_free(heap, &web);
  wl_ids_free(heap, &db);
  close_store();
}

static void deletion_waits_for_finalizers_and_grace(void) {
  open_store();
  wl_Ids ids = some_pods(2, "web", "u1");
  wl_Value finalizer = text("example.com/hold");
  CHECK(set(ids.items[0], "metadata.finalizers",
            wl_list_new(heap, &finalizer, 1)));
  CHECK(wl_store_delete(store, ids.items[0], -1, NULL));
  CHECK(!wl_is_absent(get(ids.items[0], "metadata.deletionTimestamp")));
  CHECK(wl_int(get(ids.items[0], "metadata.generation")) == 2);
  CHECK(set(ids.items[0], "metadata.finalizers", WL_VALUE_ABSENT));
  CHECK(wl_is_absent(wl_store_value(store, ids.items[0])));
  CHECK(wl_store_delete(store, ids.items[1], 30, NULL));
  CHECK(wl_store_delete(store, ids.items[1], 60, NULL));
  CHECK(wl_int(get(ids.items[1], "metadata.deletionGracePeriodSeconds")) == 30);
  CHECK(wl_store_delete(store, ids.items[1], 5, NULL));
  CHECK(wl_int(get(ids.items[1], "metadata.deletionGracePeriodSeconds")) == 5);
  CHECK(wl_store_delete(store, ids.items[1], 0, NULL));
  CHECK(wl_is_absent(wl_store_value(store, ids.items[1])));
  CHECK(!wl_store_delete(store, ids.items[1], 0, NULL));
  wl_ids_free(heap, &ids);
  close_store();
}

static void history_reads_back(void) {
  open_store();
  wl_Ids ids = some_pods(5, "web", "u1");
  uint64_t before = wl_store_revision(store);
  wl_Value old = wl_retain(wl_store_value(store, ids.items[2]));
  CHECK(set(ids.items[2], "spec.size", wl_int_new(heap, 50)));
  wl_store_delete(store, ids.items[2], 0, NULL);
  wl_Ids more = some_pods(5, "web", "u1");
  wl_Value then = wl_store_value_at(store, ids.items[2], before, NULL);
  CHECK(wl_equal(old, then));
  wl_Value all = wl_store_list_at(store, pods, before, NULL);
  CHECK(wl_length(all) == 5 && wl_equal(wl_list_get(all, 2), old));
  wl_Change change;
  wl_LogReader *reader = wl_store_read_log(store, before, NULL);
  CHECK(wl_log_next(reader, &change) && change.type == WL_MODIFIED &&
        change.id == ids.items[2] && !wl_is_absent(change.now));
  wl_log_close(reader);
  wl_release(heap, all);
  wl_release(heap, then);
  wl_release(heap, old);
  wl_ids_free(heap, &ids);
  wl_ids_free(heap, &more);
  close_store();
}

static void bulk_updates_share(void) {
  open_store();
  wl_Ids ids = some_pods(100, "web", "u1");
  wl_Value values[2] = {text("Running")};
  wl_Value status = MAP(1, "phase");
  values[0] = status;
  wl_Value patch = MAP(1, "status"), cells[100];
  for (size_t i = 0; i < 100; i++)
    cells[i] = text(i % 2 == 0 ? "node-even" : "node-odd");
  wl_Value path[] = {text("spec"), text("node")};
  wl_Column column = {path, 2, cells};
  CHECK(wl_store_update_many(store, ids.items, 100, patch, &column, 1) == 100);
  CHECK(wl_same(get(ids.items[0], "spec"), get(ids.items[98], "spec")));
  CHECK(wl_text_is(get(ids.items[1], "spec.node"), "node-odd"));
  CHECK(wl_text_is(get(ids.items[1], "status.phase"), "Running"));
  CHECK(wl_int(get(ids.items[1], "metadata.generation")) == 2);
  uint64_t before = wl_store_revision(store);
  wl_store_update_many(store, ids.items, 100, patch, NULL, 0);
  CHECK(wl_store_revision(store) == before);
  for (size_t i = 0; i < 100; i++)
    wl_release(heap, cells[i]);
  wl_release(heap, path[0]);
  wl_release(heap, path[1]);
  wl_release(heap, patch);
  wl_ids_free(heap, &ids);
  close_store();
}

static void an_object_is_restored_as_it_was(void) {
  static const char *const in_metadata[] = {"name", "namespace", "uid",
                                            "creationTimestamp"};
  open_store();
  const wl_Value facts[] = {text("old"), text("default"), text("one"),
                            text("2020-01-01T00:00:00Z")};
  wl_Value metadata = map(4, in_metadata, facts);
  wl_Value object = map(1, (const char *const[]){"metadata"}, &metadata);
  wl_Error error;
  wl_Id id = wl_store_restore(store, pods, object, &error);
  wl_Value uid = text("one");
  CHECK(id != 0 && wl_store_find_uid(store, uid) == id);
  wl_Value created = get(id, "metadata.creationTimestamp");
  CHECK_TEXT(wl_text(&created).bytes, "2020-01-01T00:00:00Z");
  CHECK(wl_store_restore(store, pods, object, &error) == 0);
  CHECK(error.code == WL_EEXISTS);
  CHECK(wl_store_delete(store, id, -1, &error));
  CHECK(wl_store_find_uid(store, uid) == 0);
  CHECK(wl_store_restore(store, pods, object, &error) != 0);
  wl_release(heap, uid);
  wl_release(heap, object);
  close_store();
}

/* ---- snapshots ---- */

static wl_Store *opened_again(const wl_Snapshot *shot) {
  wl_Store *other = wl_store_new(heap, 1, 100);
  wl_KindOptions options = {.name = text("Pod"),
                            .resource = text("pods"),
                            .namespaced = true,
                            .indexed = WL_VALUE_ABSENT,
                            .generation = WL_VALUE_ABSENT,
                            .keeping = WL_VALUE_ABSENT};
  wl_Error error;
  wl_Value none = wl_list_new(heap, NULL, 0);
  options.facets = wl_facets_compile(heap, none, NULL, NULL, &error);
  wl_release(heap, none);
  CHECK(!wl_store_load(other, shot, &error)); /* no kinds yet */
  CHECK(wl_store_add_kind(other, &options, &error) != NULL);
  CHECK(wl_store_load(other, shot, &error));
  CHECK(!wl_store_load(other, shot, &error)); /* not twice */
  return other;
}

static void a_store_begins_with_a_snapshot_of_another(void) {
  open_store();
  wl_Error error;
  wl_store_set_now(store, 5000);
  wl_Ids two = some_pods(2, "web", "u1");
  wl_Id a = two.items[0], b = two.items[1];
  wl_store_set_now(store, 6000);
  CHECK(wl_store_delete(store, a, -1, &error));
  wl_Ids one = some_pods(1, "web", "u1");
  wl_Id c = one.items[0];
  wl_Snapshot *then = wl_store_snapshot(store, 2, &error);
  wl_Snapshot *now = wl_store_snapshot(store, 4, &error);
  CHECK(wl_store_snapshot(store, 5, &error) == NULL);
  CHECK(wl_snapshot_time(then) == 5000 && wl_snapshot_time(now) == 6000);
  CHECK(wl_snapshot_count(then) == 2 && wl_snapshot_count(now) == 2);
  wl_Store *other = opened_again(then), *present = opened_again(now);
  CHECK(wl_store_revision(other) == 2 && wl_store_oldest(other) == 2);
  CHECK(!wl_is_absent(wl_store_value(other, a)));
  CHECK(wl_same(wl_store_value(other, b), wl_store_value(store, b)));
  CHECK(wl_is_absent(wl_store_value(other, c)));
  CHECK(wl_is_absent(wl_store_value(present, a)));
  wl_Value uid = get(b, "metadata.uid");
  CHECK(wl_store_find_uid(present, uid) == b);
  wl_Value next = wl_store_next_uid(other), third = get(c, "metadata.uid");
  CHECK(wl_equal(next, third)); /* what is made next is what was then */
  wl_release(heap, next);
  wl_ids_free(heap, &two);
  wl_ids_free(heap, &one);
  wl_snapshot_free(then);
  wl_snapshot_free(now);
  wl_store_free(other);
  wl_store_free(present);
  close_store();
}

int main(void) {
  objects_are_found_by_name_and_uid();
  stale_writes_are_refused();
  live_sets_count();
  labels_select();
  deletion_waits_for_finalizers_and_grace();
  history_reads_back();
  bulk_updates_share();
  an_object_is_restored_as_it_was();
  a_store_begins_with_a_snapshot_of_another();
  return check_report();
}
