# wlrun - make demo: see it run; make test: check all of it

# ---- settings ----

VERSION = 0.1.0
PREFIX = /usr/local
DESTDIR =
CC = gcc
CLANG = clang
AR = gcc-ar
CFLAGS = -O2 -g
# Optimise across files: a tenth faster, but linking takes seconds. `make
# LTO=-fno-lto` links at once, for the while that one works on the code.
LTO = -flto=auto
FUZZ_SECONDS = 5
SPEC = spec
# What is being built; `make SHOW=` shows the commands instead.
SHOW = @echo '  $@';

# Debian 12 packages: to build, and to test as well.
BUILD_PACKAGES = gcc libc6-dev pkg-config liblua5.4-dev libyaml-dev \
  libuv1-dev libroaring-dev libedit-dev tzdata
TEST_PACKAGES = lua-busted lua-check lua5.4 clang clang-format clang-tidy \
  libclang-rt-14-dev chromium

WARNINGS = -Wall -Wextra -Wshadow -Wconversion -Werror
# Asked for late: the packages may come with this very run of make.
LUA_CFLAGS = $(shell pkg-config --cflags lua5.4)
LUA_LIB = $(shell pkg-config --variable=libdir lua5.4)/liblua5.4.a
FAT = -flto -ffat-lto-objects
FLAGS = -std=c11 -D_GNU_SOURCE -DWL_VERSION='"$(VERSION)"' $(WARNINGS) \
  $(LUA_CFLAGS) -MMD -MP
LIBS = -Wl,--as-needed -lyaml -luv -lroaring -ledit -lm
# Lua is linked in whole and stays visible, for Lua's C modules.
LUA_LINK = -Wl,-E -Wl,--whole-archive $(LUA_LIB) -Wl,--no-whole-archive -ldl

SAN_FLAGS = -O1 -g -fno-omit-frame-pointer -fsanitize=address,undefined \
  -fno-sanitize-recover=all -DWL_PLAIN_MALLOC
FUZZ_FLAGS = -O1 -g -fsanitize=fuzzer-no-link,address,undefined \
  -fno-sanitize-recover=all -DWL_PLAIN_MALLOC

# ---- what wlrun is made of ----

CORE = \
  runtime/core/buffer.c \
  runtime/core/builder.c \
  runtime/core/bulk.c \
  runtime/core/changes.c \
  runtime/core/clock.c \
  runtime/core/collection.c \
  runtime/core/cron_next.c \
  runtime/core/cron_parse.c \
  runtime/core/draft.c \
  runtime/core/error.c \
  runtime/core/facet.c \
  runtime/core/facet_compile.c \
  runtime/core/field_selector.c \
  runtime/core/heap.c \
  runtime/core/heapq.c \
  runtime/core/history.c \
  runtime/core/idmap.c \
  runtime/core/limiter.c \
  runtime/core/liveset.c \
  runtime/core/merge.c \
  runtime/core/mould.c \
  runtime/core/names.c \
  runtime/core/number.c \
  runtime/core/owners.c \
  runtime/core/patch.c \
  runtime/core/patch_apply.c \
  runtime/core/patch_diff.c \
  runtime/core/patch_items.c \
  runtime/core/patch_job.c \
  runtime/core/patch_json.c \
  runtime/core/patch_list.c \
  runtime/core/patch_strategic.c \
  runtime/core/patch_type.c \
  runtime/core/path.c \
  runtime/core/query.c \
  runtime/core/queue.c \
  runtime/core/quote.c \
  runtime/core/rank.c \
  runtime/core/rank_order.c \
  runtime/core/restore.c \
  runtime/core/rng.c \
  runtime/core/selector.c \
  runtime/core/selector_builder.c \
  runtime/core/selector_object.c \
  runtime/core/selector_parse.c \
  runtime/core/sets.c \
  runtime/core/shape.c \
  runtime/core/snapshot.c \
  runtime/core/space.c \
  runtime/core/store.c \
  runtime/core/table.c \
  runtime/core/timer.c \
  runtime/core/uid.c \
  runtime/core/utf8.c \
  runtime/core/value.c \
  runtime/core/write.c \
  runtime/core/zone.c \
  runtime/core/zone_rule.c

