/* SPDX-License-Identifier: MIT */
#include "oauth/requested_access.h"

#include "base/text.h"
#include "oauth/resource.h"
#include "oauth/scope.h"

/* A scope that the operator gave a client limits it.  One that a client
 * registered itself limits nobody, since it may register another at any time;
 * and the SDKs register the scope of the first challenge, so that a limit
 * would lock them out of every later step-up. */
static bool
is_limited(const struct client *client)
{
	return client->scope && client->registration &&
	    text_equal(client->registration, "admin");
}

/* For a client that asks for no scope: the resource's base scopes, of which a
 * client that has a scope gets what it has. */
static const char *
default_scope(struct request *rq, const struct client *client,
    const char *existing, const char *base)
{
	const char *scope;

	if (!client->scope)
		return base;
	scope = scope_common(rq->arena, client->scope, base);
	return *scope ? scope
	              : scope_common(rq->arena, client->scope, existing);
}

/* What of the asked scope exists for the resource and is the client's; the
 * default when nothing is asked. */
static const char *
settle_scope(struct request *rq, const struct client *client,
    const struct resource_setting *resource, const char *asked)
{
	const char *existing = scope_of_resource(rq->arena, rq->settings,
	    resource);
	const char *allowed = is_limited(client)
	    ? scope_common(rq->arena, client->scope, existing)
	    : existing;

	if (asked && *scope_served(rq->arena, rq->settings, asked))
		return scope_intersect(rq->arena, asked, allowed);
	/* or nothing but openid or the like */
	return default_scope(rq, client, existing,
	    scope_base(rq->arena, rq->settings, resource));
}

enum oauth_error
requested_access_settle(struct request *rq, const struct client *client,
    int scope_number, int resource_number, struct requested_access *ret,
    const char **reason)
{
	const struct resource_setting *resource;
	const char *scope;

	if (!resource_param(rq, resource_number, &resource)) {
		*reason = "resource is no MCP server of this site";
		return OAUTH_INVALID_TARGET;
	}
	if (!resource)
		resource = resource_default(rq->settings);
	scope = settle_scope(rq, client, resource,
	    request_param(rq, scope_number));
	if (!*scope) {
		*reason = "nothing of the requested scope can be granted";
		return OAUTH_INVALID_SCOPE;
	}
	ret->resource = resource->uri;
	ret->scope = scope;
	return OAUTH_OK;
}
