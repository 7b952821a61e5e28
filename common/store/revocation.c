/* SPDX-License-Identifier: MIT */
#include "store/revocation.h"

#include "base/text.h"

static bool
kind_of(const char *name, enum revocation_kind *ret)
{
	static const char *const names[] = {
	    [REVOKED_SESSION] = "session",
	    [REVOKED_USER] = "user",
	    [REVOKED_CLIENT] = "client",
	    [REVOKED_JTI] = "jti",
	    [REVOKED_ALL] = "all",
	};
	size_t i;

	for (i = 0; name && i < sizeof(names) / sizeof(*names); i++) {
		if (text_equal(names[i], name)) {
			*ret = (enum revocation_kind)i;
			return true;
		}
	}
	return false;
}

/* False for a kind this guard does not know: it must not be passed over. */
static bool
read_row(struct arena *arena, const PGresult *rows, int row,
    struct revocation *list, size_t *n)
{
	struct revocation *revocation = &list[*n];
	const char *kind = store_text(arena, rows, row, "kind");
	const char *subject = store_text(arena, rows, row, "subject");

	if (!kind)
		return true; /* the one row that says there are none */
	if (!kind_of(kind, &revocation->kind))
		return false;
	revocation->subject = subject ? subject : "";
	revocation->not_before_s = store_int64(rows, row, "not_before_s");
	revocation->expires_s = store_int64(rows, row, "expires_s");
	(*n)++;
	return true;
}

bool
revocations_since(struct store *store, struct arena *arena, const char *since,
    const char **next, struct revocation **ret, size_t *n)
{
	static const struct statement statement = {"revocations_since",
	    "SELECT * FROM oauth.revocations_since($1)", .repeatable = true};
	struct store_params params = {.arena = arena};
	AUTO_RESULT *rows = NULL;
	int row, count;

	store_add_text(&params, since);
	rows = store_call(store, &statement, &params);
	if (!rows)
		return false;
	count = PQntuples(rows);
	*n = 0;
	*ret = arena_alloc(arena, (size_t)count * sizeof(**ret));
	*next = store_text(arena, rows, 0, "next_since");
	for (row = 0; row < count; row++)
		if (!read_row(arena, rows, row, *ret, n))
			return false;
	return *next != NULL;
}