IO = \
  runtime/io/base64.c \
  runtime/io/directory.c \
  runtime/io/excerpt.c \
  runtime/io/file.c \
  runtime/io/json_read.c \
  runtime/io/json_write.c \
  runtime/io/line_editor.c \
  runtime/io/line_history.c \
  runtime/io/loop.c \
  runtime/io/members.c \
  runtime/io/process.c \
  runtime/io/terminal.c \
  runtime/io/tz.c \
  runtime/io/yaml_error.c \
  runtime/io/yaml_locate.c \
  runtime/io/yaml_merge.c \
  runtime/io/yaml_read.c \
  runtime/io/yaml_scalar.c \
  runtime/io/yaml_write.c

BIND = \
  runtime/bind/budget.c \
  runtime/bind/bundle.c \
  runtime/bind/guarded.c \
  runtime/bind/host.c \
  runtime/bind/lua_base.c \
  runtime/bind/lua_batch.c \
  runtime/bind/lua_batch_group.c \
  runtime/bind/lua_clock.c \
  runtime/bind/lua_convert.c \
  runtime/bind/lua_cron.c \
  runtime/bind/lua_draft.c \
  runtime/bind/lua_excerpt.c \
  runtime/bind/lua_field_selector.c \
  runtime/bind/lua_file.c \
  runtime/bind/lua_heapq.c \
  runtime/bind/lua_host.c \
  runtime/bind/lua_ids.c \
  runtime/bind/lua_json.c \
  runtime/bind/lua_key.c \
  runtime/bind/lua_limiter.c \
  runtime/bind/lua_liveset.c \
  runtime/bind/lua_mould.c \
  runtime/bind/lua_names.c \
  runtime/bind/lua_order.c \
  runtime/bind/lua_patch.c \
  runtime/bind/lua_path.c \
  runtime/bind/lua_process.c \
  runtime/bind/lua_queue.c \
  runtime/bind/lua_rng.c \
  runtime/bind/lua_sandbox.c \
  runtime/bind/lua_scratch.c \
  runtime/bind/lua_selector.c \
  runtime/bind/lua_store.c \
  runtime/bind/lua_store_history.c \
  runtime/bind/lua_store_owners.c \
  runtime/bind/lua_store_queue.c \
  runtime/bind/lua_store_sets.c \
  runtime/bind/lua_store_snapshot.c \
  runtime/bind/lua_store_write.c \
  runtime/bind/lua_terminal.c \
  runtime/bind/lua_time.c \
  runtime/bind/lua_timer.c \
  runtime/bind/lua_value.c \
  runtime/bind/lua_yaml.c \
  runtime/bind/memory.c \
  runtime/bind/modules.c \
  runtime/bind/order.c \
  runtime/bind/order_pairs.c \
  runtime/bind/order_sort.c \
  runtime/bind/pattern.c

# Lua files that go into the binary.
LUA = $(sort $(shell find lua stdlib -name '*.lua' ! -path 'lua/meta/*'))

# Each of these is a program of its own.
CORE_TESTS = $(sort $(wildcard spec/core/test_*.c))
FUZZERS = $(sort $(wildcard spec/fuzz/fuzz_*.c))
BENCHES = $(sort $(wildcard spec/bench/bench_*.c))
LUA_BENCHES = $(sort $(wildcard spec/bench/bench_*.lua))

LIBRARY = $(CORE) $(IO)
PROGRAM = $(BIND) runtime/main.c
LUA_DATA = build/runtime/bind/bundle_data.o

CORE_TEST_PROGRAMS = $(CORE_TESTS:%.c=build/%)
SAN_CORE_TEST_PROGRAMS = $(CORE_TESTS:%.c=build/san/%)
FUZZ_PROGRAMS = $(FUZZERS:spec/%.c=build/%)
BENCH_PROGRAMS = $(BENCHES:%.c=build/%)
PTY = build/spec/support/pty
TESTED = wlrun $(PTY) build/san/wlrun $(CORE_TEST_PROGRAMS) \
  $(SAN_CORE_TEST_PROGRAMS) $(FUZZ_PROGRAMS)

