/* SPDX-License-Identifier: MIT */
#include "oauth/registration_update.h"

#include "base/text.h"
#include "oauth/member.h"
#include "oauth/registration.h"

/* What the server alone says of a client must not be sent back. */
static const char *
member_not_to_send(struct member_reader *r)
{
	static const char *const keys[] = {"registration_access_token",
	    "registration_client_uri", "client_secret_expires_at",
	    "client_id_issued_at"};
	size_t i;

	for (i = 0; i < sizeof(keys) / sizeof(*keys); i++)
		if (member_get(r, keys[i]))
			return keys[i];
	return NULL;
}

static enum oauth_error
read_identity(struct member_reader *r, const char *client_id,
    const char **client_secret)
{
	const char *sent = json_string(r->metadata, "client_id"), *key;

	if (!sent || !text_equal(sent, client_id))
		return member_refuse(r, "client_id must be the client's own");
	key = member_not_to_send(r);
	if (key)
		return member_refuse(r,
		    arena_printf(r->arena, "%s must be left out", key));
	if (!member_text(r, "client_secret", client_secret))
		return member_refuse(r, "client_secret must be a string");
	if (!member_get(r, "redirect_uris"))
		return member_refuse(r,
		    "redirect_uris is missing: an update replaces all "
		    "metadata");
	return OAUTH_OK;
}

enum oauth_error
registration_read_update(struct arena *arena, const struct settings *settings,
    struct json_object *metadata, const char *client_id,
    struct client_registration *ret, const char **client_secret,
    const char **reason)
{
	struct member_reader r = {arena, settings, metadata, NULL, reason};
	enum oauth_error error = read_identity(&r, client_id, client_secret);

	if (error)
		return error;
	error = registration_read(arena, settings, metadata, ret, reason);
	if (!error)
		ret->client_id = client_id;
	return error;
}
