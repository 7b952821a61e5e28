# SPDX-License-Identifier: MIT
#
# mcp-oauth: GNU make, one file, nothing to configure first.  Everything built
# lies under build/.  "make help" prints the targets; settings such as
# prefix= or CFLAGS= go on the command line or into config.mk.

VERSION = 0.1.0

BUILD = build
DESTDIR =
prefix = /usr/local
bindir = $(prefix)/bin
libexecdir = $(prefix)/libexec
datadir = $(prefix)/share
mandir = $(datadir)/man
sysconfdir = /etc
# The group of the web server, which is to enter $(sysconfdir)/mcp-oauth: make
# install gives a folder to it that it makes.
webgroup = $(if $(DESTDIR),,$(if $(filter 0,$(shell id -u)),$(shell \
    getent group www-data | cut -d : -f 1)))

CC = gcc
AR = ar
INSTALL = install
PKG_CONFIG = pkg-config
CFLAGS = -O2 -g
LDFLAGS =
# What one node process may need: the version that "npm ci" puts here.
NODE = $(CURDIR)/tests/node_modules/node/bin/node
# Of the demo: its port, the folder of its file env, and an MCP server of yours,
# an http URL, in place of its own.
PORT = 8080
DEMO_DIR = build/demo
MCP =
# The web server of the demo and the wire tests: a file of demo/site/front.
FRONT = apache
# Where check-attacks tries the table of attacks, and the folders of its tests.
ATTACK_FRONTS = cgi lighttpd
ATTACK_FOLDERS = http clients
# Of first-call.
ROUNDS = 1
WAYS = package bundle source
# How long "make fuzz" feeds each target.
FUZZ_SECONDS = 300

# How long "make soak" keeps a site in use.
SOAK_SECONDS = 3600

# V=1 shows whole commands.
V =

-include config.mk

WARNINGS = -Wall -Wextra -Wpedantic -Wconversion -Wshadow -Wstrict-prototypes \
    -Wmissing-prototypes -Wswitch-enum -Wformat=2 -Wvla
ifdef SANITIZE
HARDENING = -fsanitize=$(SANITIZE) -fno-sanitize-recover=all \
    -fno-omit-frame-pointer
LINK_HARDENING = -fsanitize=$(SANITIZE)
else
HARDENING = -D_FORTIFY_SOURCE=2 -fstack-protector-strong
LINK_HARDENING = -Wl,-z,relro,-z,now
endif
PACKAGES = libsodium json-c libpq libcrypto
PACKAGE_CFLAGS := $(shell $(PKG_CONFIG) --cflags $(PACKAGES) 2>/dev/null)
PACKAGE_LIBS := $(shell $(PKG_CONFIG) --libs $(PACKAGES) 2>/dev/null)
# Where it is there, second_factor shows a QR code; no other program links it.
# Debian has no static one.
ifeq ($(STATIC),)
ifeq ($(shell $(PKG_CONFIG) --exists libqrencode 2>/dev/null && echo yes),yes)
PACKAGE_CFLAGS += -DHAVE_QRENCODE $(shell $(PKG_CONFIG) --cflags libqrencode)
PACKAGE_LIBS += $(shell $(PKG_CONFIG) --libs libqrencode)
endif
endif
# The doctor asks the running site, and fetch asks others.
CURL_LIBS := $(shell $(PKG_CONFIG) --libs libcurl 2>/dev/null)

# An object is known by its whole path too, for a make whose BUILD is one.
both_names = -MT '$(abspath $(1))' -MT '$(patsubst $(CURDIR)/%,%,$(abspath $(1)))'

# What a source means, whoever reads it.
LANGUAGE = -std=c11 -D_POSIX_C_SOURCE=200809L -Icommon \
    -DMCP_OAUTH_VERSION='"$(VERSION)"' \
    -DMCP_OAUTH_SYSCONFDIR='"$(sysconfdir)"' \
    -DMCP_OAUTH_LIBEXECDIR='"$(libexecdir)/mcp-oauth"' \
    -DMCP_OAUTH_DATADIR='"$(datadir)/mcp-oauth"' \
    $(PACKAGE_CFLAGS) $(CPPFLAGS)
