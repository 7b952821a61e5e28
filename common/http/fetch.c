/* SPDX-License-Identifier: MIT */
#define _DEFAULT_SOURCE /* closefrom */
#include "http/fetch.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/auto.h"
#include "base/buf.h"
#include "base/monotonic.h"
#include "base/slot.h"
#include "base/text.h"
#include "base/uri.h"

enum {
	AT_ONCE = 2, /* on one host, of either kind */
	WAIT_FOR_SLOT_MS = 500,
	FRESH_MIN_S = 300,
	FRESH_MAX_S = 86400,
	FRESH_DEFAULT_S = 3600,
	GRACE_MS = 1000, /* beyond the program's own timeout */
	FIRST_LINE_MAX_BYTES = 512,
};

const char *
fetch_origin(struct arena *arena, const char *url)
{
	struct uri uri;

	if (!uri_parse(arena, url, &uri) || !text_equal(uri.scheme, "https") ||
	    uri.userinfo || uri.fragment || uri_has_dot_segments(&uri) ||
	    !uri_host_is_plain(&uri))
		return NULL;
	return uri_origin(arena, &uri);
}

/* ---- the program ---- */

/* In the child: nothing of ours goes along but the pipe to write to. */
static void
become(const char *const *argv, int out, bool sandbox)
{
	static char path[] = "PATH=/usr/bin:/bin";
	static char off[] = FETCH_SANDBOX "=off";
	char *const environment[] = {path, sandbox ? NULL : off, NULL};
	int null = open("/dev/null", O_RDWR);
	sigset_t none; /* a thread that takes no signals may have started it */

	(void)sigemptyset(&none);
	(void)sigprocmask(SIG_SETMASK, &none, NULL);

	if (null < 0 || dup2(null, STDIN_FILENO) < 0 ||
	    dup2(out, STDOUT_FILENO) < 0 || dup2(null, STDERR_FILENO) < 0)
		_exit(127);
	closefrom(STDERR_FILENO + 1);
	(void)execve(argv[0], (char *const *)(uintptr_t)argv, environment);
	_exit(127);
}

/* Start it; *out is where its words can be read.  -1 on failure. */
static pid_t
start(const char *const *argv, int *out, bool sandbox)
{
	int ends[2];
	pid_t pid;

	if (pipe(ends) != 0)
		return -1;
	pid = fork();
	if (pid == 0)
		become(argv, ends[1], sandbox);
	(void)close(ends[1]);
	if (pid < 0)
		(void)close(ends[0]);
	else
		*out = ends[0];
	return pid;
}

/* Everything it says until it ends, max_bytes and deadline_ms allowing. */
static bool
read_all(int out, struct buf *said, size_t max_bytes, int64_t deadline_ms)
{
	struct pollfd waiting = {.fd = out, .events = POLLIN};
	char part[4096];
	ssize_t len;
	int64_t left_ms;

	for (;;) {
		left_ms = deadline_ms - monotonic_ms();
		if (left_ms <= 0 || said->len > max_bytes)
			return false;
		if (poll(&waiting, 1, (int)left_ms) < 0) {
			if (errno == EINTR)
				continue;
			return false;
		}
		len = read(out, part, sizeof(part));
		if (len == 0)
			return true;
		if (len < 0 && errno != EINTR)
			return false;
		if (len > 0)
			buf_add_n(said, part, (size_t)len);
	}
}

/* ---- what it says ---- */

/* How long to keep what its maker wants to be kept for max_age_s, or -1. */
static int64_t
fresh_s(int64_t max_age_s)
{
	if (max_age_s < 0)
		return FRESH_DEFAULT_S;
	if (max_age_s < FRESH_MIN_S)
		return FRESH_MIN_S;
	return max_age_s < FRESH_MAX_S ? max_age_s : FRESH_MAX_S;
}

static enum fetch_result
read_document(struct arena *arena, const char *text, size_t len, int64_t age_s,
    struct fetched *ret, const char **reason)
{
	struct json_object *document = json_read(text, len);

