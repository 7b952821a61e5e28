/* SPDX-License-Identifier: MIT */
#include "oauth/authorization_request.h"

#include "base/text.h"
#include "crypto/digest.h"
#include "oauth/dpop.h"
#include "oauth/id_token.h"
#include "oauth/pkce.h"
#include "oauth/redirect_uri.h"
#include "oauth/requested_access.h"

enum { REQUEST_ID_BYTES = 24 };

const char *
authorization_request_id(struct arena *arena)
{
	return random_text(arena, REQUEST_ID_BYTES);
}

static bool
fail(struct authorization_fault *fault, enum oauth_error error,
    const char *reason)
{
	fault->error = error;
	fault->reason = reason;
	return false;
}

/* A person may read these two, on a page. */
static bool
redirect_uri_good(struct request *rq, const struct client *client,
    struct authorization_fault *fault)
{
	const char *redirect_uri = request_param(rq,
	    AUTHORIZATION_REDIRECT_URI);

	if (!redirect_uri || request_doubled(rq, AUTHORIZATION_REDIRECT_URI))
		return fail(fault, OAUTH_INVALID_REQUEST,
		    "The link names no address to return to (redirect_uri), or "
		    "two.");
	if (!redirect_uri_matches_any(rq->arena, client->redirect_uris,
	        redirect_uri))
		return fail(fault, OAUTH_INVALID_REQUEST,
		    "The address to return to (redirect_uri) is not one that "
		    "the application registered.");
	return true;
}

static bool
response_type_good(struct request *rq, struct authorization_fault *fault)
{
	const char *type = request_param(rq, AUTHORIZATION_RESPONSE_TYPE);
	const char *mode = request_param(rq, AUTHORIZATION_RESPONSE_MODE);

	if (rq->doubled)
		return fail(fault, OAUTH_INVALID_REQUEST,
		    "a parameter was sent more than once");
	if (!type)
		return fail(fault, OAUTH_INVALID_REQUEST,
		    "missing parameter: response_type");
	if (!text_equal(type, "code"))
		return fail(fault, OAUTH_UNSUPPORTED_RESPONSE_TYPE,
		    "response_type must be code");
	if (mode && !text_equal(mode, "query"))
		return fail(fault, OAUTH_INVALID_REQUEST,
		    "response_mode must be query");
	return true;
}

static bool
pkce_good(struct request *rq, struct authorization_fault *fault)
{
	const char *challenge = request_param(rq, AUTHORIZATION_CODE_CHALLENGE);
	const char *method = request_param(rq,
	    AUTHORIZATION_CODE_CHALLENGE_METHOD);

	if (!challenge)
		return fail(fault, OAUTH_INVALID_REQUEST,
		    "missing parameter: code_challenge");
	if (!method || !text_equal(method, "S256"))
		return fail(fault, OAUTH_INVALID_REQUEST,
		    "code_challenge_method must be S256");
	if (!pkce_challenge_allowed(challenge))
		return fail(fault, OAUTH_INVALID_REQUEST,
		    "code_challenge must be 43 base64url characters");
	return true;
}

static bool
prompts(struct request *rq, const char *word)
{
	const char *prompt = request_param(rq, AUTHORIZATION_PROMPT);

	return prompt && text_has_word(prompt, word);
}

/* OpenID Connect Core s3.1.2.1 and s6. */
static bool
openid_good(struct request *rq, struct authorization_fault *fault)
{
	const char *prompt = request_param(rq, AUTHORIZATION_PROMPT);
	const char *max_age = request_param(rq, AUTHORIZATION_MAX_AGE);
	int64_t seconds;

	if (request_param(rq, AUTHORIZATION_REQUEST))
		return fail(fault, OAUTH_REQUEST_NOT_SUPPORTED,
		    "request objects are not supported");
	if (prompts(rq, "none") && !text_equal(prompt, "none"))
		return fail(fault, OAUTH_INVALID_REQUEST,
		    "prompt=none stands alone");
	if (max_age && !text_to_int64(max_age, INT32_MAX, &seconds))
		return fail(fault, OAUTH_INVALID_REQUEST,
		    "max_age must be a number of seconds");
	return true;
}

/* With prompt=none nobody can be asked, so only the user whom the client means
 * will do. */
static bool
settle_hint(struct request *rq, struct authorization_request *ret,
    struct authorization_fault *fault)
{
	const char *text = request_param(rq, AUTHORIZATION_ID_TOKEN_HINT);
	struct id_token_hint hint;

	if (!text || !rq->settings->openid || !prompts(rq, "none"))
		return true;
	if (!id_token_read(rq->arena, rq->settings, text, &hint))
		return fail(fault, OAUTH_INVALID_REQUEST,
		    "id_token_hint is no ID token of this server");
	ret->expected_user_id = hint.sub;
	return true;
}

/* RFC 9449 s10; with DPOP=off it is a parameter like any unknown one. */
static bool
settle_key(struct request *rq, struct authorization_request *ret,
    struct authorization_fault *fault)
{
	const char *jkt = request_param(rq, AUTHORIZATION_DPOP_JKT);

	if (!jkt || !rq->settings->dpop)
		return true;
	if (!dpop_jkt_allowed(jkt))
		return fail(fault, OAUTH_INVALID_REQUEST,
		    "dpop_jkt must be the SHA-256 thumbprint of a JWK");
	ret->dpop_jkt = jkt;
	return true;
}

static bool
grant_type_good(const struct client *client, struct authorization_fault *fault)
{
	if (!text_has_word(client->grant_types, "authorization_code"))
		return fail(fault, OAUTH_UNAUTHORIZED_CLIENT,
		    "the client may not use the authorization code grant");
	return true;
}

static bool
settle_access(struct request *rq, const struct client *client,
    struct requested_access *ret, struct authorization_fault *fault)
{
	enum oauth_error error = requested_access_settle(rq, client,
	    AUTHORIZATION_SCOPE, AUTHORIZATION_RESOURCE, ret, &fault->reason);

	return !error || fail(fault, error, fault->reason);
}

bool
authorization_request_read(struct request *rq, const struct client *client,
    struct authorization_request *ret, struct authorization_fault *fault)
{
	struct requested_access access;

	*fault = (struct authorization_fault){0};
	if (!redirect_uri_good(rq, client, fault))
		return false;
	fault->redirect_uri = request_param(rq, AUTHORIZATION_REDIRECT_URI);
	if (!request_doubled(rq, AUTHORIZATION_STATE))
		fault->state = request_param(rq, AUTHORIZATION_STATE);
	if (!response_type_good(rq, fault) || !pkce_good(rq, fault) ||
	    !openid_good(rq, fault) || !grant_type_good(client, fault) ||
	    !settle_access(rq, client, &access, fault))
		return false;
	*ret = (struct authorization_request){
	    .request_id = authorization_request_id(rq->arena),
	    .client_id = client->client_id,
	    .redirect_uri = fault->redirect_uri,
	    .scope = access.scope,
	    .resource = access.resource,
	    .state = fault->state,
	    .code_challenge = request_param(rq, AUTHORIZATION_CODE_CHALLENGE),
	    .prompt = request_param(rq, AUTHORIZATION_PROMPT),
	    .nonce = request_param(rq, AUTHORIZATION_NONCE),
	    .login_hint = request_param(rq, AUTHORIZATION_LOGIN_HINT),
	    .max_age_s = request_param(rq, AUTHORIZATION_MAX_AGE),
	};
	return settle_key(rq, ret, fault) && settle_hint(rq, ret, fault);
}
