# wlrun - make demo: see it run; make test: check all of it

# ---- settings ----

VERSION = 0.1.0
PREFIX = /usr/local
DESTDIR =
CC = gcc
CLANG = clang
CFLAGS = -O2 -g
FUZZ_SECONDS = 5

WARNINGS = -Wall -Wextra -Wshadow -Wconversion -Werror
LUA_CFLAGS = $(shell pkg-config --cflags lua5.4)
LUA_LIB = $(shell pkg-config --variable=libdir lua5.4)/liblua5.4.a
CORE_LIBS = -lm
IO_LIBS = -lyaml -luv -ljansson -lroaring
FLAGS = -std=c11 -D_GNU_SOURCE -MMD -MP $(WARNINGS) $(LUA_CFLAGS) \
  -DWL_VERSION='"$(VERSION)"'
# Lua is linked in whole and stays visible, for Lua's C modules.
LINK = -Wl,-E -Wl,--whole-archive $(LUA_LIB) -Wl,--no-whole-archive \
  $(IO_LIBS) $(CORE_LIBS) -ldl

# ---- what wlrun is made of ----

CORE = \
  runtime/core/buffer.c \
  runtime/core/builder.c \
  runtime/core/collection.c \
  runtime/core/error.c \
  runtime/core/heap.c \
  runtime/core/heapq.c \
  runtime/core/path.c \
  runtime/core/number.c \
  runtime/core/shape.c \
  runtime/core/utf8.c \
  runtime/core/value.c

IO = \
  runtime/io/json_read.c \
  runtime/io/json_write.c \
  runtime/io/members.c

BIND = \
  runtime/bind/bundle.c \
  runtime/bind/host.c \
  runtime/bind/lua_base.c \
  runtime/bind/lua_heapq.c \
  runtime/bind/lua_host.c \
  runtime/bind/modules.c

# Lua files that go into the binary.
LUA = $(sort $(shell find lua stdlib -name '*.lua'))
CORE_TESTS = $(sort $(wildcard spec/core/test_*.c))
FUZZERS = $(sort $(wildcard spec/fuzz/fuzz_*.c))

LIBRARY = $(CORE) $(IO)
PROGRAM = $(LIBRARY) $(BIND) runtime/main.c
OBJECTS = $(PROGRAM:%.c=build/%.o) build/runtime/bind/bundle_data.o

# ---- building ----

.PHONY: all demo test deps spec core-test sanitize fuzz lint bench install clean
.DELETE_ON_ERROR:

# Build ./wlrun.
all: wlrun

wlrun: $(OBJECTS)
	$(CC) $(CFLAGS) -o $@ $(OBJECTS) $(LINK)

build/%.o: %.c
	@mkdir -p $(@D)
	$(CC) $(FLAGS) $(CFLAGS) -c -o $@ $<

# The Lua files, compiled by the same Lua that will load them.
build/embed: runtime/embed.c runtime/bind/bundle.h
	@mkdir -p $(@D)
	$(CC) $(FLAGS) $(CFLAGS) -o $@ $< $(LUA_LIB) -lm -ldl

build/lua.bundle: build/embed $(LUA) build/lua.list
	build/embed $@ $(LUA)

build/runtime/bind/bundle_data.o: runtime/bind/bundle_data.S build/lua.bundle
	@mkdir -p $(@D)
	$(CC) -DWL_BUNDLE='"build/lua.bundle"' -c -o $@ $<

# Changes when a Lua file comes or goes.
build/lua.list: FORCE
	@mkdir -p $(@D)
	@echo '$(LUA)' | cmp -s - $@ || echo '$(LUA)' > $@

.PHONY: FORCE
FORCE:

# Remove what was built.
clean:
	rm -rf build wlrun

-include $(shell find build -name '*.d' 2>/dev/null)
