/* SPDX-License-Identifier: MIT */
#include "oauth/registration.h"

#include "base/text.h"
#include "crypto/digest.h"
#include "oauth/client_metadata.h"

enum {
	CLIENT_ID_BYTES = 18,
	CLIENT_SECRET_BYTES = 32,
	REGISTRATION_ACCESS_TOKEN_BYTES = 32,
};

/* ---- the request body ---- */

static enum oauth_error
read_auth_method(struct member_reader *r)
{
	static const char ours[] =
	    "none client_secret_post client_secret_basic private_key_jwt";
	const char *method;

	if (!member_text(r, "token_endpoint_auth_method", &method))
		return member_refuse(r,
		    "token_endpoint_auth_method must be a string");
	if (!method) /* RFC 7591 s2; what names no redirect_uris is public */
		method = member_get(r, "redirect_uris") ? "client_secret_basic"
		                                        : "none";
	if (!text_has_word(ours, method))
		return member_refuse(r,
		    "token_endpoint_auth_method must be none, "
		    "client_secret_post, client_secret_basic or "
		    "private_key_jwt");
	r->ret->token_endpoint_auth_method = method;
	return OAUTH_OK;
}

/* A client that signs must say with what. */
static enum oauth_error
check_keys(struct member_reader *r)
{
	if (text_equal(r->ret->token_endpoint_auth_method, "private_key_jwt") &&
	    !r->ret->jwks && !r->ret->jwks_uri)
		return member_refuse(r,
		    "private_key_jwt needs jwks or jwks_uri");
	return OAUTH_OK;
}

enum oauth_error
registration_read(struct arena *arena, const struct settings *settings,
    struct json_object *metadata, struct client_registration *ret,
    const char **reason)
{
	struct client_registration registration = {.registration = "dynamic"};
	struct member_reader r = {arena, settings, metadata, &registration,
	    reason};
	enum oauth_error error;

	if ((error = client_metadata_read(&r)) ||
	    (error = read_auth_method(&r)) || (error = check_keys(&r)))
		return error;
	*ret = registration;
	return OAUTH_OK;
}

/* ---- what the server chooses ---- */

/* A text of so many random bytes, its digest in *digest. */
static const char *
draw(struct arena *arena, size_t bytes, const struct sha256 **digest)
{
	const char *text = random_text(arena, bytes);
	struct sha256 *sha256 = arena_alloc(arena, sizeof(*sha256));

	*sha256 = sha256_of_text(text);
	*digest = sha256;
	return text;
}

/* No first "-", which the operator's command would take for an option. */
static const char *
draw_client_id(struct arena *arena)
{
	const char *id;

	do
		id = random_text(arena, CLIENT_ID_BYTES);
	while (*id == '-');
	return id;
}

const char *
registration_draw(struct arena *arena, struct client_registration *registration)
{
	if (!registration->client_id)
		registration->client_id = draw_client_id(arena);
	if (!text_starts(registration->token_endpoint_auth_method,
	        "client_secret_"))
		return NULL;
	return draw(arena, CLIENT_SECRET_BYTES,
	    &registration->client_secret_digest);
}

const char *
registration_draw_token(struct arena *arena,
    struct client_registration *registration)
{
	return draw(arena, REGISTRATION_ACCESS_TOKEN_BYTES,
	    &registration->registration_access_token_digest);
}