# The manual page and what shells complete by: wlrun writes them itself.
SHARE = $(DESTDIR)$(PREFIX)/share
MAN = build/share/man/man1/wlrun.1
PAPERS = $(MAN) build/share/bash-completion/completions/wlrun \
  build/share/zsh/site-functions/_wlrun \
  build/share/fish/vendor_completions.d/wlrun.fish

RUN = FUZZ_SECONDS=$(FUZZ_SECONDS) bash spec/support/run.sh

# ---- targets ----

.PHONY: all demo test deps demo-deps spec core-test sanitize fuzz lint bench \
  annotations install man clean FORCE
.DELETE_ON_ERROR:

# Build ./wlrun.
all: wlrun

# Install what is missing, build, and watch a rolling update.
demo: demo-deps wlrun
	./wlrun examples/rolling-update.lua

# Install what is missing, build, and run every test there is.
test: deps $(TESTED)
	@$(RUN) san-$(SPEC) $(SPEC) san-eager core lint san-core fuzz

# Install the Debian packages that building and testing need.
deps:
	@sh .ci/deps $(BUILD_PACKAGES) $(TEST_PACKAGES)

# Install those that building needs.
demo-deps:
	@sh .ci/deps $(BUILD_PACKAGES)

# Run the specs: all, or those of SPEC=spec/wl.
spec: wlrun $(PTY)
	@$(RUN) $(SPEC)

# Run the C tests of the core.
core-test: $(CORE_TEST_PROGRAMS)
	@$(RUN) core

# Run C tests and specs under the address, leak and undefined-behaviour checks.
sanitize: build/san/wlrun $(PTY) $(SAN_CORE_TEST_PROGRAMS)
	@$(RUN) san-core san-$(SPEC) san-eager

# Throw mutated input at the readers, FUZZ_SECONDS each.
fuzz: $(FUZZ_PROGRAMS)
	@$(RUN) fuzz

# Check style, layers and what clang-tidy and luacheck know.
lint: wlrun
	@$(RUN) lint

# Measure; one line `bench NAME VALUE UNIT` a figure.
bench: wlrun $(BENCH_PROGRAMS)
	@for b in $(BENCH_PROGRAMS); do $$b || exit 1; done
	@for b in $(LUA_BENCHES); do \
	  ./wlrun spec/bench/run.lua $$b || exit 1; done

# Write what editors are told (lua/meta/wlrun.lua) anew.
annotations: wlrun
	@WLRUN_HOME=. ./wlrun spec/support/write_annotations.lua

# Install below PREFIX; DESTDIR goes in front of it.
install: wlrun $(PAPERS)
	install -d $(DESTDIR)$(PREFIX)/bin $(dir $(PAPERS:build/share/%=$(SHARE)/%))
	install -m 755 wlrun $(DESTDIR)$(PREFIX)/bin/wlrun
	install -d $(SHARE)/wlrun/meta
	install -m 644 lua/meta/wlrun.lua $(SHARE)/wlrun/meta/wlrun.lua
	for paper in $(PAPERS:build/share/%=%); do \
	  install -m 644 build/share/$$paper $(SHARE)/$$paper || exit 1; done

# Make the manual page.
man: $(MAN)

# Remove what was built.
clean:
	rm -rf build wlrun

# ---- the program ----

wlrun: $(PROGRAM:%.c=build/%.o) build/libwl.a $(LUA_DATA)
	$(SHOW) $(CC) $(CFLAGS) $(LTO) -o build/wlrun.new $^ $(LUA_LINK) $(LIBS)
	@mv build/wlrun.new $@

build/libwl.a: $(LIBRARY:%.c=build/%.o)
	@rm -f $@
	$(SHOW) $(AR) rcs $@ $^

build/%.o: %.c
	@mkdir -p $(@D)
	$(SHOW) $(CC) $(FLAGS) $(CFLAGS) $(FAT) -c -o $@ $<

