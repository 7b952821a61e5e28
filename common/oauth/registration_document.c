/* SPDX-License-Identifier: MIT */
#include "oauth/registration_document.h"

#include "base/text.h"
#include "oauth/client_metadata.h"
#include "oauth/scope.h"

static enum oauth_error
check_self(struct member_reader *r, const char *client_id)
{
	const char *said = json_string(r->metadata, "client_id");

	if (!said || !text_equal(said, client_id))
		return member_refuse(r,
		    "client_id is not the document's own URL");
	if (member_get(r, "client_secret") ||
	    member_get(r, "client_secret_expires_at"))
		return member_refuse(r, "the document holds a client_secret");
	if (!member_get(r, "redirect_uris"))
		return member_refuse(r, "redirect_uris is missing");
	return OAUTH_OK;
}

/* Which methods the document lets the client use, by words. */
static const char *
methods_of(struct member_reader *r, const char *preferred)
{
	struct json_object *list = member_get(r,
	    "token_endpoint_auth_methods_supported");
	const char *said = list ? member_words(r, list)
	                        : (preferred ? preferred : "none");

	if (!said)
		return "";
	if (preferred && text_equal(preferred, "private_key_jwt"))
		said = scope_union(r->arena, preferred, said);
	said = scope_intersect(r->arena, said, "none private_key_jwt");
	if (!r->ret->jwks && !r->ret->jwks_uri)
		said = scope_intersect(r->arena, said, "none");
	return said;
}

static enum oauth_error
read_document_methods(struct member_reader *r)
{
	const char *preferred, *methods;

	if (!member_text(r, "token_endpoint_auth_method", &preferred))
		return member_refuse(r,
		    "token_endpoint_auth_method must be a string");
	if (preferred && !text_has_word("none private_key_jwt", preferred))
		return member_refuse(r,
		    "token_endpoint_auth_method must be none or "
		    "private_key_jwt");
	methods = methods_of(r, preferred);
	if (!*methods)
		return member_refuse(r, "no method to authenticate by is left");
	if (!preferred || !text_has_word(methods, preferred))
		preferred = text_has_word(methods, "none") ? "none"
		                                           : "private_key_jwt";
	r->ret->token_endpoint_auth_method = preferred;
	r->ret->token_endpoint_auth_methods = methods;
	return OAUTH_OK;
}

enum oauth_error
registration_read_document(struct arena *arena, const struct settings *settings,
    const char *client_id, struct json_object *document,
    struct client_registration *ret, const char **reason)
{
	struct client_registration registration = {.registration = "metadata",
	    .client_id = client_id};
	struct member_reader r = {arena, settings, document, &registration,
	    reason};
	enum oauth_error error;

	if ((error = check_self(&r, client_id)) ||
	    (error = client_metadata_read(&r)) ||
	    (error = read_document_methods(&r)))
		return error;
	if (!registration.client_name)
		return member_refuse(&r, "client_name is missing");
	*ret = registration;
	return OAUTH_OK;
}
