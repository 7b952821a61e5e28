/* SPDX-License-Identifier: MIT */
/*
 * token.c - looking at a token that somebody reports: what it says, and whether
 * it is good.  Neither shows the token, or any part that others could use.
 */
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/printable.h"
#include "base/text.h"
#include "crypto/keyring.h"
#include "moment.h"
#include "oauth/access_token.h"
#include "oauth/resource.h"
#include "store/store.h"
#include "store/token_state.h"
#include "token_read.h"
#include "verb.h"

/* The settings and the token; EXIT_GOOD, or how to end. */
static int
read_given(struct command *command, const struct settings **settings,
    struct token_read *token)
{
	*settings = command_settings(command);
	return *settings ? token_read(command, *settings, token) : EXIT_REFUSED;
}

/* ---- inspect ---- */

/* What a stranger wrote moves no terminal and hides nothing on it. */
static const char *
shown(struct arena *arena, struct json_object *value)
{
	return printable_json_ascii(arena, json_text(arena, value));
}

/* The name of a member, without the quotes. */
static const char *
name_of(struct arena *arena, const char *name)
{
	AUTO_JSON *array = json_new_array();
	const char *text;

	json_append_string(array, name, strlen(name));
	text = shown(arena, array); /* ["name"] */
	return arena_strndup(arena, text + 2, strlen(text) - 4);
}

/* Claims that are times, for people. */
static const char *
time_of(struct arena *arena, const char *name, struct json_object *value)
{
	if (!text_has_word("iat nbf exp auth_time", name) ||
	    !json_object_is_type(value, json_type_int))
		return "";
	return arena_printf(arena, "\t%s",
	    moment(arena, json_object_get_int64(value)));
}

static void
print_members(struct arena *arena, const char *of, struct json_object *object)
{
	json_object_object_foreach(object, name, value)
	{
		(void)printf("%s\t%s\t%s%s\n", of, name_of(arena, name),
		    shown(arena, value), time_of(arena, name, value));
	}
}

static void
print_refresh(const struct refresh_token *token)
{
	if (!token->session_id)
		return;
	(void)printf("session_id\t%s\ngeneration\t%lld\n", token->session_id,
	    (long long)token->generation);
}

static void
print_json(struct arena *arena, struct token_read *token)
{
	AUTO_JSON *object = json_new_object();

	json_add_string(object, "kind", token_kind_name(token));
	if (token->jwt.header)
		json_add(object, "header", json_object_get(token->jwt.header));
	if (token->jwt.claims)
		json_add(object, "claims", json_object_get(token->jwt.claims));
	json_add_string(object, "session_id", token->refresh.session_id);
	if (token->refresh.session_id)
		json_add_int64(object, "generation", token->refresh.generation);
	puts(shown(arena, object));
}

int
verb_token_inspect(struct command *command)
{
	const struct settings *settings;
	struct token_read token;
	int status = read_given(command, &settings, &token);

	if (status != EXIT_GOOD)
		return status;
	if (command_given(command, "json")) {
		print_json(command->arena, &token);
	} else {
		(void)printf("kind\t%s%s\n", token_kind_name(&token),
		    token.jwt.claims ? "; nothing is verified" : "");
		if (token.jwt.claims) {
			print_members(command->arena, "header",
			    token.jwt.header);
			print_members(command->arena, "claim",
			    token.jwt.claims);
		}
		print_refresh(&token.refresh);
	}
	jwt_release(&token.jwt);
	return token.kind == TOKEN_UNKNOWN ? EXIT_REFUSED : EXIT_GOOD;
}

/* ---- verify ---- */

static int
tell(bool good, const char *why)
{
	(void)printf("%s: %s\n", good ? "good" : "refused", why);
	return good ? EXIT_GOOD : EXIT_REFUSED;
}

