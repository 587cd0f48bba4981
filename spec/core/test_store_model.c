/* SPDX-License-Identifier: MIT */
/*
 * Random writes against the store, and after each step everything it tells of
 * its objects is worked out once more from the objects alone: the members and
 * counts of each live set, what labels select, and, from snapshots, history.
 */
#include "../../runtime/core/path.h"
#include "../../runtime/core/rng.h"
#include "../../runtime/core/store.h"
#include "check.h"
#include "literal.h"

enum {
  STEPS = 1500,
  PROBES = 24,
  SNAPSHOTS = 40,
  MOST_ALIVE = 40,
  MOST_PATHS = 32
};

static const char FACETS[] =
    "[{'name':'active','op':'test','test':{'op':'notin','path':'status.phase',"
    "  'values':['Failed','Succeeded']}},"
    " {'name':'ready','op':'test','test':{'op':'all','of':['active',"
    "  {'op':'in','path':'status.ready','values':['yes']}]}},"
    " {'name':'bound','op':'test','test':{'op':'present','path':'spec.node'}},"
    " {'name':'phase','op':'value','path':'status.phase'},"
    " {'name':'since','op':'time','path':'status.since','where':'ready'},"
    " {'name':'cpu','op':'sum','paths':['spec.cpu'],'where':'active'},"
    " {'name':'made','op':'sum','paths':['spec.cpu','status.phase'],"
    "  'call':1}]";

static const char *const SPACES[] = {"default", "a-longer-namespace"};
static const char *const APPS[] = {"web", "a-longer-label-value", "db", NULL};
static const char *const TIERS[] = {"front", "back", NULL};
static const char *const UIDS[] = {"uid-1", "uid-2", "u3", NULL, NULL};
static const char *const NODES[] = {"n1", "a-longer-node-name", NULL};
static const char *const PHASES[] = {"Pending", "Running", "Failed",
                                     "Succeeded", NULL};
static const char *const READY[] = {"yes", "no", NULL};
static const char *const SINCE[] = {"1970-01-01T00:00:05Z",
                                    "1970-01-01T00:00:09Z", "no time", NULL};
static const char *const SELECTORS[] = {"app=web",
                                        "app=a-longer-label-value,tier=back",
                                        "app in (web,db)",
                                        "tier",
                                        "!tier",
                                        "app!=web",
                                        "app=web,app=db",
                                        "app in (web),tier notin (back)",
                                        "",
                                        "app=nobody"};

#define LENGTH(a) (sizeof(a) / sizeof(*(a)))
#define SOME(a)   ((a)[pick(LENGTH(a))])

typedef enum ProbeType { ALL, WHERE, OWNED, INDEXED, STANDING } ProbeType;

/* A handle of a live set and what makes an object a member. */
typedef struct Probe {
  wl_LiveSet *set; /* NULL: none */
  size_t test;
  const char *key, *space;
  wl_Selector *selector;
  ProbeType type;
  bool orphans;
} Probe;

typedef struct Snapshot {
  uint64_t revision;
  wl_Value list; /* all objects, by id; absent: none taken */
} Snapshot;

static wl_Heap *heap;
static wl_Store *store;
static wl_Kind *pods;
static wl_Rng rng;
static Probe probes[PROBES];
static Snapshot snapshots[SNAPSHOTS];
static wl_Id last_id, alive[MOST_ALIVE + 8];
static size_t alive_count, limit;
static const char *path_texts[MOST_PATHS];
static wl_Path *paths[MOST_PATHS];
static size_t path_count;

/* ---- small things ---- */

static size_t pick(size_t n) {
  return (size_t)wl_rng_integer(&rng, 0, (int64_t)n - 1);
}

/* Only what is wrong counts as a check here: there are millions. */
static void expect(bool holds, const char *what) {
  if (!holds)
    check(false, what, __FILE__, __LINE__);
}

static wl_Value text(const char *s) {
  return s == NULL ? WL_VALUE_ABSENT : wl_key(heap, s);
}