COMPILE = $(CC) $(LANGUAGE) $(WARNINGS) $(CFLAGS) $(HARDENING) \
    -fPIE -pthread -MMD -MP $(call both_names,$@)
LINK = $(CC) $(CFLAGS) -pie -pthread $(LINK_HARDENING) $(LDFLAGS)
# Each program links only what it uses: metadata and jwks come without libpq.
LIBS = -Wl,--as-needed -lfcgi $(PACKAGE_LIBS)
# For hosts of which little is known: only libpq, libcurl and libc are theirs.
# What is linked in stays hidden from those, or they would use our copy of what
# they bring along themselves.
ifneq ($(STATIC),)
LIBS = -Wl,--as-needed -Wl,--exclude-libs,ALL -Wl,-Bstatic -lfcgi -ljson-c \
    -lsodium -lcrypto -Wl,-Bdynamic -lpq
endif

# A build for tests/faults/crash.test.mjs, into a BUILD of its own: programs that
# end or stop where a test says.  No other build holds any of it.
ifdef CRASH
CPPFLAGS += -DCRASH
endif

# Sources by wildcard: a new endpoint or module changes no line here.
all_of = $(filter-out tests/node_modules/%,$(wildcard common/*/*.$(1) \
    cgi-bin/*.$(1) cgi-bin/*/*.$(1) admin/*.$(1) demo/*.$(1) tests/*/*.$(1) \
    tests/*/*/*.$(1)))
SOURCES := $(call all_of,c)
object = $(patsubst %.c,$(BUILD)/%.o,$(1))
COMMON := $(call object,$(sort $(wildcard common/*/*.c)))
ifdef CRASH
COMMON += $(call object,tests/faults/crash.c)
endif
GUARD := $(call object,$(sort $(wildcard cgi-bin/guard/*.c)))
FETCH := $(call object,$(sort $(wildcard cgi-bin/fetch/*.c)))
ADMIN := $(call object,$(sort $(wildcard admin/*.c)))
DEMO := $(call object,$(sort $(wildcard demo/*.c)))
ENDPOINTS := $(patsubst %.c,$(BUILD)/%,$(sort $(wildcard cgi-bin/*.c)))
FUZZERS := $(patsubst %.c,$(BUILD)/%,$(sort $(wildcard tests/fuzz/fuzz_*.c)))
# What of the programs the fuzz targets feed, and what stands in for the rest.
FUZZ_PARTS := $(call object,tests/fuzz/harness.c tests/fuzz/io.c \
    tests/fuzz/arena.c $(filter-out cgi-bin/guard/guard.c,$(sort \
    $(wildcard cgi-bin/guard/*.c))) cgi-bin/fetch/freshness.c)
FLOORS := $(patsubst %.c,$(BUILD)/%,$(sort $(wildcard tests/bench/floors/*.c)))
UNIT_TESTS := $(patsubst %.c,$(BUILD)/%,$(sort $(wildcard tests/unit/test_*.c)))
PROGRAMS := $(ENDPOINTS) $(if $(GUARD),$(BUILD)/guard/guard) \
    $(if $(FETCH),$(BUILD)/fetch/fetch) \
    $(if $(ADMIN),$(BUILD)/admin/mcp-oauth) \
    $(if $(DEMO),$(BUILD)/demo/whoami)
SCHEMA := $(sort $(wildcard schema/[0-9]*.sql)) \
    $(sort $(wildcard schema/functions/*.sql)) \
    $(wildcard schema/adoption.sql schema/views.sql schema/roles.sql schema/grants.sql)
PAGES := $(sort $(wildcard common/http/pages/*))
HTTP_TESTS := $(sort $(wildcard tests/http/*.test.mjs))
APACHE_TESTS := $(shell grep -l '^// This is about Apache itself' $(HTTP_TESTS))
FRONT_TESTS := $(sort $(wildcard tests/fronts/*.test.mjs))
CLIENT_TESTS := $(sort $(wildcard tests/clients/*.test.mjs))
LONG_CLIENT_TESTS := $(sort $(wildcard tests/clients/long/*.test.mjs))
PACKAGE_TESTS := $(sort $(wildcard tests/packages/*.test.mjs))
FAULT_TESTS := $(sort $(wildcard tests/faults/*.test.mjs))
MAN8 := $(sort $(wildcard cgi-bin/*.8 cgi-bin/*/*.8 admin/*.8))
MAN5 := $(sort $(wildcard docs/*.5))

.DELETE_ON_ERROR:
.SECONDARY:
.PHONY: all demo demo-start demo-stop check check-unit check-sql check-http \
    check-fronts check-clients check-attacks check-long check-faults \
    check-packages check-fuzz check-mutations check-valgrind check-all soak \
    lint analyze tidy asan fuzz fuzzers bench bench-quick bench-counts \
    bench-memory bench-floors first-call format bundle bundle-file deb install \
    install-demo dist clean migrate help packages unit-tests FORCE

all: $(PROGRAMS) ## build every program

# ---- building

say = $(if $(V),,@printf '  %-4s  %s\n' $(1) $@; )

# A target of its own, so that a source file that comes or goes is noticed;
# sources, since objects have another name when BUILD is an absolute path.
define remember
@mkdir -p $(@D)
@echo '$(1)' | cmp -s - $@ || echo '$(1)' >$@
endef

$(BUILD)/common.list: FORCE
	$(call remember,$(sort $(wildcard common/*/*.c)))