/* In words, what the database says. */
static const char *
words_for(const char *state)
{
	static const struct {
		const char *state, *words;
	} table[] = {
	    {"alive",
	        "it is of this issuer and this resource, not expired and "
	        "not revoked"},
	    {"revoked", "it was revoked"},
	    {"no_session", "its session is gone"},
	    {"client_disabled", "its client is disabled"},
	    {"user_disabled", "its user is disabled"},
	    {"current", "its session is there, and it is the latest"},
	    {"rotated",
	        "it was used: only within REFRESH_REUSE_GRACE it gets "
	        "its successor again"},
	    {"retired",
	        "it was used before the latest: whoever presents it "
	        "ends the session"},
	    {"expired", "its session expired"},
	};
	size_t i;

	for (i = 0; i < sizeof(table) / sizeof(*table); i++)
		if (text_equal(table[i].state, state))
			return table[i].words;
	return state;
}

static struct store *
open_store(struct command *command)
{
	const char *url = command_database_url(command);

	return url ? store_open_url(url) : NULL;
}

static int
verify_in_database(struct command *command, const struct access_token *token)
{
	const struct introspected asked = {
	    .session_id = token->sid,
	    .client_id = token->client_id,
	    .jti = token->jti,
	    .issued_s = token->iat_s,
	};
	struct store *store = open_store(command);
	const char *state;

	if (!store)
		return EXIT_REFUSED;
	state = access_token_state(store, command->arena, &asked);
	store_close(store);
	return state ? tell(text_equal(state, "alive"), words_for(state))
	             : command_store_fail();
}

/* The resource of --resource, or NULL for any; false after it was told that
 * there is none. */
static bool
resource_named(struct command *command, const struct settings *settings,
    const char **ret)
{
	const char *path = command_value(command, "resource");
	size_t i;

	*ret = NULL;
	if (!path)
		return true;
	for (i = 0; i < settings->n_mcp_resources; i++)
		if (text_equal(settings->mcp_resources[i].path, path))
			*ret = settings->mcp_resources[i].uri;
	if (!*ret)
		(void)command_usage("%s is not in MCP_RESOURCES", path);
	return *ret != NULL;
}

static int
verify_access_token(struct command *command, const struct settings *settings,
    const char *text)
{
	struct access_token token = {0};
	enum access_token_result result;
	struct jwt_key *keys;
	const char *fault, *resource;
	size_t n;

	if (!resource_named(command, settings, &resource))
		return EXIT_USAGE;
	if (!keyring_verification_keys(command->arena, settings, time(NULL), 1,
	        &keys, &n, &fault))
		return command_fail("%s", fault);
	result = resource ? access_token_judge(command->arena, settings, text,
	                        keys, n, resource, time(NULL), &token)
	                  : access_token_judge_any(command->arena, settings,
	                        text, keys, n, time(NULL), &token);
	if (result != ACCESS_TOKEN_GOOD)
		return tell(false, access_token_reason(result));
	return verify_in_database(command, &token);
}

static int
verify_refresh_token(struct command *command, const struct refresh_token *token)
{
	struct store *store = open_store(command);
	const char *state, *session_id = NULL;

	if (!store)
		return EXIT_REFUSED;
	state = refresh_token_state(store, command->arena, token->session_id,
	    token->text, &session_id);
	store_close(store);
	if (!state)
		return command_store_fail();
	if (session_id)
		(void)printf("session_id\t%s\n", session_id);
	return tell(text_equal(state, "current"), words_for(state));
}

int
verb_token_verify(struct command *command)
{
	const struct settings *settings;
	struct token_read token;
	int status = read_given(command, &settings, &token);

	if (status != EXIT_GOOD)
		return status;
	jwt_release(&token.jwt);
	switch (token.kind) {
	case TOKEN_ACCESS:
		return verify_access_token(command, settings, token.text);
	case TOKEN_REFRESH:
	case TOKEN_LEGACY:
		return verify_refresh_token(command, &token.refresh);
	case TOKEN_JWT:
	case TOKEN_UNKNOWN:
		break;
	}
	return tell(false,
	    "it is no access token and no refresh token of ours");
}