/* Parsed once. */
static const wl_Path *path_of(const char *words) {
  size_t i = 0;
  while (i < path_count && strcmp(path_texts[i], words) != 0)
    i++;
  if (i == path_count) {
    path_texts[path_count] = words;
    paths[path_count++] = wl_path_parse(heap, words, strlen(words), NULL);
  }
  return paths[i];
}

static wl_Value at(wl_Value root, const char *path) {
  return wl_path_get(path_of(path), root);
}

/* *Takes* both. */
static wl_Value set_at(wl_Value root, const char *path, wl_Value v) {
  wl_Error error;
  return wl_path_with(heap, path_of(path), root, v, &error);
}

static bool is_text(wl_Value v, const char *s) {
  return s == NULL ? wl_is_absent(v) : wl_text_is(v, s);
}

static int64_t made_of(wl_Value cpu, wl_Value phase) {
  int64_t length =
      wl_type(phase) == WL_STRING ? (int64_t)wl_text(&phase).length : 0;
  return 1000 + length + (wl_type(cpu) == WL_INT ? wl_int(cpu) * 10 : 0);
}

static bool on_sum(void *context, int64_t call, const wl_Value *parts, size_t n,
                   int64_t *amount) {
  (void)context;
  CHECK(call == 1 && n == 2);
  *amount = made_of(parts[0], parts[1]);
  return true;
}

/* ---- the store ---- */

static void open_store(uint64_t seed, size_t history) {
  heap = wl_heap_new(NULL, NULL);
  store = wl_store_new(heap, seed, history);
  limit = history;
  last_id = 0;
  wl_rng_init(&rng, seed, "model", 5);
  wl_Value description = literal(heap, FACETS);
  wl_Error error;
  wl_KindOptions options = {
      .name = text("Pod"),
      .resource = text("pods"),
      .namespaced = true,
      .indexed = literal(heap, "['spec.node']"),
      .generation = literal(heap, "['spec']"),
      .keeping = WL_VALUE_ABSENT,
      .facets = wl_facets_compile(heap, description, on_sum, NULL, &error)};
  pods = wl_store_add_kind(store, &options, &error);
  CHECK(pods != NULL);
  wl_release(heap, description);
  wl_release(heap, options.indexed);
  wl_release(heap, options.generation);
  for (size_t i = 0; i < SNAPSHOTS; i++)
    snapshots[i].list = WL_VALUE_ABSENT;
}

static void drop_probe(Probe *p) {
  if (p->set != NULL)
    wl_store_drop_set(store, p->set);
  wl_selector_release(p->selector);
  *p = (Probe){NULL};
}

static void close_store(void) {
  for (size_t i = 0; i < PROBES; i++)
    drop_probe(&probes[i]);
  for (size_t i = 0; i < SNAPSHOTS; i++)
    wl_release(heap, snapshots[i].list);
  while (path_count > 0)
    wl_path_free(heap, paths[--path_count]);
  wl_store_free(store);
  wl_heap_free(heap);
}

/* ---- what should be so ---- */

static wl_Value controller_of(wl_Value object) {
  wl_Value owners = at(object, "metadata.ownerReferences");
  for (size_t i = 0; i < wl_length(owners); i++)
    if (wl_same(at(wl_list_get(owners, i), "controller"), WL_VALUE_TRUE))
      return at(wl_list_get(owners, i), "uid");
  return WL_VALUE_ABSENT;
}

static bool has_owner(wl_Value object, const char *uid) {
  wl_Value owners = at(object, "metadata.ownerReferences");
  for (size_t i = 0; i < wl_length(owners); i++) {
    wl_Value owner = wl_list_get(owners, i);
    if (!wl_same(at(owner, "controller"), WL_VALUE_TRUE) &&
        wl_text_is(at(owner, "uid"), uid))
      return true;
  }
  return false;
}

