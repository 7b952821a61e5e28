/* SPDX-License-Identifier: MIT */
#include "oauth/metadata.h"

#include "oauth/access_token.h"
#include "oauth/dpop.h"
#include "oauth/grant_types.h"
#include "oauth/scope.h"

static const char client_methods[] =
    "none client_secret_post client_secret_basic private_key_jwt";
static const char confidential_methods[] =
    "client_secret_post client_secret_basic private_key_jwt";
static const char assertion_algs[] = "RS256 ES256 EdDSA Ed25519";

static void
add_url(struct arena *arena, struct json_object *object, const char *key,
    const struct settings *settings, const char *path)
{
	json_add_string(object, key,
	    arena_printf(arena, "%s%s", settings->oauth_base_url, path));
}

static void
add_endpoints(struct arena *arena, struct json_object *o,
    const struct settings *settings)
{
	add_url(arena, o, "authorization_endpoint", settings,
	    "/api/oauth/authorize");
	add_url(arena, o, "token_endpoint", settings, "/api/oauth/token");
	if (settings->oauth_registration != REGISTRATION_OFF)
		add_url(arena, o, "registration_endpoint", settings,
		    "/api/oauth/register");
	add_url(arena, o, "revocation_endpoint", settings, "/api/oauth/revoke");
	add_url(arena, o, "introspection_endpoint", settings,
	    "/api/oauth/introspect");
	if (settings->device_authorization)
		add_url(arena, o, "device_authorization_endpoint", settings,
		    "/api/oauth/device_authorization");
	if (settings->pushed_authorization_requests)
		add_url(arena, o, "pushed_authorization_request_endpoint",
		    settings, "/api/oauth/par");
	if (!settings->hs256 || settings->jwt_private_key_file)
		add_url(arena, o, "jwks_uri", settings,
		    "/.well-known/jwks.json");
}

/* How clients authenticate at one endpoint (RFC 8414 s2). */
static void
add_methods(struct arena *arena, struct json_object *o, const char *endpoint,
    const char *methods)
{
	json_add_words(o,
	    arena_printf(arena, "%s_auth_methods_supported", endpoint),
	    methods);
	json_add_words(o,
	    arena_printf(arena, "%s_auth_signing_alg_values_supported",
	        endpoint),
	    assertion_algs);
}

static void
add_grants(struct arena *arena, struct json_object *o,
    const struct settings *settings)
{
	json_add_words(o, "response_types_supported", "code");
	json_add_words(o, "response_modes_supported", "query");
	json_add_words(o, "grant_types_supported",
	    grant_types_supported(arena, settings));
	if (settings->n_id_jag_issuers > 0)
		json_add_words(o, "authorization_grant_profiles_supported",
		    "urn:ietf:params:oauth:grant-profile:id-jag");
	json_add_words(o, "code_challenge_methods_supported", "S256");
	json_add_words(o, "scopes_supported", scope_anywhere(arena, settings));
}

/* OpenID Connect Discovery s3, RP-Initiated Logout s2.1. */
static void
add_openid(struct arena *arena, struct json_object *o,
    const struct settings *settings)
{
	if (!settings->openid)
		return;
	add_url(arena, o, "userinfo_endpoint", settings, USERINFO_PATH);
	add_url(arena, o, "end_session_endpoint", settings,
	    "/api/oauth/logout");
	json_add_words(o, "subject_types_supported", "public");
	json_add_words(o, "id_token_signing_alg_values_supported", "RS256");
	json_add_words(o, "claims_supported",
	    "iss sub aud exp iat auth_time amr nonce at_hash email name");
	json_add_words(o, "prompt_values_supported",
	    settings->login_remote_user ? "none consent select_account"
	                                : "none login consent select_account");
	json_add_false(o, "claims_parameter_supported");
	json_add_false(o, "request_parameter_supported");
	json_add_false(o, "request_uri_parameter_supported");
}

struct json_object *
metadata_of_server(struct arena *arena, const struct settings *settings)
{
	struct json_object *o = json_new_object();

	json_add_string(o, "issuer", settings->oauth_issuer);
	add_endpoints(arena, o, settings);
	add_grants(arena, o, settings);
	add_methods(arena, o, "token_endpoint", client_methods);
	add_methods(arena, o, "revocation_endpoint", client_methods);
	add_methods(arena, o, "introspection_endpoint", confidential_methods);
	if (settings->client_metadata_documents)
		json_add_true(o, "client_id_metadata_document_supported");
	json_add_words(o, "ui_locales_supported",
	    settings->ui_locales_supported);
	json_add_true(o, "authorization_response_iss_parameter_supported");
	json_add_true(o, "resource_indicators_supported");
	json_add_false(o, "require_pushed_authorization_requests");
	if (settings->dpop)
		json_add_words(o, "dpop_signing_alg_values_supported",
		    DPOP_ALGS);
	add_openid(arena, o, settings);
	return o;
}

struct json_object *
metadata_of_resource(struct arena *arena, const struct settings *settings,
    const struct resource_setting *resource)
{
	struct json_object *o = json_new_object();

	json_add_string(o, "resource", resource->uri);
	json_add_words(o, "authorization_servers", settings->oauth_issuer);
	json_add_words(o, "scopes_supported",
	    scope_base(arena, settings, resource));
	json_add_words(o, "bearer_methods_supported", "header");
	if (settings->dpop)
		json_add_words(o, "dpop_signing_alg_values_supported",
		    DPOP_ALGS);
	json_add_string(o, "resource_name", resource->name);
	json_add_string(o, "resource_documentation", resource->documentation);
	return o;
}
