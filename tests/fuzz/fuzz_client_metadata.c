/* SPDX-License-Identifier: MIT */
/* Client metadata: registered, or fetched from a client_id. */
#include <string.h>
#include <strings.h>

#include "base/text.h"
#include "fuzz.h"
#include "oauth/redirect_uri.h"
#include "oauth/registration.h"
#include "oauth/registration_document.h"

static void
try_good(struct arena *arena, const struct settings *settings,
    const struct client_registration *client)
{
	const char *const display[] = {client->client_uri, client->logo_uri,
	    client->tos_uri, client->policy_uri, client->jwks_uri};
	const char **uris = text_split(arena, client->redirect_uris, "\n",
	    NULL);
	size_t i;

	for (i = 0; i < sizeof(display) / sizeof(*display); i++)
		fuzz_must(
		    !display[i] || strncasecmp(display[i], "https://", 8) == 0);
	for (; *uris; uris++)
		fuzz_must(redirect_uri_registrable(arena, settings, *uris));
	fuzz_must(!client->client_name ||
	    (text_is_utf8(client->client_name, strlen(client->client_name)) &&
	        !text_has_control(client->client_name)));
}

void
fuzz_one(struct arena *arena, const char *text, size_t len_bytes)
{
	const struct settings *settings = fuzz_settings();
	AUTO_JSON *object = json_read(text, len_bytes);
	struct client_registration client = {0}, document = {0};
	const char *reason = NULL;

	if (!json_object_is_type(object, json_type_object))
		return;
	if (registration_read(arena, settings, object, &client, &reason) ==
	    OAUTH_OK)
		try_good(arena, settings, &client);
	else
		fuzz_must(reason != NULL);
	reason = NULL;
	if (registration_read_document(arena, settings,
	        "https://app.example/client.json", object, &document,
	        &reason) == OAUTH_OK)
		try_good(arena, settings, &document);
	else
		fuzz_must(reason != NULL);
}
