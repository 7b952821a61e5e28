/* SPDX-License-Identifier: MIT */
/* Client metadata as it is sent, without a request or a database. */
#include "crypto/digest.h"
#include "oauth/redirect_uri.h"
#include "oauth/registration.h"
#include "oauth/registration_response.h"
#include "oauth/registration_update.h"
#include "tap.h"

static const struct settings settings = {
    .oauth_base_url = "https://mcp.example",
    .scopes_supported = "openid email profile",
    .redirect_uri_schemes = "cursor vscode",
};

static const char *reason, *client_secret;
static struct client_registration registration;

static enum oauth_error
read_new(struct arena *arena, const char *text)
{
	AUTO_JSON *metadata = json_read(text, strlen(text));

	return registration_read(arena, &settings, metadata, &registration,
	    &reason);
}

static enum oauth_error
read_update(struct arena *arena, const char *text)
{
	AUTO_JSON *metadata = json_read(text, strlen(text));

	return registration_read_update(arena, &settings, metadata, "me",
	    &registration, &client_secret, &reason);
}

#define URIS "\"redirect_uris\":[\"https://a.example/\"]"

static void
test_new(struct arena *arena)
{
	ok(read_new(arena, "{}") == OAUTH_OK);
	is(registration.token_endpoint_auth_method, "none");
	ok(read_new(arena, "{" URIS "}") == OAUTH_OK);
	is(registration.token_endpoint_auth_method, "client_secret_basic");
	is(registration.redirect_uris, "https://a.example/\n");
	is(registration.grant_types, "authorization_code refresh_token");
	is(registration.registration, "dynamic");
	ok(!registration.client_id);
	ok(read_new(arena, "{\"client_id\":\"x\"," URIS "}") == OAUTH_OK);
	ok(!registration.client_id);
	ok(read_new(arena, "{\"redirect_uris\":[]}") ==
	    OAUTH_INVALID_CLIENT_METADATA);
	ok(read_new(arena, "{\"redirect_uris\":[\"data:x\"]}") ==
	    OAUTH_INVALID_REDIRECT_URI);
	ok(read_new(arena,
	       "{" URIS ",\"token_endpoint_auth_method\":"
	       "\"private_key_jwt\"}") == OAUTH_INVALID_CLIENT_METADATA);
}

/* A drawn client_id is no option to the operator's command; others stay. */
static void
test_draw(struct arena *arena)
{
	struct client_registration drawn = {
	    .token_endpoint_auth_method = "none"};
	int n_dashes = 0;

	for (int i = 0; i < 2000; i++) {
		drawn.client_id = NULL;
		(void)registration_draw(arena, &drawn);
		n_dashes += *drawn.client_id == '-';
	}
	ok(n_dashes == 0);
	drawn.client_id = "-mine";
	ok(!registration_draw(arena, &drawn));
	is(drawn.client_id, "-mine");
}

/* RFC 7592 s2.2 */
static void
test_update(struct arena *arena)
{
	ok(read_update(arena, "{\"client_id\":\"me\"," URIS "}") == OAUTH_OK);
	is(registration.client_id, "me");
	is(client_secret, NULL);
	ok(read_update(arena,
	       "{\"client_id\":\"me\",\"client_secret\":\"s\"," URIS
	       "}") == OAUTH_OK);
	is(client_secret, "s");
	ok(read_update(arena, "{" URIS "}") != OAUTH_OK);
	ok(read_update(arena, "{\"client_id\":\"you\"," URIS "}") != OAUTH_OK);
	ok(read_update(arena, "{\"client_id\":1," URIS "}") != OAUTH_OK);
	ok(read_update(arena, "{\"client_id\":\"me\"}") ==
	    OAUTH_INVALID_CLIENT_METADATA);
	ok(read_update(arena,
	       "{\"client_id\":\"me\",\"client_id_issued_at\":1," URIS
	       "}") == OAUTH_INVALID_CLIENT_METADATA);
	is(reason, "client_id_issued_at must be left out");
	ok(read_update(arena,
	       "{\"client_id\":\"me\",\"client_id_issued_at\":null," URIS
	       "}") == OAUTH_OK);
}

static void
test_response(struct arena *arena)
{
	struct registration_issue issue = {.issued_s = 7};
	AUTO_JSON *public = NULL, *confidential = NULL;

	registration = (struct client_registration){.client_id = "me",
	    .token_endpoint_auth_method = "client_secret_basic",
	    .redirect_uris = "https://a.example/\n",
	    .grant_types = "authorization_code"};
	public = registration_response(arena, &settings, &registration, &issue);
	ok(!json_object_object_get_ex(public, "client_secret_expires_at",
	    NULL));
	is(json_string(public, "registration_client_uri"), NULL);

	issue.client_secret = registration_draw(arena, &registration);
	issue.registration_access_token = registration_draw_token(arena,
	    &registration);
	is(registration.client_id, "me");
	ok(registration.client_secret_digest != NULL);
	ok(registration.registration_access_token_digest != NULL);
	confidential = registration_response(arena, &settings, &registration,
	    &issue);
	is(json_string(confidential, "client_secret"), issue.client_secret);
	ok(json_object_object_get_ex(confidential, "client_secret_expires_at",
	    NULL));
	is(json_string(confidential, "registration_client_uri"),
	    "https://mcp.example/api/oauth/register/me");
}

static void
test_receivers(struct arena *arena)
{
	is(redirect_uri_receivers(arena, ""), "");
	is(redirect_uri_receivers(arena, "https://B.example:8443/x?y\n"),
	    "b.example");
	is(redirect_uri_receivers(arena,
	       "vscode://a/b\nhttps://b.example/1\nhttp://[::1]:5/\n"
	       "https://a.example/\nhttps://b.example/2\n"
	       "http://localhost/cb\nhttp://127.0.0.1:1/\n"),
	    "a.example b.example loopback vscode:");
}

int
main(void)
{
	struct arena *arena = arena_new(1 << 20);

	if (!crypto_start())
		return 1;
	test_new(arena);
	test_draw(arena);
	test_update(arena);
	test_response(arena);
	test_receivers(arena);
	arena_free(arena);
	return tap_done();
}
