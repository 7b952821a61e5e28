/* SPDX-License-Identifier: MIT */
/* client.c - clients registered by hand. */
#include <stdio.h>
#include <string.h>

#include "base/auto.h"
#include "base/buf.h"
#include "base/text.h"
#include "crypto/jwks.h"
#include "http/fetch.h"
#include "oauth/grant_types.h"
#include "oauth/redirect_uri.h"
#include "oauth/registration.h"
#include "oauth/resource.h"
#include "oauth/scope.h"
#include "store/client.h"
#include "verb.h"

enum { JWKS_MAX_BYTES = 1 << 16 };

/* Every --redirect-uri, one a line; NULL after a refusal was told. */
static const char *
take_redirect_uris(struct command *command, const struct settings *settings)
{
	const char *const *uri = command_values(command, "redirect-uri");
	struct buf list = buf_in(command->arena);

	for (; *uri; uri++) {
		if (!redirect_uri_registrable(command->arena, settings, *uri)) {
			(void)command_fail("%s is no redirect URI that can be "
			                   "registered",
			    *uri);
			return NULL;
		}
		buf_addf(&list, "%s\n", *uri);
	}
	return buf_text(&list);
}

static int
store_client(struct command *command, const char *url,
    const struct client_registration *registration, const char *secret)
{
	struct store *store = store_open_url(url);
	int64_t issued_s, retry_after_s;
	enum client_register_result result = client_register(store,
	    command->arena, registration, "", "", 0, &issued_s, &retry_after_s);

	store_close(store);
	switch (result) {
	case CLIENT_REGISTERED:
		(void)printf("client_id=%s\n", registration->client_id);
		if (secret)
			(void)printf("client_secret=%s\n", secret);
		return EXIT_GOOD;
	case CLIENT_DUPLICATE:
		return command_fail("there is a client %s already",
		    registration->client_id);
	case CLIENT_THROTTLED: /* never by hand */
	case CLIENT_REGISTER_STORE_DOWN:
		break;
	}
	return command_store_fail();
}

/* Every value of the option that names a resource by its path, as URIs; ""
 * without any, NULL after a refusal was told. */
static const char *
take_resources(struct command *command, const struct settings *settings,
    const char *option)
{
	const char *const *path = command_values(command, option);
	const struct resource_setting *resource;
	struct buf list = buf_in(command->arena);

	for (; *path; path++) {
		resource = resource_of_path(settings, *path);
		if (!resource || !text_equal(resource->path, *path)) {
			(void)command_fail("%s is not in MCP_RESOURCES", *path);
			return NULL;
		}
		buf_addf(&list, "%s%s", list.len ? " " : "", resource->uri);
	}
	return buf_text(&list);
}

/* The public keys in a file, or NULL after a refusal was told. */
static const char *
read_jwks(struct command *command, const char *path)
{
	char *text = arena_alloc(command->arena, JWKS_MAX_BYTES + 1);
	AUTO_FILE *file = fopen(path, "re");
	struct jwt_key *keys;
	size_t len, n = 0;

	len = file ? fread(text, 1, JWKS_MAX_BYTES, file) : 0;
	if (!jwks_read(command->arena, text, len, &keys, &n) || n == 0) {
		(void)command_fail("%s is no JWK set with a public key", path);
		return NULL;
	}
	return text;
}

/* What verifies its assertions, from one place.  False after a refusal was
 * told. */
static bool
take_keys(struct command *command, struct client_registration *registration)
{
	const char *jwks = command_value(command, "jwks");
	const char *jwks_uri = command_value(command, "jwks-uri");

	if (jwks && jwks_uri) {
		(void)command_fail("--jwks and --jwks-uri exclude each other");
		return false;
	}
	if (jwks_uri && !fetch_origin(command->arena, jwks_uri)) {
		(void)command_fail("%s is no https URL", jwks_uri);
		return false;
	}
	registration->jwks_uri = jwks_uri;
	registration->jwks = jwks ? read_jwks(command, jwks) : NULL;
	return !jwks || registration->jwks;
}

/* People connect it by codes or as a device, and it may act for itself. */
static const char *
grant_types_of(struct command *command, bool codes, bool device, bool machine)
{
	struct buf list = buf_in(command->arena);

	if (codes)
		buf_add(&list, " authorization_code");
	if (device)
		buf_add(&list, " " GRANT_TYPE_DEVICE_CODE);
	if (codes || device)
		buf_add(&list, " refresh_token");
	if (machine)
		buf_add(&list, " client_credentials");
	return list.len ? buf_text(&list) + 1 : "";
}

/* What the client may do by itself, and how it shows who it is.  False after a
 * refusal was told. */
static bool
take_rights(struct command *command, const struct settings *settings,
    struct client_registration *registration)
{
	bool confidential = command_given(command, "confidential");
	bool device = command_given(command, "device");
	bool machine = command_given(command, "client-credentials");

	registration->resources = take_resources(command, settings, "resource");
	registration->introspects = take_resources(command, settings,
	    "introspect");
	if (!registration->resources || !registration->introspects ||
	    !take_keys(command, registration))
		return false;
	registration->token_endpoint_auth_method = registration->jwks ||
	        registration->jwks_uri
	    ? "private_key_jwt"
	    : confidential || machine || *registration->introspects
	    ? "client_secret_basic"
	    : "none";
	registration->grant_types = grant_types_of(command,
	    *registration->redirect_uris, device, machine);
	if (!*registration->resources)
		registration->resources = NULL; /* any */
	if (!*registration->introspects)
		registration->introspects = NULL;
	return true;
}

static int
add(struct command *command, struct client_registration *registration)
{
	const char *url = command_database_url(command);

	return url ? store_client(command, url, registration,
	                 registration_draw(command->arena, registration))
	           : EXIT_REFUSED;
}

/* EXIT_GOOD, or what to end with after it was told. */
static int
check(struct command *command, const struct settings *settings,
    const struct client_registration *registration)
{
	if (!*registration->grant_types && !registration->introspects)
		return command_usage(
		    "what is it for?  --redirect-uri, --device, "
		    "--client-credentials or --introspect");
	if (registration->client_id &&
	    !text_is_base64url(registration->client_id))
		return command_fail(
		    "a client_id is made of letters, digits, - and _");
	if (registration->scope &&
	    !scope_covers(command->arena,
	        scope_anywhere(command->arena, settings), registration->scope))
		return command_fail(
		    "the scope goes beyond SCOPES_SUPPORTED and "
		    "MCP_RESOURCE_SCOPES");
	return EXIT_GOOD;
}

int
verb_client_add(struct command *command)
{
	const struct settings *settings = command_settings(command);
	struct client_registration registration = {
	    .registration = "admin",
	    .client_id = command_value(command, "id"),
	    .client_name = command_value(command, "name"),
	    .scope = command_value(command, "scope"),
	    .dpop_bound_access_tokens = command_given(command, "dpop"),
	};
	int status;

	if (!settings)
		return EXIT_REFUSED;
	registration.redirect_uris = take_redirect_uris(command, settings);
	if (!registration.redirect_uris ||
	    !take_rights(command, settings, &registration))
		return EXIT_REFUSED;
	status = check(command, settings, &registration);
	return status == EXIT_GOOD ? add(command, &registration) : status;
}
