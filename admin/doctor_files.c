/* SPDX-License-Identifier: MIT */
/* doctor_files.c - the two settings files, and the keys that they name. */
#include <errno.h>
#include <stdio.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/text.h"
#include "crypto/keyring.h"
#include "doctor.h"
#include "http/theme.h"
#include "oauth/scope.h"
#include "public_keys.h"

static const char *
fix_settings(const char *file)
{
	if (access(file, F_OK) == -1 && errno == ENOENT)
		return "# make the file; if it is elsewhere, name "
		       "mcp-oauth.conf by --config or by\n"
		       "# MCP_OAUTH_CONFIG in the environment: guard.conf is "
		       "looked for beside it";
	return "# mend the file; mcp-oauth.conf(5) and guard.conf(5) list the "
	       "keys";
}

static const struct settings *
load(struct doctor *doctor, enum settings_kind kind, const char *file)
{
	const char *error = NULL;
	const struct settings *settings = settings_load(doctor->arena, kind,
	    file, NULL, &error);

	if (settings && kind == SETTINGS_SERVER &&
	    !theme_load(doctor->arena, settings, &error))
		settings = NULL;
	if (settings)
		doctor_ok(doctor, "settings", "%s is good", file);
	else
		doctor_problem(doctor, "settings", fix_settings(file), "%s",
		    error);
	return settings;
}

static void
check_same(struct doctor *doctor, const char *key, const char *server,
    const char *guard)
{
	if (text_equal(server, guard))
		return;
	doctor_problem(doctor, "settings-differ",
	    "# write the same value into both files",
	    "%s is %s in mcp-oauth.conf but %s in guard.conf", key, server,
	    guard);
}

static void
check_agreement(struct doctor *doctor)
{
	const struct settings *server = doctor->server, *guard = doctor->guard;

	check_same(doctor, "OAUTH_BASE_URL", server->oauth_base_url,
	    guard->oauth_base_url);
	check_same(doctor, "OAUTH_ISSUER", server->oauth_issuer,
	    guard->oauth_issuer);
	check_same(doctor, "MCP_RESOURCES", server->mcp_resources_text,
	    guard->mcp_resources_text);
	check_same(doctor, "JWT_ALG", server->hs256 ? "HS256" : "EdDSA",
	    guard->hs256 ? "HS256" : "EdDSA");
	check_same(doctor, "DPOP", server->dpop ? "on" : "off",
	    guard->dpop ? "on" : "off");
}

/* What the guard asks for must be what the server can grant. */
static void
check_scopes(struct doctor *doctor)
{
	const struct settings *server = doctor->server, *guard = doctor->guard;
	const struct resource_setting *a, *b;
	size_t i;

	if (!text_equal(server->mcp_resources_text, guard->mcp_resources_text))
		return;
	for (i = 0; i < server->n_mcp_resources; i++) {
		a = &server->mcp_resources[i];
		b = &guard->mcp_resources[i];
		check_same(doctor,
		    arena_printf(doctor->arena, "the scopes of %s", a->path),
		    scope_of_resource(doctor->arena, server, a),
		    scope_of_resource(doctor->arena, guard, b));
		check_same(doctor,
		    arena_printf(doctor->arena, "the base scopes of %s",
		        a->path),
		    scope_base(doctor->arena, server, a),
		    scope_base(doctor->arena, guard, b));
	}
}

/* Do they hold the key that signs at when_s? */
static bool
holds_key(struct doctor *doctor, const struct public_keys *keys, int64_t when_s)
{
	struct jwt_key wanted = {0};
	const char *fault;

	if (keyring_signing_key(doctor->arena, doctor->server, when_s, &wanted,
	        &fault))
		return public_keys_hold(keys, wanted.kid);
	doctor_problem(doctor, "signing-key", "mcp-oauth key generate", "%s",
	    fault);
	return true; /* the guard's keys are not to blame */
}

static void
check_jwks(struct doctor *doctor)
{
	const char *fix = doctor->guard->jwks_file
	    ? "mcp-oauth render"
	    : arena_printf(doctor->arena,
	          "JWKS_URL=%s/.well-known/jwks.json\n"
	          "# in guard.conf, or a JWKS_FILE instead",
	          doctor->server->oauth_base_url);
	int64_t now_s = time(NULL);
	struct public_keys keys;
	const char *fault;

	if (!public_keys_read(doctor->arena, doctor->guard, &keys, &fault))
		doctor_problem(doctor, "public-keys", fix, "%s", fault);
	else if (!holds_key(doctor, &keys, now_s))
		doctor_problem(doctor, "public-keys", fix,
		    "%s lacks the key that signs now", keys.where);
	else if (!holds_key(doctor, &keys,
	             now_s + doctor->server->key_period_s))
		doctor_problem(doctor, "public-keys", fix,
		    "%s lacks the key of the next period", keys.where);
	else
		doctor_ok(doctor, "public-keys",
		    "%s holds the keys of now and next", keys.where);
}

/* An existing key is never to be written over: tokens are signed with it. */
static const char *
fix_signing_key(struct doctor *doctor, const char *path)
{
	if (access(path, F_OK) == 0)
		return arena_printf(doctor->arena,
		    "# mend what %s holds, or let the endpoints read it", path);
	return arena_printf(doctor->arena,
	    "(umask 077 && mcp-oauth key generate --alg RS256 >%s)\n"
	    "# as the account that the endpoints run as",
	    path);
}

static bool
open_to_others(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && st.st_mode & S_IRWXO;
}

/* Every token waits for it. */
static void
check_signing_keys(struct doctor *doctor)
{
	const struct settings *server = doctor->server;
	const char *path = server->jwt_private_key_file, *fault;
	struct jwt_key key;

	if (!path || open_to_others(path))
		return; /* doctor_modes() tells that one */
	if (keyring_signing_key(doctor->arena, server, time(NULL), &key,
	        &fault) &&
	    (!server->openid || keyring_id_token_key(server, &key, &fault)))
		doctor_ok(doctor, "signing-key", "%s holds the key that signs",
		    path);
	else
		doctor_problem(doctor, "signing-key",
		    fix_signing_key(doctor, path), "%s: %s", path, fault);
}

void
doctor_files(struct doctor *doctor)
{
	doctor->server = load(doctor, SETTINGS_SERVER,
	    command_config_file(doctor->command));
	doctor->guard = load(doctor, SETTINGS_GUARD,
	    command_guard_file(doctor->command));
	if (doctor->server)
		check_signing_keys(doctor);
	if (!doctor->server || !doctor->guard)
		return;
	check_agreement(doctor);
	check_scopes(doctor);
	if (!doctor->server->hs256 && !doctor->guard->hs256)
		check_jwks(doctor);
}
