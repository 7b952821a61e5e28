/* SPDX-License-Identifier: MIT */
/*
 * authorization.h - authorization requests on their way: made by authorize,
 * bound to a browser, decided once on the consent page (RFC 6749 s4.1).
 */
#ifndef STORE_AUTHORIZATION_H
#define STORE_AUTHORIZATION_H

#include "store/store.h"

/* Who asks: cookies as digests; login is NULL when there is no such cookie. */
struct browser {
	struct sha256 browser_digest;
	const struct sha256 *login_digest;
};

struct authorization_request {
	const char *request_id, *client_id, *redirect_uri, *scope, *resource;
	const char *state, *code_challenge,
	    *prompt; /* state, prompt: or NULL */

	const char *dpop_jkt; /* what the code is bound to (RFC 9449 s10), or
	                         NULL */

	/* OpenID Connect Core s3.1.2.1; NULL where they are not sent. */
	const char *nonce, *login_hint;
	const char *max_age_s;        /* digits */
	const char *expected_user_id; /* of an id_token_hint, prompt=none */

	/* Set by authorization_request_get(). */
	const char *client_name, *client_uri; /* or NULL */
	const char *registration;       /* "metadata": client_id is a URL */
	const char *user_id, *email;    /* NULL: not signed in */
	bool remembered;                /* consent was given before */
	const char *scope_asked;        /* scope is what of it the user may
	                                   allow, "" when that is nothing */
	const char *device_code_digest; /* in hex: a device is to be connected,
	                                   and redirect_uri is NULL; or NULL */
};

enum authorization_result {
	AUTHORIZATION_PENDING,
	AUTHORIZATION_UNKNOWN,
	AUTHORIZATION_EXPIRED,
	AUTHORIZATION_DECIDED,
	AUTHORIZATION_OTHER_BROWSER,
	AUTHORIZATION_STORE_DOWN,
};

enum authorization_create_result {
	AUTHORIZATION_CREATED,
	AUTHORIZATION_UNKNOWN_CLIENT,
	AUTHORIZATION_CREATE_STORE_DOWN,
};

/* Add what a request asks for, client_id to dpop_jkt, as the functions
 * take it that store one. */
void authorization_add_request(struct store_params *params,
    const struct authorization_request *request);

/* Store a request that was checked, for expires_s.  AUTHORIZATION_CREATED sets
 * *signed_in: whether the login cookie is good for it. */
enum authorization_create_result authorization_request_create(struct store
                                                                  *store,
    struct arena *arena, const struct browser *browser,
    const struct authorization_request *request, int64_t expires_s,
    bool *signed_in) __attribute__((__warn_unused_result__));

/* The request and who is signed in.  AUTHORIZATION_PENDING fills *ret; its
 * strings live in the arena. */
enum authorization_result authorization_request_get(struct store *store,
    struct arena *arena, const char *request_id, const struct browser *browser,
    struct authorization_request *ret) __attribute__((__warn_unused_result__));

/* Where the browser goes after a decision; nowhere (redirect_uri NULL) when it
 * was about a device. */
struct decision {
	const char *redirect_uri, *client_id;
	const char *state; /* or NULL */
};

enum decision_result {
	DECISION_MADE,
	DECISION_REPEATED, /* the same again: the same answer is due */
	DECISION_UNKNOWN,
	DECISION_EXPIRED,
	DECISION_DECIDED, /* otherwise, or its code is spent */
	DECISION_OTHER_BROWSER,
	DECISION_NOT_SIGNED_IN,
	DECISION_SCOPE, /* the user may allow nothing of what is asked */
	DECISION_STORE_DOWN,
};

/* Approve, once: the code becomes good for code_expires_s.  remember keeps the
 * consent for the same request later.  MADE and REPEATED fill *ret. */
enum decision_result consent_grant(struct store *store, struct arena *arena,
    const char *request_id, const struct browser *browser,
    const struct sha256 *code_digest, int64_t code_expires_s, bool remember,
    const char *remote, struct decision *ret)
    __attribute__((__warn_unused_result__));

/* Refuse, once.  MADE and REPEATED fill *ret. */
enum decision_result consent_deny(struct store *store, struct arena *arena,
    const char *request_id, const struct browser *browser, const char *remote,
    struct decision *ret) __attribute__((__warn_unused_result__));

#endif
