/* SPDX-License-Identifier: MIT */
#include "store/session.h"

#include "base/text.h"
#include "crypto/encode.h"

/* What the client check answers inside the other functions. */
static const char *const client_refusals[] = {"unknown_client",
    "unexpected_secret", "missing_secret", "wrong_secret", "wrong_method",
    "missing_client"};

enum { N_REFUSALS = sizeof(client_refusals) / sizeof(*client_refusals) };

bool
session_client_refused(const PGresult *row)
{
	const char *outcome = PQgetvalue(row, 0, 0);
	size_t i;

	for (i = 0; i < N_REFUSALS; i++)
		if (text_equal(client_refusals[i], outcome))
			return store_outcome(row, client_refusals,
			           N_REFUSALS) >= 0;
	return false;
}

void
session_read_grant(struct arena *arena, const PGresult *row,
    const char *session_id, struct session_grant *ret)
{
	ret->session_id = session_id;
	ret->client_id = store_text(arena, row, 0, "client_id");
	ret->user_id = store_text(arena, row, 0, "user_id");
	ret->email = store_text(arena, row, 0, "email");
	ret->user_name = store_text(arena, row, 0, "user_name");
	ret->nonce = store_text(arena, row, 0, "nonce");
	ret->scope = store_text(arena, row, 0, "scope");
	ret->resource = store_text(arena, row, 0, "resource");
	ret->now_s = store_int64(row, 0, "now_s");
	ret->auth_s = store_int64(row, 0, "auth_s");
}

enum code_result
code_redeem(struct store *store, struct arena *arena,
    const struct client_credentials *client,
    const struct code_redemption *redemption, const struct session_terms *terms,
    struct session_grant *ret)
{
	static const struct statement statement = {"code_redeem",
	    "SELECT * FROM oauth.code_redeem($1, $2, $3, $4, $5, $6, $7, $8, "
	    "$9, $10, $11, $12, $13)",
	    false};
	static const char *const outcomes[] = {
	    [CODE_REDEEMED] = "redeemed",
	    [CODE_UNKNOWN] = "unknown",
	    [CODE_EXPIRED] = "expired",
	    [CODE_NOT_YOURS] = "not_yours",
	    [CODE_REDIRECT_URI] = "redirect_uri",
	    [CODE_RESOURCE] = "resource",
	    [CODE_WRONG_VERIFIER] = "verifier",
	    [CODE_USER] = "user",
	    [CODE_GRANT_TYPE] = "grant_type",
	    [CODE_REPLAYED] = "replayed",
	};
	struct store_params params = {.arena = arena};
	AUTO_RESULT *row = NULL;
	int outcome;

	client_add_credentials(&params, client);
	store_add_digest(&params, &redemption->code_digest);
	store_add_text(&params, redemption->redirect_uri);
	store_add_text(&params, redemption->code_challenge);
	store_add_text(&params, redemption->resource);
	store_add_text(&params, redemption->session_id);
	store_add_text(&params, redemption->refresh_token_hash);
	store_add_int64(&params, terms->access_s);
	store_add_int64(&params, terms->idle_s);
	store_add_int64(&params, terms->session_s);
	store_add_text(&params, terms->remote);
	row = store_call(store, &statement, &params);
	if (row && session_client_refused(row))
		return CODE_BAD_CLIENT;
	outcome = row ? store_outcome(row, outcomes, 10) : -1;
	if (outcome < 0)
		return CODE_STORE_DOWN;
	if (outcome == CODE_REDEEMED) {
		session_read_grant(arena, row, redemption->session_id, ret);
		ret->refresh = store_bool(row, 0, "refresh");
		ret->signed_in = true;
	}
	return (enum code_result)outcome;
}

enum device_result
device_redeem(struct store *store, struct arena *arena,
    const struct client_credentials *client,
    const struct device_redemption *redemption,
    const struct session_terms *terms, struct session_grant *ret)
{
	static const struct statement statement = {"device_redeem",
	    "SELECT * FROM oauth.device_redeem($1, $2, $3, $4, $5, $6, $7, $8, "
	    "$9, $10, $11)",
	    false};
	static const char *const outcomes[] = {
	    [DEVICE_REDEEMED] = "redeemed",
	    [DEVICE_PENDING] = "pending",
	    [DEVICE_SLOW_DOWN] = "slow_down",
	    [DEVICE_DENIED] = "denied",
	    [DEVICE_EXPIRED] = "expired",
	    [DEVICE_UNKNOWN] = "unknown",
	    [DEVICE_NOT_YOURS] = "not_yours",
	    [DEVICE_SPENT] = "spent",
	    [DEVICE_USER] = "user",
	    [DEVICE_RESOURCE] = "resource",
	    [DEVICE_GRANT_TYPE] = "grant_type",
	};
	struct store_params params = {.arena = arena};
	AUTO_RESULT *row = NULL;
	int outcome;

	client_add_credentials(&params, client);
	store_add_digest(&params, &redemption->device_code_digest);
	store_add_text(&params, redemption->resource);
	store_add_text(&params, redemption->session_id);
	store_add_text(&params, redemption->refresh_token_hash);
	store_add_int64(&params, terms->access_s);
	store_add_int64(&params, terms->idle_s);
	store_add_int64(&params, terms->session_s);
	store_add_text(&params, terms->remote);
	row = store_call(store, &statement, &params);
	if (row && session_client_refused(row))
		return DEVICE_BAD_CLIENT;
	outcome = row ? store_outcome(row, outcomes, 11) : -1;
	if (outcome < 0)
		return DEVICE_STORE_DOWN;
	if (outcome == DEVICE_REDEEMED) {
		session_read_grant(arena, row, redemption->session_id, ret);
		ret->refresh = store_bool(row, 0, "refresh");
		ret->signed_in = true;
	}
	return (enum device_result)outcome;
}

