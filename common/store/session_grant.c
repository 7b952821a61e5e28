/* SPDX-License-Identifier: MIT */
#include "store/session_grant.h"

void
session_add_terms(struct store_params *params,
    const struct session_terms *terms)
{
	store_add_int64(params, terms->access_s);
	store_add_int64(params, terms->idle_s);
	store_add_int64(params, terms->session_s);
	store_add_text(params, terms->remote);
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
	ret->amr = store_text(arena, row, 0, "amr");
	ret->scope = store_text(arena, row, 0, "scope");
	ret->resource = store_text(arena, row, 0, "resource");
	ret->now_s = store_int64(row, 0, "now_s");
	ret->auth_s = store_int64(row, 0, "auth_s");
}

void
session_read_start(struct arena *arena, const PGresult *row,
    const char *session_id, struct session_grant *ret)
{
	session_read_grant(arena, row, session_id, ret);
	ret->refresh = store_bool(row, 0, "refresh");
	ret->signed_in = true;
}
