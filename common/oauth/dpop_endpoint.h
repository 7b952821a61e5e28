/* SPDX-License-Identifier: MIT */
/* dpop_endpoint.h - DPoP proofs at our own endpoints (RFC 9449 s5, s8, s10.1),
 * which have a database to remember them in. */
#ifndef OAUTH_DPOP_ENDPOINT_H
#define OAUTH_DPOP_ENDPOINT_H

#include "http/refuse.h"
#include "oauth/dpop.h"
#include "store/assertion.h"

/* What the proof of this request is judged by; access_token is the one that is
 * presented with it, or NULL.  header is NULL when there is none. */
struct dpop_request dpop_request_of(struct request *rq,
    const char *access_token);

/* Tell the nonce to use from now on (s8.2). */
void dpop_offer_nonce(struct request *rq);

/*
 * Judge the DPoP header of a request for a token, before anything is spent.
 *
 * Returns OAUTH_OK with *ret filled, whose jkt is NULL when there is no such
 *         header or DPOP=off; anything else was refused already: 400
 *         invalid_dpop_proof or use_dpop_nonce.
 */
enum oauth_error dpop_header_judge(struct request *rq, struct dpop_proof *ret)
    __attribute__((__warn_unused_result__));

/* Use a proof that was found good, once (s11.1).  A replay is noted on the log
 * line.  Without a proof (jkt NULL) it is JTI_FRESH. */
enum jti_result dpop_proof_take(struct request *rq,
    const struct dpop_proof *proof) __attribute__((__warn_unused_result__));

/* The same; what is not fresh was refused already: 400 invalid_dpop_proof,
 * 503. */
enum oauth_error dpop_header_take(struct request *rq,
    const struct dpop_proof *proof) __attribute__((__warn_unused_result__));

#endif
