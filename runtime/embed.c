/* SPDX-License-Identifier: MIT */
/*
 * embed OUTPUT FILE... - compile Lua files into the block that bundle.h
 * describes. Run by the build, from the project's root.
 *
 * Line numbers and names stay in, for messages; the text does not.
 */
#include <errno.h>
#include <lauxlib.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bind/bundle.h"

typedef struct Bytes {
  char *data;
  size_t length, capacity;
} Bytes;

typedef struct File {
  char *module; /* "wl.cli" */
  Bytes code;
} File;

static _Noreturn void fail(const char *what) {
  fprintf(stderr, "embed: %s\n", what);
  exit(1);
}

static int append(lua_State *L, const void *data, size_t length, void *to) {
  (void)L;
  Bytes *bytes = to;
  if (bytes->length + length > bytes->capacity) {
    bytes->capacity = 2 * bytes->capacity + length;
    bytes->data = realloc(bytes->data, bytes->capacity);
    if (bytes->data == NULL)
      fail("not enough memory");
  }
  memcpy(bytes->data + bytes->length, data, length);
  bytes->length += length;
  return 0;
}

/* "lua/wl/cli.lua" -> "wl.cli", "stdlib/x.lua" -> "stdlib.x" */
static char *module_name(const char *path) {
  size_t length = strlen(path);
  if (length < 5 || strcmp(path + length - 4, ".lua") != 0)
    fail("only .lua files can be embedded");
  if (strncmp(path, "lua/", 4) == 0) {
    path += 4;
    length -= 4;
  }
  char *name = strdup(path);
  if (name == NULL)
    fail("not enough memory");
  name[length - 4] = '\0';
  for (char *c = name; *c != '\0'; c++)
    if (*c == '/')
      *c = '.';
  return name;
}

static Bytes contents(const char *path) {
  Bytes bytes = {0};
  char part[4096];
  size_t n;
  FILE *stream = fopen(path, "rb");
  if (stream == NULL)
    fail(path);
  while ((n = fread(part, 1, sizeof part, stream)) > 0)
    append(NULL, part, n, &bytes);
  fclose(stream);
  return bytes;
}

static File compile(lua_State *L, const char *path) {
  File file = {.module = module_name(path)};
  Bytes source = contents(path);
  lua_pushfstring(L, "=%s", path);
  if (luaL_loadbufferx(L, source.data, source.length, lua_tostring(L, -1),
                       "t") != LUA_OK)
    fail(lua_tostring(L, -1));
  lua_dump(L, append, &file.code, 0);
  lua_settop(L, 0);
  free(source.data);
  return file;
}

static int by_module(const void *a, const void *b) {
  return strcmp(((const File *)a)->module, ((const File *)b)->module);
}

static void write_block(const File *files, uint32_t count, FILE *out) {
  uint32_t offset =
      (uint32_t)(sizeof count + (size_t)count * sizeof(wl_BundleEntry));
  fwrite(&count, sizeof count, 1, out);
  for (uint32_t i = 0; i < count; i++) {
    wl_BundleEntry entry;
    entry.name = offset;
    entry.name_length = (uint32_t)strlen(files[i].module);
    entry.code = entry.name + entry.name_length;
    entry.code_length = (uint32_t)files[i].code.length;
    offset = entry.code + entry.code_length;
    fwrite(&entry, sizeof entry, 1, out);
  }
  for (uint32_t i = 0; i < count; i++) {
    fwrite(files[i].module, 1, strlen(files[i].module), out);
    fwrite(files[i].code.data, 1, files[i].code.length, out);
  }
}

int main(int argc, char **argv) {
  if (argc < 2)
    fail("usage: embed OUTPUT FILE...");
  uint32_t count = (uint32_t)(argc - 2);
  File *files = calloc(count + 1u, sizeof *files);
  lua_State *L = luaL_newstate();
  if (files == NULL || L == NULL)
    fail("not enough memory");
  for (uint32_t i = 0; i < count; i++)
    files[i] = compile(L, argv[i + 2]);
  lua_close(L);
  qsort(files, count, sizeof *files, by_module);
  FILE *out = fopen(argv[1], "wb");
  if (out == NULL)
    fail(strerror(errno));
  write_block(files, count, out);
  if (fclose(out) != 0)
    fail(strerror(errno));
  for (uint32_t i = 0; i < count; i++) {
    free(files[i].module);
    free(files[i].code.data);
  }
  free(files);
  return 0;
}
