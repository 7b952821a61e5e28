/* SPDX-License-Identifier: MIT */
/*
 * revoke.c - the revocation_endpoint (RFC 7009).
 *
 * POST token [token_type_hint] and the client's authentication.  Answers 200
 * with an empty body whether or not the token was known (s2.2), so a client
 * can always forget it.  A refresh token, live or retired, and an access token
 * each name their session, and the session is ended.
 */
#include <time.h>

#include "base/log.h"
#include "crypto/keyring.h"
#include "http/endpoint.h"
#include "oauth/access_token.h"
#include "oauth/client_auth.h"
#include "oauth/refresh_token.h"
#include "store/session.h"

enum { TOKEN, TOKEN_TYPE_HINT, CLIENT_ID, CLIENT_SECRET };

/* s2.1.  The hint is accepted and ignored: a token's own form tells. */
static const struct param params[] = {
    [TOKEN] = {"token", PARAM_REQUIRED},
    [TOKEN_TYPE_HINT] = {"token_type_hint", PARAM_LOGGED},
    [CLIENT_ID] = {"client_id", PARAM_LOGGED},
    [CLIENT_SECRET] = {"client_secret", PARAM_OPTIONAL},
    {0},
};

static enum oauth_error
refuse_unreachable(struct request *rq)
{
	/* s2.2.1: 503, the token may still live */
	return refuse_unavailable(rq, "could not reach the session store");
}

/* The session that an access token of ours names, expired or not; or NULL.
 * False when our keys cannot be read. */
static bool
session_of_access_token(struct request *rq, const char *text,
    const char **session_id)
{
	struct access_token token = {0};
	struct jwt_key *keys;
	const char *fault;
	size_t n;

	*session_id = NULL;
	if (!keyring_verification_keys(rq->arena, rq->settings, time(NULL), 1,
	        &keys, &n, &fault)) {
		log_text("fault", fault);
		return false;
	}
	switch (access_token_judge_any(rq->arena, rq->settings, text, keys, n,
	    time(NULL), &token)) {
	case ACCESS_TOKEN_GOOD:
	case ACCESS_TOKEN_EXPIRED: /* its session may live */
		*session_id = token.sid;
		break;
	case ACCESS_TOKEN_MALFORMED:
	case ACCESS_TOKEN_KEY_UNKNOWN:
	case ACCESS_TOKEN_SIGNATURE:
	case ACCESS_TOKEN_ISSUER:
	case ACCESS_TOKEN_AUDIENCE:
	case ACCESS_TOKEN_EARLY:
		break;
	}
	return true;
}

/*
 * The session that the token names, NULL when it names none.  False when what
 * had to be asked (the database, our keys) was away.
 */
static bool
find_session(struct request *rq, const char *text, const char **session_id)
{
	struct refresh_token token;
	const char *token_hash;

	if (!refresh_token_read(rq->arena, rq->settings, text, &token))
		return session_of_access_token(rq, text, session_id);
	*session_id = token.session_id;
	return token.kind == REFRESH_TOKEN_OURS ||
	    session_find_legacy(rq->store, rq->arena, text, session_id,
	        &token_hash) != LEGACY_STORE_DOWN;
}

/* No session to end: only the client is looked at (s2.1: it authenticates
 * whatever it sends). */
static enum oauth_error
forget_unknown(struct request *rq, const struct client_credentials *client)
{
	if (!client->client_id)
		return reply_empty(rq, 200);
	switch (client_check(rq->store, rq->arena, client)) {
	case CLIENT_OK:
		return reply_empty(rq, 200);
	case CLIENT_UNKNOWN:
	case CLIENT_REFUSED:
		return client_auth_refuse(rq, client);
	case CLIENT_STORE_DOWN:
		break;
	}
	return refuse_unreachable(rq);
}

static enum oauth_error
post_revoke(struct request *rq)
{
	struct client_credentials client;
	const char *session_id;
	enum oauth_error error;

	error = client_auth(rq, &client);
	if (error)
		return error;
	if (!find_session(rq, request_param(rq, TOKEN), &session_id))
		return refuse_unreachable(rq);
	if (!session_id)
		return forget_unknown(rq, &client);
	log_text("session_id", session_id);
	switch (session_revoke(rq->store, rq->arena, &client, session_id)) {
	case REVOKE_DONE:
		log_event("session revoked");
		return reply_empty(rq, 200);
	case REVOKE_UNKNOWN:
		return reply_empty(rq, 200); /* s2.2: no error */
	case REVOKE_BAD_CLIENT:
		return client_auth_refuse(rq, &client);
	case REVOKE_NOT_YOURS: /* s2.1 */
		return refuse(rq, OAUTH_INVALID_REQUEST,
		    "the token was issued to another client");
	case REVOKE_STORE_DOWN:
		break;
	}
	return refuse_unreachable(rq);
}

static const char *const paths[] = {"/api/oauth/revoke", NULL};

static const struct endpoint revoke = {
    .name = "revoke",
    .paths = paths,
    .params = params,
    .post = post_revoke,
    .cors = CORS_ANY_ORIGIN,
    .fetches = true,
    .settings = SETTINGS_SERVER,
    .store_open = store_open,
    .store_close = store_close,
};

int
main(void)
{
	return endpoint_run(&revoke);
}
