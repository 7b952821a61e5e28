/* SPDX-License-Identifier: MIT */
/* doctor_database.c - the database as the endpoints and the guard reach it. */
#include <stdlib.h>

#include "base/text.h"
#include "doctor.h"
#include "embedded.h"
#include "store/revocation.h"
#include "store/status.h"

static int64_t
newest_migration(void)
{
	const struct embedded_file *file;
	int64_t newest = 0, number;

	for (file = embedded_schema; file->name; file++) {
		number = strtol(file->name, NULL, 10); /* 0 for the others */
		if (number > newest)
			newest = number;
	}
	return newest;
}

static void
check_level(struct doctor *doctor, int64_t level)
{
	int64_t newest = newest_migration();

	if (level == newest)
		doctor_ok(doctor, "migrations",
		    "the database is at migration %lld", (long long)level);
	else
		doctor_problem(doctor, "migrations",
		    level < newest
		        ? "mcp-oauth migrate --database postgresql://OWNER@/DB"
		        : "# install the version that migrated it",
		    "the database is at migration %lld, this version at %lld",
		    (long long)level, (long long)newest);
}

/* The endpoints' login has EXECUTE and nothing else where it is one of its
 * own; an owner's login works too, but a taken-over endpoint could then read
 * everything. */
static void
check_web_login(struct doctor *doctor, struct store *store)
{
	static const struct statement statement = {"web_login",
	    "SELECT has_table_privilege('public.mcp_server_sessions', "
	    "'SELECT')",
	    .repeatable = true};
	struct store_params params = {.arena = doctor->arena};
	AUTO_RESULT *row = store_call(store, &statement, &params);

	if (row && text_equal(PQgetvalue(row, 0, 0), "t"))
		doctor_ok(doctor, "database",
		    "DATABASE_URL is a login that may read tables: one login "
		    "serves all here");
	else
		doctor_ok(doctor, "database",
		    "DATABASE_URL is a login without table rights");
}

static void
check_server(struct doctor *doctor)
{
	struct store *store = store_open(doctor->server);
	struct store_status status;

	if (store_status(store, doctor->arena, &status)) {
		check_level(doctor, status.migration);
		check_web_login(doctor, store);
	} else {
		doctor_problem(doctor, "database",
		    "mcp-oauth migrate --database postgresql://OWNER@/DB\n"
		    "# or mend DATABASE_URL of mcp-oauth.conf",
		    "the endpoints cannot use the database: %s",
		    store_last_fault());
	}
	store_close(store);
}

static void
check_guard(struct doctor *doctor)
{
	struct store *store = store_open(doctor->guard);
	struct revocation *revocations;
	const char *next;
	size_t n;

	if (revocations_since(store, doctor->arena, "0", &next, &revocations,
	        &n))
		doctor_ok(doctor, "database-guard",
		    "the guard reads revocations (%zu now)", n);
	else
		doctor_problem(doctor, "database-guard",
		    "GRANT mcp_oauth_guard TO mcp_guard;\n"
		    "# in psql, for the login of DATABASE_URL in guard.conf",
		    "the guard cannot read revocations: %s",
		    store_last_fault());
	store_close(store);
}

void
doctor_database(struct doctor *doctor)
{
	check_server(doctor);
	if (doctor->guard)
		check_guard(doctor);
}