	*reason = "the answer is no well-formed JSON object";
	if (!json_object_is_type(document, json_type_object)) {
		json_object_put(document);
		return FETCH_REFUSED;
	}
	ret->document = document;
	ret->text = arena_strndup(arena, text, len);
	ret->fresh_s = fresh_s(age_s);
	return FETCH_GOOD;
}

static enum fetch_result
interpret(struct arena *arena, const struct buf *said, struct fetched *ret,
    const char **reason)
{
	const char *text = buf_text(said), *end = strchr(text, '\n');
	const char *line, *blank;
	int64_t age_s = -1;

	*reason = "the program fetch did not run to its end";
	if (!end || end - text > FIRST_LINE_MAX_BYTES)
		return FETCH_FAILED;
	line = arena_strndup(arena, text, (size_t)(end - text));
	blank = strchr(line, ' ');
	if (!blank)
		return FETCH_FAILED;
	if (text_starts(line, "good ")) {
		if (!text_equal(blank + 1, "-1") &&
		    !text_to_int64(blank + 1, INT32_MAX, &age_s))
			return FETCH_FAILED;
		return read_document(arena, end + 1,
		    said->len - (size_t)(end + 1 - text), age_s, ret, reason);
	}
	*reason = blank + 1;
	return text_starts(line, "refused ") ? FETCH_REFUSED : FETCH_FAILED;
}

static enum fetch_result
run(struct arena *arena, const char *const *argv, bool sandbox,
    size_t max_bytes, struct fetched *ret, const char **reason)
{
	struct buf said = buf_in(arena);
	AUTO_FD out = -1;
	pid_t pid = start(argv, &out, sandbox);
	bool whole;

	*reason = "the program fetch could not be started";
	if (pid < 0)
		return FETCH_FAILED;
	whole = read_all(out, &said, max_bytes + FIRST_LINE_MAX_BYTES,
	    monotonic_ms() + FETCH_TIMEOUT_MS + GRACE_MS);
	if (!whole)
		(void)kill(pid, SIGKILL);
	while (waitpid(pid, NULL, 0) < 0 && errno == EINTR)
		continue;
	*reason = "no answer in time";
	return whole ? interpret(arena, &said, ret, reason) : FETCH_FAILED;
}

enum fetch_result
fetch_json(struct arena *arena, const struct settings *settings,
    const char *url, enum fetch_about about, size_t max_bytes,
    struct fetched *ret, const char **reason)
{
	static const char *const slots[] = {
	    [FETCH_ABOUT_STRANGER] = "fetch",
	    [FETCH_ABOUT_KNOWN] = "fetch-known",
	    [FETCH_ABOUT_US] = "fetch-own",
	};
	bool own = about == FETCH_ABOUT_US, usable = false;
	bool by_proxy = settings->fetch_proxy && !text_starts(url, "http:");
	const char *const argv[] = {
	    fetch_program(arena),
	    arena_printf(arena, "%zu", max_bytes),
	    arena_printf(arena, "%d", FETCH_TIMEOUT_MS),
	    settings->fetch_ca_file ? settings->fetch_ca_file : "",
	    own ? FETCH_OWN : settings->fetch_allow_addresses,
	    by_proxy ? settings->fetch_proxy : "",
	    url,
	    NULL,
	};
	AUTO_FD slot = -1;

	*reason = "the URL is not acceptable";
	if (!own && !fetch_origin(arena, url))
		return FETCH_REFUSED;
	slot = slot_take(settings->state_directory, slots[about], AT_ONCE,
	    WAIT_FOR_SLOT_MS, &usable);
	*reason = usable ? "too many documents are being fetched"
	                 : "STATE_DIRECTORY cannot be written";
	if (slot < 0)
		return usable ? FETCH_BUSY : FETCH_FAILED;
	return run(arena, argv, settings->sandbox, max_bytes, ret, reason);
}
