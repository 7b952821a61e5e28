/* SPDX-License-Identifier: MIT */
/* doctor_client_token.c - the client at the token endpoint: a code redeemed,
 * tokens refreshed (RFC 6749 s4.1.3, s6) and revoked (RFC 7009). */
#define _DEFAULT_SOURCE /* nanosleep */
#include <string.h>
#include <time.h>

#include "base/text.h"
#include "doctor_client.h"
#include "doctor_form.h"
#include "doctor_stop.h"
#include "oauth/access_token.h"

enum { POLL_MS = 200, POLLS_MAX = 50 };

/* ---- what the token endpoint answers ---- */

static bool
tell_refused(struct walk *walk, const char *what,
    const struct web_answer *answer)
{
	if (!doctor_cause(walk->doctor, walk->token_endpoint, answer))
		doctor_problem(walk->doctor, "token-not-issued",
		    "# the line of token in the log says why, as reason=",
		    "%s is refused (status %ld)%s", what, answer->status,
		    doctor_reason(walk->doctor, answer));
	return false;
}

static bool
read_tokens(struct walk *walk, const char *body)
{
	AUTO_JSON *o = json_read(body, strlen(body));
	const char *access_token = o ? json_string(o, "access_token") : NULL;
	const char *refresh_token = o ? json_string(o, "refresh_token") : NULL;
	const char *type = o ? json_string(o, "token_type") : NULL;

	if (!access_token || !refresh_token || !type ||
	    !text_equal(type, "Bearer"))
		return false;
	walk->access_token = arena_strdup(walk->arena, access_token);
	walk->refresh_token = arena_strdup(walk->arena, refresh_token);
	return true;
}

/* As an MCP server without the guard does, with the keys that are published. */
static bool
verify(struct walk *walk)
{
	struct access_token token;
	enum access_token_result result;

	if (!walk->keys)
		return true;
	result = access_token_judge(walk->arena, walk->doctor->server,
	    walk->access_token, walk->keys, walk->n_keys, walk->resource->uri,
	    time(NULL), &token);
	if (result == ACCESS_TOKEN_GOOD)
		return true;
	if (result == ACCESS_TOKEN_EARLY || result == ACCESS_TOKEN_EXPIRED)
		doctor_problem(walk->doctor, "clock-database",
		    "timedatectl set-ntp true",
		    "a fresh access token is not good by this host's clock: %s",
		    access_token_reason(result));
	else
		doctor_problem(walk->doctor, "token-unverifiable",
		    "systemctl restart apache2\n"
		    "# so that jwks and token read the same configuration",
		    "an access token cannot be verified with the published "
		    "keys: %s",
		    access_token_reason(result));
	return false;
}

static bool
ask_for_tokens(struct walk *walk, const char *what, const char *form)
{
	struct web_answer answer = doctor_post_form(walk->doctor,
	    walk->token_endpoint, form, NULL);

	return answer.status == 200 && read_tokens(walk, answer.body)
	    ? verify(walk)
	    : tell_refused(walk, what, &answer);
}

bool
client_redeem(struct walk *walk)
{
	struct buf form = buf_in(walk->arena);

	form_add(&form, "grant_type", "authorization_code");
	form_add(&form, "client_id", walk->client_id);
	form_add(&form, "code", walk->code);
	form_add(&form, "code_verifier", walk->code_verifier);
	form_add(&form, "redirect_uri", CLIENT_REDIRECT_URI);
	form_add(&form, "resource", walk->resource->uri);
	if (!ask_for_tokens(walk, "a code", buf_text(&form)))
		return false;
	doctor_ok(walk->doctor, "token-not-issued", "the code buys tokens");
	return true;
}

static const char *
refresh_form(struct walk *walk)
{
	struct buf form = buf_in(walk->arena);

	form_add(&form, "grant_type", "refresh_token");
	form_add(&form, "client_id", walk->client_id);
	form_add(&form, "refresh_token", walk->refresh_token);
	form_add(&form, "resource", walk->resource->uri);
	return buf_text(&form);
}

bool
client_refresh(struct walk *walk)
{
	const char *spent = walk->refresh_token;

	if (!ask_for_tokens(walk, "a refresh token", refresh_form(walk)))
		return false;
	if (text_equal(spent, walk->refresh_token)) {
		doctor_problem(walk->doctor, "token-cached",
		    "<Location \"/api/oauth/\">\n"
		    "  CacheDisable on\n"
		    "</Location>",
		    "a refresh brought the same refresh token again: a cache "
		    "answers in place of the token endpoint");
		return false;
	}
	doctor_ok(walk->doctor, "token-not-issued",
	    "the refresh token buys new ones");
	return true;
}

/* ---- revoking ---- */

/* What is no message of MCP does nothing where the guard lets it through. */
static bool
guard_refuses(struct walk *walk)
{
	struct web_answer answer = doctor_post_json(walk->doctor,
	    walk->resource->uri, "{}",
	    arena_printf(walk->arena, "Bearer %s", walk->access_token));

	return answer.status == 401;
}

static bool
is_felt(struct walk *walk)
{
	const struct timespec a_while = {.tv_nsec = POLL_MS * 1000000L};
	int i;

	for (i = 0; i < POLLS_MAX && !doctor_stopped(); i++) {
		if (guard_refuses(walk))
			return true;
		(void)nanosleep(&a_while, NULL);
	}
	return false;
}

bool
client_revoke(struct walk *walk)
{
	struct buf form = buf_in(walk->arena);
	struct web_answer answer;

	form_add(&form, "client_id", walk->client_id);
	form_add(&form, "token", walk->refresh_token);
	answer = doctor_post_form(walk->doctor, walk->revocation_endpoint,
	    buf_text(&form), NULL);
	if (answer.status != 200)
		return tell_refused(walk, "the revocation", &answer);
	if (is_felt(walk)) {
		doctor_ok(walk->doctor, "revocation-not-felt",
		    "the guard refuses the token that was revoked");
		return true;
	}
	if (!doctor_stopped())
		doctor_problem(walk->doctor, "revocation-not-felt",
		    "# DATABASE_URL of guard.conf must be the database of "
		    "mcp-oauth.conf; the guard's lines in\n"
		    "# the log tell of its polling",
		    "ten seconds after a token was revoked the guard of %s "
		    "still lets it through",
		    walk->resource->path);
	return false;
}
