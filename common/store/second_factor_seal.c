/* SPDX-License-Identifier: MIT */
#include "store/second_factor_seal.h"

bool
second_factors_sealed(struct store *store, struct arena *arena,
    const char *after, int limit, struct sealed_secret **ret, size_t *n)
{
	static const struct statement statement = {"second_factor_sealed",
	    "SELECT * FROM oauth.second_factor_sealed($1, $2)",
	    .repeatable = true};
	struct store_params params = {.arena = arena};
	AUTO_RESULT *rows = NULL;
	struct sealed_secret *list;
	int i, count;

	store_add_text(&params, after);
	store_add_int64(&params, limit);
	rows = store_list(store, &statement, &params);
	if (!rows)
		return false;
	count = PQntuples(rows);
	list = arena_alloc(arena, ((size_t)count + 1) * sizeof(*list));
	for (i = 0; i < count; i++) {
		list[i].user_id = store_text(arena, rows, i, "user_id");
		if (!store_bytes(rows, i, "sealed_secret", list[i].sealed,
		        SECOND_FACTOR_SEALED_BYTES))
			return false;
	}
	*ret = list;
	*n = (size_t)count;
	return true;
}

bool
second_factor_reseal(struct store *store, struct arena *arena,
    const struct sealed_secret *was, const unsigned char *sealed)
{
	static const struct statement statement = {"second_factor_reseal",
	    "SELECT oauth.second_factor_reseal($1, $2, $3)",
	    .repeatable = true};
	struct store_params params = {.arena = arena};
	AUTO_RESULT *row = NULL;

	store_add_text(&params, was->user_id);
	store_add_bytes(&params, was->sealed, SECOND_FACTOR_SEALED_BYTES);
	store_add_bytes(&params, sealed, SECOND_FACTOR_SEALED_BYTES);
	row = store_call(store, &statement, &params);
	return row != NULL;
}
