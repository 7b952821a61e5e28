/* SPDX-License-Identifier: MIT */
/*
 * introspect.c - the introspection endpoint (RFC 7662), for resource servers
 * that do not verify access tokens themselves.
 *
 * POST token [token_type_hint] and the credentials of a client that the
 * operator lets introspect (mcp-oauth client add --introspect).  Answers what
 * an access token of one of its resources says while it is good; anything else,
 * a refresh token too, is exactly {"active":false} (s2.2).  Without proper
 * credentials 401, for a client that may introspect nothing 403.
 */
#include <time.h>

#include "base/log.h"
#include "crypto/keyring.h"
#include "http/endpoint.h"
#include "oauth/access_token.h"
#include "oauth/client_auth.h"
#include "store/introspection.h"

enum { TOKEN };

static const struct param params[] = {
    [TOKEN] = {"token", PARAM_REQUIRED},
    {"token_type_hint", PARAM_LOGGED},
    {"client_id", PARAM_LOGGED},
    {0},
};

static enum oauth_error
answer_inactive(struct request *rq)
{
	AUTO_JSON *o = json_new_object();

	json_add_false(o, "active");
	return reply_json(rq, 200, o);
}

static enum oauth_error
answer_active(struct request *rq, const struct access_token *token,
    const char *username)
{
	AUTO_JSON *o = json_new_object();

	json_add_true(o, "active");
	if (*token->scope)
		json_add_string(o, "scope", token->scope);
	json_add_string(o, "client_id", token->client_id);
	json_add_string(o, "username", username);
	json_add_string(o, "token_type", token->jkt ? "DPoP" : "Bearer");
	access_token_add_confirmation(o, token);
	json_add_int64(o, "exp", token->exp_s);
	json_add_int64(o, "iat", token->iat_s);
	json_add_string(o, "sub", token->sub);
	json_add_string(o, "aud", token->aud);
	json_add_string(o, "iss", rq->settings->oauth_issuer);
	json_add_string(o, "jti", token->jti);
	return reply_json(rq, 200, o);
}

/* The client is judged with the token, and without one as well. */
static enum oauth_error
introspect(struct request *rq, const struct client_credentials *client,
    const struct access_token *token)
{
	const struct introspected asked = {
	    .session_id = token->sid,
	    .client_id = token->client_id,
	    .jti = token->jti,
	    .resource = token->aud,
	    .issued_s = token->iat_s,
	};
	const char *username = NULL;

	switch (
	    token_introspect(rq->store, rq->arena, client, &asked, &username)) {
	case INTROSPECT_ACTIVE:
		if (token->scope) /* else nothing was read of it */
			return answer_active(rq, token, username);
		return answer_inactive(rq);
	case INTROSPECT_INACTIVE:
		return answer_inactive(rq);
	case INTROSPECT_NOT_ALLOWED:
		return refuse(rq, OAUTH_ACCESS_DENIED,
		    "the client may not introspect tokens");
	case INTROSPECT_BAD_CLIENT:
		return client_auth_refuse(rq, client);
	case INTROSPECT_STORE_DOWN:
		break;
	}
	return refuse_unavailable(rq, "could not reach the session store");
}

static enum oauth_error
post_introspect(struct request *rq)
{
	struct access_token token = {0};
	struct client_credentials client;
	enum access_token_result result;
	struct jwt_key *keys;
	enum oauth_error error;
	const char *fault;
	size_t n;

	error = client_auth(rq, &client);
	if (error)
		return error;
	if (!client.client_id)
		return client_auth_refuse(rq, &client);
	if (!keyring_verification_keys(rq->arena, rq->settings, time(NULL), 1,
	        &keys, &n, &fault)) {
		log_text("fault", fault);
		return refuse_unavailable(rq, "tokens cannot be verified");
	}
	result = access_token_judge_any(rq->arena, rq->settings,
	    request_param(rq, TOKEN), keys, n, time(NULL), &token);
	if (result != ACCESS_TOKEN_GOOD) {
		log_text("reason", access_token_reason(result));
		token = (struct access_token){0};
	}
	log_text("session_id", token.sid);
	return introspect(rq, &client, &token);
}

static const char *const paths[] = {"/api/oauth/introspect", NULL};

static const struct endpoint introspection_endpoint = {
    .name = "introspect",
    .paths = paths,
    .params = params,
    .post = post_introspect,
    .fetches = true,
    .settings = SETTINGS_SERVER,
    .store_open = store_open,
    .store_close = store_close,
};

int
main(void)
{
	return endpoint_run(&introspection_endpoint);
}
