/* SPDX-License-Identifier: MIT */
/*
 * render.c - writing the guard's JWKS_FILE: the public keys of the last, the
 * current and the coming periods, so that the guard needs no secret.  Or, with
 * --documents, the metadata (documents.h).
 */
#include <stdio.h>
#include <sys/stat.h>
#include <time.h>

#include "base/auto.h"
#include "base/text.h"
#include "crypto/keyring.h"
#include "documents.h"
#include "file_lock.h"
#include "render.h"
#include "verb.h"

enum { PERIODS_MAX = 100 };

static const char no_public_keys[] = "with JWT_ALG=HS256 there are no public "
                                     "keys to write";

/* JWKS_FILE of guard.conf; NULL after the error was told. */
static const char *
jwks_file(struct command *command)
{
	const char *error = NULL;
	const struct settings *guard = settings_load(command->arena,
	    SETTINGS_GUARD, command_guard_file(command), NULL, &error);

	if (!guard)
		(void)command_fail("%s; or name the file with --jwks", error);
	else if (guard->hs256)
		(void)command_fail("%s", no_public_keys);
	else if (!guard->jwks_file)
		(void)command_fail(
		    "the guard has its keys from JWKS_URL: there "
		    "is no JWKS_FILE to write");
	return guard ? guard->jwks_file : NULL;
}

bool
render_file(struct command *command, const char *path, const char *text)
{
	const char *fresh = arena_printf(command->arena, "%s.new", path);
	AUTO_FILE *file = fopen(fresh, "we");

	return file && fchmod(fileno(file), 0644) == 0 &&
	    fputs(text, file) >= 0 && fputc('\n', file) != EOF &&
	    fflush(file) == 0 && fsync(fileno(file)) == 0 &&
	    rename(fresh, path) == 0;
}

int
render_keys(struct command *command, const struct settings *settings,
    const char *path, int periods)
{
	AUTO_JSON *jwks = NULL;
	const char *fault;

	jwks = keyring_jwks(settings, time(NULL), periods, &fault);
	if (!jwks)
		return command_fail("%s", fault);
	if (!render_file(command, path, json_text(command->arena, jwks)))
		return command_fail("could not write %s", path);
	(void)printf("wrote %s: %zu keys\n", path,
	    json_object_array_length(json_object_object_get(jwks, "keys")));
	return EXIT_GOOD;
}

static int
write_keys(struct command *command, const char *path, int periods)
{
	const struct settings *settings = command_settings(command);

	if (!settings)
		return EXIT_REFUSED;
	if (!keyring_is_public(settings))
		return command_fail("%s", no_public_keys);
	return render_keys(command, settings, path, periods);
}

/* The settings are read under the lock: keys that an emergency took away do not
 * come back from an older reading. */
static int
write_keys_alone(struct command *command, const char *path, int periods)
{
	struct file_lock lock;
	int status;

	if (!file_lock_take(command->arena, path, &lock))
		return EXIT_REFUSED;
	status = write_keys(command, path, periods);
	file_lock_release(&lock);
	return status;
}

int
verb_render(struct command *command)
{
	const char *path = command_value(command, "jwks");
	const char *documents = command_value(command, "documents");
	int64_t periods;

	if (documents && (path || command_given(command, "periods")))
		return command_usage("--documents stands alone");
	if (!command_number(command, "periods", 0, PERIODS_MAX, RENDER_PERIODS,
	        &periods))
		return EXIT_USAGE;
	if (documents)
		return documents_write(command, documents);
	if (!path)
		path = jwks_file(command);
	return path ? write_keys_alone(command, path, (int)periods)
	            : EXIT_REFUSED;
}