enum rotate_result
session_rotate(struct store *store, struct arena *arena,
    const struct client_credentials *client, const struct rotation *rotation,
    const struct session_terms *terms, struct session_grant *ret)
{
	static const struct statement statement = {"session_rotate",
	    "SELECT * FROM oauth.session_rotate($1, $2, $3, $4, $5, $6, $7, "
	    "$8, $9, $10, $11, $12, $13, $14, $15, $16)",
	    true};
	static const char *const outcomes[] = {
	    [ROTATE_OK] = "rotated",
	    [ROTATE_REPEATED] = "repeated",
	    [ROTATE_UNCONFIRMED] = "unconfirmed",
	    [ROTATE_UNKNOWN] = "unknown",
	    [ROTATE_NOT_YOURS] = "not_yours",
	    [ROTATE_EXPIRED] = "expired",
	    [ROTATE_USER] = "user",
	    [ROTATE_SCOPE] = "scope",
	    [ROTATE_RESOURCE] = "resource",
	    [ROTATE_GRANT_TYPE] = "grant_type",
	    [ROTATE_AHEAD] = "ahead",
	    [ROTATE_REPLAYED] = "replayed",
	};
	struct store_params params = {.arena = arena};
	AUTO_RESULT *row = NULL;
	int outcome;

	client_add_credentials(&params, client);
	store_add_text(&params, rotation->session_id);
	store_add_int64(&params, rotation->generation);
	store_add_text(&params, rotation->token_hash);
	store_add_text(&params, rotation->successor_hash);
	store_add_text(&params, rotation->scope);
	store_add_text(&params, rotation->resource);
	store_add_text(&params, rotation->default_scope);
	store_add_text(&params, rotation->default_resource);
	store_add_int64(&params, terms->access_s);
	store_add_int64(&params, terms->idle_s);
	store_add_int64(&params, terms->session_s);
	store_add_int64(&params, terms->grace_s);
	store_add_text(&params, terms->remote);
	row = store_call(store, &statement, &params);
	if (row && session_client_refused(row))
		return ROTATE_BAD_CLIENT;
	outcome = row ? store_outcome(row, outcomes, 12) : -1;
	if (outcome < 0)
		return ROTATE_STORE_DOWN;
	if (outcome == ROTATE_OK || outcome == ROTATE_REPEATED) {
		session_read_grant(arena, row, rotation->session_id, ret);
		ret->refresh = true;
		ret->elsewhere = store_bool(row, 0, "elsewhere");
	}
	return (enum rotate_result)outcome;
}

enum legacy_result
session_find_legacy(struct store *store, struct arena *arena, const char *token,
    const char **session_id, const char **token_hash)
{
	static const struct statement statement = {"session_find_legacy",
	    "SELECT * FROM oauth.session_find_legacy($1, $2, $3)", true};
	static const char *const outcomes[] = {
	    [LEGACY_FOUND] = "found",
	    [LEGACY_UNKNOWN] = "unknown",
	};
	struct sha256 digest = sha256_of_text(token);
	struct store_params params = {.arena = arena};
	AUTO_RESULT *row = NULL;
	int outcome;

	store_add_text(&params, hex_encode(arena, digest.bytes, SHA256_BYTES));
	store_add_text(&params,
	    base64_encode(arena, digest.bytes, SHA256_BYTES));
	store_add_text(&params,
	    base64url_encode(arena, digest.bytes, SHA256_BYTES));
	row = store_call(store, &statement, &params);
	if (!row)
		return LEGACY_STORE_DOWN;
	outcome = text_equal(PQgetvalue(row, 0, 0), outcomes[LEGACY_FOUND])
	    ? LEGACY_FOUND
	    : LEGACY_UNKNOWN; /* not logged: the outcome of the rotation is */
	*session_id = store_text(arena, row, 0, "session_id");
	*token_hash = store_text(arena, row, 0, "token_hash");
	return (enum legacy_result)outcome;
}

enum revoke_result
session_revoke(struct store *store, struct arena *arena,
    const struct client_credentials *client, const char *session_id)
{
	static const struct statement statement = {"session_revoke",
	    "SELECT oauth.session_revoke($1, $2, $3, $4)", true};
	static const char *const outcomes[] = {
	    [REVOKE_DONE] = "done",
	    [REVOKE_UNKNOWN] = "unknown",
	    [REVOKE_NOT_YOURS] = "not_yours",
	};
	struct store_params params = {.arena = arena};
	AUTO_RESULT *row = NULL;
	int outcome;

	client_add_credentials(&params, client);
	store_add_text(&params, session_id);
	row = store_call(store, &statement, &params);
	if (row && session_client_refused(row))
		return REVOKE_BAD_CLIENT;
	outcome = row ? store_outcome(row, outcomes, 3) : -1;
	return outcome < 0 ? REVOKE_STORE_DOWN : (enum revoke_result)outcome;
}
