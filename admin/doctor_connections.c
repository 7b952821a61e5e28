/* SPDX-License-Identifier: MIT */
/*
 * doctor_connections.c - does the database let as many connections in as the
 * endpoints may open?  Each process holds one; the guards of a host hold one
 * together.
 */
#include "doctor.h"
#include "store/store.h"

/* Of the login, the database, and the server less what it keeps back for
 * superusers; -1: no limit. */
struct limits {
	int64_t server, reserved, database, login;
	const char *login_name, *database_name;
};

static bool
read_limits(struct doctor *doctor, struct limits *ret)
{
	static const struct statement statement = {"connection_limits",
	    "SELECT current_setting('max_connections')::int AS server, "
	    "current_setting('superuser_reserved_connections')::int "
	    "+ coalesce(current_setting('reserved_connections', true)::int, 0) "
	    "AS reserved, "
	    "(SELECT datconnlimit FROM pg_catalog.pg_database "
	    "WHERE datname = current_database()) AS database, "
	    "(SELECT rolconnlimit FROM pg_catalog.pg_roles "
	    "WHERE rolname = current_user) AS login, "
	    "quote_ident(current_user) AS login_name, "
	    "quote_ident(current_database()) AS database_name",
	    .repeatable = true};
	struct store_params params = {.arena = doctor->arena};
	struct store *store = store_open(doctor->server);
	AUTO_RESULT *row = store_call(store, &statement, &params);

	store_close(store);
	if (!row)
		return false;
	*ret = (struct limits){
	    .server = store_int64(row, 0, "server"),
	    .reserved = store_int64(row, 0, "reserved"),
	    .database = store_int64(row, 0, "database"),
	    .login = store_int64(row, 0, "login"),
	    .login_name = store_text(doctor->arena, row, 0, "login_name"),
	    .database_name = store_text(doctor->arena, row, 0, "database_name"),
	};
	return true;
}

static void
tell(struct doctor *doctor, const char *fix, const char *whose, int64_t has,
    int64_t needed)
{
	doctor_problem(doctor, "connections",
	    arena_printf(doctor->arena,
	        "%s\n"
	        "# or fewer processes, before the Include of mcp-oauth.conf:\n"
	        "# Define MCP_OAUTH_PROCESSES 2",
	        fix),
	    "the endpoints may open %lld connections, but %s lets only %lld "
	    "in: when it is busy, requests fail with status 503",
	    (long long)needed, whose, (long long)has);
}

static void
compare(struct doctor *doctor, const struct limits *limits, int64_t needed)
{
	struct arena *arena = doctor->arena;

	if (limits->login >= 0 && limits->login < needed)
		tell(doctor,
		    arena_printf(arena, "ALTER ROLE %s CONNECTION LIMIT %lld;",
		        limits->login_name, (long long)needed),
		    "its login", limits->login, needed);
	else if (limits->database >= 0 && limits->database < needed)
		tell(doctor,
		    arena_printf(arena,
		        "ALTER DATABASE %s CONNECTION LIMIT %lld;",
		        limits->database_name, (long long)needed),
		    "the database", limits->database, needed);
	else if (limits->server - limits->reserved < needed)
		tell(doctor,
		    arena_printf(arena,
		        "ALTER SYSTEM SET max_connections = %lld;\n"
		        "# and restart PostgreSQL",
		        (long long)needed + limits->reserved),
		    "PostgreSQL (max_connections)",
		    limits->server - limits->reserved, needed);
	else
		doctor_ok(doctor, "connections",
		    "the database lets in the %lld connections that the "
		    "endpoints may open",
		    (long long)needed);
}

void
doctor_connections(struct doctor *doctor)
{
	struct limits limits;

	if (doctor->server->database_pooler_transaction)
		doctor_note(doctor, "connections",
		    "a pooler lends connections: its limits are its own");
	else if (read_limits(doctor, &limits))
		compare(doctor, &limits, doctor->connections);
}
