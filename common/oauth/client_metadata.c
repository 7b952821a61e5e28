/* SPDX-License-Identifier: MIT */
#include "oauth/client_metadata.h"

#include <string.h>

#include "base/text.h"
#include "crypto/jwks.h"
#include "oauth/client_name.h"
#include "oauth/client_uris.h"
#include "oauth/grant_types.h"
#include "oauth/scope.h"

enum { SHORT_TEXT_MAX_BYTES = 256 };

static enum oauth_error
read_texts(struct member_reader *r)
{
	const char *name;

	if (!member_text(r, "client_name", &name))
		return member_refuse(r, "client_name must be a string");
	if (name)
		r->ret->client_name = client_name_clean(r->arena, name);
	if (!member_text(r, "software_id", &r->ret->software_id) ||
	    !member_text(r, "software_version", &r->ret->software_version) ||
	    !member_text(r, "application_type", &r->ret->application_type))
		return member_refuse(r,
		    "software_id, software_version and application_type must "
		    "be strings");
	if ((r->ret->software_id &&
	        strlen(r->ret->software_id) > SHORT_TEXT_MAX_BYTES) ||
	    (r->ret->software_version &&
	        strlen(r->ret->software_version) > SHORT_TEXT_MAX_BYTES))
		return member_refuse(r,
		    "software_id or software_version is too long");
	if (r->ret->application_type &&
	    !text_has_word("native web", r->ret->application_type))
		return member_refuse(r,
		    "application_type must be native or web");
	return OAUTH_OK;
}

/* Known once read_grant_types() was called.  No browser is ever sent back to
 * such a client: it needs no redirect_uris, and those it sends are dropped. */
static bool
only_for_devices(const struct member_reader *r)
{
	return !text_has_word(r->ret->grant_types, "authorization_code");
}

/*
 * Of the asked grant types those that a client may give itself here are kept;
 * one that can only use others has no business here.
 */
static enum oauth_error
read_grant_types(struct member_reader *r)
{
	static const char usual[] = "authorization_code refresh_token";
	struct json_object *list = member_get(r, "grant_types");
	const char *asked = list ? member_words(r, list) : usual;
	const char *ours = usual;

	if (!asked)
		return member_refuse(r,
		    "grant_types must be a list of strings");
	if (r->settings->device_authorization)
		ours = arena_printf(r->arena, "%s %s", usual,
		    GRANT_TYPE_DEVICE_CODE);
	r->ret->grant_types = scope_intersect(r->arena, asked, ours);
	if (only_for_devices(r) &&
	    !text_has_word(r->ret->grant_types, GRANT_TYPE_DEVICE_CODE))
		return member_refuse(r,
		    "grant_types must hold authorization_code "
		    "or " GRANT_TYPE_DEVICE_CODE);
	return OAUTH_OK;
}

static enum oauth_error
read_response_types(struct member_reader *r)
{
	struct json_object *list = member_get(r, "response_types");
	const char *asked = list ? member_words(r, list) : "code";

	if (only_for_devices(r))
		return OAUTH_OK;
	if (!asked || !text_has_word(asked, "code"))
		return member_refuse(r, "response_types must hold code");
	return OAUTH_OK;
}

static enum oauth_error
read_redirect_uris(struct member_reader *r)
{
	r->ret->redirect_uris = "";
	return only_for_devices(r) ? OAUTH_OK : client_uris_read_redirect(r);
}

/* A scope beyond what exists here is dropped, none left is as if none had been
 * sent.  It is no limit: see requested_access.c. */
static enum oauth_error
read_scope(struct member_reader *r)
{
	const char *asked;

	if (!member_text(r, "scope", &asked))
		return member_refuse(r, "scope must be a string");
	if (!asked)
		return OAUTH_OK;
	r->ret->scope = scope_intersect(r->arena, asked,
	    scope_anywhere(r->arena, r->settings));
	if (!*r->ret->scope)
		r->ret->scope = NULL;
	return OAUTH_OK;
}

/* A JWK set of public keys, kept as it is. */
static enum oauth_error
read_jwks(struct member_reader *r)
{
	struct json_object *jwks = member_get(r, "jwks"), *keys = NULL;
	struct jwt_key *list;
	size_t i, n;

	if (!jwks)
		return OAUTH_OK;
	if (r->ret->jwks_uri)
		return member_refuse(r, "jwks and jwks_uri exclude each other");
	if (!jwks_keys(r->arena, jwks, &list, &n) || n == 0)
		return member_refuse(r,
		    "jwks holds no key that can verify a signature");
	(void)json_object_object_get_ex(jwks, "keys", &keys);
	for (i = 0; i < json_object_array_length(keys); i++)
		if (jwk_is_private(json_object_array_get_idx(keys, i)))
			return member_refuse(r,
			    "jwks holds a private or shared key");
	r->ret->jwks = json_text(r->arena, jwks);
	return OAUTH_OK;
}

/* RFC 9449 s5.2; with DPOP=off it is a member like any unknown one. */
static enum oauth_error
read_dpop(struct member_reader *r)
{
	struct json_object *value = member_get(r, "dpop_bound_access_tokens");

	if (!value || !r->settings->dpop)
		return OAUTH_OK;
	if (!json_object_is_type(value, json_type_boolean))
		return member_refuse(r,
		    "dpop_bound_access_tokens must be true or false");
	r->ret->dpop_bound_access_tokens = json_object_get_boolean(value);
	return OAUTH_OK;
}

enum oauth_error
client_metadata_read(struct member_reader *r)
{
	enum oauth_error error;

	if ((error = read_grant_types(r)) || (error = read_redirect_uris(r)) ||
	    (error = read_response_types(r)) || (error = read_texts(r)) ||
	    (error = client_uris_read(r)) || (error = read_scope(r)) ||
	    (error = read_jwks(r)) || (error = read_dpop(r)))
		return error;
	return client_uris_read_post_logout(r);
}
