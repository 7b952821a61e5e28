/* SPDX-License-Identifier: MIT */
/* key_check.c - do guards and others know the keys that tokens are signed with,
 * now and in the coming period? */
#include <stdio.h>
#include <time.h>

#include "crypto/keyring.h"
#include "public_keys.h"
#include "verb.h"

struct wanted {
	const char *what, *kid;
};

enum { WANTED_MAX = 4 };

struct check {
	struct command *command;
	const struct settings *settings;
	struct wanted wanted[WANTED_MAX];
	size_t n;
	int problems;
};

static void
want(struct check *check, const char *what, const char *kid)
{
	check->wanted[check->n++] = (struct wanted){what, kid};
}

/* What signs at when_s; false when nothing can. */
static bool
want_signing(struct check *check, const char *what, int64_t when_s,
    const char **fault)
{
	struct jwt_key key;

	if (!keyring_signing_key(check->command->arena, check->settings, when_s,
	        &key, fault))
		return false;
	want(check, what, key.kid);
	return true;
}

static void
want_other_root(struct check *check, int64_t now_s)
{
	struct jwt_key keys[3]; /* of the last, this and the next period */

	if (!keyring_has_other(check->settings))
		return;
	(void)keyring_keys_of_root(check->command->arena, check->settings,
	    ROOT_OTHER, now_s, 1, keys);
	want(check,
	    check->settings->jwt_secret_next ? "JWT_SECRET_NEXT"
	                                     : "JWT_SECRET_PREVIOUS",
	    keys[1].kid);
}

static bool
fill(struct check *check, const char **fault)
{
	const struct settings *settings = check->settings;
	int64_t now_s = time(NULL);
	struct jwt_key key;

	if (!want_signing(check, "the key that signs now", now_s, fault) ||
	    !want_signing(check, "the key of the next period",
	        now_s + settings->key_period_s, fault))
		return false;
	want_other_root(check, now_s);
	if (!settings->openid)
		return true;
	if (!keyring_id_token_key(settings, &key, fault))
		return false;
	want(check, "the key that signs ID tokens", key.kid);
	return true;
}

static void
problem(struct check *check, const char *remedy, const char *what)
{
	check->problems++;
	(void)printf("problem: %s\n    %s\n", what, remedy);
}

static void
compare(struct check *check, const struct public_keys *keys, const char *remedy)
{
	struct arena *arena = check->command->arena;
	bool whole = true;
	size_t i;

	for (i = 0; i < check->n; i++) {
		if (public_keys_hold(keys, check->wanted[i].kid))
			continue;
		whole = false;
		problem(check, remedy,
		    arena_printf(arena, "%s lacks %s", keys->where,
		        check->wanted[i].what));
	}
	if (whole)
		(void)printf("ok: %s holds the keys of now and next\n",
		    keys->where);
}

static void
check_guard(struct check *check)
{
	struct arena *arena = check->command->arena;
	const char *remedy = "run: mcp-oauth render", *fault = NULL;
	const struct settings *guard = settings_load(arena, SETTINGS_GUARD,
	    command_guard_file(check->command), NULL, &fault);
	struct public_keys keys;

	if (!guard)
		problem(check,
		    "mend it, or give the guards the keys that \"mcp-oauth key "
		    "export\" prints",
		    fault);
	else if (!public_keys_read(arena, guard, &keys, &fault))
		problem(check, remedy, fault);
	else
		compare(check, &keys,
		    guard->jwks_file ? remedy
		                     : "does JWKS_URL lead to this site?");
}

static void
check_site(struct check *check)
{
	static const char remedy[] = "does the site run with these settings, "
	                             "and does nothing else answer there?";
	struct arena *arena = check->command->arena;
	const char *origin = command_value(check->command, "url"), *fault;
	struct public_keys keys;

	if (!origin)
		origin = check->settings->oauth_base_url;
	if (public_keys_fetch(arena, check->settings,
	        arena_printf(arena, "%s/.well-known/jwks.json", origin), &keys,
	        &fault))
		compare(check, &keys, remedy);
	else
		problem(check, remedy, fault);
}

int
verb_key_check(struct command *command)
{
	struct check check = {.command = command,
	    .settings = command_settings(command)};
	const char *fault;

	if (!check.settings)
		return EXIT_REFUSED;
	if (check.settings->hs256)
		return command_fail(
		    "with JWT_ALG=HS256 there are no public keys");
	if (!fill(&check, &fault))
		return command_fail("%s", fault);
	check_guard(&check);
	check_site(&check);
	return check.problems == 0 ? EXIT_GOOD : EXIT_REFUSED;
}
