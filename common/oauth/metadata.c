/* SPDX-License-Identifier: MIT */
#include "oauth/metadata.h"

#include "oauth/grant_types.h"
#include "oauth/scope.h"

static const char client_methods[] =
    "none client_secret_post client_secret_basic private_key_jwt";
static const char confidential_methods[] =
    "client_secret_post client_secret_basic private_key_jwt";
static const char assertion_algs[] = "RS256 ES256 EdDSA";

static void
add_url(struct arena *arena, struct json_object *object, const char *key,
    const struct settings *settings, const char *path)
{
	json_add_string(object, key,
	    arena_printf(arena, "%s%s", settings->oauth_base_url, path));
}

struct json_object *
metadata_of_server(struct arena *arena, const struct settings *settings)
{
	struct json_object *o = json_object_new_object();

	json_add_string(o, "issuer", settings->oauth_issuer);
	add_url(arena, o, "authorization_endpoint", settings,
	    "/api/oauth/authorize");
	add_url(arena, o, "token_endpoint", settings, "/api/oauth/token");
	if (settings->oauth_registration != REGISTRATION_OFF)
		add_url(arena, o, "registration_endpoint", settings,
		    "/api/oauth/register");
	add_url(arena, o, "revocation_endpoint", settings, "/api/oauth/revoke");
	if (!settings->hs256 || settings->jwt_private_key_file)
		add_url(arena, o, "jwks_uri", settings,
		    "/.well-known/jwks.json");
	json_add_words(o, "response_types_supported", "code");
	json_add_words(o, "response_modes_supported", "query");
	json_add_words(o, "grant_types_supported",
	    grant_types_supported(arena, settings));
	if (settings->n_id_jag_issuers > 0)
		json_add_words(o, "authorization_grant_profiles_supported",
		    "urn:ietf:params:oauth:grant-profile:id-jag");
	json_add_words(o, "code_challenge_methods_supported", "S256");
	json_add_words(o, "scopes_supported", scope_anywhere(arena, settings));
	json_add_words(o, "token_endpoint_auth_methods_supported",
	    client_methods);
	json_add_words(o, "token_endpoint_auth_signing_alg_values_supported",
	    assertion_algs);
	json_add_words(o, "revocation_endpoint_auth_methods_supported",
	    client_methods);
	json_add_words(o,
	    "revocation_endpoint_auth_signing_alg_values_supported",
	    assertion_algs);
	if (settings->client_metadata_documents)
		json_add_true(o, "client_id_metadata_document_supported");
	json_add_true(o, "authorization_response_iss_parameter_supported");
	add_url(arena, o, "introspection_endpoint", settings,
	    "/api/oauth/introspect");
	json_add_words(o, "introspection_endpoint_auth_methods_supported",
	    confidential_methods);
	json_add_words(o,
	    "introspection_endpoint_auth_signing_alg_values_supported",
	    assertion_algs);
	json_add_true(o, "resource_indicators_supported");
	if (settings->device_authorization)
		add_url(arena, o, "device_authorization_endpoint", settings,
		    "/api/oauth/device_authorization");
	if (settings->pushed_authorization_requests)
		add_url(arena, o, "pushed_authorization_request_endpoint",
		    settings, "/api/oauth/par");
	json_object_object_add(o, "require_pushed_authorization_requests",
	    json_object_new_boolean(0));
	return o;
}

struct json_object *
metadata_of_resource(struct arena *arena, const struct settings *settings,
    const struct resource_setting *resource)
{
	struct json_object *o = json_object_new_object();

	json_add_string(o, "resource", resource->uri);
	json_add_words(o, "authorization_servers", settings->oauth_issuer);
	json_add_words(o, "scopes_supported",
	    scope_base(arena, settings, resource));
	json_add_words(o, "bearer_methods_supported", "header");
	json_add_string(o, "resource_name", resource->name);
	json_add_string(o, "resource_documentation", resource->documentation);
	return o;
}
