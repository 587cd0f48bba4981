/* SPDX-License-Identifier: MIT */
#include "mould.h"

#include <string.h>

#include "value_private.h"

enum { MOST_HOLES = 32, MOST_STEPS = 12 };

/* A text of the inputs, at as many fields as carry it. */
typedef struct Token {
  wl_Value a, b; /* in either example */
  bool is_free;
} Token;

typedef struct Hole {
  wl_Value path[MOST_STEPS]; /* keys are interned; indexes from 0 */
  uint8_t depth, token;
} Hole;

typedef struct Holes {
  Hole all[MOST_HOLES];
  size_t count;
} Holes;

struct wl_Mould {
  wl_Value in, out; /* of the first example */
  Token tokens[MOST_HOLES];
  size_t token_count;
  Holes inputs, outputs;
};

/* ---- where two values differ ---- */

typedef struct Walk {
  wl_Mould *mould;
  Holes *found;
  wl_Value path[MOST_STEPS];
  size_t depth;
  wl_Value plain, free; /* both absent: differences must be known tokens */
} Walk;

static bool is_below(const Walk *walk, wl_Value prefixes) {
  for (size_t i = 0; i < wl_length(prefixes); i++) {
    wl_Value prefix = wl_list_get(prefixes, i);
    size_t n = wl_length(prefix), at = 0;
    while (at < n && at < walk->depth &&
           wl_equal(wl_list_get(prefix, at), walk->path[at]))
      at++;
    if (at == n)
      return true;
  }
  return false;
}

static size_t find_token(const wl_Mould *mould, wl_Value a, wl_Value b) {
  size_t i = 0;
  while (i < mould->token_count &&
         !(wl_equal(mould->tokens[i].a, a) && wl_equal(mould->tokens[i].b, b)))
    i++;
  return i;
}

static bool add_token(Walk *walk, wl_Value a, wl_Value b) {
  bool is_free = is_below(walk, walk->free);
  wl_Mould *mould = walk->mould;
  size_t i = find_token(mould, a, b);
  if (!is_free && !is_below(walk, walk->plain))
    return false;
  if (i < mould->token_count) {
    mould->tokens[i].is_free = mould->tokens[i].is_free && is_free;
    return true;
  }
  if (i == MOST_HOLES)
    return false;
  mould->tokens[mould->token_count++] =
      (Token){wl_retain(a), wl_retain(b), is_free};
  return true;
}

static bool add_hole(Walk *walk, wl_Value a, wl_Value b) {
  Holes *found = walk->found;
  if (wl_type(a) != WL_STRING || wl_type(b) != WL_STRING ||
      found->count == MOST_HOLES)
    return false;
  if (!wl_is_absent(walk->plain) && !add_token(walk, a, b))
    return false;
  size_t token = find_token(walk->mould, a, b);
  if (token == walk->mould->token_count)
    return false;
  Hole *hole = &found->all[found->count++];
  hole->depth = (uint8_t)walk->depth;
  hole->token = (uint8_t)token;
  for (size_t i = 0; i < walk->depth; i++)
    hole->path[i] = wl_retain(walk->path[i]);
  return true;
}

static bool find_differences(Walk *walk, wl_Value a, wl_Value b);

static bool differ_below(Walk *walk, wl_Value step, wl_Value a, wl_Value b) {
  if (wl_same(a, b))
    return true;
  if (walk->depth == MOST_STEPS)
    return false;
  walk->path[walk->depth++] = step;
  bool fine = find_differences(walk, a, b);
  walk->depth--;
  return fine;
}

static bool is_same_form(wl_Value a, wl_Value b) {
  wl_Type type = wl_type(a);
  if (type != wl_type(b) || wl_length(a) != wl_length(b))
    return false;
  return type != WL_MAP || map_of(a)->shape == map_of(b)->shape;
}

static bool find_differences(Walk *walk, wl_Value a, wl_Value b) {
  wl_Type type = wl_type(a);
  if (type != WL_MAP && type != WL_LIST)
    return wl_equal(a, b) || add_hole(walk, a, b);
  if (!is_same_form(a, b))
    return false;
  for (size_t i = 0; i < wl_length(a); i++) {
    bool is_map = type == WL_MAP;
    wl_Value step = is_map ? wl_map_key_at(a, i) : (wl_Value){i << 3 | TAG_INT};
    wl_Value left = is_map ? wl_map_value_at(a, i) : wl_list_get(a, i);
    wl_Value right = is_map ? wl_map_value_at(b, i) : wl_list_get(b, i);
    if (!differ_below(walk, step, left, right))
      return false;
  }
  return true;
}

/* ---- learning ---- */

