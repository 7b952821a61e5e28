/* SPDX-License-Identifier: MIT */
/*
 * migrate.c - bringing the database to this version, while it is in use.
 *
 * Pending migrations, functions and grants are applied in one transaction
 * under an advisory lock: all or nothing, one at a time.  Only a file that
 * says so (statements.h) runs outside of it: what came before is committed
 * then, and if the file is interrupted it is run again.  A migration is
 * recorded with its SHA-256, and one that was changed after it was applied is
 * refused.  Functions and grants stand under number 0 with a digest of them
 * all, and are applied again when that differs.
 *
 * Whoever waits for a table's lock holds up all who come after, so a lock
 * that is not to be had within half a second is let go, with everything that
 * was done, and tried for again a moment later.
 */
#include <libpq-fe.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/buf.h"
#include "base/text.h"
#include "interrupt.h"
#include "migration_list.h"
#include "statements.h"
#include "verb.h"

/* Any number, the same in every version. */
#define LOCK "SELECT pg_advisory_xact_lock(7302846591)"
#define LOCK_TIMEOUT "SET LOCAL lock_timeout = '500ms'"

enum { TRIES = 120, PAUSE_S = 1, NUMBER_MAX = 9999 };

struct migration {
	struct command *command;
	PGconn *conn; /* NULL with --print */
	bool dry_run, print;
	bool locked; /* somebody held a lock for too long */
	int64_t to;  /* the last number to apply */
	int applied;
};

static const struct embedded_file *
file_named(const char *name)
{
	const struct embedded_file *file;

	for (file = embedded_schema; file->name; file++)
		if (text_equal(file->name, name))
			return file;
	return NULL;
}

static long
last_number(void)
{
	const struct embedded_file *file;
	long number = 0;

	for (file = embedded_schema; file->name; file++)
		if (migration_is(file))
			number = migration_number(file);
	return number;
}

static bool
is_number(long number)
{
	const struct embedded_file *file;

	for (file = embedded_schema; file->name; file++)
		if (migration_is(file) && migration_number(file) == number)
			return true;
	return false;
}

/* What is going on, at once also when nobody sits at a terminal; with --print
 * the SQL is all that is said. */
static void
say(const struct migration *m, const char *what, const char *object)
{
	if (m->print)
		return;
	(void)printf("%s %s\n", what, object);
	(void)fflush(stdout);
}

/* ---- running SQL ---- */

static void
drop_notice(void *arg, const char *message)
{
	(void)arg;
	(void)message;
}

static bool
failed_with(const PGresult *result, const char *sqlstate_begins)
{
	const char *state = PQresultErrorField(result, PG_DIAG_SQLSTATE);

	return state && text_starts(state, sqlstate_begins);
}

static bool
run_sql(struct migration *m, const char *what, const char *sql)
{
	PGresult *result;
	bool good;

	if (m->print) {
		(void)printf("%s%s\n", sql, strchr(sql, '\n') ? "" : ";");
		return true;
	}
	result = PQexec(m->conn, sql);
	good = PQresultStatus(result) == PGRES_COMMAND_OK ||
	    PQresultStatus(result) == PGRES_TUPLES_OK;
	m->locked = failed_with(result, "55P03");
	if (!good && !m->locked)
		(void)command_fail("could not apply %s: %s", what,
		    PQresultErrorMessage(result));
	PQclear(result);
	return good;
}

static bool
begin(struct migration *m)
{
	return run_sql(m, "the transaction", "BEGIN") &&
	    run_sql(m, "the transaction", LOCK_TIMEOUT) &&
	    (m->print || run_sql(m, "the lock", LOCK));
}

static bool
end(struct migration *m)
{
	return run_sql(m, "the transaction",
	    m->dry_run ? "ROLLBACK" : "COMMIT");
}

static bool
run_statements(struct migration *m, const struct embedded_file *file)
{
	const char *rest = (const char *)file->data, *sql;

	while ((sql = statements_next(m->command->arena, &rest)))
		if (!run_sql(m, file->name, sql))
			return false;
	return true;
}

