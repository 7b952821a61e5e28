/* SPDX-License-Identifier: MIT */
/*
 * grant_jwt_bearer.c - a person that a trusted identity provider vouches for:
 * the jwt-bearer grant (RFC 7523 s2.1) with an Identity Assertion JWT
 * Authorization Grant (ID-JAG), as MCP's enterprise-managed authorization has
 * it.
 */
#include <string.h>
#include <time.h>

#include "base/log.h"
#include "base/text.h"
#include "crypto/digest.h"
#include "oauth/claims.h"
#include "oauth/client_auth.h"
#include "oauth/grant.h"
#include "oauth/remote_keys.h"
#include "oauth/scope.h"
#include "oauth/token_response.h"
#include "store/direct_grant.h"

enum { LIFETIME_MAX_S = 3600, NAME_MAX_BYTES = 512 };

static const char id_jag[] = "oauth-id-jag+jwt";

/* What is taken from an assertion. */
struct id_jag {
	const struct id_jag_issuer *issuer;
	const char *subject, *email, *scope; /* email, scope: or NULL */
	const struct resource_setting *resource;
	const char *jti;
	int64_t exp_s;
};

static const struct id_jag_issuer *
issuer_named(const struct settings *settings, const char *iss)
{
	size_t i;

	for (i = 0; iss && i < settings->n_id_jag_issuers; i++)
		if (text_equal(settings->id_jag_issuers[i].issuer, iss))
			return &settings->id_jag_issuers[i];
	return NULL;
}

static bool
is_name(const char *text)
{
	return text && *text && strlen(text) <= NAME_MAX_BYTES;
}

/* Some providers write the word. */
static bool
is_true(struct json_object *value)
{
	if (json_object_is_type(value, json_type_string))
		return text_equal(json_object_get_string(value), "true");
	return json_object_is_type(value, json_type_boolean) &&
	    json_object_get_boolean(value);
}

/* An address may find an account only where its provider is trusted for the
 * domain, and does not say that it never checked it. */
static const char *
trusted_email(struct request *rq, struct json_object *claims,
    const struct id_jag_issuer *issuer)
{
	const char *email = json_string(claims, "email");
	const char *at = email ? strrchr(email, '@') : NULL;
	struct json_object *verified = NULL;

	if (!at || !issuer->email_domains ||
	    !text_has_word(issuer->email_domains,
	        text_lower(rq->arena, at + 1)))
		return NULL;
	if (json_object_object_get_ex(claims, "email_verified", &verified) &&
	    !is_true(verified))
		return NULL;
	return arena_strdup(rq->arena, email);
}

/* The claims, one by one; what is wrong, or NULL. */
static const char *
read_claims(struct request *rq, const struct jwt *jwt,
    const struct client_credentials *client, struct id_jag *ret)
{
	struct json_object *claims = jwt->claims;
	const char *client_id = json_string(claims, "client_id");
	const char *resource = json_string(claims, "resource");
	int64_t iat_s;

	if (!jwt_typ_is(jwt, id_jag))
		return "the assertion is no ID-JAG";
	ret->issuer = issuer_named(rq->settings, json_string(claims, "iss"));
	if (!ret->issuer)
		return "the assertion's issuer is not trusted";
	if (!claims_aud_is(claims, rq->settings->oauth_issuer))
		return "the assertion is for another audience";
	if (!client_id || !text_equal(client_id, client->client_id))
		return "the assertion is for another client";
	ret->subject = claims_text(rq->arena, claims, "sub");
	ret->jti = claims_text(rq->arena, claims, "jti");
	if (!is_name(ret->subject) || !is_name(ret->jti))
		return "the assertion has no sub or no jti";
	ret->resource = resource
	    ? resource_find(rq->arena, rq->settings, resource)
	    : NULL;
	if (!ret->resource)
		return "the assertion names no resource of ours";
	if (!claims_time(claims, "iat", &iat_s) ||
	    iat_s < time(NULL) - LIFETIME_MAX_S)
		return "the assertion has no iat, or one long ago";
	ret->scope = claims_text(rq->arena, claims, "scope");
	ret->email = trusted_email(rq, claims, ret->issuer);
	return claims_assertion_fault(claims, time(NULL), LIFETIME_MAX_S,
	    &ret->exp_s);
}

