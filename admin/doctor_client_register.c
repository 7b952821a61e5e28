/* SPDX-License-Identifier: MIT */
/* doctor_client_register.c - the client registers itself (RFC 7591), as a
 * program on the person's computer does; by hand where that is switched off. */
#include <string.h>

#include "base/text.h"
#include "doctor_client.h"
#include "oauth/registration.h"

static const char client_name[] = "mcp-oauth doctor";

/* Without a port: any is good at authorization (RFC 8252 s7.3). */
static const char redirect_uri[] = "http://localhost/callback";

static const char *
metadata(struct walk *walk)
{
	AUTO_JSON *o = json_new_object();

	json_add_string(o, "client_name", client_name);
	json_add_words(o, "redirect_uris", redirect_uri);
	json_add_words(o, "grant_types", "authorization_code refresh_token");
	json_add_words(o, "response_types", "code");
	json_add_string(o, "token_endpoint_auth_method", "none");
	json_add_string(o, "application_type", "native");
	return json_text(walk->arena, o);
}

static bool
read_registration(struct walk *walk, const char *body)
{
	AUTO_JSON *o = json_read(body, strlen(body));
	const char *client_id = o ? json_string(o, "client_id") : NULL;
	const char *uri, *token;

	if (!client_id)
		return false;
	uri = json_string(o, "registration_client_uri");
	token = json_string(o, "registration_access_token");
	walk->client_id = arena_strdup(walk->arena, client_id);
	if (uri && token) {
		walk->registration_client_uri = arena_strdup(walk->arena, uri);
		walk->registration_access_token = arena_strdup(walk->arena,
		    token);
	}
	return true;
}

static bool
register_at(struct walk *walk, const char *url)
{
	const char *token = walk->doctor->server->initial_access_token;
	struct web_answer answer = doctor_post_json(walk->doctor, url,
	    metadata(walk),
	    token ? arena_printf(walk->arena, "Bearer %s", token) : NULL);

	if (answer.status == 201 && read_registration(walk, answer.body)) {
		doctor_ok(walk->doctor, "registration-refused",
		    "a client registers itself");
		return true;
	}
	if (doctor_cause(walk->doctor, url, &answer))
		return false;
	if (answer.status == 429)
		doctor_problem(walk->doctor, "registration-refused",
		    "REGISTRATION_LIMIT=100\n"
		    "# in mcp-oauth.conf: for each address and hour",
		    "too many clients were registered from this address: "
		    "status 429");
	else
		doctor_problem(walk->doctor, "registration-refused",
		    "# the line of register in the log says why",
		    "a client cannot register itself (status %ld)%s",
		    answer.status, doctor_reason(walk->doctor, &answer));
	return false;
}

static bool
register_by_hand(struct walk *walk)
{
	struct client_registration registration = {
	    .registration = "admin",
	    .client_name = client_name,
	    .redirect_uris = redirect_uri,
	    .grant_types = "authorization_code refresh_token",
	    .token_endpoint_auth_method = "none",
	};
	struct store *store = client_operator_store(walk);
	int64_t issued_s, retry_after_s;

	(void)registration_draw(walk->arena, &registration);
	if (store &&
	    client_register(store, walk->arena, &registration, "", "", 0,
	        &issued_s, &retry_after_s) == CLIENT_REGISTERED) {
		walk->client_id = registration.client_id;
		return true;
	}
	doctor_problem(walk->doctor, "registration-refused",
	    "mcp-oauth doctor --as-client --database postgresql://OWNER@/DB",
	    "OAUTH_REGISTRATION is off, and no client could be added by hand: "
	    "%s",
	    store_last_fault());
	return false;
}

bool
client_register_itself(struct walk *walk)
{
	return walk->registration_endpoint
	    ? register_at(walk, walk->registration_endpoint)
	    : register_by_hand(walk);
}
