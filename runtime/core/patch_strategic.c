/* SPDX-License-Identifier: MIT */
/*
 * patch_strategic.c - applying a strategic merge patch
 *
 * A field's new value follows from its old value, the patch's value for it,
 * and the lists in the patch that go with it ($setElementOrder/x and
 * $deleteFromPrimitiveList/x). The same code makes one patch of two, for
 * apply; then directives and nulls are kept (Job.applying is false).
 */
#include "patch_private.h"

enum { MAX_DIRECTIVES = 1000 }; /* of one map */

/* ---- what is taken from the patch where nothing was ---- */

static wl_Value taken_map(Job *j, wl_Value map, bool drop_nulls) {
  wl_Builder b;
  wl_builder_init(&b, j->heap);
  for (size_t i = 0; i < wl_length(map); i++) {
    wl_Value value = wl_map_value_at(map, i);
    if (drop_nulls && is_null(value))
      continue;
    value = wl_patch_taken(j, value, drop_nulls);
    if (!wl_is_absent(value))
      wl_builder_put(&b, wl_retain(wl_map_key_at(map, i)), wl_retain(value));
  }
  return keep(j, wl_builder_map(&b));
}

static wl_Value taken_list(Job *j, wl_Value list, bool drop_nulls) {
  wl_Builder b;
  wl_builder_init(&b, j->heap);
  for (size_t i = 0; i < wl_length(list); i++) {
    wl_Value item = wl_patch_taken(j, wl_list_get(list, i), drop_nulls);
    if (!wl_is_absent(item))
      wl_builder_add(&b, wl_retain(item));
  }
  return keep(j, wl_builder_list(&b));
}

wl_Value wl_patch_taken(Job *j, wl_Value v, bool drop_nulls) {
  if (!is_map(v) && !is_list(v))
    return v;
  if (is_map(v) && !wl_is_absent(wl_map_get(v, j->patch_key)))
    return WL_VALUE_ABSENT;
  if (!wl_patch_enter(j))
    return WL_VALUE_ABSENT;
  wl_Value result =
      is_map(v) ? taken_map(j, v, drop_nulls) : taken_list(j, v, drop_nulls);
  j->depth--;
  return result;
}

/* ---- one field ---- */

static bool is_scalar(wl_Value v) {
  return !is_map(v) && !is_list(v);
}

/* Put c->new into c->old. */
static bool merge_field(Job *j, Change *c, wl_PatchType in) {
  if (is_null(c->new)) {
    c->old = j->applying ? WL_VALUE_ABSENT : WL_VALUE_NULL;
    return true;
  }
  if (is_scalar(c->new) || wl_type(c->old) != wl_type(c->new)) {
    c->old = wl_patch_taken(j, c->new, j->applying);
    return !j->failed;
  }
  c->field = wl_patch_lookup(j, in, c->key);
  if (c->field == NULL)
    return false;
  if (is_list(c->new))
    return wl_patch_merge_lists(j, c, in);
  if (c->field->replace)
    c->old = c->new;
  else
    c->old = wl_patch_merge_maps(j, c->old, c->new, field_type(in, c->field));
  return !wl_is_absent(c->old);
}

static bool delete_from_field(Job *j, Change *c, wl_PatchType in) {
  if (is_null(c->deletions)) {
    c->old = WL_VALUE_ABSENT;
    return true;
  }
  if (wl_is_absent(c->old) || !is_list(c->old) || !is_list(c->deletions))
    return true;
  c->field = wl_patch_lookup(j, in, c->key);
  if (c->field == NULL)
    return false;
  return wl_patch_delete_items(j, c);
}

/* c->old becomes the field's value; absent when it goes. */
static bool change_field(Job *j, Change *c, wl_PatchType in) {
  Where where = {.up = j->where, .key = c->key};
  j->where = &where;
  bool good = true;
  if (!wl_is_absent(c->order))
    good = wl_patch_obey_order(j, c, in);
  if (good && !wl_is_absent(c->new))
    good = merge_field(j, c, in);
  if (good && j->applying && !wl_is_absent(c->deletions))
    good = delete_from_field(j, c, in);
  j->where = where.up;
  return good;
}

/* ---- directives of a map ---- */

/* The changes that lists beginning with "$" ask for, which name the field in
 * their key; few, so they are searched one by one. */
typedef struct Extras {
  Change *changes;
  size_t length;
} Extras;

static Change *extra_for(Extras *extras, wl_Value key) {
  for (size_t i = 0; i < extras->length; i++)
    if (wl_same(extras->changes[i].key, key))
      return &extras->changes[i];
  return NULL;
}

