/* SPDX-License-Identifier: MIT */
#include "oauth/registration.h"

#include <string.h>

#include "base/buf.h"
#include "base/text.h"
#include "base/uri.h"
#include "crypto/digest.h"
#include "crypto/jwks.h"
#include "http/fetch.h"
#include "oauth/grant_types.h"
#include "oauth/redirect_uri.h"
#include "oauth/scope.h"

enum {
	CLIENT_ID_BYTES = 18,
	CLIENT_SECRET_BYTES = 32,
	REGISTRATION_ACCESS_TOKEN_BYTES = 32,
	CLIENT_NAME_MAX_CHARACTERS = 80,
	SHORT_TEXT_MAX_BYTES = 256,
	REDIRECT_URIS_MAX = 100,
};

/* What reading needs: where the reason of a refusal goes. */
struct reader {
	struct arena *arena;
	const struct settings *settings;
	struct json_object *metadata;
	struct client_registration *ret;
	const char **reason;
};

static enum oauth_error
bad(struct reader *r, const char *reason)
{
	*r->reason = reason;
	return OAUTH_INVALID_CLIENT_METADATA;
}

/* The member, or NULL when it is absent or null. */
static struct json_object *
member(struct reader *r, const char *key)
{
	struct json_object *value = NULL;

	(void)json_object_object_get_ex(r->metadata, key, &value);
	return value;
}

/* ---- names and texts ---- */

/* Characters that change how text around them is shown: control characters,
 * bidirectional marks and overrides, zero-width ones, the byte order mark. */
static bool
is_deceptive(const unsigned char *p)
{
	if (p[0] < 0x20 || p[0] == 0x7F)
		return true;
	if (p[0] == 0xC2)
		return p[1] >= 0x80 && p[1] <= 0x9F; /* C1 controls */
	if (p[0] == 0xD8)
		return p[1] == 0x9C; /* U+061C */
	if (p[0] == 0xE2 && p[1] == 0x80)
		return (p[2] >= 0x8B && p[2] <= 0x8F) || /* U+200B..200F */
		    (p[2] >= 0xA8 && p[2] <= 0xAE);      /* U+2028..202E */
	if (p[0] == 0xE2 && p[1] == 0x81)
		return p[2] >= 0xA0 && p[2] <= 0xAF; /* U+2060..206F */
	return p[0] == 0xEF && p[1] == 0xBB && p[2] == 0xBF;
}

static size_t
character_bytes(unsigned char lead)
{
	if (lead < 0x80)
		return 1;
	if (lead < 0xE0)
		return 2;
	return lead < 0xF0 ? 3 : 4;
}

/* A name fit to be shown to a person: cleaned, and cut. */
static const char *
clean_name(struct arena *arena, const char *name)
{
	const unsigned char *p = (const unsigned char *)name;
	struct buf clean = buf_in(arena);
	size_t n, characters = 0;

	for (; *p && characters < CLIENT_NAME_MAX_CHARACTERS; p += n) {
		n = character_bytes(*p);
		if (is_deceptive(p))
			continue;
		buf_add_n(&clean, (const char *)p, n);
		characters++;
	}
	return clean.len > 0 ? buf_text(&clean) : NULL;
}

static bool
read_text(struct reader *r, const char *key, const char **ret)
{
	struct json_object *value = member(r, key);

	*ret = NULL;
	if (!value)
		return true;
	if (!json_object_is_type(value, json_type_string))
		return false;
	if (*json_object_get_string(value))
		*ret = arena_strdup(r->arena, json_object_get_string(value));
	return true;
}

static enum oauth_error
read_texts(struct reader *r)
{
	const char *name;

	if (!read_text(r, "client_name", &name))
		return bad(r, "client_name must be a string");
	if (name)
		r->ret->client_name = clean_name(r->arena, name);
	if (!read_text(r, "software_id", &r->ret->software_id) ||
	    !read_text(r, "software_version", &r->ret->software_version) ||
	    !read_text(r, "application_type", &r->ret->application_type))
		return bad(r,
		    "software_id, software_version and application_type must "
		    "be strings");
	if ((r->ret->software_id &&
	        strlen(r->ret->software_id) > SHORT_TEXT_MAX_BYTES) ||
	    (r->ret->software_version &&
	        strlen(r->ret->software_version) > SHORT_TEXT_MAX_BYTES))
		return bad(r, "software_id or software_version is too long");
	if (r->ret->application_type &&
	    !text_has_word("native web", r->ret->application_type))
		return bad(r, "application_type must be native or web");
	return OAUTH_OK;
}