$(BUILD)/schema.list: FORCE
	$(call remember,$(SCHEMA))

$(BUILD)/%.o: %.c Makefile $(wildcard config.mk)
	@mkdir -p $(@D)
	$(call say,CC)$(COMPILE) -c -o $@ $<

$(BUILD)/pages.list: FORCE
	$(call remember,$(PAGES))

$(BUILD)/libcommon.a: $(COMMON) $(BUILD)/pages/embedded.o $(BUILD)/common.list
	@rm -f $@
	$(call say,AR)$(AR) rcs $@ $(COMMON) $(BUILD)/pages/embedded.o

$(ENDPOINTS) $(UNIT_TESTS): $(BUILD)/%: $(BUILD)/%.o $(BUILD)/libcommon.a
	$(call say,LINK)$(LINK) -o $@ $^ $(LIBS)

$(BUILD)/tests/fuzz/parse: $(BUILD)/tests/fuzz/parse.o $(BUILD)/libcommon.a
	$(call say,LINK)$(LINK) -o $@ $^ $(LIBS)

# Nothing of ours is in them.
$(FLOORS): $(BUILD)/%: $(BUILD)/%.o
	$(call say,LINK)$(LINK) -o $@ $^ $(LIBS)

$(BUILD)/guard/guard: $(GUARD) $(BUILD)/libcommon.a
	@mkdir -p $(@D)
	$(call say,LINK)$(LINK) -o $@ $^ $(LIBS)

$(BUILD)/fetch/fetch: $(FETCH) $(BUILD)/libcommon.a
	@mkdir -p $(@D)
	$(call say,LINK)$(LINK) -o $@ $^ $(LIBS) $(CURL_LIBS)

$(BUILD)/admin/mcp-oauth: $(ADMIN) $(BUILD)/schema/embedded.o \
    $(BUILD)/libcommon.a
	$(call say,LINK)$(LINK) -o $@ $^ $(LIBS) $(CURL_LIBS)

$(BUILD)/demo/whoami: $(DEMO) $(BUILD)/libcommon.a
	@mkdir -p $(@D)
	$(call say,LINK)$(LINK) -o $@ $^ $(LIBS)

$(FUZZERS): $(BUILD)/%: $(BUILD)/%.o $(FUZZ_PARTS) $(BUILD)/libcommon.a
	$(call say,LINK)$(LINK) -fsanitize=fuzzer -o $@ $^ $(LIBS)

# A C file that holds files as a table (base/embedded.h).
# $(call embed,HEADER,TABLE,FILES,FOLDER to leave out of their names)
define embed
@mkdir -p $(@D)
@printf '/* Made by make. */\n#include "$(1)"\n' >$@
@n=0; for f in $(3); do \
    printf 'static const unsigned char file_%d[] = {\n' $$n; \
    od -An -v -tu1 $$f | awk '{gsub(/ +/, ","); sub(/^,/, ""); print $$0 ","}'; \
    printf '0};\n'; n=$$((n + 1)); done >>$@