static wl_FacetRow answers(wl_Value object) {
  wl_FacetRow row = {0};
  wl_Value phase = at(object, "status.phase"), cpu = at(object, "spec.cpu");
  if (!wl_text_is(phase, "Failed") && !wl_text_is(phase, "Succeeded"))
    row.tests |= 1;
  if (row.tests & 1 && wl_text_is(at(object, "status.ready"), "yes"))
    row.tests |= 2;
  if (wl_type(at(object, "spec.node")) == WL_STRING)
    row.tests |= 4;
  wl_Value since = at(object, "status.since");
  row.slots[1] = !(row.tests & 2)              ? WL_FACET_NONE
                 : wl_text_is(since, SINCE[0]) ? 5
                 : wl_text_is(since, SINCE[1]) ? 9
                                               : WL_FACET_NONE;
  row.slots[2] = row.tests & 1 && wl_type(cpu) == WL_INT ? wl_int(cpu) : 0;
  row.slots[3] = made_of(cpu, phase);
  return row;
}

static bool matches(const wl_Selector *selector, const char *space,
                    wl_Value object) {
  return (space == NULL ||
          wl_text_is(at(object, "metadata.namespace"), space)) &&
         wl_selector_matches(selector, at(object, "metadata.labels"));
}

static bool belongs(const Probe *p, wl_Value object) {
  switch (p->type) {
  case ALL:
    return true;
  case WHERE:
    return answers(object).tests >> p->test & 1;
  case OWNED:
    return wl_text_is(controller_of(object), p->key);
  case INDEXED:
    return is_text(at(object, "spec.node"), *p->key == '\0' ? NULL : p->key);
  default:
    return matches(p->selector, p->space, object) &&
           (!p->orphans || wl_is_absent(controller_of(object)));
  }
}

/* ---- checking ---- */

static int64_t phase_count(const wl_LiveSet *set, const char *phase) {
  wl_Value v = text(phase);
  int64_t count = wl_set_count_value(set, 0, v);
  wl_release(heap, v);
  return count;
}

static void check_set(const Probe *p) {
  int64_t tests[3] = {0}, phases[5] = {0}, sums[2] = {0}, times[2] = {0};
  uint64_t count = 0;
  wl_Id member = 0;
  for (size_t a = 0; a < alive_count; a++) {
    wl_Id id = alive[a];
    wl_Value object = wl_store_value(store, id);
    if (!belongs(p, object)) {
      expect(!wl_set_has(p->set, id), "a member too many");
      continue;
    }
    wl_FacetRow row = answers(object);
    count++;
    member = wl_set_next(p->set, member);
    expect(member == id, "members come in order, none is missing");
    for (size_t i = 0; i < 3; i++)
      tests[i] += row.tests >> i & 1;
    for (size_t i = 0; i < 4; i++)
      phases[i] += wl_text_is(at(object, "status.phase"), PHASES[i]);
    times[0] += row.slots[1] == 5;
    times[1] += row.slots[1] == 9;
    sums[0] += row.slots[2];
    sums[1] += row.slots[3];
  }
  expect(wl_set_count(p->set) == count, "the count");
  for (size_t i = 0; i < 3; i++)
    expect(wl_set_tally(p->set, WL_FACET_TEST, i) == tests[i],
           "a test's count");
  for (size_t i = 0; i < 4; i++)
    expect(phase_count(p->set, PHASES[i]) == phases[i], "a value's count");
  expect(wl_set_count_until(p->set, 1, 8) == times[0], "those until 8 s");
  expect(wl_set_count_until(p->set, 1, 9) == times[0] + times[1],
         "those until 9 s");
  expect(wl_set_time_after(p->set, 1, 5) == (times[1] > 0 ? 9 : WL_FACET_NONE),
         "the next time");
  expect(wl_set_tally(p->set, WL_FACET_SUM, 2) == sums[0], "the sum");
  expect(wl_set_tally(p->set, WL_FACET_SUM, 3) == sums[1], "the computed sum");
}

static void check_plain_owners(const char *uid) {
  wl_Value key = text(uid);
  const wl_LiveSet *set = wl_store_dependents(pods, key, false);
  uint64_t count = 0;
  for (size_t i = 0; i < alive_count; i++) {
    bool has = has_owner(wl_store_value(store, alive[i]), uid);
    expect((set != NULL && wl_set_has(set, alive[i])) == has, "a dependent");
    count += has;
  }
  expect((set == NULL ? 0 : wl_set_count(set)) == count, "all dependents");
  wl_release(heap, key);
}

