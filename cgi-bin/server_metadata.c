/* SPDX-License-Identifier: MIT */
/*
 * server_metadata.c - authorization server metadata (RFC 8414).
 *
 * GET, at the well-known path with the issuer's path inserted, and at the root
 * for clients that leave the path out.  Any other path under /.well-known/
 * that the web server sends here is answered JSON 404, openid-configuration
 * among them: there are no ID tokens.
 */
#include "base/text.h"
#include "http/endpoint.h"
#include "oauth/metadata.h"

static const char well_known[] = "/.well-known/oauth-authorization-server";

static bool
serves(struct request *rq)
{
	return text_equal(rq->path, well_known) ||
	    text_equal(rq->path,
	        arena_printf(rq->arena, "%s%s", well_known,
	            rq->settings->issuer_path));
}

static enum oauth_error
get_server_metadata(struct request *rq)
{
	AUTO_JSON *metadata = NULL;

	if (!serves(rq))
		return refuse(rq, OAUTH_NOT_FOUND, "nothing is served here");
	metadata = metadata_of_server(rq->arena, rq->settings);
	return reply_json(rq, 200, metadata);
}

static const struct endpoint server_metadata = {
    .name = "server_metadata",
    .get = get_server_metadata,
    .cors = CORS_ANY_ORIGIN,
    .cache_control = "public, max-age=300",
    .settings = SETTINGS_SERVER,
};

int
main(void)
{
	return endpoint_run(&server_metadata);
}
