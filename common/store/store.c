/* SPDX-License-Identifier: MIT */
#include "store/store.h"

#include <stdlib.h>
#include <string.h>

#include "base/crash.h"
#include "base/memory.h"
#include "base/origin.h"
#include "base/text.h"
#include "store/database.h"
#include "store/fault.h"

enum { STATEMENTS_MAX = 32 };

struct store {
	struct database *database;
	unsigned long connection; /* in which these are prepared */
	const struct statement *prepared[STATEMENTS_MAX];
	size_t n_prepared;
};

static struct store *
open_at(const char *database_url, bool pooled)
{
	struct store *store = memory_must(calloc(1, sizeof(*store)));

	store->database = database_new(database_url, pooled);
	return store;
}

struct store *
store_open_url(const char *database_url)
{
	return open_at(database_url, false);
}

struct store *
store_open(const struct settings *settings)
{
	return open_at(settings->database_url,
	    settings->database_pooler_transaction);
}

void
store_be_patient(struct store *store, bool (*tick)(void *arg), void *arg)
{
	database_be_patient(store->database, tick, arg);
}

unsigned long
store_connections(const struct store *store)
{
	return database_connections(store->database);
}

void
store_close(struct store *store)
{
	database_free(store->database);
	free(store);
}

static PGconn *
connection(const struct store *store)
{
	return database_connection(store->database);
}

enum called {
	CALLED_ROWS,
	CALLED_LOST,    /* the connection broke: the outcome is unknown */
	CALLED_STALE,   /* the prepared plan no longer fits: nothing was done */
	CALLED_REFUSED, /* the database said no */
};

static bool
sqlstate_is(const PGresult *result, const char *state)
{
	const char *actual = PQresultErrorField(result, PG_DIAG_SQLSTATE);

	return actual && text_equal(actual, state);
}

static enum called
judge(struct store *store, const PGresult *result)
{
	if (!result || PQstatus(connection(store)) != CONNECTION_OK) {
		fault_note(database_why_lost(store->database));
		return CALLED_LOST;
	}
	if (PQresultStatus(result) == PGRES_TUPLES_OK ||
	    PQresultStatus(result) == PGRES_COMMAND_OK) /* of PREPARE */
		return CALLED_ROWS;
	if (sqlstate_is(result, "0A000") || sqlstate_is(result, "26000"))
		return CALLED_STALE;
	fault_note_refusal(result);
	if (sqlstate_is(result,
	        "25006")) /* a standby now: look for the primary */
		return CALLED_STALE;
	return CALLED_REFUSED;
}

static bool
is_prepared(const struct store *store, const struct statement *statement)
{
	size_t i;

	for (i = 0; i < store->n_prepared; i++)
		if (store->prepared[i] == statement)
			return true;
	return false;
}

static void
add_origin(struct store_params *params, const struct statement *statement)
{
	const struct origin *origin = origin_get();

	if (statement->takes_request_id) {
		store_add_text(params, origin ? origin->request_id : NULL);
		return;
	}
	if (!origin)
		return;
	store_add_text(params, origin->request_id);
	store_add_text(params, origin->remote ? origin->remote : "");
}

/* Takes the numbers of two parameters. */
#define ORIGIN \
	"set_config('mcp_oauth.request_id', $%d, true) " \
	"|| set_config('mcp_oauth.remote', $%d, true)"

/*
 * The statement, and with params that add_origin() lengthened: let its
 * transaction know which request it serves, since columns request_id and remote
 * of oauth.audit take it from there.  That must be before the function is called.
 * A condition that looks at no row is judged once and first (EXPLAIN: One-Time
 * Filter); arguments are, too, which saves PostgreSQL a node of the plan.
 */
static const char *
text_of(const struct statement *statement, const struct store_params *params)
{
	const char *sql = statement->sql;
	const int n = params->n;

	if (!origin_get() || statement->takes_request_id)
		return sql;
	if (!statement->ends_in_text)
		return arena_printf(params->arena,
		    "%s WHERE (SELECT " ORIGIN ") IS NOT NULL", sql, n - 1, n);
	return arena_printf(params->arena,
	    "%.*sCASE WHEN " ORIGIN " IS NOT NULL THEN $%d END)",
	    (int)(strrchr(sql, '$') - sql), sql, n - 1, n, n - 2);
}

static enum called
prepare(struct store *store, const struct statement *statement,
    const struct store_params *params, int64_t deadline_ms)
{
	AUTO_RESULT *result = NULL;
	enum called called;

	if (is_prepared(store, statement))
		return CALLED_ROWS;
	if (!PQsendPrepare(connection(store), statement->name,
	        text_of(statement, params), 0, NULL))
		return CALLED_STALE; /* nothing was sent */
	result = database_result(store->database, deadline_ms);
	called = judge(store, result);
	if (called == CALLED_LOST)
		return CALLED_STALE; /* nothing was executed */
	if (called == CALLED_ROWS && store->n_prepared < STATEMENTS_MAX)
		store->prepared[store->n_prepared++] = statement;
	return called;
}

static bool
send(struct store *store, const struct statement *statement,
    const struct store_params *params)
{
	if (database_is_pooled(store->database))
		return PQsendQueryParams(connection(store),
		    text_of(statement, params), params->n, NULL, params->values,
		    NULL, NULL, 0);
	return PQsendQueryPrepared(connection(store), statement->name,
	    params->n, params->values, NULL, NULL, 0);
}

static enum called
call_once(struct store *store, const struct statement *statement,
    const struct store_params *params, int64_t deadline_ms, PGresult **ret)
{
	enum called called = database_is_pooled(store->database)
	    ? CALLED_ROWS
	    : prepare(store, statement, params, deadline_ms);
	AUTO_RESULT *result = NULL;

	if (called != CALLED_ROWS)
		return called;
	crash_point("before statement");
	if (!send(store, statement, params))
		return CALLED_STALE;
	crash_point("statement sent");
	result = database_result(store->database, deadline_ms);
	crash_point("after statement");
	called = judge(store, result);
	if (called == CALLED_ROWS) {
		*ret = result;
		result = NULL;
	}
	return called;
}

/* What was prepared went with the connection that it was prepared in. */
static bool
connected(struct store *store, int64_t deadline_ms)
{
	if (!database_connected(store->database, deadline_ms))
		return false;
	if (store->connection != store_connections(store)) {
		store->connection = store_connections(store);
		store->n_prepared = 0;
	}
	return true;
}

PGresult *
store_list(struct store *store, const struct statement *statement,
    const struct store_params *given)
{
	struct store_params params = *given;
	int64_t deadline_ms = database_deadline_ms(store->database);
	PGresult *result = NULL;
	int attempt;

	add_origin(&params, statement);
	for (attempt = 0; attempt < 2; attempt++) {
		if (!connected(store, deadline_ms))
			return NULL;
		switch (call_once(store, statement, &params, deadline_ms,
		    &result)) {
		case CALLED_ROWS:
			return result;
		case CALLED_REFUSED:
			return NULL;
		case CALLED_STALE:
			database_disconnect(store->database);
			break;
		case CALLED_LOST:
			database_disconnect(store->database);
			if (!statement->repeatable ||
			    database_is_stopped(store->database))
				return NULL;
			break;
		}
	}
	return NULL;
}

PGresult *
store_call(struct store *store, const struct statement *statement,
    const struct store_params *params)
{
	PGresult *result = store_list(store, statement, params);

	if (result && PQntuples(result) == 0) {
		fault_note("the database answered without a row");
		PQclear(result);
		return NULL;
	}
	return result;
}
