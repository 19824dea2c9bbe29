# tocsin. Two commands for a newcomer: `make demo` and `make test`; each installs what is missing first.

# ---- settings ----
MAKEFLAGS += --no-builtin-rules
.SUFFIXES:
MODE ?= release
PREFIX ?= /usr/local
CC ?= cc
VERSION := 0.1.0
BUILD := build/$(MODE)
GEN := build/gen
JOBS := $(shell nproc 2>/dev/null || echo 2)

WARNINGS := -Wall -Wextra -Wpedantic -Wshadow -Wvla -Wundef -Wmissing-prototypes -Wstrict-prototypes \
            -Wwrite-strings -Wformat=2
CPPFLAGS += -D_GNU_SOURCE -Isrc -I. -I$(GEN) -DTOCSIN_VERSION='"$(VERSION)"'
CFLAGS_release := -O2 -g
CFLAGS_debug := -O0 -g
CFLAGS_asan := -O1 -g -fno-omit-frame-pointer -fsanitize=address,undefined -fno-sanitize-recover=undefined
CFLAGS_coverage := -O0 -g --coverage
CFLAGS_fuzz := -O1 -g -fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=undefined
CFLAGS += -std=c11 $(WARNINGS) $(if $(WERROR),-Werror) $(CFLAGS_$(MODE)) -ffunction-sections -fdata-sections
LDFLAGS += $(CFLAGS_$(MODE)) -Wl,--as-needed -Wl,--gc-sections

# ---- what must be installed ----
PACKAGES := build-essential pkg-config git ca-certificates tzdata locales \
            libncurses-dev libsqlite3-dev libcurl4-openssl-dev libcjson-dev libconfuse-dev libjq-dev \
            libmicrohttpd-dev libutf8proc-dev libsodium-dev libyajl-dev scdoc
TEST_PACKAGES := libcmocka-dev libvterm-dev libfiu-dev fiu-utils valgrind clang clang-format clang-tidy \
                 libclang-rt-dev cppcheck shellcheck mandoc tmux jq curl sqlite3 python3 ncurses-term \
                 zsh fish

DEPS_MISSING = $(shell for p in $(1); do dpkg-query -W -f '$${Status}' $$p 2>/dev/null | grep -q 'ok installed' || printf '%s ' $$p; done)
define INSTALL
@if ! command -v apt-get >/dev/null || ! command -v dpkg-query >/dev/null; then \
    echo 'This is no Debian or Ubuntu: install what these packages hold, then run make all:'; \
    echo '  $(1)'; exit 1; \
fi; \
missing='$(call DEPS_MISSING,$(1))'; \
[ -z "$$missing" ] && exit 0; \
sudo=; [ "$$(id -u)" -eq 0 ] || sudo=sudo; \
if [ -n "$$sudo" ] && ! command -v sudo >/dev/null; then \
    echo "You are not root and there is no sudo. As root: apt-get install $$missing"; exit 1; \
fi; \
echo "installing: $$missing"; \
$$sudo apt-get update -qq && \
$$sudo env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $$missing >/dev/null
endef

.PHONY: deps deps-test
deps: ## install what building and running needs (apt-get; sudo when not root)
	$(call INSTALL,$(PACKAGES))
deps-test: ## install what the tests and checks need as well
	$(call INSTALL,$(PACKAGES) $(TEST_PACKAGES))

.PHONY: demo
demo: ## install what is missing, build, and open the console on a generated data team
	@$(MAKE) --no-print-directory deps
	@$(MAKE) --no-print-directory -s -j$(JOBS) all
	build/tocsin demo

.PHONY: test
test: ## install what is missing, build, and run every test
	@$(MAKE) --no-print-directory deps-test
	@rm -f build/counts
	@$(MAKE) --no-print-directory -s -j$(JOBS) all tests
	@$(MAKE) --no-print-directory run-tests