static bool
run_file(struct migration *m, const struct embedded_file *file)
{
	const char *sql = (const char *)file->data;

	if (!statements_outside(sql))
		return run_sql(m, file->name, sql);
	if (m->dry_run)
		return true; /* it could not be undone */
	return end(m) && run_statements(m, file) && begin(m);
}

/* The recorded SHA-256 of a number, "" when it is not recorded; NULL after an
 * error was told. */
static const char *
recorded(struct migration *m, const char *number)
{
	const char *values[] = {number}, *sha256 = "";
	PGresult *result;

	if (m->print)
		return "";
	result = PQexec(m->conn, "SELECT to_regclass('oauth.migration')");
	if (PQresultStatus(result) == PGRES_TUPLES_OK &&
	    PQgetisnull(result, 0, 0)) {
		PQclear(result);
		return "";
	}
	PQclear(result);
	result = PQexecParams(m->conn,
	    "SELECT sha256 FROM oauth.migration WHERE number = $1::integer", 1,
	    NULL, values, NULL, NULL, 0);
	if (PQresultStatus(result) != PGRES_TUPLES_OK) {
		(void)command_fail("could not read oauth.migration: %s",
		    PQresultErrorMessage(result));
		sha256 = NULL;
	} else if (PQntuples(result) > 0) {
		sha256 = arena_strdup(m->command->arena,
		    PQgetvalue(result, 0, 0));
	}
	PQclear(result);
	return sha256;
}

/* Names and digests are ours and hold no quotes. */
static bool
record(struct migration *m, const char *number, const char *name,
    const char *sha256)
{
	m->applied++;
	return run_sql(m, name,
	    arena_printf(m->command->arena,
	        "INSERT INTO oauth.migration (number, name, sha256) VALUES "
	        "(%s, '%s', '%s') ON CONFLICT (number) DO UPDATE SET sha256 = "
	        "excluded.sha256, applied_at = now()",
	        number, name, sha256));
}

/* ---- the steps ---- */

/* Are there sessions of the guide, as far as adoption.sql needs to know? */
static bool
to_be_adopted(struct migration *m)
{
	PGresult *result = PQexec(m->conn,
	    "SELECT to_regclass('oauth.client') IS NULL "
	    "AND to_regclass('public.users') IS NOT NULL AND 4 = (SELECT "
	    "count(*) FROM pg_attribute a JOIN pg_class c ON c.oid = "
	    "a.attrelid WHERE c.oid = "
	    "to_regclass('public.mcp_server_sessions') AND c.relkind = 'r' "
	    "AND NOT a.attisdropped AND a.attname IN ('user_id', "
	    "'client_identifier', 'refresh_token_hash', 'expires_at'))");
	bool yes = PQresultStatus(result) == PGRES_TUPLES_OK &&
	    text_equal(PQgetvalue(result, 0, 0), "t");

	PQclear(result);
	return yes;
}

/* What takes long is made before the tables are locked, and they are locked
 * at once: a migration may wait for longer than we do. */
static bool
adopt(struct migration *m)
{
	if (m->print || !to_be_adopted(m))
		return true;
	say(m, "making indexes of", "public.mcp_server_sessions");
	return run_file(m, file_named("adoption.sql")) &&
	    run_sql(m, "the lock",
	        "LOCK TABLE public.users, public.mcp_server_sessions IN "
	        "ACCESS EXCLUSIVE MODE");
}

static bool
apply_migration(struct migration *m, const struct embedded_file *file)
{
	struct arena *arena = m->command->arena;
	const char *number = arena_printf(arena, "%ld", migration_number(file));
	const char *sha256 = migration_digest(arena, file);
	const char *known = recorded(m, number);

	if (!known)
		return false;
	if (text_equal(known, sha256))
		return true;
	if (*known) {
		(void)command_fail("%s was applied in another wording: this "
		                   "database belongs to another version",
		    file->name);
		return false;
	}
	say(m, "applying", file->name);
	return run_file(m, file) && record(m, number, file->name, sha256);
}

