/* SPDX-License-Identifier: MIT */
/*
 * proof.h - DPoP proofs at the guard (RFC 9449 s7, s9).
 *
 * It has no secret and asks no database, so what it needs lies in
 * STATE_DIRECTORY, for all guards of the host: the key of its nonces, which
 * whoever comes first draws, and the proofs that were used, as long as they
 * would be accepted.  Only proofs of requests that were allowed are noted:
 * under Apache a refusal is judged twice.
 */
#ifndef GUARD_PROOF_H
#define GUARD_PROOF_H

#include "base/seen.h"
#include "oauth/dpop.h"
#include "original.h"

/* Use this STATE_DIRECTORY from now on. */
void proof_use(const char *state_directory);

/*
 * Fill *ret with what the proof of this request is judged by; its method is
 * that of the request itself, not of an error document.
 *
 * False when the proof must hold a nonce, whose key cannot be had.  A request
 * without a proof asks for none.
 */
bool proof_request(struct request *rq, const char *method,
    const char *access_token, struct dpop_request *ret)
    __attribute__((__warn_unused_result__));

/* The nonce to give out; NULL when its key cannot be had. */
const char *proof_nonce(struct request *rq);

/* Was it used before?  Nothing is noted. */
enum seen_result proof_look(const struct dpop_proof *proof)
    __attribute__((__warn_unused_result__));

/* The same, and it is used now. */
enum seen_result proof_note(const struct dpop_proof *proof)
    __attribute__((__warn_unused_result__));

#endif
