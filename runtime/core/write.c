/* SPDX-License-Identifier: MIT */
/* write.c - creating, updating and deleting one object. */
#include <string.h>

#include "clock.h"
#include "merge.h"
#include "store_private.h"

/* The alphabet and lengths of generated names: apiserver's names.
 * SimpleNameGenerator. */
static const char LETTERS[] = "bcdfghjklmnpqrstvwxz2456789";
enum { SUFFIX = 5, NAME_MAX_LENGTH = 63, NAME_TRIES = 8 };

/* ---- what every write does ---- */

wl_Value wl_store_next_revision(wl_Store *store) {
  char text[20], *start = text + sizeof text;
  for (uint64_t rest = store->revision + 1; rest != 0; rest /= 10)
    *--start = (char)('0' + rest % 10);
  return wl_string_new(store->heap, start,
                       (size_t)(text + sizeof text - start));
}

static void tell(wl_Store *store, wl_Id id, const Space *space, wl_Value old,
                 wl_Value now) {
  wl_Change change = {
      .revision = store->revision,
      .time_ms = store->now_ms,
      .id = id,
      .type = wl_is_absent(old)   ? WL_ADDED
              : wl_is_absent(now) ? WL_DELETED
                                  : WL_MODIFIED,
      .kind = space->kind,
      .old = old,
      .now = now,
      .writer = store->writer,
  };
  wl_store_log(store, &change);
  if (store->listener != NULL)
    store->listener(store->context, &change);
}

void wl_store_commit(wl_Store *store, wl_Id id, Space *space, wl_Value now) {
  Object *object = object_at(store, id);
  wl_Value old = object == NULL ? WL_VALUE_ABSENT : wl_retain(object->value);
  store->revision++;
  if (object == NULL) {
    object = wl_store_new_object(store, id);
    object->space = space;
  }
  if (wl_is_absent(now)) {
    wl_store_forget_name(store, id);
    wl_store_index(store, id, space, old, now);
    wl_store_drop_object(store, id);
  } else {
    wl_Value metadata = metadata_of(store, now);
    wl_release(store->heap, object->value);
    object->value = now;
    object->name = wl_map_get(metadata, store->words.name);
    object->hash = wl_store_name_hash(space, object->name);
    if (wl_is_absent(old))
      wl_store_put_name(store, id);
    wl_store_index(store, id, space, old, now);
  }
  tell(store, id, space, old, now);
  wl_release(store->heap, old);
}

/* ---- create ---- */

static wl_Value with(wl_Store *store, wl_Value map, wl_Value key,
                     wl_Value value) {
  return wl_map_with(store->heap, map, key, value);
}

static wl_Value without(wl_Store *store, wl_Value map, wl_Value key) {
  return wl_map_without(store->heap, map, key);
}

static bool is_text(wl_Value v) {
  return wl_type(v) == WL_STRING && wl_text(&v).length > 0;
}

static wl_Value generate_name(wl_Store *store, wl_Value prefix) {
  char name[NAME_MAX_LENGTH];
  wl_Text text = wl_text(&prefix);
  size_t length = text.length;
  if (length > NAME_MAX_LENGTH - SUFFIX)
    length = NAME_MAX_LENGTH - SUFFIX;
  memcpy(name, text.bytes, length);
  wl_rng_letters(&store->names, LETTERS, sizeof LETTERS - 1, name + length,
                 SUFFIX);
  return wl_string_new(store->heap, name, length + SUFFIX);
}

static bool refuse_existing(const wl_Kind *kind, wl_Value name,
                            wl_Error *error) {
  wl_Value resource = kind->options.resource;
  return wl_fail(error, WL_EEXISTS, "%s \"%s\" already exists",
                 wl_text(&resource).bytes, wl_text(&name).bytes);
}

/* A name that is free: the one given, or the prefix and letters. New. */
static wl_Value choose_name(wl_Store *store, const Space *space,
                            wl_Value metadata, wl_Error *error) {
  const Words *w = &store->words;
  wl_Value name = wl_map_get(metadata, w->name);
  wl_Value prefix = wl_map_get(metadata, w->generate_name);
  bool given = is_text(name);
  if (!given && !is_text(prefix)) {
    wl_fail(error, WL_EINVALID, "name or generateName is required");
    return WL_VALUE_ABSENT;
  }
  for (int i = 0; i < NAME_TRIES; i++) {
    wl_Value chosen = given ? wl_retain(name) : generate_name(store, prefix);
    uint32_t hash = wl_store_name_hash(space, chosen);
    if (wl_store_find_in(store, space, chosen, hash) == 0)
      return chosen;
    if (given || i == NAME_TRIES - 1)
      refuse_existing(space->kind, chosen, error);
    wl_release(store->heap, chosen);
    if (given)
      break;
  }
  return WL_VALUE_ABSENT;
}

