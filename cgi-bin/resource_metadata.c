/* SPDX-License-Identifier: MIT */
/*
 * resource_metadata.c - protected resource metadata (RFC 9728).
 *
 * GET, at the well-known path with the resource's path inserted (s3.1).  The
 * root document names the only resource; with several it is 404, since a
 * document must name the resource its URL was built from (s3.3).
 */
#include <string.h>

#include "base/text.h"
#include "http/document.h"
#include "http/endpoint.h"
#include "oauth/metadata.h"

static const char well_known[] = "/.well-known/oauth-protected-resource";

/* The resource whose document stands at this path, or NULL. */
static const struct resource_setting *
resource_at(struct request *rq)
{
	const struct settings *settings = rq->settings;
	const char *rest;
	size_t i;

	if (!text_starts(rq->path, well_known))
		return NULL;
	rest = rq->path + strlen(well_known);
	if (!*rest && settings->n_mcp_resources == 1)
		return &settings->mcp_resources[0];
	for (i = 0; i < settings->n_mcp_resources; i++)
		if (text_equal(*rest ? rest : "/",
		        settings->mcp_resources[i].path))
			return &settings->mcp_resources[i];
	return NULL;
}

static struct json_object *
make_metadata(struct request *rq)
{
	return metadata_of_resource(rq->arena, rq->settings, resource_at(rq));
}

static enum oauth_error
get_resource_metadata(struct request *rq)
{
	const struct resource_setting *resource = resource_at(rq);

	if (resource && reply_document(rq, resource->uri, make_metadata))
		return OAUTH_OK;
	return refuse(rq, OAUTH_NOT_FOUND, "no resource of this name");
}

static const struct endpoint resource_metadata = {
    .name = "resource_metadata",
    .get = get_resource_metadata,
    .cors = CORS_ANY_ORIGIN,
    .cache_control = "public, max-age=300",
    .settings = SETTINGS_SERVER,
    .settings_changed = documents_forget,
};

int
main(void)
{
	return endpoint_run(&resource_metadata);
}
