/* SPDX-License-Identifier: MIT */
/*
 * key_rotate.c - changing JWT_SECRET, the root of all keys, step by step.
 *
 *	JWT_SECRET=a                         a signs
 *	JWT_SECRET=a  JWT_SECRET_NEXT=b      b's keys are published
 *	JWT_SECRET=b  JWT_SECRET_PREVIOUS=a  b signs, what a made is taken
 *	JWT_SECRET=b                         what a made is refused
 *
 * Between the first two lie so many seconds that nobody keeps a copy of the JWK
 * set without b's keys; and where several processes or hosts follow one after
 * another, each takes what the others make.  In an emergency the last step is
 * taken at once, with a root that nobody has seen.
 */
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/secret.h"
#include "base/text.h"
#include "crypto/digest.h"
#include "crypto/keyring.h"
#include "crypto/private_key.h"
#include "file_lock.h"
#include "key.h"
#include "moment.h"
#include "render.h"
#include "reseal.h"
#include "settings_edit.h"
#include "verb.h"
#include "whole_file.h"

enum { RELOAD_S = 10 /* until every process has read the file, amply */ };

struct rotation {
	struct command *command;
	const struct settings *settings; /* as they are */
	const char *path, *text;         /* of the file */
};

static void
edit(struct rotation *rotation, const char *key, const char *value)
{
	rotation->text = settings_edit(rotation->command->arena, rotation->text,
	    key, value);
}

/* ---- putting it in force ---- */

/* The guard's JWKS_FILE; NULL when it has none here. */
static const char *
file_of_guard(struct rotation *rotation)
{
	const char *error = NULL;
	const struct settings *guard = settings_load(rotation->command->arena,
	    SETTINGS_GUARD, command_guard_file(rotation->command), NULL,
	    &error);

	if (guard)
		return guard->jwks_file; /* or it fetches them by itself */
	(void)printf("no guard has its settings here (%s): give the guards "
	             "the keys that \"mcp-oauth key export\" prints\n",
	    error);
	return NULL;
}

static int
replace_settings(struct rotation *rotation, const char *beside)
{
	if (whole_file_replace(beside, rotation->path))
		return EXIT_GOOD;
	return command_fail("could not replace %s", rotation->path);
}

/* The guard's file first: it must know a key before the first token comes.  The
 * lock keeps a render that has read the old settings from coming last. */
static int
replace_both(struct rotation *rotation, const struct settings *settings,
    const char *beside, const char *jwks_file)
{
	struct file_lock lock;
	int status;

	if (!file_lock_take(rotation->command->arena, jwks_file, &lock))
		return EXIT_REFUSED;
	status = render_keys(rotation->command, settings, jwks_file,
	    RENDER_PERIODS);
	if (status == EXIT_GOOD)
		status = replace_settings(rotation, beside);
	file_lock_release(&lock);
	return status;
}

/* With the text of a file that lies beside the one it is to replace. */
static int
put_in_force(struct rotation *rotation, const char *beside)
{
	const char *error = NULL, *jwks_file;
	const struct settings *settings = settings_load(rotation->command
	                                                    ->arena,
	    SETTINGS_SERVER, beside, NULL, &error);

	if (!settings)
		return command_fail("%s", error);
	jwks_file = file_of_guard(rotation);
	return jwks_file ? replace_both(rotation, settings, beside, jwks_file)
	                 : replace_settings(rotation, beside);
}

static int
apply(struct rotation *rotation)
{
	const char *beside = whole_file_beside(rotation->command->arena,
	    rotation->path, rotation->text);
	int status;

	if (!beside)
		return command_fail("could not write beside %s, as its owner",
		    rotation->path);
	status = put_in_force(rotation, beside);
	if (status != EXIT_GOOD)
		(void)unlink(beside);
	return status;
}

/* ---- the steps ---- */