/* Metadata with all that the store gives but name, uid and revision, which
 * have a place already. *Takes* metadata. */
static wl_Value prepare_metadata(wl_Store *store, const Space *space,
                                 wl_Value metadata) {
  const Words *w = &store->words;
  metadata = with(store, metadata, w->name, WL_VALUE_NULL);
  if (space->kind->options.namespaced)
    metadata = with(store, metadata, w->namespace_, wl_retain(space->name));
  metadata = with(store, metadata, w->uid, WL_VALUE_NULL);
  metadata = with(store, metadata, w->resource_version, WL_VALUE_NULL);
  metadata = without(store, metadata, w->deletion);
  metadata = without(store, metadata, w->grace);
  if (space->kind->generation_count > 0)
    metadata = with(store, metadata, w->generation, wl_int_new(store->heap, 1));
  return with(store, metadata, w->creation,
              wl_retain(wl_store_now_text(store)));
}

/* Store one object like `prototype`, whose metadata are `metadata` (all three
 * borrowed but `name`, which is *taken*). */
static wl_Id insert(wl_Store *store, Space *space, wl_Value prototype,
                    wl_Value metadata, wl_Value name) {
  const Words *w = &store->words;
  wl_Id id = store->last_id = wl_store_next_id(store);
  metadata = with(store, wl_retain(metadata), w->name, name);
  metadata = with(store, metadata, w->uid, wl_store_make_uid(store, id));
  metadata =
      with(store, metadata, w->resource_version, wl_store_next_revision(store));
  wl_Value object = with(store, wl_retain(prototype), w->metadata, metadata);
  wl_store_commit(store, id, space, object);
  return id;
}

/* The prototype with row i of the columns; a path that does not fit changes
 * nothing. New. */
static wl_Value with_columns(wl_Store *store, wl_Value prototype,
                             const wl_Column *columns, size_t n, size_t row) {
  wl_Value object = wl_retain(prototype);
  for (size_t i = 0; i < n; i++) {
    wl_Value changed =
        wl_with_path(store->heap, wl_retain(object), columns[i].path,
                     columns[i].depth, wl_retain(columns[i].values[row]));
    if (wl_is_absent(changed))
      continue;
    wl_release(store->heap, object);
    object = changed;
  }
  return object;
}

bool wl_store_create_many(wl_Store *store, wl_Kind *kind, wl_Value object,
                          size_t n, const wl_Column *columns,
                          size_t column_count, wl_Ids *out, wl_Error *error) {
  wl_Value given = metadata_of(store, object);
  if (wl_type(given) != WL_MAP)
    return wl_fail(error, WL_EINVALID, "an object needs metadata");
  wl_Value space_name = kind->options.namespaced
                            ? wl_map_get(given, store->words.namespace_)
                            : WL_VALUE_ABSENT;
  Space *space = wl_space_of(store, kind, space_name);
  wl_Value metadata = prepare_metadata(store, space, wl_retain(given));
  wl_Value prototype =
      with(store, wl_retain(object), store->words.metadata, WL_VALUE_NULL);
  bool ok = true;
  for (size_t i = 0; i < n && ok; i++) {
    wl_Value name = choose_name(store, space, given, error);
    ok = !wl_is_absent(name);
    if (!ok)
      break;
    wl_Value one = with_columns(store, prototype, columns, column_count, i);
    wl_ids_add(store->heap, out, insert(store, space, one, metadata, name));
    wl_release(store->heap, one);
  }
  wl_release(store->heap, prototype);
  wl_release(store->heap, metadata);
  return ok;
}

wl_Value wl_store_next_uid(wl_Store *store) {
  return wl_store_make_uid(store, wl_store_next_id(store));
}

wl_Value wl_store_free_name(wl_Store *store, wl_Kind *kind, wl_Value space,
                            wl_Value prefix) {
  const Space *in = wl_space_of(store, kind, space);
  for (;;) {
    wl_Value name = generate_name(store, prefix);
    if (wl_store_find_in(store, in, name, wl_store_name_hash(in, name)) == 0)
      return name;
    wl_release(store->heap, name);
  }
}

