/* SPDX-License-Identifier: MIT */
#define _XOPEN_SOURCE 700 /* realpath */
#include "http/confine.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/sandbox.h"
#include "base/text.h"
#include "http/fetch.h"

enum { ARENA_MAX_BYTES = 16384 };

/* What was decided, once and for all. */
static struct {
	bool decided, in_force, fetches;
	char state_directory[PATH_MAX], log_to[PATH_MAX];
} confined;

static bool
fetches(const struct endpoint *endpoint, const struct settings *settings)
{
	return endpoint->fetches || settings->jwks_url;
}

/* The folder of the log file, which may be renamed and made anew; of one that
 * is a link, that of what it links to.  False without a file. */
static bool
log_folder(const char *log_to, char *ret)
{
	char *slash;

	if (log_to[0] != '/')
		return false;
	if (!realpath(log_to, ret))
		(void)snprintf(ret, PATH_MAX, "%s", log_to);
	slash = strrchr(ret, '/');
	slash[slash == ret] = '\0';
	return true;
}

static const char *
enter(const struct endpoint *endpoint, const struct settings *settings)
{
	struct arena *arena = arena_new(ARENA_MAX_BYTES);
	const bool with_database = endpoint->store_open ||
	    settings->kind == SETTINGS_GUARD;
	char folder[PATH_MAX];
	const char *const writable[] = {
	    settings->state_directory,
	    log_folder(settings->log_to, folder) ? folder : NULL,
	    NULL,
	};
	const struct sandbox sandbox = {
	    .network = with_database,
	    .threads = with_database, /* statements are cancelled beside */
	    .program = fetches(endpoint, settings) ? fetch_program(arena)
	                                           : NULL,
	    .writable = writable,
	};
	const char *missing = sandbox_enter(&sandbox);

	arena_free(arena);
	return missing;
}

static void
decide(const struct endpoint *endpoint, const struct io *io,
    const struct settings *settings)
{
	const char *missing;

	confined.decided = true;
	confined.fetches = fetches(endpoint, settings);
	(void)snprintf(confined.state_directory,
	    sizeof(confined.state_directory), "%s", settings->state_directory);
	(void)snprintf(confined.log_to, sizeof(confined.log_to), "%s",
	    settings->log_to);
	if (!settings->sandbox ||
	    (settings->kind == SETTINGS_GUARD && io_is_cgi(io)))
		return;
	confined.in_force = true;
	missing = enter(endpoint, settings);
	if (missing && !io_is_cgi(io)) /* not at each request */
		log_alone(LOG_NOTICE, "the sandbox is not whole: %s", missing);
}

/* The kernel takes nothing back. */
static bool
fits(const struct endpoint *endpoint, const struct settings *settings)
{
	if (!confined.in_force)
		return !settings->sandbox; /* it could, but a worker of before
		                              has threads by now */
	return settings->sandbox &&
	    (confined.fetches || !fetches(endpoint, settings)) &&
	    text_equal(confined.state_directory, settings->state_directory) &&
	    (settings->log_to[0] != '/' ||
	        text_equal(confined.log_to, settings->log_to));
}

void
confine(const struct endpoint *endpoint, const struct io *io,
    const struct settings *settings)
{
	if (!confined.decided)
		decide(endpoint, io, settings);
	else if (!fits(endpoint, settings))
		log_alone(LOG_ERROR,
		    "the sandbox stays as it was: after a change of SANDBOX, "
		    "STATE_DIRECTORY, LOG_TO or JWKS_URL restart the workers");
}