.PHONY: check
check: ## what must hold before a change lands: lint, valgrind, sanitizers, a little fuzzing
	@$(MAKE) --no-print-directory deps-test
	@$(MAKE) --no-print-directory -s -j$(JOBS) all tests
	@$(MAKE) --no-print-directory lint
	@$(MAKE) --no-print-directory check-install
	@$(MAKE) --no-print-directory valgrind
	@$(MAKE) --no-print-directory -s -j$(JOBS) MODE=asan WERROR=1 all tests
	@$(MAKE) --no-print-directory MODE=asan sanitizers
	@$(MAKE) --no-print-directory fuzz FUZZ_SECONDS=10

# ---- libraries, by pkg-config; as-needed drops what an executable does not use ----
PKGS := ncursesw sqlite3 libcurl libcjson libconfuse libmicrohttpd libutf8proc libsodium yajl
ifneq ($(filter-out deps deps-test demo test check clean help summary,$(or $(MAKECMDGOALS),all)),)
PKG_CFLAGS = $(eval PKG_CFLAGS := $$(shell pkg-config --cflags $(PKGS) 2>/dev/null))$(PKG_CFLAGS)
PKG_LIBS = $(eval PKG_LIBS := $$(shell pkg-config --libs $(PKGS) 2>/dev/null) -ljq -lm)$(PKG_LIBS)
endif