/* Signed with a key of that issuer?  OAUTH_OK, or refused already. */
static enum oauth_error
check_signature(struct request *rq, const struct jwt *jwt,
    const struct id_jag *assertion)
{
	struct remote_keys keys = {.kind = KEYS_OF_ISSUER,
	    .owner = assertion->issuer->issuer};

	if (issuer_keys(rq->store, rq->arena, assertion->issuer->issuer,
	        assertion->issuer->jwks_uri, &keys.keys) != CLIENT_KEYS_OK)
		return grant_refuse_unreachable(rq);
	if (remote_keys_verify(rq, jwt, &keys) != JWT_GOOD)
		return grant_refuse(rq,
		    "no key of the issuer signed the assertion");
	return OAUTH_OK;
}

/* What is asked for, as far as the provider and the resource have it; openid
 * leads to no ID token here. */
static const char *
settle_scope(struct request *rq, const struct id_jag *assertion)
{
	const char *asked = request_param_named(rq, "scope");
	const char *existing = scope_of_resource(rq->arena, rq->settings,
	    assertion->resource);
	const char *scope = asked ? asked : assertion->scope;

	if (!scope)
		scope = scope_base(rq->arena, rq->settings,
		    assertion->resource);
	if (assertion->scope)
		scope = scope_intersect(rq->arena, scope, assertion->scope);
	return scope_without_habits(rq->arena,
	    scope_intersect(rq->arena, scope, existing));
}

static enum oauth_error
answer(struct request *rq, const struct client_credentials *client,
    const struct id_jag *assertion, const char *scope)
{
	const struct vouched vouched = {
	    .issuer = assertion->issuer->issuer,
	    .subject = assertion->subject,
	    .email = assertion->email,
	    .jti_digest = sha256_of_text(arena_printf(rq->arena,
	        "id-jag\n%s\n%s", assertion->issuer->issuer, assertion->jti)),
	    .jti_expires_s = assertion->exp_s - time(NULL) + CLOCK_LEEWAY_S,
	};
	const struct direct_grant direct = {
	    .session_id = random_uuid(rq->arena),
	    .scope = scope,
	    .resource = assertion->resource->uri,
	};
	struct session_terms terms = grant_terms(rq);
	struct session_grant granted = {0};

	switch (assertion_grant(rq->store, rq->arena, client, &vouched, &direct,
	    &terms, &granted)) {
	case DIRECT_GRANTED:
		return token_response(rq, client, &granted, NULL);
	case DIRECT_DPOP_REQUIRED:
		return grant_refuse_unproven(rq);
	case DIRECT_BAD_CLIENT:
		return client_auth_refuse(rq, client);
	case DIRECT_PUBLIC_CLIENT:
	case DIRECT_GRANT_TYPE:
		return refuse(rq, OAUTH_UNAUTHORIZED_CLIENT,
		    "this grant_type is for confidential clients");
	case DIRECT_REPLAYED:
		log_raise(LOG_WARNING);
		log_event("identity assertion replayed");
		return grant_refuse(rq, "the assertion was used before");
	case DIRECT_UNKNOWN_USER:
		return grant_refuse(rq, "nobody here is that subject");
	case DIRECT_USER:
		return grant_refuse(rq, "the user is disabled");
	case DIRECT_SCOPE:
		return refuse(rq, OAUTH_INVALID_SCOPE,
		    "nothing of the requested scope can be granted");
	case DIRECT_RESOURCE:
	case DIRECT_STORE_DOWN:
		break;
	}
	return grant_refuse_unreachable(rq);
}

enum oauth_error
grant_jwt_bearer(struct request *rq, const struct client_credentials *client,
    const struct resource_setting *resource)
{
	const char *text = request_param_named(rq, "assertion"), *fault, *scope;
	struct id_jag assertion = {0};
	AUTO_JWT jwt = {0};
	enum oauth_error error;

	if (!client->client_id)
		return client_auth_refuse(rq, client);
	if (!text)
		return refuse(rq, OAUTH_INVALID_REQUEST,
		    "missing parameter: assertion");
	if (!jwt_read(rq->arena, text, &jwt))
		return grant_refuse(rq, "the assertion is no JWT");
	fault = read_claims(rq, &jwt, client, &assertion);
	if (fault)
		return grant_refuse(rq, fault);
	error = check_signature(rq, &jwt, &assertion);
	if (error)
		return error;
	if (resource && resource != assertion.resource)
		return refuse(rq, OAUTH_INVALID_TARGET,
		    "resource is not the one of the assertion");
	scope = settle_scope(rq, &assertion);
	if (!*scope)
		return refuse(rq, OAUTH_INVALID_SCOPE,
		    "nothing of the requested scope can be granted");
	return answer(rq, client, &assertion, scope);
}
