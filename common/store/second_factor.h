/* SPDX-License-Identifier: MIT */
/* second_factor.h - authenticator apps and recovery codes, as their people keep
 * them.  Whose they are is told by the login alone. */
#ifndef STORE_SECOND_FACTOR_H
#define STORE_SECOND_FACTOR_H

#include "crypto/seal.h"
#include "crypto/totp.h"
#include "store/store.h"

enum {
	SECOND_FACTOR_SEALED_BYTES = TOTP_SECRET_BYTES + SEAL_BYTES,
	RECOVERY_CODES = 10,
};

/* What a code is judged by. */
struct second_factor {
	const char *user_id;
	const char *email; /* set by second_factor_begin() alone */
	unsigned char sealed[SECOND_FACTOR_SEALED_BYTES];
	int64_t last_step, now_s; /* the database's clock */
	bool active;              /* likewise; false: still to be confirmed */
};

/* A code that was right, as far as can be told without the database. */
struct second_proof {
	bool is_recovery;
	int64_t step;                  /* unless is_recovery */
	struct sha256 recovery_digest; /* if is_recovery */
	bool resealed;                 /* the secret was under an older key: */
	unsigned char sealed[SECOND_FACTOR_SEALED_BYTES]; /* under today's */
};

/* Read and add them, as the functions that take a code have them.  False when
 * the row is not as it must be. */
bool second_factor_read(struct arena *arena, const PGresult *row,
    struct second_factor *ret) __attribute__((__warn_unused_result__));
void second_proof_add(struct store_params *params,
    const struct second_proof *proof);

/* ---- the page ---- */

struct second_factor_state {
	const char *email;
	int64_t confirmed_s, recovery_codes; /* of an active one */
};

enum second_factor_get_result {
	SECOND_FACTOR_NONE,
	SECOND_FACTOR_ACTIVE,
	SECOND_FACTOR_GET_NOT_SIGNED_IN,
	SECOND_FACTOR_GET_STORE_DOWN,
};

/* NONE and ACTIVE fill *ret. */
enum second_factor_get_result second_factor_get(struct store *store,
    struct arena *arena, const struct sha256 *login_digest,
    struct second_factor_state *ret) __attribute__((__warn_unused_result__));

/* ---- changing it ---- */

enum second_factor_offer_result {
	SECOND_FACTOR_OFFERED,
	SECOND_FACTOR_OFFER_ACTIVE, /* there is one */
	SECOND_FACTOR_OFFER_STALE,  /* the password changed meanwhile */
	SECOND_FACTOR_OFFER_NOT_SIGNED_IN,
	SECOND_FACTOR_OFFER_STORE_DOWN,
};

/* Keep a sealed secret until a code of it comes. */
enum second_factor_offer_result second_factor_offer(struct store *store,
    struct arena *arena, const struct sha256 *login_digest,
    const char *password_hash, const unsigned char *sealed)
    __attribute__((__warn_unused_result__));

enum second_factor_begin_result {
	SECOND_FACTOR_CHECK,
	SECOND_FACTOR_REFUSED, /* too many tries */
	SECOND_FACTOR_NO_SECRET,
	SECOND_FACTOR_NOT_SIGNED_IN,
	SECOND_FACTOR_STORE_DOWN,
};

/* Count a code before it is looked at.  CHECK fills *ret. */
enum second_factor_begin_result second_factor_begin(struct store *store,
    struct arena *arena, const struct sha256 *login_digest, int64_t limit,
    int64_t window_s, struct second_factor *ret)
    __attribute__((__warn_unused_result__));

enum second_factor_result {
	SECOND_FACTOR_DONE,
	SECOND_FACTOR_WRONG, /* the code was used before, or is none of ours */
	SECOND_FACTOR_CHANGE_NOT_SIGNED_IN,
	SECOND_FACTOR_CHANGE_STORE_DOWN,
};

/* A code of the step was right: the factor counts from now on, with
 * RECOVERY_CODES recovery codes. */
enum second_factor_result second_factor_confirm(struct store *store,
    struct arena *arena, const struct sha256 *login_digest,
    const struct second_factor *factor, int64_t step,
    const struct sha256 *code_digests, const char *remote)
    __attribute__((__warn_unused_result__));

/* Spend the code; then these RECOVERY_CODES codes take the place of the others,
 * or, with NULL, the factor is gone. */
enum second_factor_result second_factor_change(struct store *store,
    struct arena *arena, const struct sha256 *login_digest,
    const struct second_proof *proof, const struct sha256 *code_digests,
    const char *remote) __attribute__((__warn_unused_result__));

#endif
