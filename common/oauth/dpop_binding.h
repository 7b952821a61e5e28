/* SPDX-License-Identifier: MIT */
/* dpop_binding.h - is an access token, good by itself, presented by whom it was
 * issued to (RFC 9449 s7)? */
#ifndef OAUTH_DPOP_BINDING_H
#define OAUTH_DPOP_BINDING_H

#include "oauth/access_token.h"
#include "oauth/dpop.h"
#include "oauth/presented_token.h"

enum dpop_binding_result {
	BINDING_GOOD,
	BINDING_TOKEN, /* invalid_token: not by this scheme or with this key */
	BINDING_PROOF, /* invalid_dpop_proof */
	BINDING_NONCE, /* use_dpop_nonce */
};

/*
 * A token that is bound to a key is good by the scheme DPoP alone, with a proof
 * by that key (s7.1); any other by the scheme Bearer alone, so that it shows
 * when a client takes one for the other (s7.2).  request->header is NULL when
 * there is none.
 *
 * BINDING_GOOD fills *proof, whose jkt is NULL for a bearer token; anything else
 * sets *reason, fit for the client.
 */
enum dpop_binding_result dpop_binding_judge(struct arena *arena,
    const struct presented_token *presented, const struct access_token *token,
    const struct dpop_request *request, struct dpop_proof *proof,
    const char **reason) __attribute__((__warn_unused_result__));

#endif