# ---- sources, by wildcard: everything but the mains is one archive, so each program links just what it uses ----
SOURCES := $(filter-out src/cli/main_%.c,$(wildcard src/*/*.c ui/*.c))
OBJECTS := $(SOURCES:%.c=$(BUILD)/%.o) $(BUILD)/gen/sql.o $(BUILD)/gen/schema.o $(BUILD)/gen/files.o
ARCHIVE := $(BUILD)/libtocsin.a
PROGRAMS := $(BUILD)/tocsin $(BUILD)/tocsin-sync $(BUILD)/tocsin-hub
MANUAL := $(patsubst data/man/%.scd,build/man/%,$(wildcard data/man/*.scd))
COMPLETIONS := build/completions/tocsin build/completions/_tocsin build/completions/tocsin.fish
QUERY_FILES := $(sort $(wildcard data/sql/query/*.sql))
SCHEMA_FILES := $(sort $(wildcard data/sql/schema/*/*.sql))
EMBEDDED_FILES := $(sort $(wildcard data/tocsin.conf data/themes/* data/transforms/*))

.DELETE_ON_ERROR:
.SECONDARY:
.DEFAULT_GOAL := all

.PHONY: all
all: $(PROGRAMS) ## build build/tocsin, build/tocsin-sync and build/tocsin-hub
ifeq ($(MODE),release)
all: build/tocsin build/tocsin-sync build/tocsin-hub
build/tocsin build/tocsin-sync build/tocsin-hub: build/%: $(BUILD)/%
	@ln -sf release/$* $@
endif

# ---- generated files ----
define EMBED_RULE
$(GEN)/$(1).h: data/embed.awk $(2) $(GEN)/$(1).list
	@mkdir -p $$(@D)
	awk -f data/embed.awk -v mode=$(3) -v out=header $(2) > $$@
$(GEN)/$(1).c: data/embed.awk $(2) $(GEN)/$(1).list
	@mkdir -p $$(@D)
	awk -f data/embed.awk -v mode=$(3) -v out=source $(2) > $$@
# Changes when a file is added or removed, which timestamps alone do not show.
$(GEN)/$(1).list: FORCE
	@mkdir -p $$(@D)
	@echo '$(2)' | cmp -s - $$@ || echo '$(2)' > $$@
endef
$(eval $(call EMBED_RULE,sql,$(QUERY_FILES),query))
$(eval $(call EMBED_RULE,schema,$(SCHEMA_FILES),schema))
$(eval $(call EMBED_RULE,files,$(EMBEDDED_FILES),files))
.PHONY: FORCE
FORCE:

# ---- rules ----
$(BUILD)/%.o: %.c | $(GEN)/sql.h $(GEN)/schema.h $(GEN)/files.h
	@mkdir -p $(@D)
	$(CC) $(CPPFLAGS) $(PKG_CFLAGS) $(CFLAGS) -MMD -MP -c -o $@ $<
$(BUILD)/gen/%.o: $(GEN)/%.c $(GEN)/%.h
	@mkdir -p $(@D)
	$(CC) $(CPPFLAGS) $(CFLAGS) -Wno-overlength-strings -MMD -MP -c -o $@ $<
$(ARCHIVE): $(OBJECTS)
	@rm -f $@
	@$(AR) rcs $@ $^
# What a person starts many times a day takes its libraries in where the system has them as archives: each shared one costs
# a twentieth of the start. libc stays shared: locales and name services need it.
archived = $(foreach l,$(1),$(if $(findstring /,$(shell $(CC) -print-file-name=lib$(l).a)),-l:lib$(l).a,-l$(l)))
$(BUILD)/tocsin: $(BUILD)/src/cli/main_tocsin.o $(ARCHIVE)
	$(CC) -o $@ $^ $(LDFLAGS) $(call archived,ncursesw tinfo sqlite3 confuse utf8proc sodium) $(PKG_LIBS)
$(BUILD)/tocsin-%: $(BUILD)/src/cli/main_%.o $(ARCHIVE)
	$(CC) -o $@ $^ $(LDFLAGS) $(PKG_LIBS)

# ---- the manual and the completions: prose by hand, tables from the programs ----
.PHONY: docs
docs: $(MANUAL) $(COMPLETIONS) ## build the manual and the shells' completions
build/man/%: data/man/%.scd $(BUILD)/tocsin-docs
	@mkdir -p $(@D)
	$(BUILD)/tocsin-docs <$< >$@.scd
	SOURCE_DATE_EPOCH=$$(git log -1 --format=%ct 2>/dev/null || date +%s) scdoc <$@.scd >$@
build/completions/tocsin build/completions/_tocsin build/completions/tocsin.fish: $(BUILD)/tocsin
	@mkdir -p $(@D)
	XDG_CONFIG_HOME=/nonexistent $(BUILD)/tocsin completion $(if $(filter %/_tocsin,$@),zsh,$(if $(filter %.fish,$@),fish,bash)) >$@

# ---- tests ----
TEST_SOURCES := $(wildcard tests/fault/test_*.c tests/e2e/test_*.c tests/unit/test_*.c)
TESTS := $(TEST_SOURCES:%.c=$(BUILD)/%)
UNIT_TESTS := $(filter $(BUILD)/tests/unit/%,$(TESTS))
SUPPORT_OBJECTS := $(patsubst %.c,$(BUILD)/%.o,$(wildcard tests/support/*.c))
TEST_LIBS = $(eval TEST_LIBS := $$(shell pkg-config --libs cmocka vterm 2>/dev/null) -lutil)$(TEST_LIBS)
$(BUILD)/tests/%: $(BUILD)/tests/%.o $(SUPPORT_OBJECTS) $(ARCHIVE)
	$(CC) -o $@ $(BUILD)/tests/$*.o $(SUPPORT_OBJECTS) $(ARCHIVE) $(LDFLAGS) $(PKG_LIBS) $(TEST_LIBS)

# What tests put in front of a program's own functions.
$(BUILD)/tests/preload/%.so: tests/preload/%.c
	@mkdir -p $(@D)
	$(CC) $(CPPFLAGS) -std=c11 $(WARNINGS) -O1 -fPIC -shared -o $@ $<
$(BUILD)/tests/fault/test_clock_set: | $(BUILD)/tests/preload/clock.so

.PHONY: tests unit test-long e2e fault run-tests valgrind sanitizers summary
tests: $(TESTS)
unit: $(UNIT_TESTS) ## build and run the unit tests
	tests/run.sh $^
test-long: all $(TESTS) ## the tests in their long form: every fault on every path, days of the demo
	TEST_LONG=1 RUN_TIMEOUT=1200 tests/run.sh $(filter $(BUILD)/tests/%,$^)
e2e: all $(filter $(BUILD)/tests/e2e/%,$(TESTS)) ## drive the console in a terminal emulator on a live hub
	tests/run.sh $(filter $(BUILD)/tests/e2e/%,$^)
fault: all $(filter $(BUILD)/tests/fault/%,$(TESTS)) ## slow, lying and broken servers, files and terminals
	tests/run.sh $(filter $(BUILD)/tests/fault/%,$^)
run-tests: all $(TESTS)
	tests/run.sh $(filter $(BUILD)/tests/%,$^)
storm: all $(filter $(BUILD)/tests/fault/%,$(TESTS)) ## the long form of the fault tests: every fault on every path, many kills
	TEST_LONG=1 RUN_TIMEOUT=3600 tests/run.sh $(filter $(BUILD)/tests/fault/%,$^)
# The year of the demo and the random filters take minutes under valgrind; the sanitizers run them.
valgrind: $(filter-out %/test_demo %/test_filter_fuzz,$(UNIT_TESTS)) ## unit tests under valgrind
	RUN_WITH="valgrind -q --error-exitcode=9 --leak-check=full --errors-for-leak-kinds=definite,possible" RUN_TIMEOUT=900 tests/run.sh $^
sanitizers: all $(TESTS)
	ASAN_OPTIONS=detect_leaks=1 LSAN_OPTIONS=suppressions=$(CURDIR)/tests/lsan.txt:print_suppressions=0 UBSAN_OPTIONS=print_stacktrace=1 RUN_TIMEOUT=600 tests/run.sh $(filter $(BUILD)/tests/%,$^)
.PHONY: e2e-accept screenshots
e2e-accept: all $(BUILD)/tests/e2e/test_screens ## take what the console shows now as right: rewrite tests/e2e/screens
	@mkdir -p tests/e2e/screens
	TOCSIN_ACCEPT=1 $(BUILD)/tests/e2e/test_screens
screenshots: all $(BUILD)/tests/screenshots/screenshots ## take the README's pictures of the real program
	@mkdir -p screenshots
	$(BUILD)/tests/screenshots/screenshots
summary: ## the sum of the tests run since make test began
	@tests/run.sh --summary

# ---- benchmarks: ratios within one run, floors beside; nothing fails for being slow ----
BENCHES := $(patsubst tests/bench/%.c,$(BUILD)/tests/bench/%,$(wildcard tests/bench/*.c))
# The floors link what the least such program would, or they would be no floors.
$(BUILD)/tests/bench/floor_ncurses: $(BUILD)/tests/bench/floor_ncurses.o
	$(CC) -o $@ $< $(LDFLAGS) $(shell pkg-config --libs ncursesw 2>/dev/null)
$(BUILD)/tests/bench/floor_list: $(BUILD)/tests/bench/floor_list.o
	$(CC) -o $@ $< $(LDFLAGS) $(shell pkg-config --libs ncursesw sqlite3 2>/dev/null)
.PHONY: bench
bench: all $(BENCHES) ## measure start, keys, writes, sync, memory, quiet polls, intake and dbt artifacts beside their floors
	@nproc | sed 's/$$/ processors; compare ratios within one run only/'
	$(BUILD)/tests/bench/bench_start $(BUILD)/tocsin $(BUILD)/tests/bench/floor_ncurses $(BUILD)/tests/bench/floor_list
	$(BUILD)/tests/bench/bench_keys $(BUILD)/tocsin $(BUILD)/tests/bench/floor_list $(BUILD)/tocsin-sync
	$(BUILD)/tests/bench/bench_write $(BUILD)/tocsin
	$(BUILD)/tests/bench/bench_sync $(BUILD)/tocsin-sync
	$(BUILD)/tests/bench/bench_filter
	$(BUILD)/tests/bench/bench_intake
	$(BUILD)/tests/bench/bench_dbt $(BUILD)/tocsin-sync

# ---- fuzzing: seeds are small and kept, what a run discovers stays under build/ ----
FUZZ_SECONDS ?= 20
FUZZERS := $(patsubst tests/fuzz/fuzz_%.c,%,$(wildcard tests/fuzz/fuzz_*.c))
.PHONY: fuzz run-fuzzers
fuzz: ## run each fuzzer for FUZZ_SECONDS (clang)
	$(MAKE) --no-print-directory MODE=fuzz CC="$(if $(findstring clang,$(CC)),$(CC),clang)" run-fuzzers
run-fuzzers: $(FUZZERS:%=$(BUILD)/fuzz_%)
	@for name in $(FUZZERS); do \
	    mkdir -p $(BUILD)/corpus/$$name; \
	    echo "fuzz_$$name: $(FUZZ_SECONDS) s"; \
	    $(BUILD)/fuzz_$$name -max_total_time=$(FUZZ_SECONDS) -max_len=8192 -timeout=10 -rss_limit_mb=1024 \
	        -artifact_prefix=$(BUILD)/fuzz_$$name- $$(test -f tests/fuzz/$$name.dict && echo -dict=tests/fuzz/$$name.dict) \
	        $(BUILD)/corpus/$$name tests/fuzz/seeds/$$name >$(BUILD)/fuzz_$$name.log 2>&1 \
	        || { tail -n 40 $(BUILD)/fuzz_$$name.log; exit 1; }; \
	    grep -a '^Done' $(BUILD)/fuzz_$$name.log; \
	done
	$(MAKE) --no-print-directory MODE=release build/release/tests/unit/test_filter_fuzz
	FILTER_FUZZ_SEED=$$(date +%s) FILTER_FUZZ_ROUNDS=$$(($(FUZZ_SECONDS) * 500)) build/release/tests/unit/test_filter_fuzz
$(BUILD)/fuzz_%: $(BUILD)/tests/fuzz/fuzz_%.o $(ARCHIVE)
	$(CC) -o $@ $^ $(LDFLAGS) -fsanitize=fuzzer $(PKG_LIBS)

# ---- conformance: a validating proxy between client and hub; Node is used here and nowhere else ----
SPEC ?=
.PHONY: conformance deps-conformance
conformance: all ## hold hub and client against the published API description: SPEC=file [DURATION=60]
	@command -v npm >/dev/null || $(MAKE) --no-print-directory deps-conformance
	tests/conformance/run.sh "$(SPEC)"
deps-conformance:
	$(call INSTALL,npm)

# ---- lint and format ----
C_FILES = $(shell git ls-files -- 'src/*.[ch]' 'ui/*.[ch]' 'tests/*.[ch]')
SHELL_FILES = $(shell git ls-files -- '*.sh' .ci)
TIDIED := $(patsubst %.c,$(BUILD)/tidy/%.ok,$(filter src/%.c ui/%.c,$(SOURCES) $(wildcard src/cli/main_*.c)))
TIDY ?= clang-tidy
# Parsed as for release, whatever MODE is; only what changed is read again.
$(BUILD)/tidy/%.ok: %.c $(BUILD)/%.o .clang-tidy
	@mkdir -p $(@D)
	@$(TIDY) --quiet $< -- $(CPPFLAGS) $(PKG_CFLAGS) -std=c11 2>$@.log || { grep -v 'warnings\? generated' $@.log; exit 1; }
	@touch $@

.PHONY: lint lint-layers lint-headers lint-format lint-cppcheck lint-shell lint-clang lint-tidy lint-docs format
lint: ## layers, headers, format, cppcheck, shellcheck, clang's warnings, clang-tidy, the manual
	@$(MAKE) --no-print-directory -k -j$(JOBS) lint-layers lint-headers lint-format lint-cppcheck lint-shell lint-clang lint-tidy lint-docs
lint-layers: $(PROGRAMS)
	tests/lint/layers.sh $(BUILD)
lint-headers: $(GEN)/sql.h $(GEN)/schema.h $(GEN)/files.h
	CC='$(CC)' tests/lint/headers.sh
lint-format:
	@clang-format --dry-run -Werror $(C_FILES)
lint-cppcheck: $(GEN)/sql.h $(GEN)/schema.h $(GEN)/files.h
	@cppcheck --quiet --std=c11 --library=posix --enable=warning,performance,portability --inline-suppr --error-exitcode=1 -j$(JOBS) \
	    --suppressions-list=tests/lint/cppcheck.txt -D_GNU_SOURCE -D'TOCSIN_VERSION=""' -Isrc -I. -I$(GEN) src ui
lint-docs: $(MANUAL) $(COMPLETIONS)
	@! mandoc -T lint -W warning $(MANUAL) | grep -v 'skipping paragraph macro: PP' # scdoc ends paragraphs twice
	shellcheck -s bash build/completions/tocsin
lint-shell:
	@shellcheck $(SHELL_FILES)
	tests/lint/counting.sh
# What the other compiler says; gcc's warnings are errors in the sanitizers' build.
lint-clang: $(GEN)/sql.h $(GEN)/schema.h $(GEN)/files.h
	@clang -fsyntax-only -std=c11 -Werror $(WARNINGS) $(CPPFLAGS) $(PKG_CFLAGS) $(filter %.c,$(C_FILES))
lint-tidy: $(TIDIED)
format: ## lay out all C files as .clang-format says
	clang-format -i $(C_FILES)

# ---- install ----
DESTDIR ?=
.PHONY: install uninstall
install: all docs ## install under PREFIX (default /usr/local)
	install -Dm755 $(BUILD)/tocsin $(DESTDIR)$(PREFIX)/bin/tocsin
	install -Dm755 $(BUILD)/tocsin-sync $(DESTDIR)$(PREFIX)/libexec/tocsin/tocsin-sync
	install -Dm755 $(BUILD)/tocsin-hub $(DESTDIR)$(PREFIX)/libexec/tocsin/tocsin-hub
	for page in $(notdir $(MANUAL)); do \
	    install -Dm644 build/man/$$page $(DESTDIR)$(PREFIX)/share/man/man$${page##*.}/$$page || exit 1; \
	done
	install -Dm644 data/hub.conf $(DESTDIR)$(PREFIX)/share/doc/tocsin/hub.conf
	for unit in $(notdir $(wildcard data/systemd/*)); do \
	    mkdir -p $(DESTDIR)$(PREFIX)/lib/systemd/system && \
	    sed 's|@PREFIX@|$(PREFIX)|' data/systemd/$$unit >$(DESTDIR)$(PREFIX)/lib/systemd/system/$$unit || exit 1; \
	done
	install -Dm644 build/completions/tocsin $(DESTDIR)$(PREFIX)/share/bash-completion/completions/tocsin
	install -Dm644 build/completions/_tocsin $(DESTDIR)$(PREFIX)/share/zsh/site-functions/_tocsin
	install -Dm644 build/completions/tocsin.fish $(DESTDIR)$(PREFIX)/share/fish/vendor_completions.d/tocsin.fish
uninstall: ## remove what install put there
	rm -f $(DESTDIR)$(PREFIX)/bin/tocsin
	rm -rf $(DESTDIR)$(PREFIX)/libexec/tocsin
	for page in $(notdir $(MANUAL)); do rm -f $(DESTDIR)$(PREFIX)/share/man/man$${page##*.}/$$page; done
	rm -rf $(DESTDIR)$(PREFIX)/share/doc/tocsin
	for unit in $(notdir $(wildcard data/systemd/*)); do rm -f $(DESTDIR)$(PREFIX)/lib/systemd/system/$$unit; done
	rm -f $(DESTDIR)$(PREFIX)/share/bash-completion/completions/tocsin
	rm -f $(DESTDIR)$(PREFIX)/share/zsh/site-functions/_tocsin
	rm -f $(DESTDIR)$(PREFIX)/share/fish/vendor_completions.d/tocsin.fish

# What was installed finds what it starts: a console that runs from the build tree proves nothing about that.
.PHONY: check-install dist
check-install: all
	MAKE="$(MAKE)" tests/lint/install.sh
dist: ## build/tocsin-VERSION.tar.gz, of what is committed
	git archive --prefix=tocsin-$(VERSION)/ -o build/tocsin-$(VERSION).tar.gz HEAD

.PHONY: clean
clean: ## remove everything built
	rm -rf build

.PHONY: help
help: ## this list
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / { printf "%-14s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

-include $(OBJECTS:.o=.d) $(wildcard $(BUILD)/src/cli/*.d $(BUILD)/tests/*/*.d)
