/* SPDX-License-Identifier: MIT */
/*
 * second_code.h - the secret that a server shares with an authenticator app,
 * and the codes that people type: six digits of the app (RFC 6238), or one of
 * the recovery codes that stand in for it.
 */
#ifndef OAUTH_SECOND_CODE_H
#define OAUTH_SECOND_CODE_H

#include "http/request.h"
#include "store/second_factor.h"

/* What somebody typed. */
struct second_code {
	const char *digits; /* of the app; NULL: a recovery code */
	struct sha256 recovery_digest;
};

/* Read it, blanks, hyphens and case aside.  False when it cannot be a code of
 * either kind, which is no guess and need not be counted. */
bool second_code_read(struct arena *arena, const char *typed,
    struct second_code *ret) __attribute__((__warn_unused_result__));

/*
 * Judge it.  For a recovery code only the database knows; a code of the app is
 * right if it is of this moment and of no step that was used before.
 *
 * Returns true with *ret filled: it can be spent now.
 */
bool second_code_right(struct request *rq, const struct second_code *code,
    const struct second_factor *factor, struct second_proof *ret)
    __attribute__((__warn_unused_result__));

/* ---- the secret, sealed under a key of the server for one user ---- */

void second_secret_seal(struct request *rq, const char *user_id,
    const unsigned char *secret, unsigned char *ret);

/* False when it is under no key of ours, which the log says as "fault"; *stale
 * (unless NULL) is set to whether it was under the previous root's. */
bool second_secret_open(struct request *rq, const struct second_factor *factor,
    unsigned char *ret, bool *stale) __attribute__((__warn_unused_result__));

enum reseal_result {
	RESEAL_NOT_NEEDED, /* it is under today's key */
	RESEAL_DONE,       /* it was under the other root's: ret has it anew */
	RESEAL_LOST,       /* under no key of ours */
};

/* Seal what the database has of a user under today's key. */
enum reseal_result second_secret_reseal(struct arena *arena,
    const struct settings *settings, const char *user_id,
    const unsigned char *sealed, unsigned char *ret)
    __attribute__((__warn_unused_result__));

/* As people type it, in groups of four; as apps read it (otpauth://). */
const char *second_secret_shown(struct arena *arena,
    const unsigned char *secret);
const char *second_secret_uri(struct request *rq, const char *email,
    const unsigned char *secret);

/* ---- recovery codes ---- */

/* RECOVERY_CODES fresh ones, in the arena as people type them, and what the
 * database keeps of them. */
const char **recovery_codes_new(struct arena *arena, struct sha256 *digests);

#endif
