/* SPDX-License-Identifier: MIT */
#include "store/listing.h"

static const struct list {
	struct statement statement;
	int n_filters;
} lists[] = {
    [LISTING_USERS] = {{"user_list",
                           "SELECT * FROM oauth.user_list($1, $2, $3)",
                           .repeatable = true},
        1},
    [LISTING_CLIENTS] = {{"client_list",
                             "SELECT * FROM oauth.client_list($1, $2, $3, $4)",
                             .repeatable = true},
        2},
    [LISTING_SESSIONS] = {{"session_list",
                              "SELECT * FROM oauth.session_list($1, $2, $3, "
                              "$4)",
                              .repeatable = true},
        2},
    [LISTING_CONSENTS] = {{"consent_list",
                              "SELECT * FROM oauth.consent_list($1, $2, $3, "
                              "$4)",
                              .repeatable = true},
        2},
    [LISTING_IDENTITIES] = {{"identity_list",
                                "SELECT * FROM oauth.identity_list($1, $2, $3)",
                                .repeatable = true},
        1},
    [LISTING_AUDIT] = {{"audit_list",
                           "SELECT * FROM oauth.audit_list($1, $2, $3, $4, $5, "
                           "$6)",
                           .repeatable = true},
        4},
};

PGresult *
listing_page(struct store *store, struct arena *arena, enum listing listing,
    const char *const *filters, const char *after, int64_t limit)
{
	struct store_params params = {.arena = arena};
	int i;

	for (i = 0; i < lists[listing].n_filters; i++)
		store_add_text(&params, filters[i]);
	store_add_text(&params, after);
	store_add_int64(&params, limit);
	return store_list(store, &lists[listing].statement, &params);
}

PGresult *
listing_audit_new(struct store *store, struct arena *arena,
    const char *const *filters, const char *snapshot, int64_t limit)
{
	static const struct statement statement = {"audit_follow",
	    "SELECT * FROM oauth.audit_follow($1, $2, $3, $4, $5)",
	    .repeatable = true};
	struct store_params params = {.arena = arena};
	int i;

	for (i = 0; i < lists[LISTING_AUDIT].n_filters - 1; i++)
		store_add_text(&params, filters[i]);
	store_add_text(&params, snapshot);
	store_add_int64(&params, limit);
	return store_call(store, &statement, &params);
}
