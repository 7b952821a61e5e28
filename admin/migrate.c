/* SPDX-License-Identifier: MIT */
/*
 * migrate.c - bringing the database to this version.
 *
 * Pending migrations, functions and grants are applied in one transaction
 * under an advisory lock: all or nothing, one at a time.  A migration is
 * recorded with its SHA-256, and one that was changed after it was applied is
 * refused.  Functions and grants stand under number 0 with a digest of them
 * all, and are applied again when that differs.
 */
#include <libpq-fe.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/text.h"
#include "command.h"
#include "crypto/digest.h"
#include "crypto/encode.h"
#include "embedded.h"

/* Any number, the same in every version. */
#define LOCK "SELECT pg_advisory_xact_lock(7302846591)"

struct migration {
	struct command *command;
	PGconn *conn; /* NULL with --print */
	bool dry_run, print;
	int applied;
};

static bool
is_migration(const struct embedded_file *file)
{
	return file->name[0] >= '0' && file->name[0] <= '9';
}

static const struct embedded_file *
file_named(const char *name)
{
	const struct embedded_file *file;

	for (file = embedded_schema; file->name; file++)
		if (text_equal(file->name, name))
			return file;
	return NULL;
}

static const char *
digest_of(struct arena *arena, const void *data, size_t size)
{
	struct sha256 digest = sha256_of(data, size);

	return hex_encode(arena, digest.bytes, SHA256_BYTES);
}

/* ---- running SQL ---- */

static void
drop_notice(void *arg, const char *message)
{
	(void)arg;
	(void)message;
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
	if (!good)
		(void)command_fail("could not apply %s: %s", what,
		    PQresultErrorMessage(result));
	PQclear(result);
	return good;
}

static bool
run_file(struct migration *m, const struct embedded_file *file)
{
	return run_sql(m, file->name, (const char *)file->data);
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

static bool
apply_migration(struct migration *m, const struct embedded_file *file)
{
	struct arena *arena = m->command->arena;
	const char *number = arena_printf(arena, "%ld",
	    strtol(file->name, NULL, 10));
	const char *sha256 = digest_of(arena, file->data, file->size);
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
	if (!m->print)
		(void)printf("applying %s\n", file->name);
	return run_file(m, file) && record(m, number, file->name, sha256);
}

static bool
apply_migrations(struct migration *m)
{
	const struct embedded_file *file;

	for (file = embedded_schema; file->name; file++)
		if (is_migration(file) && !apply_migration(m, file))
			return false;
	return true;
}

static const char *
functions_digest(struct migration *m)
{
	struct buf all = buf_in(m->command->arena);
	const struct embedded_file *file;

	for (file = embedded_schema; file->name; file++)
		if (!is_migration(file))
			buf_add_n(&all, (const char *)file->data, file->size);
	return digest_of(m->command->arena, buf_text(&all), all.len);
}

static bool
apply_functions(struct migration *m)
{
	const char *sha256 = functions_digest(m), *known = recorded(m, "0");
	const struct embedded_file *file;

	if (!known)
		return false;
	if (text_equal(known, sha256))
		return true;
	if (!m->print)
		puts("applying functions and grants");
	for (file = embedded_schema; file->name; file++)
		if (text_starts(file->name, "functions/") && !run_file(m, file))
			return false;
	return run_file(m, file_named("views.sql")) &&
	    run_file(m, file_named("grants.sql")) &&
	    record(m, "0", "functions and grants", sha256);
}

static bool
apply_all(struct migration *m, bool roles)
{
	if (!run_sql(m, "the transaction", "BEGIN") ||
	    (!m->print && !run_sql(m, "the lock", LOCK)) ||
	    (roles && !run_file(m, file_named("roles.sql"))) ||
	    !apply_migrations(m) || !apply_functions(m))
		return false;
	return run_sql(m, "the transaction",
	    m->dry_run ? "ROLLBACK" : "COMMIT");
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
		return EXIT_REFUSED;
	}
	(void)PQsetNoticeProcessor(m->conn, drop_notice, NULL);
	(void)PQsetErrorContextVisibility(m->conn, PQSHOW_CONTEXT_NEVER);
	good = apply_all(m, roles);
	PQfinish(m->conn); /* an open transaction is rolled back */
	if (!good)
		return EXIT_REFUSED;
	puts(m->applied == 0 ? "the database is up to date"
	        : m->dry_run ? "all of it would work; nothing was changed"
	                     : "done");
	return EXIT_GOOD;
}

int
verb_migrate(struct command *command, char **args)
{
	struct migration m = {.command = command};
	bool roles = command_flag(args, "--roles");

	m.print = command_flag(args, "--print");
	m.dry_run = command_flag(args, "--dry-run");
	if (args[0])
		return command_usage("migrate [--roles] [--dry-run] [--print]");
	if (m.print)
		return apply_all(&m, roles) ? EXIT_GOOD : EXIT_REFUSED;
	return migrate_database(&m, roles);
}