static bool
apply_migrations(struct migration *m)
{
	const struct embedded_file *file;

	for (file = embedded_schema; file->name; file++)
		if (migration_is(file) && migration_number(file) <= m->to &&
		    !apply_migration(m, file))
			return false;
	return true;
}

static bool
apply_functions(struct migration *m)
{
	const char *sha256 = migration_functions_digest(m->command->arena),
	           *known = recorded(m, "0");
	const struct embedded_file *file;

	if (!known)
		return false;
	if (text_equal(known, sha256) || m->to < last_number())
		return true;
	say(m, "applying", MIGRATION_FUNCTIONS);
	for (file = embedded_schema; file->name; file++)
		if (text_starts(file->name, "functions/") && !run_file(m, file))
			return false;
	return run_file(m, file_named("views.sql")) &&
	    run_file(m, file_named("grants.sql")) &&
	    record(m, "0", MIGRATION_FUNCTIONS, sha256);
}

static bool
apply_all(struct migration *m, bool roles)
{
	return begin(m) && adopt(m) &&
	    (!roles || run_file(m, file_named("roles.sql"))) &&
	    apply_migrations(m) && apply_functions(m) && end(m);
}

/* ---- on a live database ---- */

static void
pause_a_moment(void)
{
	const struct timespec pause = {.tv_sec = PAUSE_S};

	(void)nanosleep(&pause, NULL);
}

/* As long as it is a lock that is in the way. */
static bool
apply_patiently(struct migration *m, bool roles)
{
	int i;

	for (i = 0; i < TRIES; i++) {
		m->applied = 0;
		if (apply_all(m, roles))
			return true;
		if (!m->locked)
			return false;
		PQclear(PQexec(m->conn, "ROLLBACK"));
		say(m, "somebody holds a lock that is needed:", "trying again");
		pause_a_moment();
	}
	(void)command_fail("a lock that is needed was not to be had: pg_locks "
	                   "tells who holds it");
	return false;
}

static int
migrate_database(struct migration *m, bool roles)
{
	const char *url = command_database_url(m->command);
	bool good;

	if (!url)
		return EXIT_REFUSED;
	m->conn = PQconnectdb(url);
	if (PQstatus(m->conn) != CONNECTION_OK) {
		(void)command_fail("%s", PQerrorMessage(m->conn));
		PQfinish(m->conn);
		return EXIT_DATABASE;
	}
	(void)PQsetNoticeProcessor(m->conn, drop_notice, NULL);
	(void)PQsetErrorContextVisibility(m->conn, PQSHOW_CONTEXT_NEVER);
	interrupt_cancels(m->conn);
	good = apply_patiently(m, roles);
	interrupt_as_usual();
	PQfinish(m->conn); /* an open transaction is rolled back */
	if (!good)
		return EXIT_REFUSED;
	puts(m->applied == 0 ? "the database is up to date"
	        : m->dry_run ? "all of it would work; nothing was changed"
	                     : "done");
	return EXIT_GOOD;
}

int
verb_migrate(struct command *command)
{
	struct migration m = {
	    .command = command,
	    .print = command_given(command, "print"),
	    .dry_run = command_given(command, "dry-run"),
	};
	bool roles = command_given(command, "roles");

	if (!command_number(command, "to", 1, NUMBER_MAX, last_number(), &m.to))
		return EXIT_USAGE;
	if (!is_number((long)m.to))
		return command_fail("there is no migration %lld",
		    (long long)m.to);
	if (m.print && m.dry_run)
		return command_usage(
		    "--print and --dry-run exclude each other");
	if (m.print)
		return apply_all(&m, roles) ? EXIT_GOOD : EXIT_REFUSED;
	return migrate_database(&m, roles);
}
