/* SPDX-License-Identifier: MIT */
/*
 * health.c - is this site able to issue tokens?
 *
 * GET /api/oauth/health and /health/ready: 200 {"status":"ok"} when the
 * configuration is good and the database answers; 503 temporarily_unavailable
 * otherwise.  GET /health/live: 200 when the configuration is good; a host
 * whose database is away lives, and restarting it would mend nothing.
 */
#include "base/text.h"
#include "http/endpoint.h"
#include "store/status.h"

static enum oauth_error
get_ready(struct request *rq)
{
	AUTO_JSON *o = json_new_object();
	struct store_status status;

	if (!store_status(rq->store, rq->arena, &status))
		return refuse_unavailable(rq, "could not reach the database");
	json_add_string(o, "status", "ok");
	json_add_int64(o, "migration", status.migration);
	return reply_json(rq, 200, o);
}

static enum oauth_error
get_live(struct request *rq)
{
	AUTO_JSON *o = json_new_object();

	json_add_string(o, "status", "ok");
	return reply_json(rq, 200, o);
}

static enum oauth_error
get_below(struct request *rq)
{
	if (text_equal(rq->name, "ready"))
		return get_ready(rq);
	if (text_equal(rq->name, "live"))
		return get_live(rq);
	return refuse(rq, OAUTH_NOT_FOUND, "nothing is served here");
}

static const char *const paths[] = {"/api/oauth/health", NULL};
static const struct methods below = {.get = get_below};

static const struct endpoint health = {
    .name = "health",
    .paths = paths,
    .get = get_ready,
    .below = &below,
    .settings = SETTINGS_SERVER,
    .store_open = store_open,
    .store_close = store_close,
};

int
main(void)
{
	return endpoint_run(&health);
}
