/* SPDX-License-Identifier: MIT */
/*
 * server_metadata.c - authorization server metadata (RFC 8414, OpenID Connect
 * Discovery): one document for both.
 *
 * GET, at the well-known paths with the issuer's path inserted or, as OpenID
 * Connect has it, appended to; and at the root for clients that leave the path
 * out.  openid-configuration is there as long as there are ID tokens.  Any
 * other path under /.well-known/ that the web server sends here is answered
 * JSON 404.
 */
#include "base/text.h"
#include "http/document.h"
#include "http/endpoint.h"
#include "oauth/metadata.h"

static const char oauth[] = "/.well-known/oauth-authorization-server";
static const char openid[] = "/.well-known/openid-configuration";

/* Is it well_known, or that with the issuer's path behind it? */
static bool
is_at(struct request *rq, const char *well_known)
{
	return text_equal(rq->path, well_known) ||
	    text_equal(rq->path,
	        arena_printf(rq->arena, "%s%s", well_known,
	            rq->settings->issuer_path));
}

static bool
serves(struct request *rq)
{
	if (is_at(rq, oauth))
		return true;
	return rq->settings->openid &&
	    (is_at(rq, openid) ||
	        text_equal(rq->path,
	            arena_printf(rq->arena, "%s%s", rq->settings->issuer_path,
	                openid)));
}

static struct json_object *
make_metadata(struct request *rq)
{
	return metadata_of_server(rq->arena, rq->settings);
}

static enum oauth_error
get_server_metadata(struct request *rq)
{
	if (serves(rq) && reply_document(rq, "metadata", make_metadata))
		return OAUTH_OK;
	return refuse(rq, OAUTH_NOT_FOUND, "nothing is served here");
}

static const struct endpoint server_metadata = {
    .name = "server_metadata",
    .get = get_server_metadata,
    .cors = CORS_ANY_ORIGIN,
    .cache_control = "public, max-age=300",
    .settings = SETTINGS_SERVER,
    .settings_changed = documents_forget,
};

int
main(void)
{
	return endpoint_run(&server_metadata);
}
