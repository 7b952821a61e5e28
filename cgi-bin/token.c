/* SPDX-License-Identifier: MIT */
/*
 * token.c - the token_endpoint (OAuth 2.1 s3.2).
 *
 * POST grant_type, what that grant needs (oauth/grant.h), [scope] [resource]
 *      and the client's authentication.  Form-encoded, or a JSON object of
 *      strings.  Without any client_id the public client of the code or session
 *      is assumed; the verifier or the token still has to fit.
 *
 * One SQL call does all there is to do, so a request commits once or not at
 * all; a 200 is what was committed.
 *
 * A DPoP proof (RFC 9449 s5) binds the access token to its key, and a public
 * client's refresh token too.  It is used in a call of its own, before: the
 * store may send a rotation again whose answer got lost, and that must not find
 * its own proof spent.  Requests without a proof do without that call.
 */
#include "base/text.h"
#include "http/endpoint.h"
#include "oauth/client_auth.h"
#include "oauth/client_authenticated.h"
#include "oauth/dpop_endpoint.h"
#include "oauth/grant.h"
#include "oauth/grant_types.h"
#include "oauth/token_response.h"

enum { GRANT_TYPE, RESOURCE };

/* What is not listed is not logged. */
static const struct param params[] = {
    [GRANT_TYPE] = {"grant_type", PARAM_REQUIRED | PARAM_LOGGED},
    [RESOURCE] = {"resource", PARAM_LOGGED | PARAM_REPEATABLE},
    {"redirect_uri", PARAM_LOGGED},
    {"scope", PARAM_LOGGED},
    {"client_id", PARAM_LOGGED},
    {0},
};

static const struct grant {
	const char *grant_type;
	grant_handler *answer;
	bool from_strangers; /* no other endpoint met the client before */
} grants[] = {
    {"authorization_code", grant_authorization_code, false},
    {"refresh_token", grant_refresh_token, false},
    {GRANT_TYPE_DEVICE_CODE, grant_device_code, false},
    {"client_credentials", grant_client_credentials, false},
    {GRANT_TYPE_JWT_BEARER, grant_jwt_bearer, true},
};

/* NULL for one that does not exist or is switched off. */
static const struct grant *
grant_named(struct request *rq, const char *grant_type)
{
	size_t i;

	if (!text_has_word(grant_types_supported(rq->arena, rq->settings),
	        grant_type))
		return NULL;
	for (i = 0; i < sizeof(grants) / sizeof(*grants); i++)
		if (text_equal(grants[i].grant_type, grant_type))
			return &grants[i];
	return NULL;
}

static enum oauth_error
post_token(struct request *rq)
{
	const struct grant *grant = grant_named(rq,
	    request_param(rq, GRANT_TYPE));
	const struct resource_setting *resource;
	struct client_credentials client;
	struct dpop_proof proof;
	enum oauth_error error;

	error = grant && grant->from_strangers ? client_authenticated_meet(rq)
	                                       : OAUTH_OK;
	/* The proof first: a client's assertion is spent where it is read. */
	if (error || (error = dpop_header_judge(rq, &proof)) ||
	    (error = client_auth(rq, &client)))
		return error;
	if (!grant)
		return refuse(rq, OAUTH_UNSUPPORTED_GRANT_TYPE,
		    "this grant_type is not supported here");
	if (!resource_param(rq, RESOURCE, &resource))
		return refuse(rq, OAUTH_INVALID_TARGET,
		    "resource is no MCP server of this site");
	if ((error = token_response_possible(rq)) ||
	    (error = dpop_header_take(rq, &proof)))
		return error;
	client.dpop_jkt = proof.jkt;
	return grant->answer(rq, &client, resource);
}

static const char *const paths[] = {"/api/oauth/token", "/token", NULL};

static const struct endpoint token = {
    .name = "token",
    .paths = paths,
    .params = params,
    .post = post_token,
    .body = BODY_FORM_OR_STRINGS,
    .cors = CORS_ANY_ORIGIN,
    .fetches = true,
    .settings = SETTINGS_SERVER,
    .store_open = store_open,
    .store_close = store_close,
};

int
main(void)
{
	return endpoint_run(&token);
}
