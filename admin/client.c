/* SPDX-License-Identifier: MIT */
/* client.c - clients registered by hand. */
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/text.h"
#include "command.h"
#include "oauth/redirect_uri.h"
#include "oauth/registration.h"
#include "oauth/scope.h"
#include "store/client.h"

static const char usage[] =
    "client add --name NAME --redirect-uri URI [--redirect-uri URI ...]\n"
    "           [--confidential] [--id CLIENT_ID] [--scope SCOPE]";

/* Every --redirect-uri, one a line; NULL after a refusal was told. */
static const char *
take_redirect_uris(struct command *command, const struct settings *settings,
    char **args)
{
	struct buf list = buf_in(command->arena);
	const char *uri;

	while ((uri = command_option(args, "--redirect-uri"))) {
		if (!redirect_uri_registrable(command->arena, settings, uri)) {
			(void)command_fail("%s is no redirect URI that can be "
			                   "registered",
			    uri);
			return NULL;
		}
		buf_addf(&list, "%s\n", uri);
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
	return command_fail("%s", store_last_fault());
}

static int
add(struct command *command, struct client_registration *registration,
    bool confidential)
{
	const char *url = command_database_url(command);

	if (!url)
		return EXIT_REFUSED;
	registration->token_endpoint_auth_method = confidential
	    ? "client_secret_basic"
	    : "none";
	return store_client(command, url, registration,
	    registration_draw(command->arena, registration));
}

int
verb_client(struct command *command, char **args)
{
	const struct settings *settings;
	bool confidential = command_flag(args, "--confidential");
	struct client_registration registration = {
	    .registration = "admin",
	    .grant_types = "authorization_code refresh_token",
	    .client_id = command_option(args, "--id"),
	    .client_name = command_option(args, "--name"),
	    .scope = command_option(args, "--scope"),
	};

	settings = command_settings(command);
	if (!settings)
		return EXIT_REFUSED;
	registration.redirect_uris = take_redirect_uris(command, settings,
	    args);
	if (!registration.redirect_uris)
		return EXIT_REFUSED;
	if (!args[0] || !text_equal(args[0], "add") || args[1] ||
	    !registration.client_name || !*registration.redirect_uris)
		return command_usage(usage);
	if (registration.client_id &&
	    !text_is_base64url(registration.client_id))
		return command_fail(
		    "a client_id is made of letters, digits, - and _");
	if (registration.scope &&
	    !scope_covers(command->arena,
	        scope_anywhere(command->arena, settings), registration.scope))
		return command_fail(
		    "the scope goes beyond SCOPES_SUPPORTED and "
		    "MCP_RESOURCE_SCOPES");
	return add(command, &registration, confidential);
}
