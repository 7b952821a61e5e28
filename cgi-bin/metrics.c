/* SPDX-License-Identifier: MIT */
/*
 * metrics.c - figures for a monitor, as OpenMetrics 1.0 text.
 *
 * GET, from an address of METRICS_FROM and not by way of a proxy; anybody else
 * hears 404, as if it were not there.  What this host's programs answered is
 * counted in a file of STATE_DIRECTORY; the rest is one call of the database.
 * While that is away the answer is 200 all the same, with
 * mcp_oauth_database_up 0 and without its figures.
 */
#include "base/address.h"
#include "base/buf.h"
#include "base/counter.h"
#include "http/endpoint.h"
#include "store/metrics.h"

#define OPENMETRICS "application/openmetrics-text; version=1.0.0; charset=utf-8"

/* Behind a proxy on this host everybody seems to be on it. */
static bool
came_through_proxy(struct request *rq)
{
	static const char *const headers[] = {"HTTP_FORWARDED", "HTTP_VIA",
	    "HTTP_X_FORWARDED_FOR", "HTTP_X_FORWARDED_HOST",
	    "HTTP_X_FORWARDED_PROTO", "HTTP_X_REAL_IP"};
	size_t i;

	for (i = 0; i < sizeof(headers) / sizeof(*headers); i++)
		if (request_variable(rq, headers[i]))
			return true;
	return false;
}

static bool
may_read(struct request *rq)
{
	return !came_through_proxy(rq) &&
	    address_text_in_list(rq->arena, request_remote(rq),
	        rq->settings->metrics_from);
}

static void
add_family(struct buf *text, const char *name, const char *type,
    const char *help)
{
	buf_addf(text, "# TYPE mcp_oauth_%s %s\n# HELP mcp_oauth_%s %s\n", name,
	    type, name, help);
}

static void
add_gauge(struct buf *text, const char *name, const char *help, int64_t value)
{
	add_family(text, name, "gauge", help);
	buf_addf(text, "mcp_oauth_%s %lld\n", name, (long long)value);
}

/* ---- what the programs of this host answered ---- */

/* The labels are words of our own, nothing in them needs an escape. */
static void
add_labels(struct buf *text, const char *name, const struct counter *counter)
{
	buf_addf(text,
	    "mcp_oauth_%s_total{program=\"%s\",event=\"%s\",status=\"%d\"} ",
	    name, counter->program, counter->event, counter->status);
}

static void
add_counters(struct buf *text)
{
	struct counter counter;
	size_t i;

	add_family(text, "requests", "counter",
	    "Requests answered on this host, by what the log line says.");
	for (i = 0; counter_get(i, &counter); i++) {
		add_labels(text, "requests", &counter);
		buf_addf(text, "%llu\n", (unsigned long long)counter.requests);
	}
	add_family(text, "request_seconds", "counter",
	    "Time that answering them took.");
	for (i = 0; counter_get(i, &counter); i++) {
		add_labels(text, "request_seconds", &counter);
		buf_addf(text, "%llu.%06llu\n",
		    (unsigned long long)counter.duration_us / 1000000,
		    (unsigned long long)counter.duration_us % 1000000);
	}
}

/* ---- what the database tells ---- */

static void
add_database(struct buf *text, const struct store_metrics *m)
{
	add_gauge(text, "migration", "The last migration of the database.",
	    m->migration);
	add_gauge(text, "sessions", "Sessions stored.", m->sessions);
	add_gauge(text, "users", "Users.", m->users);
	add_gauge(text, "clients", "Registered clients.", m->clients);
	add_gauge(text, "authorization_requests",
	    "Authorization requests stored, answered or not.",
	    m->authorization_requests);
	add_gauge(text, "revocations",
	    "Revocations that guards may still have to know.", m->revocations);
	add_gauge(text, "purge_overdue_seconds",
	    "How long a session has been expired that oauth.purge() should "
	    "have removed.",
	    m->purge_overdue_s);
	add_gauge(text, "database_connections",
	    "Connections to the database, anybody's.", m->connections);
	add_gauge(text, "database_connections_max",
	    "max_connections of the server.", m->max_connections);
}

static enum oauth_error
get_metrics(struct request *rq)
{
	struct buf text = buf_in(rq->arena);
	struct store_metrics metrics;
	bool up;

	if (!may_read(rq))
		return refuse(rq, OAUTH_NOT_FOUND, "nothing is served here");
	up = store_metrics(rq->store, rq->arena, &metrics);
	add_family(&text, "build", "info", "The version of mcp-oauth.");
	buf_add(&text,
	    "mcp_oauth_build_info{version=\"" MCP_OAUTH_VERSION "\"} 1\n");
	add_gauge(&text, "database_up", "Does the database answer?", up);
	if (up)
		add_database(&text, &metrics);
	add_counters(&text);
	buf_add(&text, "# EOF\n");
	return reply_text(rq, 200, OPENMETRICS, buf_text(&text));
}

static const char *const paths[] = {"/api/oauth/metrics", NULL};

static const struct endpoint metrics = {
    .name = "metrics",
    .paths = paths,
    .get = get_metrics,
    .settings = SETTINGS_SERVER,
    .store_open = store_open,
    .store_close = store_close,
};

int
main(void)
{
	return endpoint_run(&metrics);
}
