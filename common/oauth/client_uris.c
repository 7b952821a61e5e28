/* SPDX-License-Identifier: MIT */
#include "oauth/client_uris.h"

#include <string.h>

#include "base/buf.h"
#include "base/text.h"
#include "base/uri.h"
#include "http/fetch.h"
#include "oauth/redirect_uri.h"

enum { REDIRECT_URIS_MAX = 100 };

static bool
is_https(struct arena *arena, const char *text)
{
	struct uri uri;

	return strlen(text) <= REDIRECT_URI_MAX_BYTES &&
	    uri_parse(arena, text, &uri) && text_equal(uri.scheme, "https") &&
	    !uri.userinfo;
}

/* A link shown to people: https, or dropped as if it had not been sent. */
static enum oauth_error
read_display_uri(struct member_reader *r, const char *key, const char **ret)
{
	if (!member_text(r, key, ret))
		return member_refuse(r,
		    arena_printf(r->arena, "%s must be a string", key));
	if (*ret && !is_https(r->arena, *ret))
		*ret = NULL;
	return OAUTH_OK;
}

/* URIs that a server would fetch: an odd one tells of a client that means harm
 * or is broken. */
static enum oauth_error
read_fetched_uri(struct member_reader *r, const char *key, const char **ret)
{
	if (!member_text(r, key, ret) ||
	    (*ret &&
	        (!is_https(r->arena, *ret) || !fetch_origin(r->arena, *ret))))
		return member_refuse(r,
		    arena_printf(r->arena, "%s must be an https URI", key));
	return OAUTH_OK;
}

enum oauth_error
client_uris_read(struct member_reader *r)
{
	const char *sector;
	enum oauth_error error;

	if ((error = read_display_uri(r, "client_uri", &r->ret->client_uri)) ||
	    (error = read_display_uri(r, "logo_uri", &r->ret->logo_uri)) ||
	    (error = read_display_uri(r, "tos_uri", &r->ret->tos_uri)) ||
	    (error = read_display_uri(r, "policy_uri", &r->ret->policy_uri)) ||
	    (error = read_fetched_uri(r, "jwks_uri", &r->ret->jwks_uri)))
		return error;
	return read_fetched_uri(r, "sector_identifier_uri", &sector);
}

/* Keep the usable URIs of a list, one a line; false when one is no string. */
static bool
keep_usable(struct member_reader *r, struct json_object *list, struct buf *kept)
{
	struct json_object *item;
	const char *uri;
	size_t i;

	for (i = 0; i < json_object_array_length(list); i++) {
		item = json_object_array_get_idx(list, i);
		if (!json_object_is_type(item, json_type_string))
			return false;
		uri = json_object_get_string(item);
		if (redirect_uri_registrable(r->arena, r->settings, uri))
			buf_addf(kept, "%s\n", uri);
	}
	return true;
}

enum oauth_error
client_uris_read_redirect(struct member_reader *r)
{
	struct json_object *list = NULL;
	struct buf kept = buf_in(r->arena);

	if (!json_object_object_get_ex(r->metadata, "redirect_uris", &list) ||
	    !list) {
		r->ret->redirect_uris = redirect_uri_preset(r->arena,
		    r->settings);
		return OAUTH_OK;
	}
	if (!json_object_is_type(list, json_type_array) ||
	    json_object_array_length(list) == 0 ||
	    json_object_array_length(list) > REDIRECT_URIS_MAX ||
	    !keep_usable(r, list, &kept)) {
		*r->reason = "redirect_uris must be a list of 1 to 100 URIs";
		return OAUTH_INVALID_CLIENT_METADATA;
	}
	if (kept.len == 0) {
		*r->reason = "no redirect URI is allowed: they must be https, "
		             "http on localhost, 127.0.0.1 or [::1], or of an "
		             "app's scheme that this server knows";
		return OAUTH_INVALID_REDIRECT_URI;
	}
	r->ret->redirect_uris = buf_text(&kept);
	return OAUTH_OK;
}

enum oauth_error
client_uris_read_post_logout(struct member_reader *r)
{
	struct json_object *list = member_get(r, "post_logout_redirect_uris");
	struct buf kept = buf_in(r->arena);

	if (!list)
		return OAUTH_OK;
	if (!json_object_is_type(list, json_type_array) ||
	    json_object_array_length(list) > REDIRECT_URIS_MAX ||
	    !keep_usable(r, list, &kept))
		return member_refuse(r,
		    "post_logout_redirect_uris must be a list of at most 100 "
		    "URIs");
	r->ret->post_logout_redirect_uris = kept.len ? buf_text(&kept) : NULL;
	return OAUTH_OK;
}