static Change *need_extra(Extras *extras, wl_Value key) {
  Change *change = extra_for(extras, key);
  if (change == NULL) {
    change = &extras->changes[extras->length++];
    *change = (Change){.key = key,
                       .old = WL_VALUE_ABSENT,
                       .new = WL_VALUE_ABSENT,
                       .order = WL_VALUE_ABSENT,
                       .deletions = WL_VALUE_ABSENT};
  }
  return change;
}

static bool is_directive(wl_Value key) {
  return *wl_text(&key).bytes == '$';
}

static bool find_extras(Job *j, wl_Value patch, Extras *extras) {
  size_t count = 0;
  for (size_t i = 0; i < wl_length(patch); i++)
    count += is_directive(wl_map_key_at(patch, i));
  *extras = (Extras){0};
  if (count == 0)
    return true;
  if (count > MAX_DIRECTIVES)
    return wl_patch_refuse(j, WL_ELIMIT, "more than %d directives",
                           MAX_DIRECTIVES);
  extras->changes = wl_patch_scratch(j, count * sizeof(Change));
  for (size_t i = 0; i < wl_length(patch); i++) {
    wl_Value key = wl_map_key_at(patch, i);
    if (!is_directive(key))
      continue;
    wl_Value field = wl_patch_directive_field(j, key, ORDER_LIST);
    if (!wl_is_absent(field))
      need_extra(extras, field)->order = wl_map_value_at(patch, i);
    field = wl_patch_directive_field(j, key, DELETE_LIST);
    if (!wl_is_absent(field))
      need_extra(extras, field)->deletions = wl_map_value_at(patch, i);
  }
  return true;
}

/* Keys that obey_* has seen to, or that stand for nothing. */
static bool is_obeyed(Job *j, wl_Value key) {
  return is_directive(key) &&
         (wl_same(key, j->retain_keys_key) ||
          !wl_is_absent(wl_patch_directive_field(j, key, ORDER_LIST)) ||
          !wl_is_absent(wl_patch_directive_field(j, key, DELETE_LIST)));
}

/* $patch: replace takes the patch as it is, delete leaves nothing. */
static wl_Value obey_patch(Job *j, wl_Value directive, wl_Value patch) {
  if (wl_text_is(directive, "replace"))
    return keep(j, wl_map_without(j->heap, wl_retain(patch), j->patch_key));
  if (wl_text_is(directive, "delete"))
    return keep(j, wl_map_empty(j->heap));
  wl_patch_refuse(j, WL_EINVALID, "$patch must be \"replace\" or \"delete\"");
  return WL_VALUE_ABSENT;
}

static bool has_item(wl_Value list, wl_Value item) {
  for (size_t i = 0; i < wl_length(list); i++)
    if (wl_equal(wl_list_get(list, i), item))
      return true;
  return false;
}

/* $retainKeys of an object that is patched: it must name every field of the
 * patch, and only what it names stays. */
static bool check_retained(Job *j, wl_Value list, wl_Value patch) {
  if (!is_list(list))
    return wl_patch_refuse(j, WL_ESYNTAX, "$retainKeys must be a list");
  for (size_t i = 0; i < wl_length(patch); i++) {
    wl_Value key = wl_map_key_at(patch, i);
    if (is_null(wl_map_value_at(patch, i)) || is_obeyed(j, key) ||
        has_item(list, key))
      continue;
    wl_Text text = wl_text(&key);
    return wl_patch_refuse(j, WL_ESYNTAX,
                           "$retainKeys does not name \"%.*s\", which the "
                           "patch changes",
                           text.length > 100 ? 100 : (int)text.length,
                           text.bytes);
  }
  return true;
}

/* ---- maps ---- */

typedef struct MapMerge {
  wl_Value original, patch;
  wl_PatchType type;
  wl_Value retained; /* the list, when applying; else absent */
  Extras extras;
  wl_Builder out;
} MapMerge;

static bool put_change(Job *j, MapMerge *m, Change *c) {
  if (!change_field(j, c, m->type))
    return false;
  if (!wl_is_absent(c->old))
    wl_builder_put(&m->out, wl_retain(c->key), wl_retain(c->old));
  return true;
}