static void check_select(const char *words, const char *space) {
  wl_Error error;
  wl_Selector *selector = wl_selector_parse(heap, words, strlen(words), &error);
  wl_Value name = text(space);
  wl_Ids ids = {NULL, 0, 0};
  wl_store_select(store, pods, name, selector, &ids);
  size_t found = 0;
  for (size_t i = 0; i < alive_count; i++) {
    if (!matches(selector, space, wl_store_value(store, alive[i])))
      continue;
    expect(found < ids.length && ids.items[found] == alive[i], "selected");
    found++;
  }
  expect(found == ids.length, "labels select no more");
  wl_ids_free(heap, &ids);
  wl_release(heap, name);
  wl_selector_release(selector);
}

static void check_object(wl_Id id) {
  wl_Value object = wl_store_value(store, id);
  wl_Value name = at(object, "metadata.name");
  wl_Value space = at(object, "metadata.namespace");
  expect(wl_store_find(store, pods, space, name) == id, "found by name");
  expect(wl_store_find_uid(store, at(object, "metadata.uid")) == id,
         "found by uid");
}

static void check_all(void) {
  for (size_t i = 0; i < alive_count; i++)
    check_object(alive[i]);
  for (size_t i = 0; i < PROBES; i++)
    if (probes[i].set != NULL)
      check_set(&probes[i]);
  for (size_t i = 0; i < 3; i++)
    check_plain_owners(UIDS[i]);
  check_select(SOME(SELECTORS), SOME(SPACES));
  check_select(SOME(SELECTORS), NULL);
}

/* ---- history ---- */

static wl_Value all_objects(void) {
  wl_Builder list;
  wl_builder_init(&list, heap);
  for (size_t i = 0; i < alive_count; i++)
    wl_builder_add(&list, wl_retain(wl_store_value(store, alive[i])));
  return wl_builder_list(&list);
}

static void take_snapshot(void) {
  Snapshot *s = &snapshots[pick(SNAPSHOTS)];
  wl_release(heap, s->list);
  *s = (Snapshot){wl_store_revision(store), all_objects()};
}

static void check_snapshot(const Snapshot *s) {
  if (wl_is_absent(s->list))
    return;
  wl_Error error = {.code = WL_OK};
  bool known = s->revision >= wl_store_oldest(store);
  wl_Value then = wl_store_list_at(store, pods, s->revision, &error);
  expect(known ? wl_equal(then, s->list) : wl_is_absent(then), "list_at");
  expect(known || error.code == WL_EGONE, "what is forgotten is gone");
  for (size_t i = 0; known && i < wl_length(s->list); i++) {
    wl_Value object = wl_list_get(s->list, i);
    wl_Id id = wl_store_find_uid(store, at(object, "metadata.uid"));
    if (id == 0)
      continue;
    wl_Value was = wl_store_value_at(store, id, s->revision, &error);
    expect(wl_equal(was, object), "value_at");
    wl_release(heap, was);
  }
  wl_release(heap, then);
}

/* The log tells each write since the oldest, one after the other. */
static void check_log(void) {
  uint64_t revision = wl_store_oldest(store), end = wl_store_revision(store);
  expect(end - revision == (end < limit ? end : limit), "as long as allowed");
  wl_Error error;
  wl_Change change;
  if (revision > 0) {
    expect(wl_store_read_log(store, revision - 1, &error) == NULL &&
               error.code == WL_EGONE,
           "before the oldest");
  }
  wl_LogReader *reader = wl_store_read_log(store, revision, &error);
  while (wl_log_next(reader, &change)) {
    expect(change.revision == revision + 1, "the next revision");
    wl_Value was = wl_store_value_at(store, change.id, revision, &error);
    expect(wl_equal(was, change.old), "what it replaced");
    wl_release(heap, was);
    was = wl_store_value_at(store, change.id, change.revision, &error);
    expect(wl_equal(was, change.now), "what it made");
    wl_release(heap, was);
    revision = change.revision;
  }
  wl_log_close(reader);
  expect(revision == end, "the end of the log");
}