wl_Mould *wl_mould_learn(wl_Heap *heap, const wl_Example examples[2],
                         wl_Value plain, wl_Value free) {
  wl_Mould *mould = wl_alloc_zeroed(heap, sizeof *mould);
  mould->in = wl_retain(examples[0].in);
  mould->out = wl_retain(examples[0].out);
  Walk inputs = {
      .mould = mould, .found = &mould->inputs, .plain = plain, .free = free};
  Walk outputs = {.mould = mould,
                  .found = &mould->outputs,
                  .plain = WL_VALUE_ABSENT,
                  .free = WL_VALUE_ABSENT};
  if (find_differences(&inputs, mould->in, examples[1].in) &&
      find_differences(&outputs, mould->out, examples[1].out))
    return mould;
  wl_mould_free(heap, mould);
  return NULL;
}

static void release_paths(wl_Heap *heap, Holes *holes) {
  for (size_t i = 0; i < holes->count; i++)
    for (size_t step = 0; step < holes->all[i].depth; step++)
      wl_release(heap, holes->all[i].path[step]);
}

void wl_mould_free(wl_Heap *heap, wl_Mould *mould) {
  if (mould == NULL)
    return;
  release_paths(heap, &mould->inputs);
  release_paths(heap, &mould->outputs);
  for (size_t i = 0; i < mould->token_count; i++) {
    wl_release(heap, mould->tokens[i].a);
    wl_release(heap, mould->tokens[i].b);
  }
  wl_release(heap, mould->in);
  wl_release(heap, mould->out);
  wl_dealloc(heap, mould, sizeof *mould);
}

/* ---- casting ---- */

static bool is_plain(wl_Text text, bool may_end_in_dash) {
  for (size_t i = 0; i < text.length; i++) {
    char c = text.bytes[i];
    bool is_inside = i > 0 && (i + 1 < text.length || may_end_in_dash);
    if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
          (c == '-' && is_inside)))
      return false;
  }
  return text.length > 0;
}

static bool fits(const Token *token, wl_Value given) {
  if (wl_type(given) != WL_STRING)
    return false;
  wl_Text a = wl_text(&token->a), b = wl_text(&token->b),
          text = wl_text(&given);
  if (text.length > a.length && text.length > b.length)
    return false;
  bool dash = a.length > 0 && a.bytes[a.length - 1] == '-' && b.length > 0 &&
              b.bytes[b.length - 1] == '-';
  return token->is_free || is_plain(text, dash);
}

/* The texts of `in`, borrowed, one a token. */
static bool read_texts(const wl_Mould *mould, wl_Value in, wl_Value *texts) {
  for (size_t i = 0; i < mould->token_count; i++)
    texts[i] = WL_VALUE_ABSENT;
  for (size_t i = 0; i < mould->inputs.count; i++) {
    const Hole *hole = &mould->inputs.all[i];
    wl_Value text = wl_get_path(in, hole->path, hole->depth);
    if (wl_is_absent(texts[hole->token])) {
      if (!fits(&mould->tokens[hole->token], text))
        return false;
      texts[hole->token] = text;
    } else if (!wl_equal(texts[hole->token], text)) {
      return false;
    }
  }
  return true;
}

/* *Takes* root. */
static wl_Value filled(wl_Heap *heap, wl_Value root, const Holes *holes,
                       const wl_Value *texts) {
  for (size_t i = 0; i < holes->count; i++) {
    const Hole *hole = &holes->all[i];
    root = wl_with_path(heap, root, hole->path, hole->depth,
                        wl_retain(texts[hole->token]));
  }
  return root;
}

static bool is_identical(wl_Value a, wl_Value b) {
  if (wl_same(a, b))
    return true;
  wl_Type type = wl_type(a);
  if (type != WL_MAP && type != WL_LIST)
    return wl_equal(a, b);
  if (!is_same_form(a, b))
    return false;
  for (size_t i = 0; i < wl_length(a); i++) {
    bool is_map = type == WL_MAP;
    if (!is_identical(is_map ? wl_map_value_at(a, i) : wl_list_get(a, i),
                      is_map ? wl_map_value_at(b, i) : wl_list_get(b, i)))
      return false;
  }
  return true;
}

/* Is `in` the first example but for the texts? */
static bool is_alike(wl_Heap *heap, const wl_Mould *mould, wl_Value in) {
  wl_Value firsts[MOST_HOLES];
  for (size_t i = 0; i < mould->token_count; i++)
    firsts[i] = mould->tokens[i].a;
  wl_Value twin = filled(heap, wl_retain(in), &mould->inputs, firsts);
  bool alike = is_identical(mould->in, twin);
  wl_release(heap, twin);
  return alike;
}

wl_Value wl_mould_cast(wl_Heap *heap, const wl_Mould *mould, wl_Value in) {
  wl_Value texts[MOST_HOLES];
  if (!read_texts(mould, in, texts) || !is_alike(heap, mould, in))
    return WL_VALUE_ABSENT;
  return filled(heap, wl_retain(mould->out), &mould->outputs, texts);
}
