/* SPDX-License-Identifier: MIT */
#include "store/database.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>

#include "base/memory.h"
#include "base/monotonic.h"
#include "base/text.h"
#include "store/cancel.h"
#include "store/fault.h"
#include "store/hosts.h"
#include "store/store.h"

enum {
	DRAIN_MAX = 8,
	TICK_MS = 1000,
	PATIENT_MS = 24 * 3600 * 1000, /* a day */
};

struct database {
	struct hosts *hosts;
	bool pooled;
	PGconn *conn;
	unsigned long connections;
	int64_t query_ms;
	bool (*tick)(void *arg); /* NULL: nobody waits */
	void *tick_arg;
	bool stopped;     /* by tick() */
	const char *late; /* why an answer was not waited for */
};

struct database *
database_new(const char *database_url, bool pooled)
{
	struct database *database = memory_must(calloc(1, sizeof(*database)));

	database->hosts = hosts_new(database_url, pooled);
	database->pooled = pooled;
	database->query_ms = STORE_QUERY_MS;
	return database;
}

void
database_free(struct database *database)
{
	database_disconnect(database);
	hosts_free(database->hosts);
	free(database);
}

bool
database_is_pooled(const struct database *database)
{
	return database->pooled;
}

PGconn *
database_connection(const struct database *database)
{
	return database->conn;
}

unsigned long
database_connections(const struct database *database)
{
	return database->connections;
}

/* ---- time ---- */

void
database_be_patient(struct database *database, bool (*tick)(void *arg),
    void *arg)
{
	database->query_ms = PATIENT_MS;
	database->tick = tick;
	database->tick_arg = arg;
}

int64_t
database_deadline_ms(const struct database *database)
{
	return monotonic_ms() + database->query_ms;
}

bool
database_is_stopped(const struct database *database)
{
	return database->stopped;
}

/* Does whoever waits want to wait on? */
static bool
goes_on(struct database *database)
{
	if (database->tick && !database->tick(database->tick_arg))
		database->stopped = true;
	return !database->stopped;
}

/* Wait for the connection's socket until the deadline; false when it passed. */
static bool
wait_socket(struct database *database, short events, int64_t deadline_ms)
{
	struct pollfd fd = {.fd = PQsocket(database->conn), .events = events};
	int64_t left;
	int ready;

	do {
		left = deadline_ms - monotonic_ms();
		if (left <= 0 || !goes_on(database))
			return false;
		if (database->tick && left > TICK_MS)
			left = TICK_MS;
		ready = poll(&fd, 1, (int)left);
	} while (
	    (ready < 0 && errno == EINTR) || (ready == 0 && database->tick));
	return ready > 0;
}

/* ---- an answer ---- */

static bool
flush_until(struct database *database, int64_t deadline_ms)
{
	int left;

	while ((left = PQflush(database->conn)) > 0)
		if (!wait_socket(database, POLLOUT | POLLIN, deadline_ms) ||
		    !PQconsumeInput(database->conn))
			return false;
	return left == 0;
}

PGresult *
database_result(struct database *database, int64_t deadline_ms)
{
	PGconn *conn = database->conn;
	PGresult *last = NULL, *next;

	if (!flush_until(database, deadline_ms))
		return NULL;
	for (;;) {
		while (PQisBusy(conn)) {
			if (!wait_socket(database, POLLIN, deadline_ms)) {
				database->late = database->stopped
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

const char *
database_why_lost(const struct database *database)
{
	if (database->late)
		return database->late;
	if (*PQerrorMessage(database->conn))
		return PQerrorMessage(database->conn);
	return "the database connection was lost";
}

/* ---- the connection ---- */

void
database_disconnect(struct database *database)
{
	PQfinish(database->conn);
	database->conn = NULL;
	database->late = NULL;
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
can_be_written(struct database *database, int64_t deadline_ms)
{
	AUTO_RESULT *result = NULL;

	if (!PQsendQuery(database->conn, "SHOW transaction_read_only"))
		return false;
	result = database_result(database, deadline_ms);
	return PQresultStatus(result) == PGRES_TUPLES_OK &&
	    text_equal(PQgetvalue(result, 0, 0), "off");
}

static bool
connect_until(struct database *database, size_t host, int64_t deadline_ms)
{
	PostgresPollingStatusType state = PGRES_POLLING_WRITING;

	database->conn = hosts_connect(database->hosts, host);
	if (!database->conn || PQstatus(database->conn) == CONNECTION_BAD)
		return false;
	while (state != PGRES_POLLING_OK) {
		if (state == PGRES_POLLING_FAILED ||
		    !wait_socket(database,
		        state == PGRES_POLLING_READING ? POLLIN : POLLOUT,
		        deadline_ms))
			return false;
		state = PQconnectPoll(database->conn);
	}
	(void)PQsetNoticeReceiver(database->conn, drop_notice, NULL);
	if (PQsetnonblocking(database->conn, 1) != 0 ||
	    (database->pooled && hosts_count(database->hosts) > 1 &&
	        !can_be_written(database, deadline_ms)))
		return false;
	hosts_keep(database->hosts, host);
	database->connections++;
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
connect_any(struct database *database, int64_t deadline_ms)
{
	int64_t limit_ms;
	size_t i;

	for (i = 0; i < hosts_count(database->hosts); i++) {
		database_disconnect(database);
		limit_ms = monotonic_ms() + STORE_CONNECT_MS;
		if (connect_until(database, i,
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

bool
database_connected(struct database *database, int64_t deadline_ms)
{
	if (database->conn && still_alive(database->conn))
		return true;
	if (connect_any(database, deadline_ms))
		return true;
	fault_note(why_not_connected(database->conn));
	database_disconnect(database);
	return false;
}