static int
announce(struct rotation *rotation)
{
	const struct settings *settings = rotation->settings;
	int status;

	edit(rotation, "JWT_SECRET_NEXT", key_secret(rotation->command->arena));
	status = apply(rotation);
	if (status != EXIT_GOOD)
		return status;
	(void)printf("JWT_SECRET_NEXT is there: its keys are published, and "
	             "nothing is signed with them yet\n"
	             "next: \"mcp-oauth key rotate\" again, at %s or later\n",
	    moment(rotation->command->arena,
	        time(NULL) + keyring_keep_s(settings) + RELOAD_S));
	return EXIT_GOOD;
}

/* False when somebody may keep a copy of the JWK set without the new keys.  The
 * time of the file is that of the announcement, or later. */
static bool
announced_long_enough(struct rotation *rotation)
{
	struct stat state;
	time_t from;

	if (command_given(rotation->command, "now"))
		return true;
	if (stat(rotation->path, &state) != 0)
		return false;
	from = state.st_mtime + keyring_keep_s(rotation->settings) + RELOAD_S;
	if (time(NULL) >= from)
		return true;
	(void)command_fail("JWT_SECRET_NEXT may not be known everywhere before "
	                   "%s: wait, or refuse the tokens of some clients for "
	                   "a while with --now",
	    moment(rotation->command->arena, from));
	return false;
}

/* Second factors that are under secret, under the new one: as settings that hold
 * both would have it, though no file does. */
static int
reseal_from(struct rotation *rotation, const char *secret, const char *fresh)
{
	struct settings both = *rotation->settings;

	both.jwt_secret = fresh;
	both.jwt_secret_previous = secret;
	both.jwt_secret_next = NULL;
	return reseal_second_factors(rotation->command, &both);
}

static int
swap(struct rotation *rotation)
{
	const struct settings *settings = rotation->settings;
	int status;

	if (!announced_long_enough(rotation))
		return EXIT_REFUSED;
	edit(rotation, "JWT_SECRET", settings->jwt_secret_next);
	edit(rotation, "JWT_SECRET_PREVIOUS", settings->jwt_secret);
	edit(rotation, "JWT_SECRET_NEXT", NULL);
	status = apply(rotation);
	if (status != EXIT_GOOD)
		return status;
	(void)printf("JWT_SECRET is the new one; what the old one made is "
	             "taken as JWT_SECRET_PREVIOUS\n"
	             "next: \"mcp-oauth key rotate --finish\", when its last "
	             "refresh token has expired unused, at %s\n",
	    moment(rotation->command->arena,
	        time(NULL) + settings->refresh_token_expires_s));
	if (reseal_from(rotation, settings->jwt_secret,
	        settings->jwt_secret_next) != EXIT_GOOD)
		(void)command_fail("second factors wait for --finish, which "
		                   "needs the owner of the database");
	return EXIT_GOOD;
}

static int
finish(struct rotation *rotation)
{
	int status;

	if (!rotation->settings->jwt_secret_previous)
		return command_fail(
		    "there is no JWT_SECRET_PREVIOUS to take away");
	status = reseal_second_factors(rotation->command, rotation->settings);
	if (status != EXIT_GOOD)
		return status;
	edit(rotation, "JWT_SECRET_PREVIOUS", NULL);
	status = apply(rotation);
	if (status != EXIT_GOOD)
		return status;
	puts("JWT_SECRET_PREVIOUS is gone: what it made is refused from now "
	     "on, refresh tokens too");
	return EXIT_GOOD;
}

/* Whoever could read the settings could read this file. */
static int
replace_private_keys(struct rotation *rotation)
{
	struct arena *arena = rotation->command->arena;
	const char *path = whole_file_path(arena,
	    rotation->settings->jwt_private_key_file);
	const char *fault, *beside, *pem;
	struct buf text = buf_in(arena);
	const struct jwt_key *keys;
	size_t i, n;

	keys = path ? private_keys(path, &n, &fault) : NULL;
	for (i = 0; keys && i < n; i++) {
		pem = private_key_generate(arena, keys[i].alg);
		if (!pem)
			return command_fail("libcrypto could not make a key");
		buf_add(&text, pem);
	}
	beside = keys ? whole_file_beside(arena, path, buf_text(&text)) : NULL;
	if (!beside || !whole_file_replace(beside, path))
		return command_fail("could not replace JWT_PRIVATE_KEY_FILE %s",
		    rotation->settings->jwt_private_key_file);
	private_keys_look_again();
	(void)printf("replaced the keys of %s\n", path);
	return EXIT_GOOD;
}

