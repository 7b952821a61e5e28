/* SPDX-License-Identifier: MIT */
#include "store/store.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/crash.h"
#include "base/log.h"
#include "base/memory.h"
#include "base/monotonic.h"
#include "base/origin.h"
#include "base/text.h"
#include "store/cancel.h"
#include "store/hosts.h"

enum {
	STATEMENTS_MAX = 32,
	DRAIN_MAX = 8,
	TICK_MS = 1000,
	PATIENT_MS = 24 * 3600 * 1000, /* a day */
};

struct store {
	struct hosts *hosts;
	bool pooled;
	PGconn *conn;
	unsigned long connections;
	const struct statement *prepared[STATEMENTS_MAX];
	size_t n_prepared;
	int64_t query_ms;
	bool (*tick)(void *arg); /* NULL: nobody waits */
	void *tick_arg;
	bool stopped;     /* by tick() */
	const char *late; /* why an answer was not waited for */
};

/* ---- time ---- */

/* Does whoever waits want to wait on? */
static bool
goes_on(struct store *store)
{
	if (store->tick && !store->tick(store->tick_arg))
		store->stopped = true;
	return !store->stopped;
}

/* Wait for the connection's socket until the deadline; false when it passed. */
static bool
wait_socket(struct store *store, short events, int64_t deadline_ms)
{
	struct pollfd fd = {.fd = PQsocket(store->conn), .events = events};
	int64_t left;
	int ready;

	do {
		left = deadline_ms - monotonic_ms();
		if (left <= 0 || !goes_on(store))
			return false;
		if (store->tick && left > TICK_MS)
			left = TICK_MS;
		ready = poll(&fd, 1, (int)left);
	} while ((ready < 0 && errno == EINTR) || (ready == 0 && store->tick));
	return ready > 0;
}

/* ---- the connection ---- */

enum { SQLSTATE_BYTES = 5 };

static _Thread_local char last_fault[256];
static _Thread_local char last_sqlstate[SQLSTATE_BYTES + 1];

const char *
store_last_fault(void)
{
	return last_fault;
}

const char *
store_last_sqlstate(void)
{
	return last_sqlstate;
}

/* The first line of libpq's message; it names no parameter of ours. */
static void
note_fault(const char *message)
{
	(void)snprintf(last_fault, sizeof(last_fault), "%.*s",
	    (int)strcspn(message, "\n"), message);
	*last_sqlstate = '\0';
	log_raise(LOG_ERROR);
	log_text("fault", last_fault);
}

static void
note_refusal(const PGresult *result)
{
	const char *state = PQresultErrorField(result, PG_DIAG_SQLSTATE);

	note_fault(PQresultErrorMessage(result));
	(void)snprintf(last_sqlstate, sizeof(last_sqlstate), "%s",
	    state ? state : "");
}

static void
disconnect(struct store *store)
{
	PQfinish(store->conn);
	store->conn = NULL;
	store->n_prepared = 0;
	store->late = NULL;
}

static bool
flush_until(struct store *store, int64_t deadline_ms)
{
	int left;

	while ((left = PQflush(store->conn)) > 0)
		if (!wait_socket(store, POLLOUT | POLLIN, deadline_ms) ||
		    !PQconsumeInput(store->conn))
			return false;
	return left == 0;
}

/* The last result of what was sent; NULL when the connection is lost or the
 * deadline passed, after which the connection is of no use. */
static PGresult *
result_until(struct store *store, int64_t deadline_ms)
{
	PGconn *conn = store->conn;
	PGresult *last = NULL, *next;

	if (!flush_until(store, deadline_ms))
		return NULL;
	for (;;) {
		while (PQisBusy(conn)) {
			if (!wait_socket(store, POLLIN, deadline_ms)) {
				store->late = store->stopped
				    ? "interrupted"
				    : "the database did not answer in time";
				cancel_statement(conn);
				PQclear(last);
				return NULL;
			}
			if (!PQconsumeInput(conn)) {
				PQclear(last);
				return NULL;
			}
		}
		next = PQgetResult(conn);
		if (!next)
			return last;
		PQclear(last);
		last = next;
	}
}

static void
drop_notice(void *arg, const PGresult *result)
{
	(void)arg;
	(void)result;
}

/* A pooler repeats what its server reported once, before it was promoted or
 * demoted: libpq, which goes by that, does not notice.  The server must be asked. */
static bool
can_be_written(struct store *store, int64_t deadline_ms)
{
	AUTO_RESULT *result = NULL;

	if (!PQsendQuery(store->conn, "SHOW transaction_read_only"))
		return false;
	result = result_until(store, deadline_ms);
	return PQresultStatus(result) == PGRES_TUPLES_OK &&
	    text_equal(PQgetvalue(result, 0, 0), "off");
}

static bool
connect_until(struct store *store, size_t host, int64_t deadline_ms)
{
	PostgresPollingStatusType state = PGRES_POLLING_WRITING;

	store->conn = hosts_connect(store->hosts, host);
	if (!store->conn || PQstatus(store->conn) == CONNECTION_BAD)
		return false;
	while (state != PGRES_POLLING_OK) {
		if (state == PGRES_POLLING_FAILED ||
		    !wait_socket(store,
		        state == PGRES_POLLING_READING ? POLLIN : POLLOUT,
		        deadline_ms))
			return false;
		state = PQconnectPoll(store->conn);
	}
	(void)PQsetNoticeReceiver(store->conn, drop_notice, NULL);
	if (PQsetnonblocking(store->conn, 1) != 0 ||
	    (store->pooled && hosts_count(store->hosts) > 1 &&
	        !can_be_written(store, deadline_ms)))
		return false;
	hosts_keep(store->hosts, host);
	store->connections++;
	return true;
}