wl_Id wl_store_create(wl_Store *store, wl_Kind *kind, wl_Value object,
                      wl_Error *error) {
  wl_Ids ids = {NULL, 0, 0};
  bool ok = wl_store_create_many(store, kind, object, 1, NULL, 0, &ids, error);
  wl_Id id = ok && ids.length == 1 ? ids.items[0] : 0;
  wl_ids_free(store->heap, &ids);
  return id;
}

/* ---- update ---- */

static bool refuse_stale(const wl_Kind *kind, wl_Value name, wl_Error *error) {
  wl_Value resource = kind->options.resource;
  return wl_fail(error, WL_ECONFLICT,
                 "Operation cannot be fulfilled on %s \"%s\": the object has "
                 "been modified; please apply your changes to the latest "
                 "version and try again",
                 wl_text(&resource).bytes, wl_text(&name).bytes);
}

static bool refuse_missing(wl_Error *error) {
  return wl_fail(error, WL_ENOTFOUND, "the object is gone");
}

/* metadata[key] as in `from`, or none. *Takes* metadata. */
static wl_Value keep(wl_Store *store, wl_Value metadata, wl_Value from,
                     wl_Value key) {
  wl_Value kept = wl_map_get(from, key);
  return wl_is_absent(kept) ? without(store, metadata, key)
                            : with(store, metadata, key, wl_retain(kept));
}

wl_Value wl_store_keep(wl_Store *store, const wl_Kind *kind, wl_Value metadata,
                       wl_Value stored) {
  const Words *w = &store->words;
  const wl_Value kept[] = {
      w->name,  w->namespace_,       w->uid,          w->creation, w->deletion,
      w->grace, w->resource_version, w->generate_name};
  if (kind->generation_count > 0)
    metadata = keep(store, metadata, stored, w->generation);
  for (size_t i = 0; i < sizeof kept / sizeof *kept; i++)
    if (!wl_same(wl_map_get(metadata, kept[i]), wl_map_get(stored, kept[i])))
      metadata = keep(store, metadata, stored, kept[i]);
  return metadata;
}

static bool moves_generation(const wl_Kind *kind, wl_Value old, wl_Value now) {
  for (size_t i = 0; i < kind->generation_count; i++)
    if (!wl_equal(wl_path_get(kind->generation[i], old),
                  wl_path_get(kind->generation[i], now)))
      return true;
  return false;
}

static wl_Value next_generation(wl_Store *store, wl_Value metadata) {
  wl_Value have = wl_map_get(metadata, store->words.generation);
  return wl_int_new(store->heap,
                    wl_type(have) == WL_INT ? wl_int(have) + 1 : 1);
}

/* Is there a finalizer, or what keeps objects of this kind as one does? */
static bool is_kept(const wl_Store *store, const wl_Kind *kind,
                    wl_Value object) {
  wl_Value metadata = metadata_of(store, object);
  if (wl_length(wl_map_get(metadata, store->words.finalizers)) > 0)
    return true;
  for (size_t i = 0; i < kind->keeping_count; i++)
    if (wl_length(wl_path_get(kind->keeping[i], object)) > 0)
      return true;
  return false;
}

bool wl_store_is_finished(const wl_Store *store, const wl_Kind *kind,
                          wl_Value object) {
  const Words *w = &store->words;
  wl_Value metadata = metadata_of(store, object);
  wl_Value grace = wl_map_get(metadata, w->grace);
  return !wl_is_absent(wl_map_get(metadata, w->deletion)) &&
         (wl_type(grace) != WL_INT || wl_int(grace) == 0) &&
         !is_kept(store, kind, object);
}

/* Write `now` (*taken*), which has the stored revision, giving it the next;
 * and remove it if that was its last finalizer. */
void wl_store_replace(wl_Store *store, wl_Id id, wl_Value now) {
  const Words *w = &store->words;
  Object *object = object_at(store, id);
  Space *space = object->space;
  wl_Value metadata = wl_retain(metadata_of(store, now));
  now = with(store, now, w->metadata, WL_VALUE_NULL);
  if (moves_generation(space->kind, object->value, now))
    metadata =
        with(store, metadata, w->generation, next_generation(store, metadata));
  metadata =
      with(store, metadata, w->resource_version, wl_store_next_revision(store));
  now = with(store, now, w->metadata, metadata);
  bool finished = wl_store_is_finished(store, space->kind, now);
  wl_store_commit(store, id, space, now);
  if (finished)
    wl_store_commit(store, id, space, WL_VALUE_ABSENT);
}