/* ---- URIs ---- */

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
read_display_uri(struct reader *r, const char *key, const char **ret)
{
	if (!read_text(r, key, ret))
		return bad(r,
		    arena_printf(r->arena, "%s must be a string", key));
	if (*ret && !is_https(r->arena, *ret))
		*ret = NULL;
	return OAUTH_OK;
}

/* URIs that a server would fetch: an odd one tells of a client that means harm
 * or is broken. */
static enum oauth_error
read_fetched_uri(struct reader *r, const char *key, const char **ret)
{
	if (!read_text(r, key, ret) ||
	    (*ret && (!is_https(r->arena, *ret) ||
	                 !fetch_origin(r->arena, *ret))))
		return bad(r,
		    arena_printf(r->arena, "%s must be an https URI", key));
	return OAUTH_OK;
}

static enum oauth_error
read_uris(struct reader *r)
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
keep_usable(struct reader *r, struct json_object *list, struct buf *kept)
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

/* Known once read_grant_types() was called.  No browser is ever sent back to
 * such a client: it needs no redirect_uris, and those it sends are dropped. */
static bool
only_for_devices(const struct reader *r)
{
	return !text_has_word(r->ret->grant_types, "authorization_code");
}

static enum oauth_error
read_redirect_uris(struct reader *r)
{
	struct json_object *list = NULL;
	struct buf kept = buf_in(r->arena);

	r->ret->redirect_uris = "";
	if (only_for_devices(r))
		return OAUTH_OK;
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

/* ---- grants and methods ---- */

/* A list of strings as words; NULL when it is no such list. */
static const char *
words_of(struct reader *r, struct json_object *list)
{
	struct buf words = buf_in(r->arena);
	struct json_object *item;
	size_t i;

	if (!json_object_is_type(list, json_type_array))
		return NULL;
	for (i = 0; i < json_object_array_length(list); i++) {
		item = json_object_array_get_idx(list, i);
		if (!json_object_is_type(item, json_type_string))
			return NULL;
		buf_addf(&words, "%s%s", i ? " " : "",
		    json_object_get_string(item));
	}
	return buf_text(&words);
}

/*
 * Of the asked grant types those that a client may give itself here are kept;
 * one that can only use others has no business here.
 */
static enum oauth_error
read_grant_types(struct reader *r)
{
	static const char usual[] = "authorization_code refresh_token";
	struct json_object *list = member(r, "grant_types");
	const char *asked = list ? words_of(r, list) : usual;
	const char *ours = usual;

	if (!asked)
		return bad(r, "grant_types must be a list of strings");
	if (r->settings->device_authorization)
		ours = arena_printf(r->arena, "%s %s", usual,
		    GRANT_TYPE_DEVICE_CODE);
	r->ret->grant_types = scope_intersect(r->arena, asked, ours);
	if (only_for_devices(r) &&
	    !text_has_word(r->ret->grant_types, GRANT_TYPE_DEVICE_CODE))
		return bad(r,
		    "grant_types must hold authorization_code "
		    "or " GRANT_TYPE_DEVICE_CODE);
	return OAUTH_OK;
}

static enum oauth_error
read_response_types(struct reader *r)
{
	struct json_object *list = member(r, "response_types");
	const char *asked = list ? words_of(r, list) : "code";

	if (only_for_devices(r))
		return OAUTH_OK;
	if (!asked || !text_has_word(asked, "code"))
		return bad(r, "response_types must hold code");
	return OAUTH_OK;
}

static enum oauth_error
read_auth_method(struct reader *r)
{
	static const char ours[] =
	    "none client_secret_post client_secret_basic private_key_jwt";
	const char *method;

	if (!read_text(r, "token_endpoint_auth_method", &method))
		return bad(r, "token_endpoint_auth_method must be a string");
	if (!method) /* RFC 7591 s2; what names no redirect_uris is public */
		method = member(r, "redirect_uris") ? "client_secret_basic"
		                                    : "none";
	if (!text_has_word(ours, method))
		return bad(r,
		    "token_endpoint_auth_method must be none, "
		    "client_secret_post, client_secret_basic or "
		    "private_key_jwt");
	r->ret->token_endpoint_auth_method = method;
	return OAUTH_OK;
}

/* A scope beyond what exists here is dropped, none left is as if none had been
 * sent.  It is no limit: see requested_access.c. */
static enum oauth_error
read_scope(struct reader *r)
{
	const char *asked;

	if (!read_text(r, "scope", &asked))
		return bad(r, "scope must be a string");
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
read_jwks(struct reader *r)
{
	struct json_object *jwks = member(r, "jwks"), *keys = NULL;
	struct jwt_key *list;
	size_t i, n;

	if (!jwks)
		return OAUTH_OK;
	if (r->ret->jwks_uri)
		return bad(r, "jwks and jwks_uri exclude each other");
	if (!jwks_keys(r->arena, jwks, &list, &n) || n == 0)
		return bad(r, "jwks holds no key that can verify a signature");
	(void)json_object_object_get_ex(jwks, "keys", &keys);
	for (i = 0; i < json_object_array_length(keys); i++)
		if (jwk_is_private(json_object_array_get_idx(keys, i)))
			return bad(r, "jwks holds a private or shared key");
	r->ret->jwks = json_text(r->arena, jwks);
	return OAUTH_OK;
}

/* Where the browser may go after signing out (OpenID Connect RP-Initiated
 * Logout s3.1): what could be a redirect URI, and nothing else. */
static enum oauth_error
read_post_logout(struct reader *r)
{
	struct json_object *list = member(r, "post_logout_redirect_uris");
	struct buf kept = buf_in(r->arena);

	if (!list)
		return OAUTH_OK;
	if (!json_object_is_type(list, json_type_array) ||
	    json_object_array_length(list) > REDIRECT_URIS_MAX ||
	    !keep_usable(r, list, &kept))
		return bad(r,
		    "post_logout_redirect_uris must be a list of at most 100 "
		    "URIs");
	r->ret->post_logout_redirect_uris = kept.len ? buf_text(&kept) : NULL;
	return OAUTH_OK;
}

/* A client that signs must say with what. */
static enum oauth_error
check_keys(struct reader *r)
{
	if (text_equal(r->ret->token_endpoint_auth_method, "private_key_jwt") &&
	    !r->ret->jwks && !r->ret->jwks_uri)
		return bad(r, "private_key_jwt needs jwks or jwks_uri");
	return OAUTH_OK;
}

enum oauth_error
registration_read(struct arena *arena, const struct settings *settings,
    struct json_object *metadata, struct client_registration *ret,
    const char **reason)
{
	struct client_registration registration = {.registration = "dynamic"};
	struct reader r = {arena, settings, metadata, &registration, reason};
	enum oauth_error error;

	if ((error = read_grant_types(&r)) ||
	    (error = read_redirect_uris(&r)) ||
	    (error = read_response_types(&r)) ||
	    (error = read_auth_method(&r)) || (error = read_texts(&r)) ||
	    (error = read_uris(&r)) || (error = read_scope(&r)) ||
	    (error = read_jwks(&r)) || (error = read_post_logout(&r)) ||
	    (error = check_keys(&r)))
		return error;
	*ret = registration;
	return OAUTH_OK;
}

/* ---- documents that stand at their client_id ---- */

static enum oauth_error
check_self(struct reader *r, const char *client_id)
{
	const char *said = json_string(r->metadata, "client_id");

	if (!said || !text_equal(said, client_id))
		return bad(r, "client_id is not the document's own URL");
	if (member(r, "client_secret") || member(r, "client_secret_expires_at"))
		return bad(r, "the document holds a client_secret");
	if (!member(r, "redirect_uris"))
		return bad(r, "redirect_uris is missing");
	return OAUTH_OK;
}

/* Which methods the document lets the client use, by words. */
static const char *
methods_of(struct reader *r, const char *preferred)
{
	struct json_object *list = member(r,
	    "token_endpoint_auth_methods_supported");
	const char *said = list ? words_of(r, list)
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
read_document_methods(struct reader *r)
{
	const char *preferred, *methods;

	if (!read_text(r, "token_endpoint_auth_method", &preferred))
		return bad(r, "token_endpoint_auth_method must be a string");
	if (preferred && !text_has_word("none private_key_jwt", preferred))
		return bad(r,
		    "token_endpoint_auth_method must be none or "
		    "private_key_jwt");
	methods = methods_of(r, preferred);
	if (!*methods)
		return bad(r, "no method to authenticate by is left");
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
	struct reader r = {arena, settings, document, &registration, reason};
	enum oauth_error error;

	if ((error = check_self(&r, client_id)) ||
	    (error = read_grant_types(&r)) ||
	    (error = read_redirect_uris(&r)) ||
	    (error = read_response_types(&r)) || (error = read_texts(&r)) ||
	    (error = read_uris(&r)) || (error = read_scope(&r)) ||
	    (error = read_jwks(&r)) || (error = read_post_logout(&r)) ||
	    (error = read_document_methods(&r)))
		return error;
	if (!registration.client_name)
		return bad(&r, "client_name is missing");
	*ret = registration;
	return OAUTH_OK;
}

/* ---- an update (RFC 7592 s2.2) ---- */

/* What the server alone says of a client must not be sent back. */
static const char *
member_not_to_send(struct reader *r)
{
	static const char *const keys[] = {"registration_access_token",
	    "registration_client_uri", "client_secret_expires_at",
	    "client_id_issued_at"};
	size_t i;

	for (i = 0; i < sizeof(keys) / sizeof(*keys); i++)
		if (member(r, keys[i]))
			return keys[i];
	return NULL;
}

static enum oauth_error
read_identity(struct reader *r, const char *client_id,
    const char **client_secret)
{
	const char *sent = json_string(r->metadata, "client_id"), *key;

	if (!sent || !text_equal(sent, client_id))
		return bad(r, "client_id must be the client's own");
	key = member_not_to_send(r);
	if (key)
		return bad(r,
		    arena_printf(r->arena, "%s must be left out", key));
	if (!read_text(r, "client_secret", client_secret))
		return bad(r, "client_secret must be a string");
	if (!member(r, "redirect_uris"))
		return bad(r,
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
	struct reader r = {arena, settings, metadata, NULL, reason};
	enum oauth_error error = read_identity(&r, client_id, client_secret);

	if (error)
		return error;
	error = registration_read(arena, settings, metadata, ret, reason);
	if (!error)
		ret->client_id = client_id;
	return error;
}

/* ---- the answer ---- */

static struct json_object *
lines_as_array(const char *lines)
{
	struct json_object *array = json_object_new_array();
	size_t len;

	for (; *lines; lines += len + (lines[len] == '\n')) {
		len = strcspn(lines, "\n");
		json_object_array_add(array,
		    json_object_new_string_len(lines, (int)len));
	}
	return array;
}

static void
add_issue(struct arena *arena, struct json_object *o,
    const struct settings *settings, const char *client_id,
    const struct registration_issue *issue)
{
	json_add_int64(o, "client_id_issued_at", issue->issued_s);
	json_add_string(o, "client_secret", issue->client_secret);
	if (issue->client_secret)
		json_add_int64(o, "client_secret_expires_at", 0);
	json_add_string(o, "registration_access_token",
	    issue->registration_access_token);
	if (issue->registration_access_token)
		json_add_string(o, "registration_client_uri",
		    arena_printf(arena, "%s/api/oauth/register/%s",
		        settings->oauth_base_url, client_id));
}

/* Keys that came from a jwks_uri are no part of what was registered. */
static void
add_keys(struct json_object *o, const struct client_registration *registration)
{
	json_add_string(o, "jwks_uri", registration->jwks_uri);
	if (registration->jwks && !registration->jwks_uri)
		json_object_object_add(o, "jwks",
		    json_read(registration->jwks, strlen(registration->jwks)));
}

struct json_object *
registration_response(struct arena *arena, const struct settings *settings,
    const struct client_registration *registration,
    const struct registration_issue *issue)
{
	struct json_object *o = json_object_new_object();

	json_add_string(o, "client_id", registration->client_id);
	add_issue(arena, o, settings, registration->client_id, issue);
	json_add_string(o, "client_name", registration->client_name);
	json_object_object_add(o, "redirect_uris",
	    lines_as_array(registration->redirect_uris));
	json_add_words(o, "grant_types", registration->grant_types);
	json_add_words(o, "response_types",
	    *registration->redirect_uris ? "code" : "");
	json_add_string(o, "token_endpoint_auth_method",
	    registration->token_endpoint_auth_method);
	json_add_string(o, "scope", registration->scope);
	json_add_string(o, "client_uri", registration->client_uri);
	json_add_string(o, "logo_uri", registration->logo_uri);
	json_add_string(o, "tos_uri", registration->tos_uri);
	json_add_string(o, "policy_uri", registration->policy_uri);
	json_add_string(o, "application_type", registration->application_type);
	json_add_string(o, "software_id", registration->software_id);
	json_add_string(o, "software_version", registration->software_version);
	add_keys(o, registration);
	if (registration->post_logout_redirect_uris)
		json_object_object_add(o, "post_logout_redirect_uris",
		    lines_as_array(registration->post_logout_redirect_uris));
	return o;
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

const char *
registration_draw(struct arena *arena, struct client_registration *registration)
{
	if (!registration->client_id)
		registration->client_id = random_text(arena, CLIENT_ID_BYTES);
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
