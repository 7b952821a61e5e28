/* SPDX-License-Identifier: MIT */
#include "store/second_factor.h"

#include "base/log.h"
#include "store/outcome.h"

bool
second_factor_read(struct arena *arena, const PGresult *row,
    struct second_factor *ret)
{
	ret->user_id = store_text(arena, row, 0, "user_id");
	ret->email = store_text(arena, row, 0, "email");
	ret->last_step = store_int64(row, 0, "last_step");
	ret->now_s = store_int64(row, 0, "now_s");
	ret->active = store_bool(row, 0, "active");
	return ret->user_id &&
	    store_bytes(row, 0, "sealed_secret", ret->sealed,
	        SECOND_FACTOR_SEALED_BYTES);
}

void
second_proof_add(struct store_params *params, const struct second_proof *proof)
{
	if (proof->is_recovery)
		store_add_text(params, NULL);
	else
		store_add_int64(params, proof->step);
	store_add_digest(params,
	    proof->is_recovery ? &proof->recovery_digest : NULL);
	store_add_bytes(params, proof->resealed ? proof->sealed : NULL,
	    SECOND_FACTOR_SEALED_BYTES);
}

enum second_factor_get_result
second_factor_get(struct store *store, struct arena *arena,
    const struct sha256 *login_digest, struct second_factor_state *ret)
{
	static const struct statement statement = {"second_factor_get",
	    "SELECT * FROM oauth.second_factor_get($1)", .repeatable = true};
	static const char *const outcomes[] = {
	    [SECOND_FACTOR_NONE] = "none",
	    [SECOND_FACTOR_ACTIVE] = "active",
	    [SECOND_FACTOR_GET_NOT_SIGNED_IN] = "not_signed_in",
	    [SECOND_FACTOR_GET_STORE_DOWN] = OUTCOME_NO_ANSWER,
	};
	struct store_params params = {.arena = arena};
	AUTO_RESULT *row = NULL;
	int outcome;

	store_add_digest(&params, login_digest);
	outcome = outcome_of(store, &statement, &params, outcomes, &row);
	if (outcome == SECOND_FACTOR_NONE || outcome == SECOND_FACTOR_ACTIVE) {
		ret->email = store_text(arena, row, 0, "email");
		ret->confirmed_s = store_int64(row, 0, "confirmed_s");
		ret->recovery_codes = store_int64(row, 0, "recovery_codes");
	}
	return (enum second_factor_get_result)outcome;
}

enum second_factor_offer_result
second_factor_offer(struct store *store, struct arena *arena,
    const struct sha256 *login_digest, const char *password_hash,
    const unsigned char *sealed)
{
	static const struct statement statement = {"second_factor_offer",
	    "SELECT * FROM oauth.second_factor_offer($1, $2, $3)",
	    .repeatable = false};
	static const char *const outcomes[] = {
	    [SECOND_FACTOR_OFFERED] = "kept",
	    [SECOND_FACTOR_OFFER_ACTIVE] = "active",
	    [SECOND_FACTOR_OFFER_STALE] = "stale",
	    [SECOND_FACTOR_OFFER_NOT_SIGNED_IN] = "not_signed_in",
	    [SECOND_FACTOR_OFFER_STORE_DOWN] = OUTCOME_NO_ANSWER,
	};
	struct store_params params = {.arena = arena};
	AUTO_RESULT *row = NULL;

	store_add_digest(&params, login_digest);
	store_add_text(&params, password_hash);
	store_add_bytes(&params, sealed, SECOND_FACTOR_SEALED_BYTES);
	return (enum second_factor_offer_result)outcome_of(store, &statement,
	    &params, outcomes, &row);
}

enum second_factor_begin_result
second_factor_begin(struct store *store, struct arena *arena,
    const struct sha256 *login_digest, int64_t limit, int64_t window_s,
    struct second_factor *ret)
{
	static const struct statement statement = {"second_factor_begin",
	    "SELECT * FROM oauth.second_factor_begin($1, $2, $3)",
	    .repeatable = false};
	static const char *const outcomes[] = {
	    [SECOND_FACTOR_CHECK] = "check",
	    [SECOND_FACTOR_REFUSED] = "refused",
	    [SECOND_FACTOR_NO_SECRET] = "none",
	    [SECOND_FACTOR_NOT_SIGNED_IN] = "not_signed_in",
	    [SECOND_FACTOR_STORE_DOWN] = OUTCOME_NO_ANSWER,
	};
	struct store_params params = {.arena = arena};
	AUTO_RESULT *row = NULL;
	int outcome;

	store_add_digest(&params, login_digest);
	store_add_int64(&params, limit);
	store_add_int64(&params, window_s);
	outcome = outcome_of(store, &statement, &params, outcomes, &row);
	if (outcome == SECOND_FACTOR_CHECK &&
	    !second_factor_read(arena, row, ret))
		return SECOND_FACTOR_STORE_DOWN;
	return (enum second_factor_begin_result)outcome;
}

/* Both changes answer alike. */
static enum second_factor_result
change(struct store *store, const struct statement *statement,
    const struct store_params *params)
{
	static const char *const outcomes[] = {
	    [SECOND_FACTOR_DONE] = "done",
	    [SECOND_FACTOR_WRONG] = "wrong",
	    [SECOND_FACTOR_CHANGE_NOT_SIGNED_IN] = "not_signed_in",
	    [SECOND_FACTOR_CHANGE_STORE_DOWN] = OUTCOME_NO_ANSWER,
	};
	AUTO_RESULT *row = NULL;
	int outcome = outcome_of(store, statement, params, outcomes, &row);

	if (outcome != SECOND_FACTOR_CHANGE_STORE_DOWN)
		log_text("user_id",
		    store_text(params->arena, row, 0, "user_id"));
	return (enum second_factor_result)outcome;
}

enum second_factor_result
second_factor_confirm(struct store *store, struct arena *arena,
    const struct sha256 *login_digest, const struct second_factor *factor,
    int64_t step, const struct sha256 *code_digests, const char *remote)
{
	static const struct statement statement = {"second_factor_confirm",
	    "SELECT * FROM oauth.second_factor_confirm($1, $2, $3, $4, $5)",
	    .repeatable = false};
	struct store_params params = {.arena = arena};

	store_add_digest(&params, login_digest);
	store_add_bytes(&params, factor->sealed, SECOND_FACTOR_SEALED_BYTES);
	store_add_int64(&params, step);
	store_add_digests(&params, code_digests, RECOVERY_CODES);
	store_add_text(&params, remote);
	return change(store, &statement, &params);
}

enum second_factor_result
second_factor_change(struct store *store, struct arena *arena,
    const struct sha256 *login_digest, const struct second_proof *proof,
    const struct sha256 *code_digests, const char *remote)
{
	static const struct statement statement = {"second_factor_change",
	    "SELECT * FROM oauth.second_factor_change($1, $2, $3, $4, $5, $6)",
	    .repeatable = false};
	struct store_params params = {.arena = arena};

	store_add_digest(&params, login_digest);
	second_proof_add(&params, proof);
	store_add_digests(&params, code_digests, RECOVERY_CODES);
	store_add_text(&params, remote);
	return change(store, &statement, &params);
}
