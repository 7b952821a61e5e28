/* SPDX-License-Identifier: MIT */
/* doctor_files.c - the two settings files, the guard's keys, the state folder. */
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
		doctor_ok(doctor, "%s is good", file);
	else
		doctor_problem(doctor,
		    "mend the file; mcp-oauth.conf(5) and guard.conf(5) list "
		    "the keys",
		    "%s", error);
	return settings;
}

static void
check_same(struct doctor *doctor, const char *key, const char *server,
    const char *guard)
{
	if (text_equal(server, guard))
		return;
	doctor_problem(doctor, "write the same value into both files",
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
	doctor_problem(doctor, "make it with \"mcp-oauth key generate\"", "%s",
	    fault);
	return true; /* the guard's keys are not to blame */
}

static void
check_jwks(struct doctor *doctor)
{
	const char *remedy = doctor->guard->jwks_file
	    ? "run: mcp-oauth render"
	    : "let it be OAUTH_BASE_URL/.well-known/jwks.json, or name a "
	      "JWKS_FILE";
	int64_t now_s = time(NULL);
	struct public_keys keys;
	const char *fault;

	if (!public_keys_read(doctor->arena, doctor->guard, &keys, &fault))
		doctor_problem(doctor, remedy, "%s", fault);
	else if (!holds_key(doctor, &keys, now_s))
		doctor_problem(doctor, remedy,
		    "%s lacks the key that signs now", keys.where);
	else if (!holds_key(doctor, &keys,
	             now_s + doctor->server->key_period_s))
		doctor_problem(doctor, remedy,
		    "%s lacks the key of the next period", keys.where);
	else
		doctor_ok(doctor, "%s holds the keys of now and next",
		    keys.where);
}

/* Every token waits for it. */
static void
check_signing_keys(struct doctor *doctor)
{
	const struct settings *server = doctor->server;
	struct jwt_key key;
	const char *fault;

	if (!server->jwt_private_key_file)
		return;
	if (keyring_signing_key(doctor->arena, server, time(NULL), &key,
	        &fault) &&
	    (!server->openid || keyring_id_token_key(server, &key, &fault)))
		doctor_ok(doctor, "%s holds the key that signs",
		    server->jwt_private_key_file);
	else
		doctor_problem(doctor,
		    "put there what \"mcp-oauth key generate --alg RS256\" (or "
		    "ES256) prints, readable to the endpoints alone",
		    "%s: %s", server->jwt_private_key_file, fault);
}

static void
check_state_directory(struct doctor *doctor, const char *path)
{
	struct stat st;

	if (stat(path, &st) != 0 || !S_ISDIR(st.st_mode))
		doctor_problem(doctor,
		    "make it, mode 0700, owned by the account that the web "
		    "server runs programs as",
		    "STATE_DIRECTORY %s is no folder", path);
	else if (st.st_mode & 077)
		doctor_problem(doctor, "chmod 0700 it",
		    "STATE_DIRECTORY %s is open to others", path);
	else
		doctor_ok(doctor, "%s is there", path);
}

void
doctor_files(struct doctor *doctor)
{
	doctor->server = load(doctor, SETTINGS_SERVER,
	    command_config_file(doctor->command));
	doctor->guard = load(doctor, SETTINGS_GUARD,
	    command_guard_file(doctor->command));
	if (doctor->server) {
		check_state_directory(doctor, doctor->server->state_directory);
		check_signing_keys(doctor);
	}
	if (!doctor->server || !doctor->guard)
		return;
	check_agreement(doctor);
	check_scopes(doctor);
	if (!doctor->server->hs256 && !doctor->guard->hs256)
		check_jwks(doctor);
}