# The Lua files, compiled by the same Lua that will load them.
build/embed: runtime/embed.c runtime/bind/bundle.h
	@mkdir -p $(@D)
	$(SHOW) $(CC) $(FLAGS) $(CFLAGS) -o $@ $< $(LUA_LIB) -lm -ldl

build/lua.bundle: build/embed $(LUA) build/lua.list
	$(SHOW) build/embed $@ $(LUA)

$(LUA_DATA): runtime/bind/bundle_data.S build/lua.bundle
	@mkdir -p $(@D)
	$(SHOW) $(CC) -DWL_BUNDLE='"build/lua.bundle"' -c -o $@ $<

# Changes when a Lua file comes or goes.
build/lua.list: FORCE
	@mkdir -p $(@D)
	@echo '$(LUA)' | cmp -s - $@ || echo '$(LUA)' > $@

# ---- what is written by the program ----

WRITE = @mkdir -p $(@D); echo '  $@'; ./wlrun

$(MAN): wlrun
	$(WRITE) help --man > $@

build/share/bash-completion/completions/wlrun: wlrun
	$(WRITE) completion bash > $@

build/share/zsh/site-functions/_wlrun: wlrun
	$(WRITE) completion zsh > $@

build/share/fish/vendor_completions.d/wlrun.fish: wlrun
	$(WRITE) completion fish > $@

# ---- tests and benches: one program a file ----

build/spec/bench/%: build/spec/bench/%.o build/libwl.a
	$(SHOW) $(CC) $(CFLAGS) $(LTO) -o $@ $^ $(LIBS)

build/spec/%: build/spec/%.o build/libwl.a
	$(SHOW) $(CC) $(CFLAGS) -fno-lto -o $@ $^ $(LIBS)

build/san/wlrun: $(PROGRAM:%.c=build/san/%.o) build/san/libwl.a $(LUA_DATA)
	$(SHOW) $(CC) $(SAN_FLAGS) -o $@ $^ $(LUA_LINK) $(LIBS)

build/san/libwl.a: $(LIBRARY:%.c=build/san/%.o)
	@rm -f $@
	$(SHOW) $(AR) rcs $@ $^

build/san/spec/%: build/san/spec/%.o build/san/libwl.a
	$(SHOW) $(CC) $(SAN_FLAGS) -o $@ $^ $(LIBS)

build/san/%.o: %.c
	@mkdir -p $(@D)
	$(SHOW) $(CC) $(FLAGS) $(SAN_FLAGS) -c -o $@ $<

build/fuzz/fuzz_%: build/fuzz/spec/fuzz/fuzz_%.o build/fuzz/libwl.a
	$(SHOW) $(CLANG) $(FUZZ_FLAGS) -fsanitize=fuzzer -o $@ $^ $(LIBS)

build/fuzz/libwl.a: $(LIBRARY:%.c=build/fuzz/%.o)
	@rm -f $@
	$(SHOW) $(AR) rcs $@ $^

build/fuzz/%.o: %.c
	@mkdir -p $(@D)
	$(SHOW) $(CLANG) $(FLAGS) $(FUZZ_FLAGS) -c -o $@ $<

# Nothing is compiled before the packages are there.
PREPARE = $(filter deps,$(MAKECMDGOALS:test=deps)) \
  $(filter demo-deps,$(MAKECMDGOALS:demo=demo-deps))
ifneq ($(strip $(PREPARE)),)
build/embed $(LUA_DATA): | $(PREPARE)
$(foreach d,build build/san build/fuzz,$(LIBRARY:%.c=$d/%.o)): | $(PREPARE)
$(foreach d,build build/san,$(PROGRAM:%.c=$d/%.o)): | $(PREPARE)
$(CORE_TESTS:%.c=build/%.o) $(CORE_TESTS:%.c=build/san/%.o): | $(PREPARE)
$(FUZZERS:%.c=build/fuzz/%.o): | $(PREPARE)
endif

.SECONDARY:
-include $(shell find build -type f -name '*.d' 2>/dev/null)
