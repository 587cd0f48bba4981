/* SPDX-License-Identifier: MIT */
/* facet_private.h - facets as they are compiled: facet_compile.c makes them,
 * facet.c asks them. */
#ifndef WL_FACET_PRIVATE_H
#define WL_FACET_PRIVATE_H

#include "facet.h"
#include "path.h"
#include "table.h"

typedef enum TestOp {
  ALL,
  ANY,
  NOT,
  PRESENT,
  ABSENT,
  IN,
  NOTIN,
  CONTAINS,
  FACET
} TestOp;

typedef struct Test {
  TestOp op;
  uint32_t facet;     /* FACET: which bit */
  wl_Path *path;      /* PRESENT .. CONTAINS */
  wl_Value values;    /* IN, NOTIN, CONTAINS: a list */
  struct Test *parts; /* ALL, ANY, NOT */
  size_t count;       /* of parts */
} Test;

enum { MAX_PARTS = 6 };

/* What a sum came to for some parts, which it keeps alive. */
typedef struct Memo {
  bool taken;
  wl_Value parts[MAX_PARTS];
  int64_t amount;
} Memo;

/* Memos of a facet, in pairs: where the addresses of two combinations of parts
 * happen to meet, there is room for both. */
enum { MEMO_BITS = 8, MEMOS = 1 << MEMO_BITS };

/* What a facet looks at: a bit for each root, which is the first key of a path,
 * or the first two below metadata, which every write changes. */
enum { MAX_ROOTS = 16 };
typedef uint32_t Roots;
#define ANYWHERE ((Roots)1 << MAX_ROOTS)

typedef struct Facet {
  wl_Value name;
  Roots roots;   /* of its own paths */
  uint32_t asks; /* the tests that it names, as a mask */
  wl_FacetType type;
  size_t at; /* bit or slot */
  int where; /* a test's bit, -1: always */
  Test test; /* WL_FACET_TEST */
  wl_Path *paths[MAX_PARTS];
  size_t path_count;
  int64_t call; /* 0: none */
  Memo *memos;  /* when there is a call */
} Facet;

struct wl_Facets {
  wl_Heap *heap;
  Facet *items;
  size_t count, tests, slots;
  wl_FacetType slot_types[WL_FACET_OTHERS];
  wl_Path *roots[MAX_ROOTS];
  size_t root_count;
  Roots looked_at; /* by the facet that is being compiled */
  uint32_t asks;   /* tests that it names */
  wl_FacetSum *sum;
  void *context;
  wl_Table texts; /* each that a value facet has answered */
  wl_Value key_name, key_op, key_of, key_path, key_paths, key_values, key_test,
      key_where, key_call;
};

/* Give back the memos of a sum facet. */
void wl_facet_free_memos(wl_Facets *facets, Facet *facet);

#endif
