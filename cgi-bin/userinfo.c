/* SPDX-License-Identifier: MIT */
/*
 * userinfo.c - the userinfo endpoint (OpenID Connect Core s5.3).
 *
 * GET or POST with an access token in the Authorization header that was
 * granted openid, and so names this endpoint as an audience: sub, and email and
 * name as far as its scope has them.  401 invalid_token for any other token,
 * 404 where there is no OpenID Connect.
 */
#include <time.h>

#include "base/log.h"
#include "base/text.h"
#include "crypto/keyring.h"
#include "http/endpoint.h"
#include "oauth/access_token.h"
#include "oauth/bearer.h"
#include "store/introspection.h"

static const struct param params[] = {{0}};

static enum oauth_error
refuse_token(struct request *rq, const char *reason)
{
	return bearer_refuse(rq,
	    "the access token is not good here: it needs the scope openid",
	    reason);
}

static enum oauth_error
answer(struct request *rq, const struct access_token *token,
    const struct user_claims *user)
{
	AUTO_JSON *o = json_object_new_object();

	json_add_string(o, "sub", token->sub);
	if (text_has_word(token->scope, "email"))
		json_add_string(o, "email", user->email);
	if (text_has_word(token->scope, "profile"))
		json_add_string(o, "name", user->name);
	return reply_json(rq, 200, o);
}

static enum oauth_error
answer_if_alive(struct request *rq, const struct access_token *token)
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
		return refuse_token(rq, "the access token was revoked");
	case USERINFO_STORE_DOWN:
		break;
	}
	return refuse_unavailable(rq, "could not reach the session store");
}

static enum oauth_error
answer_userinfo(struct request *rq)
{
	struct access_token token = {0};
	enum access_token_result result;
	const char *text, *fault;
	struct jwt_key *keys;
	size_t n;

	if (!rq->settings->openid)
		return refuse(rq, OAUTH_NOT_FOUND, "nothing is served here");
	text = bearer_token(rq);
	if (!text)
		return refuse_token(rq, "no access token");
	if (!keyring_verification_keys(rq->arena, rq->settings, time(NULL), 1,
	        &keys, &n, &fault)) {
		log_text("fault", fault);
		return refuse_unavailable(rq, "tokens cannot be verified");
	}
	result = access_token_judge(rq->arena, rq->settings, text, keys, n,
	    access_token_userinfo(rq->arena, rq->settings), time(NULL), &token);
	if (result != ACCESS_TOKEN_GOOD)
		return refuse_token(rq, access_token_reason(result));
	return answer_if_alive(rq, &token);
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