/* ---- writing ---- */

static wl_Value some_owners(void) {
  wl_Builder list;
  wl_builder_init(&list, heap);
  const char *controller = SOME(UIDS), *plain = SOME(UIDS);
  bool again = pick(4) == 0;
  wl_Value owner = wl_map_empty(heap);
  if (controller != NULL)
    wl_builder_add(&list,
                   set_at(set_at(wl_retain(owner), "uid", text(controller)),
                          "controller", WL_VALUE_TRUE));
  for (int i = 0; plain != NULL && i < 1 + again; i++)
    wl_builder_add(&list, set_at(wl_retain(owner), "uid", text(plain)));
  wl_release(heap, owner);
  return wl_builder_list(&list);
}

/* Change something of an object. *Takes* it. */
static wl_Value mutated(wl_Value object) {
  switch (pick(9)) {
  case 0:
    return set_at(object, "metadata.labels.app", text(SOME(APPS)));
  case 1:
    return set_at(object, "metadata.labels.tier", text(SOME(TIERS)));
  case 2:
    return set_at(object, "metadata.labels", WL_VALUE_ABSENT);
  case 3:
    return set_at(object, "metadata.ownerReferences", some_owners());
  case 4:
    return set_at(object, "spec.node", text(SOME(NODES)));
  case 5:
    return set_at(object, "spec.cpu", wl_int_new(heap, (int64_t)pick(5)));
  case 6:
    return set_at(object, "status.ready", text(SOME(READY)));
  case 7:
    return set_at(object, "status.since", text(SOME(SINCE)));
  default:
    return set_at(object, "status.phase", text(SOME(PHASES)));
  }
}

static wl_Value some_object(void) {
  wl_Value object = literal(heap, "{'metadata':{'generateName':'pod-'},"
                                  "'spec':{},'status':{}}");
  object = set_at(object, "metadata.namespace", text(SOME(SPACES)));
  for (size_t i = pick(9); i > 0; i--)
    object = mutated(object);
  return object;
}

static void note_ids(const wl_Ids *ids) {
  for (size_t i = 0; i < ids->length; i++)
    last_id = ids->items[i] > last_id ? ids->items[i] : last_id;
}

static void create(void) {
  wl_Value object = some_object();
  wl_Ids ids = {NULL, 0, 0};
  size_t n = 1 + pick(3);
  expect(wl_store_create_many(store, pods, object, n, NULL, 0, &ids, NULL),
         "created");
  note_ids(&ids);
  wl_ids_free(heap, &ids);
  wl_release(heap, object);
}

static wl_Id some_id(void) {
  if (alive_count > 0 && pick(8) > 0)
    return alive[pick(alive_count)];
  return (wl_Id)(1 + pick(last_id + 1)); /* it is gone, or never was */
}

static void update(void) {
  wl_Id id = some_id();
  wl_Value old = wl_store_value(store, id);
  if (wl_is_absent(old))
    return;
  wl_Value now = mutated(wl_retain(old));
  expect(wl_store_update(store, id, now, NULL), "updated");
  wl_Value stored = wl_store_value(store, id);
  const char *const parts[] = {"spec", "status", "metadata.labels",
                               "metadata.ownerReferences"};
  for (size_t i = 0; i < LENGTH(parts); i++)
    expect(wl_equal(at(stored, parts[i]), at(now, parts[i])), "as written");
  wl_release(heap, now);
}

static void update_many(void) {
  static const char *const patches[] = {
      "{'status':{'phase':'Running','ready':'yes'}}",
      "{'metadata':{'labels':{'app':'db','tier':null}}}",
      "{'metadata':{'ownerReferences':null},'spec':{'cpu':7}}",
      "{}",
      "{'metadata':{'name':'other','uid':'mine','namespace':'elsewhere'}}",
      "{'metadata':null,'status':null}",
      "{'metadata':'text'}",
      "{'a':1,'b':2,'c':3,'d':4,'e':5,'f':6,'g':7,'h':8,'i':9,'spec':{}}"};
  const char *words = SOME(patches);
  wl_Value patch = literal(heap, words);
  wl_Id ids[6];
  wl_Value cells[6], path[] = {text("spec"), text("node")};
  size_t n = pick(7);
  for (size_t i = 0; i < n; i++) {
    ids[i] = some_id();
    cells[i] = text(pick(2) == 0 ? NODES[0] : NODES[1]);
  }
  wl_Column column = {path, 2, cells};
  wl_store_update_many(store, ids, n, patch, &column, pick(2));
  for (size_t i = 0; i < n; i++)
    wl_release(heap, cells[i]);
  wl_release(heap, path[0]);
  wl_release(heap, path[1]);
  wl_release(heap, patch);
}

