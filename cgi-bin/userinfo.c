/* SPDX-License-Identifier: MIT */
/*
 * userinfo.c - the userinfo endpoint (OpenID Connect Core s5.3).
 *
 * GET or POST with an access token in the Authorization header that was
 * granted openid, and so names this endpoint as an audience: sub, and email and
 * name as far as its scope has them.  A token that is bound to a key comes by
 * the scheme DPoP with a proof (RFC 9449 s7).  401 invalid_token for any other
 * token, 401 invalid_dpop_proof or use_dpop_nonce for its proof, 404 where there
 * is no OpenID Connect.
 */
#include <time.h>

#include "base/log.h"
#include "base/text.h"
#include "crypto/keyring.h"
#include "http/endpoint.h"
#include "oauth/access_token.h"
#include "oauth/dpop_binding.h"
#include "oauth/dpop_endpoint.h"
#include "oauth/token_challenge.h"
#include "store/introspection.h"

static const struct param params[] = {{0}};

/* ---- refusals ---- */

static void
challenge(struct request *rq, const struct presented_token *presented,
    enum oauth_error error, const char *description)
{
	struct token_challenge challenge = {
	    .dpop = presented->dpop,
	    .description = description,
	    .params = "realm=\"mcp-oauth\"",
	};

	if (request_authorization(rq)) /* RFC 6750 s3.1 */
		challenge.error = oauth_error_name(error);
	token_challenge_add(rq, &challenge);
}

static enum oauth_error
refuse_token(struct request *rq, const struct presented_token *presented,
    const char *reason)
{
	static const char description[] =
	    "the access token is not good here: it needs the scope openid";

	challenge(rq, presented, OAUTH_INVALID_TOKEN, description);
	return refuse_privately(rq, OAUTH_INVALID_TOKEN, description, reason);
}

/* The same, and the client may know what was wrong. */
static enum oauth_error
refuse_openly(struct request *rq, const struct presented_token *presented,
    enum oauth_error error, const char *reason)
{
	challenge(rq, presented, error, reason);
	return refuse_status(rq, 401, error, reason);
}

static enum oauth_error
refuse_unreachable(struct request *rq)
{
	return refuse_unavailable(rq, "could not reach the session store");
}

/* ---- is the token presented by whom it was issued to? ---- */

static enum oauth_error
use_proof(struct request *rq, const struct presented_token *presented,
    const struct dpop_proof *proof)
{
	switch (dpop_proof_take(rq, proof)) {
	case JTI_FRESH:
		return OAUTH_OK;
	case JTI_SPENT:
		return refuse_openly(rq, presented, OAUTH_INVALID_DPOP_PROOF,
		    "the DPoP proof was used before");
	case JTI_STORE_DOWN:
		break;
	}
	return refuse_unreachable(rq);
}

static enum oauth_error
check_binding(struct request *rq, const struct presented_token *presented,
    const struct access_token *token)
{
	struct dpop_request request = dpop_request_of(rq, presented->text);
	struct dpop_proof proof = {0};
	const char *reason;

	switch (dpop_binding_judge(rq->arena, presented, token, &request,
	    &proof, &reason)) {
	case BINDING_GOOD:
		if (proof.nonce_ageing)
			dpop_offer_nonce(rq);
		return use_proof(rq, presented, &proof);
	case BINDING_NONCE:
		dpop_offer_nonce(rq);
		return refuse_openly(rq, presented, OAUTH_USE_DPOP_NONCE,
		    reason);
	case BINDING_PROOF:
		return refuse_openly(rq, presented, OAUTH_INVALID_DPOP_PROOF,
		    reason);
	case BINDING_TOKEN:
		break;
	}
	return refuse_openly(rq, presented, OAUTH_INVALID_TOKEN, reason);
}

/* ---- the answer ---- */

static enum oauth_error
answer(struct request *rq, const struct access_token *token,
    const struct user_claims *user)
{
	AUTO_JSON *o = json_new_object();

	json_add_string(o, "sub", token->sub);
	if (text_has_word(token->scope, "email"))
		json_add_string(o, "email", user->email);
	if (text_has_word(token->scope, "profile"))
		json_add_string(o, "name", user->name);
	return reply_json(rq, 200, o);
}

static enum oauth_error
answer_if_alive(struct request *rq, const struct presented_token *presented,
    const struct access_token *token)
{
	const struct introspected asked = {
	    .session_id = token->sid,
	    .client_id = token->client_id,
	    .jti = token->jti,
	    .issued_s = token->iat_s,
	};
	struct user_claims user;

	log_text("client_id", token->client_id);
	log_text("session_id", token->sid);
	switch (userinfo(rq->store, rq->arena, &asked, token->sub, &user)) {
	case USERINFO_ACTIVE:
		return answer(rq, token, &user);
	case USERINFO_INACTIVE:
		return refuse_token(rq, presented,
		    "the access token was revoked");
	case USERINFO_STORE_DOWN:
		break;
	}
	return refuse_unreachable(rq);
}

static enum oauth_error
answer_userinfo(struct request *rq)
{
	struct presented_token presented;
	struct access_token token = {0};
	enum access_token_result result;
	enum oauth_error error;
	const char *fault;
	struct jwt_key *keys;
	size_t n;

	if (!rq->settings->openid)
		return refuse(rq, OAUTH_NOT_FOUND, "nothing is served here");
	if (presented_token_read(rq, &presented) != PRESENTED_TOKEN)
		return refuse_token(rq, &presented, "no access token");
	if (!keyring_verification_keys(rq->arena, rq->settings, time(NULL), 1,
	        &keys, &n, &fault)) {
		log_text("fault", fault);
		return refuse_unavailable(rq, "tokens cannot be verified");
	}
	result = access_token_judge(rq->arena, rq->settings, presented.text,
	    keys, n, access_token_userinfo(rq->arena, rq->settings), time(NULL),
	    &token);
	if (result != ACCESS_TOKEN_GOOD)
		return refuse_token(rq, &presented,
		    access_token_reason(result));
	error = check_binding(rq, &presented, &token);
	return error ? error : answer_if_alive(rq, &presented, &token);
}

static const char *const paths[] = {"/api/oauth/userinfo", NULL};

static const struct endpoint userinfo_endpoint = {
    .name = "userinfo",
    .paths = paths,
    .params = params,
    .get = answer_userinfo,
    .post = answer_userinfo,
    .body = BODY_RAW,
    .cors = CORS_ANY_ORIGIN,
    .settings = SETTINGS_SERVER,
    .store_open = store_open,
    .store_close = store_close,
};

int
main(void)
{
	return endpoint_run(&userinfo_endpoint);
}