/* First those that were never used since the last change. */
static void
rescue_second_factors(struct rotation *rotation, const char *fresh)
{
	if (reseal_second_factors(rotation->command, rotation->settings) ==
	        EXIT_GOOD &&
	    reseal_from(rotation, rotation->settings->jwt_secret, fresh) ==
	        EXIT_GOOD)
		return;
	(void)command_fail("second factors are lost, for only the owner of the "
	                   "database can have them sealed anew: \"mcp-oauth "
	                   "user reset-second-factor\" for those who have one");
}

static int
emergency(struct rotation *rotation)
{
	const char *fresh = key_secret(rotation->command->arena);
	int status;

	if (rotation->settings->jwt_private_key_file) {
		status = replace_private_keys(rotation);
		if (status != EXIT_GOOD)
			return status;
	}
	edit(rotation, "JWT_SECRET", fresh);
	edit(rotation, "JWT_SECRET_NEXT", NULL);
	edit(rotation, "JWT_SECRET_PREVIOUS", NULL);
	status = apply(rotation);
	if (status != EXIT_GOOD)
		return status;
	(void)printf(
	    "JWT_SECRET is another one: nothing that was signed before is "
	    "taken here any more, and every application connects anew\n"
	    "our guards refuse such tokens within 5 seconds\n"
	    "whoever else verifies tokens by our keys takes them until their "
	    "copy of the keys is renewed, after %lld seconds or when they "
	    "like, and until the tokens expire, at most %lld seconds\n",
	    (long long)keyring_keep_s(rotation->settings),
	    (long long)rotation->settings->access_token_expires_s);
	rescue_second_factors(rotation, fresh);
	return EXIT_GOOD;
}

static int
next_step(struct rotation *rotation)
{
	if (command_given(rotation->command, "emergency"))
		return emergency(rotation);
	if (command_given(rotation->command, "finish"))
		return finish(rotation);
	if (rotation->settings->jwt_secret_next)
		return swap(rotation);
	if (rotation->settings->jwt_secret_previous)
		return command_fail("the last change is not over: \"mcp-oauth "
		                    "key rotate --finish\" takes "
		                    "JWT_SECRET_PREVIOUS away");
	return announce(rotation);
}

static int
rotate(struct command *command, const char *path)
{
	struct rotation rotation = {.command = command, .path = path};

	rotation.settings = command_settings(command);
	if (!rotation.settings)
		return EXIT_REFUSED;
	if (rotation.settings->hs256)
		return command_fail(
		    "with JWT_ALG=HS256 whoever verifies shares JWT_SECRET: "
		    "change it by hand, in all places at once");
	rotation.text = whole_file_read(command->arena, path);
	if (!rotation.text)
		return command_fail("could not read %s", path);
	return next_step(&rotation);
}

/* Of several at once, each finds what the one before it left. */
int
verb_key_rotate(struct command *command)
{
	const char *file = command_config_file(command), *path;
	int given = command_given(command, "now") +
	    command_given(command, "finish") +
	    command_given(command, "emergency");
	struct file_lock lock;
	int status;

	if (given > 1)
		return command_usage("--now, --finish and --emergency exclude "
		                     "each other");
	path = whole_file_path(command->arena, file);
	if (!path)
		return command_fail("could not read %s", file);
	if (!file_lock_take(command->arena, path, &lock))
		return EXIT_REFUSED;
	status = rotate(command, path);
	file_lock_release(&lock);
	return status;
}
