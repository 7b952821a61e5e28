/* SPDX-License-Identifier: MIT */
#include "oauth/registration_response.h"

#include <string.h>

static struct json_object *
lines_as_array(const char *lines)
{
	struct json_object *array = json_new_array();
	size_t len;

	for (; *lines; lines += len + (lines[len] == '\n')) {
		len = strcspn(lines, "\n");
		json_append_string(array, lines, len);
	}
	return array;
}

static void
add_issue(struct arena *arena, struct json_object *o,
    const struct settings *settings, const char *client_id,
    const struct registration_issue *issue)
{
	json_add_int64(o, "client_id_issued_at", issue->issued_s);
	json_add_string(o, "client_secret", issue->client_secret);
	if (issue->client_secret)
		json_add_int64(o, "client_secret_expires_at", 0);
	json_add_string(o, "registration_access_token",
	    issue->registration_access_token);
	if (issue->registration_access_token)
		json_add_string(o, "registration_client_uri",
		    arena_printf(arena, "%s/api/oauth/register/%s",
		        settings->oauth_base_url, client_id));
}

/* Keys that came from a jwks_uri are no part of what was registered. */
static void
add_keys(struct json_object *o, const struct client_registration *registration)
{
	json_add_string(o, "jwks_uri", registration->jwks_uri);
	if (registration->jwks && !registration->jwks_uri)
		json_add(o, "jwks",
		    json_read(registration->jwks, strlen(registration->jwks)));
}

struct json_object *
registration_response(struct arena *arena, const struct settings *settings,
    const struct client_registration *registration,
    const struct registration_issue *issue)
{
	struct json_object *o = json_new_object();

	json_add_string(o, "client_id", registration->client_id);
	add_issue(arena, o, settings, registration->client_id, issue);
	json_add_string(o, "client_name", registration->client_name);
	json_add(o, "redirect_uris",
	    lines_as_array(registration->redirect_uris));
	json_add_words(o, "grant_types", registration->grant_types);
	json_add_words(o, "response_types",
	    *registration->redirect_uris ? "code" : "");
	json_add_string(o, "token_endpoint_auth_method",
	    registration->token_endpoint_auth_method);
	json_add_string(o, "scope", registration->scope);
	json_add_string(o, "client_uri", registration->client_uri);
	json_add_string(o, "logo_uri", registration->logo_uri);
	json_add_string(o, "tos_uri", registration->tos_uri);
	json_add_string(o, "policy_uri", registration->policy_uri);
	json_add_string(o, "application_type", registration->application_type);
	json_add_string(o, "software_id", registration->software_id);
	json_add_string(o, "software_version", registration->software_version);
	add_keys(o, registration);
	if (registration->dpop_bound_access_tokens)
		json_add_true(o, "dpop_bound_access_tokens");
	if (registration->post_logout_redirect_uris)
		json_add(o, "post_logout_redirect_uris",
		    lines_as_array(registration->post_logout_redirect_uris));
	return o;
}
