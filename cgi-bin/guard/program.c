/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE /* environ */
#include "program.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "base/memory.h"
#include "base/text.h"
#include "identity.h"
#include "oauth/resource.h"

static const char cookie_prefix[] = "__Host-mcp-oauth-";

static struct {
	const char *program; /* NULL: none */
	struct io *io;
} prepared;

/* ---- the environment ---- */

static void
set(const char *name, const char *value)
{
	if (setenv(name, value, 1) != 0)
		memory_out();
}

static bool
begins(const char *entry, const char *prefix)
{
	return strncmp(entry, prefix, strlen(prefix)) == 0;
}

/*
 * What the program must not see: the token and the proof of its key, the guard's
 * own settings, identity in a client's words; and what an earlier address of
 * the request was given, since copies of all that may be among it.
 */
static bool
is_withheld(const char *entry)
{
	static const char *const names[] = {"HTTP_AUTHORIZATION=",
	    "AUTHORIZATION=", "HTTP_DPOP=", "HTTP_PROXY=", "MCP_OAUTH_CONFIG=",
	    "MCP_OAUTH_GUARD_CONFIG=", "PATH_TRANSLATED=", "REDIRECT_"};
	size_t i;

	for (i = 0; i < sizeof(names) / sizeof(*names); i++)
		if (begins(entry, names[i]))
			return true;
	for (i = 0; i < N_IDENTITY; i++)
		if (begins(entry, identity_table[i].cgi_name) &&
		    entry[strlen(identity_table[i].cgi_name)] == '=')
			return true;
	return false;
}

/* The name of the first variable to be taken away, in the arena; or NULL. */
static char *
next_withheld(struct arena *arena)
{
	char **entry;

	for (entry = environ; *entry; entry++)
		if (is_withheld(*entry))
			return arena_strndup(arena, *entry,
			    strcspn(*entry, "="));
	return NULL;
}

static void
withhold(struct arena *arena)
{
	const char *name;

	while ((name = next_withheld(arena)) != NULL)
		(void)unsetenv(name);
}

/* The cookies without those of signing in. */
static void
filter_cookies(struct arena *arena)
{
	const char *cookies = getenv("HTTP_COOKIE"), **one;
	struct buf kept = buf_in(arena);

	if (!cookies)
		return;
	for (one = text_split(arena, cookies, ";", NULL); *one; one++) {
		*one += strspn(*one, " \t");
		if (**one && !text_starts(*one, cookie_prefix))
			buf_addf(&kept, "%s%s", kept.len ? "; " : "", *one);
	}
	if (kept.len)
		set("HTTP_COOKIE", buf_text(&kept));
	else
		(void)unsetenv("HTTP_COOKIE");
}

static void
tell_identity(struct request *rq, const struct verdict *v)
{
	const char *value;
	size_t i;

	for (i = 0; i < N_IDENTITY; i++) {
		value = identity_value(rq, v, identity_table[i].kind);
		if (value && *value)
			set(identity_table[i].cgi_name, value);
	}
}

/* Where the program is, as the client sees it and as the host does.  The last
 * is for PHP, which looks whether a web server sent it there. */
static void
tell_place(struct request *rq, const struct resource_setting *resource)
{
	const char *path = resource_plain_path(rq->arena, rq->path);
	size_t len = text_equal(resource->path, "/") ? 0
	                                             : strlen(resource->path);

	set("SCRIPT_NAME", len ? resource->path : "");
	set("PATH_INFO", path + len);
	set("SCRIPT_FILENAME", resource->program);
	set("REDIRECT_STATUS", "200");
}

/* ---- the program ---- */

bool
program_prepare(struct request *rq, const struct verdict *v, const char **fault)
{
	const char *program = v->resource->program;

	*fault = "MCP_RESOURCE_PROGRAM does not say what serves this resource";
	if (!program)
		return false;
	*fault = "the program of MCP_RESOURCE_PROGRAM cannot be run";
	if (access(program, X_OK) != 0)
		return false;
	withhold(rq->arena);
	filter_cookies(rq->arena);
	tell_identity(rq, v);
	tell_place(rq, v->resource);
	if (arena_exhausted(rq->arena))
		return false;
	prepared.io = rq->io;
	prepared.program = memory_must_copy(program);
	return true;
}

/* Programs find their files beside themselves (RFC 3875 s7.2). */
static bool
enter_folder_of(const char *program)
{
	char *folder = strdup(program), *slash;
	bool entered;

	if (!folder)
		return false;
	slash = strrchr(folder, '/');
	slash[slash == folder] = '\0';
	entered = chdir(folder) == 0;
	free(folder);
	return entered;
}

void
program_run(void)
{
	static const char answer[] =
	    "Status: 503\r\nContent-Type: application/json\r\n"
	    "Cache-Control: no-store\r\nRetry-After: 5\r\n\r\n"
	    "{\"error\":\"temporarily_unavailable\","
	    "\"error_description\":\"the MCP server could not be started\"}";
	const char *program = prepared.program;
	char *argv[] = {(char *)(uintptr_t)program, NULL};

	if (!program)
		return;
	if (enter_folder_of(program)) {
		(void)signal(SIGXFSZ, SIG_DFL); /* endpoint_run() ignores it */
		(void)execv(program, argv);
	}
	log_alone(LOG_ERROR, "could not run %s: %s", program, strerror(errno));
	(void)io_write(prepared.io, answer, sizeof(answer) - 1);
	io_finish(prepared.io);
}
