/* SPDX-License-Identifier: MIT */
/*
 * authorization_request.h - the parameters of an authorization request
 * (OAuth 2.1 s4.1.1, RFC 7636, RFC 8707, RFC 9449 s10, OpenID Connect Core
 * s3.1.2.1), checked in the same way by every endpoint that takes them:
 * authorize, which redirects or shows a page when something is wrong, and par,
 * which answers JSON.
 */
#ifndef OAUTH_AUTHORIZATION_REQUEST_H
#define OAUTH_AUTHORIZATION_REQUEST_H

#include "http/endpoint.h"
#include "store/authorization.h"
#include "store/client.h"

/* The table of such an endpoint begins with AUTHORIZATION_REQUEST_PARAMS, and
 * its own parameters are numbered from N_AUTHORIZATION_PARAMS. */
enum authorization_param {
	AUTHORIZATION_RESPONSE_TYPE,
	AUTHORIZATION_CLIENT_ID,
	AUTHORIZATION_REDIRECT_URI,
	AUTHORIZATION_SCOPE,
	AUTHORIZATION_STATE,
	AUTHORIZATION_CODE_CHALLENGE,
	AUTHORIZATION_CODE_CHALLENGE_METHOD,
	AUTHORIZATION_RESOURCE,
	AUTHORIZATION_PROMPT,
	AUTHORIZATION_RESPONSE_MODE,
	AUTHORIZATION_NONCE,
	AUTHORIZATION_MAX_AGE,
	AUTHORIZATION_LOGIN_HINT,
	AUTHORIZATION_ID_TOKEN_HINT,
	AUTHORIZATION_REQUEST,
	AUTHORIZATION_DPOP_JKT,
	N_AUTHORIZATION_PARAMS
};

/* clang-format off */
#define AUTHORIZATION_REQUEST_PARAMS \
	[AUTHORIZATION_RESPONSE_TYPE] = {"response_type", PARAM_LOGGED}, \
	[AUTHORIZATION_CLIENT_ID] = {"client_id", PARAM_LOGGED}, \
	[AUTHORIZATION_REDIRECT_URI] = {"redirect_uri", PARAM_LOGGED}, \
	[AUTHORIZATION_SCOPE] = {"scope", PARAM_LOGGED}, \
	[AUTHORIZATION_STATE] = {"state", PARAM_OPTIONAL}, \
	[AUTHORIZATION_CODE_CHALLENGE] = {"code_challenge", PARAM_OPTIONAL}, \
	[AUTHORIZATION_CODE_CHALLENGE_METHOD] = \
	    {"code_challenge_method", PARAM_LOGGED}, \
	[AUTHORIZATION_RESOURCE] = \
	    {"resource", PARAM_LOGGED | PARAM_REPEATABLE}, \
	[AUTHORIZATION_PROMPT] = {"prompt", PARAM_LOGGED}, \
	[AUTHORIZATION_RESPONSE_MODE] = {"response_mode", PARAM_LOGGED}, \
	[AUTHORIZATION_NONCE] = {"nonce", PARAM_OPTIONAL}, \
	[AUTHORIZATION_MAX_AGE] = {"max_age", PARAM_LOGGED}, \
	[AUTHORIZATION_LOGIN_HINT] = {"login_hint", PARAM_OPTIONAL}, \
	[AUTHORIZATION_ID_TOKEN_HINT] = {"id_token_hint", PARAM_OPTIONAL}, \
	[AUTHORIZATION_REQUEST] = {"request", PARAM_OPTIONAL}, \
	[AUTHORIZATION_DPOP_JKT] = {"dpop_jkt", PARAM_LOGGED}
/* clang-format on */

/* What is wrong with a request, and where the client may hear of it. */
struct authorization_fault {
	enum oauth_error error;
	const char *reason;
	const char *redirect_uri; /* NULL: it cannot be trusted */
	const char *state;        /* to go along, or NULL */
};

/*
 * Check all parameters but client_id, which named the client, and read them
 * into *ret with a request_id drawn now.
 *
 * Returns true with *ret filled; false with *fault filled, nothing refused
 *         yet.
 * Memory: strings live in the arena.
 */
bool authorization_request_read(struct request *rq, const struct client *client,
    struct authorization_request *ret, struct authorization_fault *fault)
    __attribute__((__warn_unused_result__));

/* A request_id, drawn now. */
const char *authorization_request_id(struct arena *arena);

#endif