/* The change of the field `key`, from the patch and its directives. */
static Change change_of(MapMerge *m, wl_Value key, wl_Value old) {
  Change change = {.order = WL_VALUE_ABSENT, .deletions = WL_VALUE_ABSENT};
  const Change *extra = extra_for(&m->extras, key);
  if (extra != NULL)
    change = *extra;
  change.key = key;
  change.old = old;
  change.new = is_directive(key) ? WL_VALUE_ABSENT : wl_map_get(m->patch, key);
  change.field = NULL;
  return change;
}

static bool merge_existing(Job *j, MapMerge *m) {
  for (size_t i = 0; i < wl_length(m->original); i++) {
    wl_Value key = wl_map_key_at(m->original, i);
    if (!wl_is_absent(m->retained) && !has_item(m->retained, key))
      continue;
    Change change = change_of(m, key, wl_map_value_at(m->original, i));
    if (!put_change(j, m, &change))
      return false;
  }
  return true;
}

/* Was the field seen by merge_existing? */
static bool existed(const MapMerge *m, wl_Value key) {
  return !wl_is_absent(wl_map_get(m->original, key)) &&
         (wl_is_absent(m->retained) || has_item(m->retained, key));
}

static bool merge_added(Job *j, MapMerge *m) {
  for (size_t i = 0; i < wl_length(m->patch); i++) {
    wl_Value key = wl_map_key_at(m->patch, i);
    if (is_obeyed(j, key) || existed(m, key))
      continue;
    Change change = change_of(m, key, WL_VALUE_ABSENT);
    change.new = wl_map_value_at(m->patch, i);
    if (!put_change(j, m, &change))
      return false;
  }
  return true;
}

/* Directives about fields that neither side has change nothing, but must name
 * a field. */
static bool check_idle(Job *j, MapMerge *m) {
  for (size_t i = 0; i < m->extras.length; i++) {
    wl_Value key = m->extras.changes[i].key;
    if (existed(m, key) || !wl_is_absent(wl_map_get(m->patch, key)))
      continue;
    Change change = m->extras.changes[i];
    if (!put_change(j, m, &change))
      return false;
  }
  return true;
}

/* When two patches become one: the directives of the second come along, and
 * where both have one they must agree. */
static bool carry_directives(Job *j, MapMerge *m) {
  for (size_t i = 0; i < wl_length(m->patch); i++) {
    wl_Value key = wl_map_key_at(m->patch, i);
    wl_Value value = wl_map_value_at(m->patch, i);
    if (!is_obeyed(j, key))
      continue;
    wl_Value first = wl_map_get(m->original, key);
    if (wl_is_absent(first))
      wl_builder_put(&m->out, wl_retain(key), wl_retain(value));
    else if (!wl_equal(first, value))
      return wl_patch_refuse(j, WL_ESYNTAX,
                             "two patches with different directives");
  }
  return true;
}

static bool merge_all(Job *j, MapMerge *m) {
  wl_Value list = wl_map_get(m->patch, j->retain_keys_key);
  if (!wl_is_absent(list) && j->applying) {
    if (!check_retained(j, list, m->patch))
      return false;
    m->retained = list;
  }
  return find_extras(j, m->patch, &m->extras) && merge_existing(j, m) &&
         merge_added(j, m) && check_idle(j, m) &&
         (j->applying || carry_directives(j, m));
}

wl_Value wl_patch_merge_maps(Job *j, wl_Value original, wl_Value patch,
                             wl_PatchType type) {
  wl_Value directive = wl_map_get(patch, j->patch_key);
  if (!wl_is_absent(directive))
    return obey_patch(j, directive, patch);
  if (!wl_patch_enter(j))
    return WL_VALUE_ABSENT;
  MapMerge m = {.original = original,
                .patch = patch,
                .type = type,
                .retained = WL_VALUE_ABSENT};
  wl_builder_init(&m.out, j->heap);
  bool good = merge_all(j, &m);
  j->depth--;
  if (good)
    return keep(j, wl_builder_map(&m.out));
  wl_builder_destroy(&m.out);
  return WL_VALUE_ABSENT;
}

static bool is_document(wl_Value v, wl_Error *error) {
  return is_map(v) ||
         wl_fail(error, WL_EINVALID,
                 "a strategic merge patch is a map for a map, found a %s",
                 wl_type_name(wl_type(v)));
}

wl_Value wl_patch_strategic(wl_Heap *heap, wl_Value original, wl_Value patch,
                            wl_PatchType type, wl_Error *error) {
  Job j;
  if (!is_document(original, error) || !is_document(patch, error))
    return WL_VALUE_ABSENT;
  wl_patch_job_begin(&j, heap, error);
  return wl_patch_job_end(&j, wl_patch_merge_maps(&j, original, patch, type));
}