bool wl_store_update(wl_Store *store, wl_Id id, wl_Value given,
                     wl_Error *error) {
  const Words *w = &store->words;
  const Object *object = object_at(store, id);
  if (object == NULL)
    return refuse_missing(error);
  wl_Value stored = metadata_of(store, object->value);
  wl_Value metadata = metadata_of(store, given);
  if (wl_type(metadata) != WL_MAP)
    return wl_fail(error, WL_EINVALID, "an object needs metadata");
  wl_Value revision = wl_map_get(metadata, w->resource_version);
  if (is_text(revision) &&
      !wl_equal(revision, wl_map_get(stored, w->resource_version)))
    return refuse_stale(object->space->kind, object->name, error);
  metadata =
      wl_store_keep(store, object->space->kind, wl_retain(metadata), stored);
  wl_Value now = with(store, wl_retain(given), w->metadata, metadata);
  now = wl_share(store->heap, now, object->value);
  if (wl_equal(now, object->value))
    wl_release(store->heap, now);
  else
    wl_store_replace(store, id, now);
  return true;
}

/* ---- delete ---- */

static wl_Value time_text(wl_Store *store, int64_t ms) {
  char text[WL_TIME_SIZE];
  size_t length = wl_time_format(ms, text);
  return wl_string_intern(store->heap, text, length);
}

/* A hundred years: what is added to a moment stays one. */
static const int64_t MOST_GRACE_S = (int64_t)100 * 365 * 86400;

/* Whether being asked again changes anything: only a shorter grace does. */
static bool shortens(const wl_Store *store, wl_Value metadata,
                     int64_t grace_s) {
  wl_Value have = wl_map_get(metadata, store->words.grace);
  if (wl_is_absent(wl_map_get(metadata, store->words.deletion)))
    return true;
  return wl_type(have) == WL_INT && grace_s < wl_int(have);
}

/* The moment at which it is to be gone: its grace runs from the first time that
 * it was asked to go. */
static int64_t gone_by(const wl_Store *store, wl_Value metadata,
                       int64_t grace_s) {
  wl_Value before = wl_map_get(metadata, store->words.deletion);
  wl_Value had = wl_map_get(metadata, store->words.grace);
  wl_Text text = wl_type(before) == WL_STRING ? wl_text(&before) : (wl_Text){0};
  int64_t asked_s = wl_type(had) == WL_INT ? wl_int(had) : 0, ms;
  if (text.length == 0 || !wl_time_parse(text.bytes, text.length, &ms))
    ms = store->now_ms + asked_s * 1000;
  return ms + (grace_s - asked_s) * 1000;
}

static void mark_deleted(wl_Store *store, wl_Id id, int64_t grace_s) {
  const Words *w = &store->words;
  Object *object = object_at(store, id);
  wl_Value metadata = wl_retain(metadata_of(store, object->value));
  bool first = wl_is_absent(wl_map_get(metadata, w->deletion));
  int64_t at = gone_by(store, metadata, grace_s);
  metadata = with(store, metadata, w->deletion, time_text(store, at));
  metadata = with(store, metadata, w->grace, wl_int_new(store->heap, grace_s));
  if (first && wl_type(wl_map_get(metadata, w->generation)) == WL_INT)
    metadata =
        with(store, metadata, w->generation, next_generation(store, metadata));
  metadata =
      with(store, metadata, w->resource_version, wl_store_next_revision(store));
  wl_store_commit(store, id, object->space,
                  with(store, wl_retain(object->value), w->metadata, metadata));
}

bool wl_store_delete(wl_Store *store, wl_Id id, int64_t grace_s,
                     wl_Error *error) {
  const Object *object = object_at(store, id);
  if (object == NULL)
    return refuse_missing(error);
  wl_Value metadata = metadata_of(store, object->value);
  grace_s = grace_s < 0 ? 0 : grace_s < MOST_GRACE_S ? grace_s : MOST_GRACE_S;
  if (grace_s == 0 && !is_kept(store, object->space->kind, object->value))
    wl_store_commit(store, id, object->space, WL_VALUE_ABSENT);
  else if (shortens(store, metadata, grace_s))
    mark_deleted(store, id, grace_s);
  return true;
}

size_t wl_store_delete_many(wl_Store *store, const wl_Id *ids, size_t n,
                            int64_t grace_s) {
  size_t count = 0;
  for (size_t i = 0; i < n; i++)
    if (wl_store_delete(store, ids[i], grace_s, NULL))
      count++;
  return count;
}
