# tocsin. Two commands for a newcomer: `make demo` and `make test`; each installs what is missing first.

# ---- settings ----
MAKEFLAGS += --no-builtin-rules
MODE ?= release
PREFIX ?= /usr/local
CC ?= cc
VERSION := 0.1.0
BUILD := build/$(MODE)
GEN := build/gen

WARNINGS := -Wall -Wextra -Wpedantic -Wshadow -Wvla -Wundef -Wmissing-prototypes -Wstrict-prototypes \
            -Wwrite-strings -Wformat=2
CPPFLAGS += -D_GNU_SOURCE -Isrc -I. -I$(GEN) -DTOCSIN_VERSION='"$(VERSION)"' -DTOCSIN_LIBEXEC='"$(PREFIX)/libexec/tocsin"'
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
            libmicrohttpd-dev libutf8proc-dev libsodium-dev
TEST_PACKAGES := libcmocka-dev libvterm-dev libfiu-dev fiu-utils valgrind clang clang-format clang-tidy \
                 cppcheck shellcheck mandoc scdoc tmux jq curl sqlite3 python3 ncurses-term

# ---- libraries, by pkg-config; as-needed drops what an executable does not use ----
PKGS := ncursesw sqlite3 libcurl libcjson libconfuse libmicrohttpd libutf8proc libsodium
ifneq ($(filter-out deps deps-test clean help,$(or $(MAKECMDGOALS),all)),)
PKG_CFLAGS = $(eval PKG_CFLAGS := $$(shell pkg-config --cflags $(PKGS) 2>/dev/null))$(PKG_CFLAGS)
PKG_LIBS = $(eval PKG_LIBS := $$(shell pkg-config --libs $(PKGS) 2>/dev/null) -ljq -lm)$(PKG_LIBS)
endif

# ---- sources, by wildcard: everything but the mains is one archive, so each program links just what it uses ----
SOURCES := $(filter-out src/cli/main_%.c,$(wildcard src/*/*.c ui/*.c))
OBJECTS := $(SOURCES:%.c=$(BUILD)/%.o) $(BUILD)/gen/sql.o $(BUILD)/gen/schema.o $(BUILD)/gen/files.o
ARCHIVE := $(BUILD)/libtocsin.a
PROGRAMS := $(BUILD)/tocsin $(BUILD)/tocsin-sync $(BUILD)/tocsin-hub
QUERY_FILES := $(sort $(wildcard data/sql/query/*.sql))
SCHEMA_FILES := $(sort $(wildcard data/sql/schema/*/*.sql))
EMBEDDED_FILES := $(sort $(wildcard data/tocsin.conf data/themes/*))

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
$(BUILD)/tocsin: $(BUILD)/src/cli/main_tocsin.o $(ARCHIVE)
	$(CC) -o $@ $^ $(LDFLAGS) $(PKG_LIBS)
$(BUILD)/tocsin-%: $(BUILD)/src/cli/main_%.o $(ARCHIVE)
	$(CC) -o $@ $^ $(LDFLAGS) $(PKG_LIBS)

# ---- tests ----
UNIT_SOURCES := $(wildcard tests/unit/test_*.c)
UNIT_TESTS := $(UNIT_SOURCES:%.c=$(BUILD)/%)
SUPPORT_OBJECTS := $(patsubst %.c,$(BUILD)/%.o,$(wildcard tests/support/*.c))
$(BUILD)/tests/%: $(BUILD)/tests/%.o $(SUPPORT_OBJECTS) $(ARCHIVE)
	$(CC) -o $@ $(BUILD)/tests/$*.o $(SUPPORT_OBJECTS) $(ARCHIVE) $(LDFLAGS) $(PKG_LIBS) $(shell pkg-config --libs cmocka vterm 2>/dev/null) -lutil

.PHONY: unit
unit: $(UNIT_TESTS) ## build and run the unit tests
	tests/run.sh $(UNIT_TESTS)

.PHONY: clean
clean: ## remove everything built
	rm -rf build

.PHONY: help
help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "%-14s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

-include $(OBJECTS:.o=.d) $(wildcard $(BUILD)/src/cli/*.d $(BUILD)/tests/*/*.d)