@printf 'extern const struct embedded_file $(2)[];\n' >>$@
@printf 'const struct embedded_file $(2)[] = {\n' >>$@
@n=0; for f in $(3); do \
    printf '{"%s", file_%d, sizeof(file_%d) - 1},\n' $${f#$(4)/} $$n $$n; \
    n=$$((n + 1)); done >>$@
@printf '{0}};\n' >>$@
endef

# The command carries the schema: a host without psql can migrate.
$(BUILD)/schema/embedded.c: $(SCHEMA) $(BUILD)/schema.list Makefile
	$(call embed,admin/embedded.h,embedded_schema,$(SCHEMA),schema)

$(BUILD)/schema/embedded.o: $(BUILD)/schema/embedded.c admin/embedded.h
	$(call say,CC)$(COMPILE) -I. -c -o $@ $<

# The endpoints carry the pages.
$(BUILD)/pages/embedded.c: $(PAGES) $(BUILD)/pages.list Makefile
	$(call embed,base/embedded.h,embedded_pages,$(PAGES),common/http/pages)

$(BUILD)/pages/embedded.o: $(BUILD)/pages/embedded.c
	$(call say,CC)$(COMPILE) -c -o $@ $<

-include $(shell find $(BUILD) -path $(BUILD)/deb -prune -o -name '*.d' \
    -print 2>/dev/null)

# ---- the demo

packages:
	@demo/packages.sh build demo '$(FRONT)'

RUN_DEMO = BUILD='$(BUILD)' SITE_FRONT='$(FRONT)' SITE_MCP='$(MCP)' demo/site.sh

demo: packages ## install what is missing, build, and serve until Ctrl-C (PORT=8080; MCP=URL, your own MCP server; FRONT=pool ...)
	@$(MAKE) --no-print-directory all
	@$(RUN_DEMO) run '$(DEMO_DIR)' '$(PORT)'

demo-start: packages ## the same in the background; build/demo/env tells what a script needs
	@$(MAKE) --no-print-directory all
	@$(RUN_DEMO) start '$(DEMO_DIR)' '$(PORT)'

demo-stop: ## end the demo and remove what it kept
	@demo/site.sh stop '$(DEMO_DIR)'

# ---- checking

TEST_ENV = BUILD='$(abspath $(BUILD))' NODE='$(NODE)'
# A site waits more than it works: several at once.
NODE_TEST = $(TEST_ENV) $(NODE) --test --test-concurrency=4 --test-reporter=spec

check: ## unit, SQL, wire, real clients, a browser: everything in a few minutes
	@demo/packages.sh build demo check
	@$(MAKE) --no-print-directory all
	@$(MAKE) --no-print-directory check-unit
	@$(MAKE) --no-print-directory check-sql
	@$(MAKE) --no-print-directory check-http
	@$(MAKE) --no-print-directory check-fronts
	@$(MAKE) --no-print-directory check-clients

unit-tests: $(UNIT_TESTS)

check-unit: $(UNIT_TESTS) ## the C modules, in process
	prove $(PROVE_FLAGS) --exec '' $(UNIT_TESTS)

check-sql: all ## the schema, its functions and its rights (pgTAP)
	$(TEST_ENV) tests/sql/run.sh

check-http: all tests/node_modules/.package-lock.json ## every endpoint over the wire, behind a private Apache (or FRONT=lighttpd)
ifeq ($(FRONT),apache)
	$(NODE_TEST) $(HTTP_TESTS)
else
	@for f in $(APACHE_TESTS); do echo "skipped, this is about Apache itself: $$f"; done
	SITE_FRONT=$(FRONT) $(NODE_TEST) $(filter-out $(APACHE_TESTS),$(HTTP_TESTS))
endif

check-fronts: all tests/node_modules/.package-lock.json ## one suite for each web server in front
	$(NODE_TEST) $(FRONT_TESTS)

check-clients: all tests/node_modules/.package-lock.json ## real MCP and OAuth clients and a browser
	$(if $(CLIENT_TESTS),$(NODE_TEST) $(CLIENT_TESTS),@echo 'no client tests')

check-attacks: all tests/node_modules/.package-lock.json ## the attacks that tests/README.md lists, on plain CGI and lighttpd (ATTACK_FRONTS=)
	$(TEST_ENV) ATTACK_FOLDERS='$(ATTACK_FOLDERS)' \
	    $(NODE) tests/lib/attacks.mjs $(ATTACK_FRONTS)

check-long: all tests/node_modules/.package-lock.json ## clients in all their ways, Firefox, a server in all the suite's scenarios
	@demo/packages.sh long
	$(if $(LONG_CLIENT_TESTS),$(NODE_TEST) $(LONG_CLIENT_TESTS),@echo 'no long client tests')

check-packages: all tests/node_modules/.package-lock.json ## what is handed out, installed as its users would
	@test "$$(id -u)" != 0 || demo/packages.sh deb
	$(if $(PACKAGE_TESTS),$(NODE_TEST) $(PACKAGE_TESTS),@echo 'no package tests')

CRASH_BUILD = BUILD='$(CURDIR)/build/crash' CRASH=1

check-faults: all tests/node_modules/.package-lock.json ## processes killed, disks full, databases away
	@$(MAKE) --no-print-directory $(CRASH_BUILD) all
	$(if $(FAULT_TESTS),$(NODE_TEST) $(FAULT_TESTS),@echo 'no fault tests')

# Mutants are caught one after the other; ONLY= chooses some.
check-mutations: tests/node_modules/.package-lock.json ## break each promise in a copy, and see that its test fails (a quarter of an hour)
	@demo/packages.sh build demo check
	$(NODE) tests/mutations/run.mjs

soak: all tests/node_modules/.package-lock.json ## a site in use for SOAK_SECONDS (3600): nothing grows, nothing fails
	SOAK_SECONDS='$(SOAK_SECONDS)' $(NODE_TEST) tests/faults/soak.test.mjs

check-valgrind: $(UNIT_TESTS) ## the unit tests under valgrind
	prove --exec 'valgrind -q --error-exitcode=99 --leak-check=full' $(UNIT_TESTS)

fuzz: ## every parser of foreign bytes, FUZZ_SECONDS (300) each, under ASan and UBSan
	@demo/packages.sh build fuzz
	@$(MAKE) --no-print-directory $(FUZZ_BUILD) fuzzers
	BUILD='$(CURDIR)/build/fuzz' tests/fuzz/run.sh '$(FUZZ_SECONDS)'

check-fuzz: tests/node_modules/.package-lock.json ## the corpus, 15 s of each target, and a second opinion on URIs and forms
	@demo/packages.sh build fuzz
	@$(MAKE) --no-print-directory $(FUZZ_BUILD) fuzzers
	BUILD='$(CURDIR)/build/fuzz' tests/fuzz/run.sh corpus
	BUILD='$(CURDIR)/build/fuzz' tests/fuzz/run.sh 15
	BUILD='$(CURDIR)/build/fuzz' $(NODE) --test --test-reporter=spec tests/fuzz/*.test.mjs

FUZZ_BUILD = BUILD=build/fuzz CC=clang-14 CFLAGS='-O1 -g' \
    SANITIZE=fuzzer-no-link,address,undefined

fuzzers: $(FUZZERS) $(BUILD)/tests/fuzz/parse

check-all: check ## check and what is long or needs root: attacks, clients, faults, fuzzing, sanitizers, valgrind
	@$(MAKE) --no-print-directory analyze
	@$(MAKE) --no-print-directory check-attacks
	@$(MAKE) --no-print-directory check-long
	@$(MAKE) --no-print-directory check-faults
	@$(MAKE) --no-print-directory check-packages
	@$(MAKE) --no-print-directory check-fuzz
	@$(MAKE) --no-print-directory asan
	@$(MAKE) --no-print-directory check-valgrind
	@$(MAKE) --no-print-directory bench-quick

asan: ## unit and wire tests on a build of their own with AddressSanitizer and UBSan
	@$(MAKE) --no-print-directory BUILD=build/asan \
	    SANITIZE=address,undefined CFLAGS='-O1 -g' check-unit check-http

# ---- measuring

BENCH = @demo/packages.sh build demo bench \
    $(if $(filter 1,$(PEERS)),bench-peers) && \
    $(MAKE) --no-print-directory all bench-floors \
    tests/node_modules/.package-lock.json && $(TEST_ENV)

bench: ## measure every workload, ours beside floors and, with PEERS=1, other servers (docs/performance.md)
	$(BENCH) PEERS='$(PEERS)' $(NODE) tests/bench/bench.mjs

bench-quick: ## the same in a short round that only shows that the benchmark works
	$(BENCH) $(NODE) --test --test-reporter=dot tests/bench/report.test.mjs
	$(BENCH) QUICK=1 $(NODE) tests/bench/bench.mjs

bench-counts: ## instructions, allocations, system calls and statements a request, which no other load changes
	$(BENCH) $(NODE) tests/bench/counts.mjs

bench-memory: ## what the processes of a site hold over a million requests (REQUESTS=)
	$(BENCH) $(NODE) tests/bench/memory.mjs

first-call: ## how long from a bare Debian to the first guarded call: package, bundle, sources (as root; ROUNDS=1)
	@demo/packages.sh build demo deb
	@$(MAKE) --no-print-directory all tests/node_modules/.package-lock.json
	$(TEST_ENV) ROUNDS='$(ROUNDS)' WAYS='$(WAYS)' $(NODE) tests/bench/first_call.mjs

bench-floors: $(FLOORS)

tests/node_modules/.package-lock.json: tests/package-lock.json
	cd tests && npm ci --no-audit --no-fund --loglevel=error
	@touch $@

lint: ## formatting, compiler warnings, cppcheck, shellcheck, mandoc and house rules
	@demo/packages.sh build lint
	@MAKE='$(MAKE)' .ci/lint

analyze: ## ways through each function that end badly, as gcc -fanalyzer and clang-tidy see them
	@demo/packages.sh build analyze
	@$(MAKE) --no-print-directory -s BUILD=build/analyze \
	    CFLAGS='-O2 -fanalyzer -Werror' all
	@$(MAKE) --no-print-directory -s -j2 -k tidy
	@echo 'analyze: nothing found'

# One file a process: clang-tidy 14 takes a va_list of the second for one of the
# first.  How many warnings it kept for itself is told to nobody.
TIDY := $(addprefix tidy/,$(SOURCES))
tidy/tests/faults/crash.c: CPPFLAGS += -DCRASH
$(TIDY): tidy/%: FORCE
	@said=$$($$(command -v clang-tidy-14 || echo clang-tidy) --quiet \
	    --config-file=.ci/clang-tidy $* -- $(LANGUAGE) 2>&1) || \
	    { printf '%s\n' "$$said"; exit 1; }
tidy: $(TIDY)

format: ## lay out the C sources as lint wants them
	$$(command -v clang-format-14 || echo clang-format) -i \
	    $(SOURCES) $(call all_of,h)

# ---- installing: each file is a new one, so running programs keep theirs

at = $(DESTDIR)$(1)/mcp-oauth
install: all ## programs, manual pages, snippets and SQL (DESTDIR, prefix, sysconfdir, webgroup ...)
	$(INSTALL) -d $(call at,$(libexecdir))/cgi-bin \
	    $(call at,$(libexecdir))/guard $(call at,$(libexecdir))/fetch \
	    $(DESTDIR)$(bindir) \
	    $(call at,$(datadir))/apache-conf $(call at,$(datadir))/lighttpd-conf \
	    $(call at,$(datadir))/nginx-conf $(call at,$(datadir))/caddy \
	    $(call at,$(datadir))/systemd \
	    $(call at,$(datadir))/fail2ban/filter.d \
	    $(call at,$(datadir))/fail2ban/jail.d \
	    $(call at,$(datadir))/pages \
	    $(call at,$(datadir))/schema/functions \
	    $(DESTDIR)$(datadir)/bash-completion/completions \
	    $(DESTDIR)$(mandir)/man5 $(DESTDIR)$(mandir)/man8
	@test -d $(call at,$(sysconfdir)) || { \
	    $(INSTALL) -d -m 750 $(call at,$(sysconfdir)) && \
	    { test -z '$(webgroup)' || chgrp '$(webgroup)' $(call at,$(sysconfdir)); }; }
	$(if $(ENDPOINTS),$(INSTALL) -m 755 $(ENDPOINTS) $(call at,$(libexecdir))/cgi-bin)
	$(if $(GUARD),$(INSTALL) -m 755 $(BUILD)/guard/guard $(call at,$(libexecdir))/guard)
	$(if $(FETCH),$(INSTALL) -m 755 $(BUILD)/fetch/fetch $(call at,$(libexecdir))/fetch)
	$(if $(ADMIN),$(INSTALL) -m 755 $(BUILD)/admin/mcp-oauth $(DESTDIR)$(bindir))
	@mkdir -p $(addprefix $(BUILD)/,apache-conf lighttpd-conf nginx-conf systemd)
	@for f in apache-conf/*.* lighttpd-conf/* nginx-conf/* systemd/*; do \
	    sed -e 's|/usr/local/libexec|$(libexecdir)|g' \
	        -e 's|/usr/local/share|$(datadir)|g' \
	        -e 's|/etc/mcp-oauth|$(sysconfdir)/mcp-oauth|g' \
	        "$$f" >"$(BUILD)/$$f.$$$$" && \
	    case $$f in *.sh) mode=755 ;; *) mode=644 ;; esac && \
	    $(INSTALL) -m $$mode "$(BUILD)/$$f.$$$$" \
	        "$(call at,$(datadir))/$$f" && \
	    rm "$(BUILD)/$$f.$$$$" || exit 1; done
	$(INSTALL) -m 644 docs/caddy/mcp-oauth.caddy $(call at,$(datadir))/caddy
	@for f in filter.d/mcp-oauth.conf jail.d/mcp-oauth.conf; do \
	    $(INSTALL) -m 644 "docs/fail2ban/$$f" \
	        "$(call at,$(datadir))/fail2ban/$$f" || exit 1; done
	$(INSTALL) -m 644 $(PAGES) $(call at,$(datadir))/pages
	$(if $(wildcard schema/*.sql),$(INSTALL) -m 644 $(wildcard schema/*.sql) \
	    $(call at,$(datadir))/schema)
	$(if $(wildcard schema/functions/*.sql),$(INSTALL) -m 644 \
	    $(wildcard schema/functions/*.sql) \
	    $(call at,$(datadir))/schema/functions)
	$(INSTALL) -m 644 admin/mcp-oauth.bash-completion \
	    $(DESTDIR)$(datadir)/bash-completion/completions/mcp-oauth
	$(if $(MAN8),$(INSTALL) -m 644 $(MAN8) $(DESTDIR)$(mandir)/man8)
	$(if $(MAN5),$(INSTALL) -m 644 $(MAN5) $(DESTDIR)$(mandir)/man5)

install-demo: all ## the demo's MCP server
	$(INSTALL) -d $(call at,$(libexecdir))/demo
	$(if $(DEMO),$(INSTALL) -m 755 $(BUILD)/demo/whoami $(call at,$(libexecdir))/demo)

# ---- one archive for shared hosts

BUNDLE = mcp-oauth-$(VERSION)
BUNDLE_FILE = $(BUILD)/$(BUNDLE)-$(shell uname -m).tar.xz
BUNDLE_HTACCESS = $(wildcard apache-conf/shared-host/*.htaccess) \
    apache-conf/shared-host.htaccess
BUNDLE_FILES = $(addprefix apache-conf/shared-host/,install settings) LICENSE
# Debian's packages of what is linked in, whose licences go along.
LINKED_IN = libfcgi-dev libjson-c-dev libsodium-dev libssl-dev

bundle: ## an archive for shared hosts: programs that need little of the host, and what installs them
	@demo/packages.sh build
	@$(MAKE) --no-print-directory BUILD=$(BUILD)/static STATIC=1 \
	    LDFLAGS='$(LDFLAGS) -s' bundle-file
	@$(INSTALL) -m 644 $(BUILD)/static/$(notdir $(BUNDLE_FILE)) $(BUNDLE_FILE)
	@ls -l $(BUNDLE_FILE)

bundle-file: $(BUNDLE_FILE)

$(BUNDLE_FILE): $(PROGRAMS) $(BUNDLE_HTACCESS) $(BUNDLE_FILES) \
    docs/shared-hosting.md
	$(call say,TAR)rm -rf $(BUILD)/$(BUNDLE)
	@mkdir -p $(addprefix $(BUILD)/$(BUNDLE)/,bin cgi-bin fetch guard htaccess licences)
	@cp $(BUILD)/admin/mcp-oauth $(BUILD)/$(BUNDLE)/bin
	@cp $(ENDPOINTS) $(BUILD)/$(BUNDLE)/cgi-bin
	@cp $(BUILD)/fetch/fetch $(BUILD)/$(BUNDLE)/fetch
	@cp $(BUILD)/guard/guard $(BUILD)/$(BUNDLE)/guard
	@cp $(BUNDLE_HTACCESS) $(BUILD)/$(BUNDLE)/htaccess
	@cp $(BUNDLE_FILES) $(BUILD)/$(BUNDLE)
	@cp docs/shared-hosting.md $(BUILD)/$(BUNDLE)/README.md
	@for p in $(LINKED_IN); do \
	    cp /usr/share/doc/$$p/copyright $(BUILD)/$(BUNDLE)/licences/$$p || exit 1; done
	@$(BUILD)/admin/mcp-oauth migrate --print >$(BUILD)/$(BUNDLE)/schema.sql
	@tar -C $(BUILD) --owner=0 --group=0 --sort=name -cf - $(BUNDLE) | xz -9 >$@
	@rm -rf $(BUILD)/$(BUNDLE)

# ---- the Debian package: debian/ says how, in a copy of the sources

DEB_TREE = $(BUILD)/deb/mcp-oauth-$(VERSION)
# The day of the last change, so that the same sources make the same package.
DEB_DATE = $(shell date -R -u -d "$$(git log -1 --format=%cI 2>/dev/null || \
    date -r CHANGELOG.md -Iseconds)")

deb: ## a Debian package, in build/deb (docs/debian.md)
	@demo/packages.sh build deb
	@rm -rf $(DEB_TREE) $(BUILD)/deb/*.deb $(BUILD)/deb/*.changes
	@mkdir -p $(DEB_TREE)
	@tar -c --exclude=./build --exclude=./.git --exclude=./config.mk \
	    --exclude=./tests/node_modules . | tar -x -C $(DEB_TREE)
	@printf 'mcp-oauth (%s) unstable; urgency=medium\n\n  * See changelog.gz.\n\n -- %s  %s\n' \
	    '$(VERSION)' "$$(sed -n 's/^Maintainer: //p' debian/control)" \
	    '$(DEB_DATE)' >$(DEB_TREE)/debian/changelog
	cd $(DEB_TREE) && env -u MAKEFLAGS -u MFLAGS \
	    DEB_BUILD_OPTIONS="nocheck noautodbgsym $$DEB_BUILD_OPTIONS" \
	    dpkg-buildpackage -us -uc -b >../build.log 2>&1 || \
	    { tail -n 40 ../build.log; exit 1; }
	@rm -rf $(DEB_TREE)
	@ls -l $(BUILD)/deb/*.deb

migrate: $(BUILD)/admin/mcp-oauth ## bring the database of DATABASE_URL to this version
	$(BUILD)/admin/mcp-oauth migrate

dist: ## an archive of the committed sources
	@mkdir -p $(BUILD)
	git archive --prefix=mcp-oauth-$(VERSION)/ \
	    -o $(BUILD)/mcp-oauth-$(VERSION).tar.gz HEAD

clean: ## remove what was built (stops the demo first)
	@test ! -e build/demo/env || demo/site.sh stop build/demo
	rm -rf build

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  %-15s %s\n", $$1, $$2}' \
	    Makefile
