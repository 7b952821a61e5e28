/* SPDX-License-Identifier: MIT */
#include "http/endpoint.h"

#include <signal.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <time.h>

#include "base/counter.h"
#include "base/crash.h"
#include "base/log.h"
#include "base/origin.h"
#include "base/text.h"
#include "crypto/digest.h"
#include "http/confine.h"
#include "http/cors.h"
#include "http/dispatch.h"
#include "http/live_settings.h"
#include "http/request_id.h"

enum { ARENA_MAX_BYTES = 2 << 20 };

/* ---- around a request ---- */

static const char *
cache_control(struct request *rq)
{
	const char *policy = rq->reply.cache_control
	    ? rq->reply.cache_control
	    : rq->endpoint->cache_control;

	return policy && (rq->reply.status == 200 || rq->reply.status == 304)
	    ? policy
	    : "no-store";
}

/* Headers that every answer bears.  The guard's bare word to the web server
 * (no body, no headers of its own) stays bare. */
static void
common_headers(struct request *rq)
{
	if (rq->endpoint->any)
		return;
	reply_header(rq, "Cache-Control", cache_control(rq));
	reply_header(rq, "X-Content-Type-Options", "nosniff");
	reply_header(rq, "Referrer-Policy", "no-referrer");
	if (rq->settings && text_starts(rq->settings->oauth_base_url, "https:"))
		reply_header(rq, "Strict-Transport-Security",
		    "max-age=31536000"); /* RFC 6797 */
	if (rq->endpoint->cors == CORS_ANY_ORIGIN)
		cors_headers(rq);
}

/* Past the arena's ceiling: answered without it. */
static bool
send_exhausted(struct request *rq)
{
	static const char
	    answer[] = "Status: 413\r\nContent-Type: application/json\r\n"
	               "Cache-Control: no-store\r\n\r\n"
	               "{\"error\":\"invalid_request\","
	               "\"error_description\":\"the request is too large\"}";

	log_raise(LOG_NOTICE);
	log_text("reason", "the request took too much memory");
	rq->reply.status = 413;
	return io_write(rq->io, answer, sizeof(answer) - 1);
}

static bool
send_reply(struct request *rq)
{
	struct reply *reply = &rq->reply;
	struct buf head = buf_in(rq->arena);

	crash_point("before reply");
	if (reply->withheld)
		return true;
	common_headers(rq);
	if (arena_exhausted(rq->arena))
		return send_exhausted(rq);
	buf_addf(&head, "Status: %d\r\n", reply->status);
	if (reply->content_type)
		buf_addf(&head, "Content-Type: %s\r\n", reply->content_type);
	buf_add(&head, buf_text(&reply->headers));
	buf_add(&head, "\r\n");
	if (!io_write(rq->io, head.data, head.len))
		return false;
	crash_point("mid-reply");
	return reply->body_bytes == 0 ||
	    io_write(rq->io, reply->body, reply->body_bytes);
}

static void
log_params(struct request *rq)
{
	const struct param *param = rq->endpoint->params;
	int i;

	for (i = 0; param && param[i].name; i++)
		if (param[i].flags & PARAM_LOGGED)
			log_text(param[i].name, request_param(rq, i));
}

static void
log_request(struct request *rq, const struct timespec *began)
{
	const char *said = log_said();
	struct timespec now;
	int64_t duration_us;

	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	duration_us = (now.tv_sec - began->tv_sec) * 1000000LL +
	    (now.tv_nsec - began->tv_nsec) / 1000;
	if (said)
		counter_add(rq->endpoint->name, said, rq->reply.status,
		    duration_us);
	log_number("status", rq->reply.status);
	log_text("method", request_variable(rq, "REQUEST_METHOD"));
	log_text("path", rq->path);
	log_number("duration_us", duration_us);
	log_params(rq);
	log_text("user_agent", request_header(rq, "HTTP_USER_AGENT"));
	log_end();
}

/* What lasts from request to request. */
struct worker {
	const struct endpoint *endpoint;
	struct io *io;
	struct arena *arena;
	struct store *store;
};

static void
apply_settings(struct worker *worker, const struct settings *settings)
{
	const struct endpoint *endpoint = worker->endpoint;

	log_open(endpoint->name, settings->log_to, settings->log_level);
	counter_open(settings->state_directory);
	confine(endpoint, worker->io, settings);
	if (worker->store)
		endpoint->store_close(worker->store);
	worker->store = NULL;
	if (endpoint->store_open)
		worker->store = endpoint->store_open(settings);
	if (endpoint->settings_changed)
		endpoint->settings_changed(settings, worker->io);
}

/* False when there are no settings: the request is refused already. */
static bool
find_settings(struct worker *worker, struct request *rq)
{
	const char *error = NULL;
	bool changed;

	if (worker->endpoint->settings == SETTINGS_NONE)
		return true;
	rq->settings = live_settings(worker->io, worker->endpoint->settings,
	    &changed, &error);
	if (!rq->settings) {
		log_text("fault", error);
		(void)refuse_unavailable(rq, "the server is not configured");
		return false;
	}
	rq->theme = live_theme();
	if (changed)
		apply_settings(worker, rq->settings);
	return true;
}

/* Who sent what opens each line: nothing that a client says can stand before
 * it, or push it out of a line that grew too long. */
static void
begin_line(struct request *rq)
{
	struct origin origin = {
	    .request_id = request_id_of(rq),
	    .remote = request_remote(rq),
	};

	rq->request_id = origin.request_id;
	origin_set(&origin);
	log_begin();
	log_text("remote", origin.remote);
	log_text("request_id", origin.request_id);
}

static void
serve(struct worker *worker)
{
	struct request rq = {.endpoint = worker->endpoint,
	    .arena = worker->arena,
	    .io = worker->io};
	struct timespec began;

	(void)clock_gettime(CLOCK_MONOTONIC, &began);
	begin_line(&rq);
	rq.reply.headers = buf_in(rq.arena);
	rq.reply.status = 500;
	rq.reply.body = "";
	dispatch_begin(&rq);
	if (find_settings(worker, &rq)) {
		rq.store = worker->store;
		(void)dispatch(&rq);
	}
	(void)send_reply(&rq);
	log_request(&rq, &began);
	json_object_put(rq.json);
	if (!rq.reply.withheld)
		io_finish(worker->io);
	crash_point("after reply");
	origin_set(NULL);
	arena_reset(worker->arena);
}

/* What is in memory here are tokens and keys: no core file of them. */
static void
forbid_core_files(void)
{
	const struct rlimit none = {0, 0};

	(void)setrlimit(RLIMIT_CORE, &none);
}

/* A log that has reached the host's limit of a file's size is a write that
 * fails, not the end of the worker. */
static void
outlive_full_files(void)
{
	(void)signal(SIGXFSZ, SIG_IGN);
}

int
endpoint_run(const struct endpoint *endpoint)
{
	struct worker worker = {.endpoint = endpoint};

	forbid_core_files();
	outlive_full_files();
	log_open(endpoint->name, "stderr", LOG_DONE);
	worker.io = io_open();
	if (!worker.io || !crypto_start()) {
		log_alone(LOG_ERROR, "could not start");
		return EXIT_FAILURE;
	}
	if (endpoint->faults == FAULTS_PAGE)
		live_settings_with_theme();
	worker.arena = arena_new(ARENA_MAX_BYTES);
	while (io_accept(worker.io))
		serve(&worker);
	if (worker.store)
		endpoint->store_close(worker.store);
	arena_free(worker.arena);
	return EXIT_SUCCESS;
}
