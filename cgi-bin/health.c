/* SPDX-License-Identifier: MIT */
/*
 * health.c - is this site able to issue tokens?
 *
 * GET.  200 {"status":"ok"} when the configuration is good and the database
 * answers; 503 temporarily_unavailable otherwise.
 */
#include "http/endpoint.h"
#include "store/status.h"

static enum oauth_error
get_health(struct request *rq)
{
	AUTO_JSON *o = json_object_new_object();
	struct store_status status;

	if (!store_status(rq->store, rq->arena, &status))
		return refuse_unavailable(rq, "could not reach the database");
	json_add_string(o, "status", "ok");
	json_add_int64(o, "migration", status.migration);
	return reply_json(rq, 200, o);
}

static const char *const paths[] = {"/api/oauth/health", NULL};

static const struct endpoint health = {
    .name = "health",
    .paths = paths,
    .get = get_health,
    .settings = SETTINGS_SERVER,
    .store_open = store_open,
    .store_close = store_close,
};

int
main(void)
{
	return endpoint_run(&health);
}