static void finalize(wl_Id id) {
  wl_Value object = wl_store_value(store, id);
  if (wl_is_absent(object))
    return;
  const char *path = "metadata.finalizers";
  bool has = !wl_is_absent(at(object, path));
  wl_Value now = set_at(wl_retain(object), path,
                        has ? WL_VALUE_ABSENT : literal(heap, "['hold']"));
  expect(wl_store_update(store, id, now, NULL), "finalizers");
  wl_release(heap, now);
}

static void write_something(void) {
  wl_Id id = some_id();
  wl_store_set_now(store, wl_store_now(store) + (int64_t)pick(700));
  size_t what = alive_count > MOST_ALIVE ? 20 : pick(20);
  if (what < 4)
    create();
  else if (what < 12)
    update();
  else if (what < 15)
    update_many();
  else if (what < 17)
    finalize(id);
  else
    wl_store_delete(store, id, pick(3) == 0 ? 30 : 0, NULL);
  alive_count = 0;
  for (id = 1; id <= last_id; id++)
    if (!wl_is_absent(wl_store_value(store, id)))
      alive[alive_count++] = id;
}

/* ---- handles of live sets, taken and dropped in the middle ---- */

static void open_standing(Probe *p) {
  const char *words = SOME(SELECTORS);
  wl_Error error;
  p->selector = wl_selector_parse(heap, words, strlen(words), &error);
  p->space = SOME(SPACES);
  p->orphans = pick(2) == 0;
  wl_Value space = text(p->space);
  p->set = wl_store_standing(store, pods, space, p->selector, p->orphans);
  wl_release(heap, space);
}

static void open_probe(Probe *p) {
  p->type = (ProbeType)pick(STANDING + 4);
  p->test = pick(3);
  p->key = p->type == OWNED ? UIDS[pick(3)]
           : pick(3) == 0   ? ""
                            : NODES[pick(2)];
  wl_Value key = text(p->key);
  if (p->type == ALL)
    p->set = wl_store_all(store, pods);
  else if (p->type == WHERE)
    p->set = wl_store_where(store, pods, p->test);
  else if (p->type == OWNED)
    p->set = wl_store_owned(store, pods, key);
  else if (p->type == INDEXED)
    p->set = wl_store_indexed(store, pods, 0, key);
  else
    open_standing(p);
  wl_release(heap, key);
}

static void touch_probe(void) {
  Probe *p = &probes[pick(PROBES)];
  if (p->set != NULL)
    drop_probe(p);
  else
    open_probe(p);
}

static void run(uint64_t seed, size_t history, size_t steps) {
  open_store(seed, history);
  for (size_t i = 0; i < steps && checks_failed < 20; i++) {
    write_something();
    if (pick(4) == 0)
      touch_probe();
    check_all();
    if (pick(8) == 0)
      take_snapshot();
    if (pick(8) == 0)
      check_snapshot(&snapshots[pick(SNAPSHOTS)]);
    if (pick(50) == 0)
      check_log();
  }
  check_log();
  for (size_t i = 0; i < SNAPSHOTS; i++)
    check_snapshot(&snapshots[i]);
  printf("seed %u: %u objects, %u writes\n", (unsigned)seed, (unsigned)last_id,
         (unsigned)wl_store_revision(store));
  close_store();
}

int main(void) {
  run(1, 100000, STEPS);
  run(2, 100, STEPS);
  run(3, 1, STEPS);
  run(4, 0, STEPS);
  return check_report();
}
