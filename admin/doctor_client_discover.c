/* SPDX-License-Identifier: MIT */
/*
 * doctor_client_discover.c - from the challenge of a resource to the endpoints
 * of its authorization server (RFC 9728 s5, RFC 8414 s3), by the addresses that
 * each document names.
 */
#include <string.h>

#include "base/text.h"
#include "crypto/jwks.h"
#include "doctor_client.h"

static struct web_answer
get(struct walk *walk, const char *url)
{
	static const char *const headers[] = {"Accept: application/json",
	    "MCP-Protocol-Version: 2025-06-18", NULL};

	return doctor_send(walk->doctor,
	    &(struct web_request){.url = url, .headers = headers});
}

/* The JSON object at url; NULL after it was told. */
static struct json_object *
get_document(struct walk *walk, const char *url)
{
	struct web_answer answer = get(walk, url);
	struct json_object *document = NULL;

	if (answer.status == 200 && doctor_is_json(&answer))
		document = json_read(answer.body, strlen(answer.body));
	if (!document && !doctor_cause(walk->doctor, url, &answer))
		doctor_problem(walk->doctor, "document-missing",
		    "# see what the checks of /.well-known/ say",
		    "a client is sent to %s and finds no document there "
		    "(status %ld, type \"%s\")",
		    url, answer.status, answer.content_type);
	return document;
}

/* An address of ours that the document names; NULL for no or another's, which
 * passwords and tokens must not reach. */
static const char *
endpoint(struct walk *walk, struct json_object *document, const char *key)
{
	const char *ours = doctor_url_of(walk->doctor, "/");
	const char *value = json_string(document, key);

	return value && text_starts(value, ours)
	    ? arena_strdup(walk->arena, value)
	    : NULL;
}

/* ---- the challenge ---- */

/* Clients read the first scheme alone, and want an absolute URL. */
static const char *
metadata_url(struct walk *walk)
{
	static const char parameter[] = "resource_metadata=\"";
	struct web_answer answer = doctor_post_json(walk->doctor,
	    walk->resource->uri,
	    "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"ping\"}", NULL);
	const char *challenge = web_header(walk->arena, &answer,
	    "www-authenticate");
	const char *at = strstr(challenge, parameter);

	if (answer.status == 401 && text_starts(challenge, "Bearer ") && at) {
		at += sizeof(parameter) - 1;
		return arena_strndup(walk->arena, at, strcspn(at, "\""));
	}
	if (!doctor_told(walk->doctor, "unguarded") &&
	    !doctor_told(walk->doctor, "challenge-replaced") &&
	    !doctor_cause(walk->doctor, walk->resource->uri, &answer))
		doctor_problem(walk->doctor, "unguarded",
		    arena_printf(walk->arena, "Use GuardMCP %s",
		        walk->resource->path),
		    "%s does not lead a client to sign in: status %ld, "
		    "challenge \"%s\"",
		    walk->resource->uri, answer.status, challenge);
	return NULL;
}

/* ---- the documents ---- */

static bool
tell_mismatch(struct walk *walk, const char *what, const char *got,
    const char *wanted)
{
	doctor_problem(walk->doctor, "document-differs",
	    "systemctl restart apache2\n"
	    "# so that its programs read this configuration, if they read "
	    "another",
	    "the %s that a client is told is \"%s\", not \"%s\"", what,
	    got ? got : "", wanted);
	return false;
}

/* The first server that the resource names must be ours. */
static bool
read_resource(struct walk *walk, const char *url)
{
	const struct settings *settings = walk->doctor->server;
	AUTO_JSON *document = get_document(walk, url);
	struct json_object *servers = NULL;
	const char *resource, *server = NULL;

	if (!document)
		return false;
	resource = json_string(document, "resource");
	if (json_object_object_get_ex(document, "authorization_servers",
	        &servers) &&
	    json_object_is_type(servers, json_type_array) &&
	    json_object_array_length(servers) > 0)
		server = json_object_get_string(
		    json_object_array_get_idx(servers, 0));
	if (!resource || !text_equal(resource, walk->resource->uri))
		return tell_mismatch(walk, "resource", resource,
		    walk->resource->uri);
	if (!server || !text_equal(server, settings->oauth_issuer))
		return tell_mismatch(walk, "authorization server", server,
		    settings->oauth_issuer);
	return true;
}

static bool
read_keys(struct walk *walk, const char *jwks_uri)
{
	struct web_answer answer;
	struct jwt_key *keys;

	if (walk->doctor->server->hs256 || !jwks_uri)
		return true; /* nobody but the guard verifies */
	answer = get(walk, jwks_uri);
	if (jwks_read(walk->arena, answer.body, strlen(answer.body), &keys,
	        &walk->n_keys)) {
		walk->keys = keys;
		return true;
	}
	if (!doctor_cause(walk->doctor, jwks_uri, &answer))
		doctor_problem(walk->doctor, "document-missing",
		    "# see what the checks of /.well-known/ say",
		    "there are no keys at %s (status %ld)", jwks_uri,
		    answer.status);
	return false;
}

static bool
read_server(struct walk *walk)
{
	const struct settings *settings = walk->doctor->server;
	AUTO_JSON *document = get_document(walk,
	    arena_printf(walk->arena,
	        "%s/.well-known/oauth-authorization-server%s",
	        settings->oauth_base_url, settings->issuer_path));
	const char *issuer;

	if (!document)
		return false;
	issuer = json_string(document, "issuer");
	if (!issuer || !text_equal(issuer, settings->oauth_issuer))
		return tell_mismatch(walk, "issuer", issuer,
		    settings->oauth_issuer);
	walk->authorization_endpoint = endpoint(walk, document,
	    "authorization_endpoint");
	walk->token_endpoint = endpoint(walk, document, "token_endpoint");
	walk->registration_endpoint = endpoint(walk, document,
	    "registration_endpoint");
	walk->revocation_endpoint = endpoint(walk, document,
	    "revocation_endpoint");
	if (!walk->authorization_endpoint || !walk->token_endpoint ||
	    !walk->revocation_endpoint)
		return tell_mismatch(walk, "token endpoint",
		    json_string(document, "token_endpoint"),
		    doctor_url_of(walk->doctor, "/api/oauth/token"));
	return read_keys(walk, json_string(document, "jwks_uri"));
}

bool
client_discover(struct walk *walk)
{
	const char *url = metadata_url(walk);

	if (!url || !read_resource(walk, url) || !read_server(walk))
		return false;
	doctor_ok(walk->doctor, "document-missing",
	    "the challenge of %s leads to the token endpoint",
	    walk->resource->path);
	return true;
}