/* Has the server closed the idle connection behind our back? */
static bool
still_alive(PGconn *conn)
{
	struct pollfd fd = {.fd = PQsocket(conn), .events = POLLIN};
	int i;

	for (i = 0; i < DRAIN_MAX && poll(&fd, 1, 0) > 0; i++)
		if (!PQconsumeInput(conn))
			return false;
	return i < DRAIN_MAX && PQstatus(conn) == CONNECTION_OK;
}

/* A machine that is gone says nothing: the others must have their turn in
 * time. */
static bool
connect_any(struct store *store, int64_t deadline_ms)
{
	int64_t limit_ms;
	size_t i;

	for (i = 0; i < hosts_count(store->hosts); i++) {
		disconnect(store);
		limit_ms = monotonic_ms() + STORE_CONNECT_MS;
		if (connect_until(store, i,
		        limit_ms < deadline_ms ? limit_ms : deadline_ms))
			return true;
	}
	return false;
}

static const char *
why_not_connected(const PGconn *conn)
{
	if (conn && *PQerrorMessage(conn))
		return PQerrorMessage(conn);
	if (PQstatus(conn) == CONNECTION_OK)
		return "no host of the database can be written to";
	return "could not connect to the database in time";
}

static bool
connected(struct store *store, int64_t deadline_ms)
{
	if (store->conn && still_alive(store->conn))
		return true;
	if (connect_any(store, deadline_ms))
		return true;
	note_fault(why_not_connected(store->conn));
	disconnect(store);
	return false;
}

static struct store *
open_at(const char *database_url, bool pooled)
{
	struct store *store = memory_must(calloc(1, sizeof(*store)));

	store->hosts = hosts_new(database_url, pooled);
	store->pooled = pooled;
	store->query_ms = STORE_QUERY_MS;
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
	store->query_ms = PATIENT_MS;
	store->tick = tick;
	store->tick_arg = arg;
}

unsigned long
store_connections(const struct store *store)
{
	return store->connections;
}

void
store_close(struct store *store)
{
	disconnect(store);
	hosts_free(store->hosts);
	free(store);
}

/* ---- calling ---- */

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
	if (!result || PQstatus(store->conn) != CONNECTION_OK) {
		note_fault(store->late ? store->late
		        : *PQerrorMessage(store->conn)
		        ? PQerrorMessage(store->conn)
		        : "the database connection was lost");
		return CALLED_LOST;
	}
	if (PQresultStatus(result) == PGRES_TUPLES_OK ||
	    PQresultStatus(result) == PGRES_COMMAND_OK) /* of PREPARE */
		return CALLED_ROWS;
	if (sqlstate_is(result, "0A000") || sqlstate_is(result, "26000"))
		return CALLED_STALE;
	note_refusal(result);
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
add_origin(struct store_params *params)
{
	const struct origin *origin = origin_get();

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
 * Filter); arguments are, too, which saves PostgreSQL a node of the plan, so
 * statements that are called much let the last one tell its type.
 */
static const char *
text_of(const struct statement *statement, const struct store_params *params)
{
	const char *sql = statement->sql;
	const char *last = strrchr(sql, '$'); /* "$17::text)" */
	const int n = params->n;

	if (!origin_get())
		return sql;
	if (!text_ends(sql, "::text)"))
		return arena_printf(params->arena,
		    "%s WHERE (SELECT " ORIGIN ") IS NOT NULL", sql, n - 1, n);
	return arena_printf(params->arena,
	    "%.*sCASE WHEN " ORIGIN " IS NOT NULL THEN $%d END)",
	    (int)(last - sql), sql, n - 1, n, n - 2);
}

static enum called
prepare(struct store *store, const struct statement *statement,
    const struct store_params *params, int64_t deadline_ms)
{
	AUTO_RESULT *result = NULL;
	enum called called;

	if (is_prepared(store, statement))
		return CALLED_ROWS;
	if (!PQsendPrepare(store->conn, statement->name,
	        text_of(statement, params), 0, NULL))
		return CALLED_STALE; /* nothing was sent */
	result = result_until(store, deadline_ms);
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
	if (store->pooled)
		return PQsendQueryParams(store->conn,
		    text_of(statement, params), params->n, NULL, params->values,
		    NULL, NULL, 0);
	return PQsendQueryPrepared(store->conn, statement->name, params->n,
	    params->values, NULL, NULL, 0);
}

static enum called
call_once(struct store *store, const struct statement *statement,
    const struct store_params *params, int64_t deadline_ms, PGresult **ret)
{
	enum called called = store->pooled
	    ? CALLED_ROWS
	    : prepare(store, statement, params, deadline_ms);
	AUTO_RESULT *result = NULL;

	if (called != CALLED_ROWS)
		return called;
	crash_point("before statement");
	if (!send(store, statement, params))
		return CALLED_STALE;
	crash_point("statement sent");
	result = result_until(store, deadline_ms);
	crash_point("after statement");
	called = judge(store, result);
	if (called == CALLED_ROWS) {
		*ret = result;
		result = NULL;
	}
	return called;
}

PGresult *
store_list(struct store *store, const struct statement *statement,
    const struct store_params *given)
{
	struct store_params params = *given;
	int64_t deadline_ms = monotonic_ms() + store->query_ms;
	PGresult *result = NULL;
	int attempt;

	add_origin(&params);
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
			disconnect(store);
			break;
		case CALLED_LOST:
			disconnect(store);
			if (!statement->repeatable || store->stopped)
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
		note_fault("the database answered without a row");
		PQclear(result);
		return NULL;
	}
	return result;
}
