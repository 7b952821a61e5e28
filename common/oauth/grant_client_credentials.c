/* SPDX-License-Identifier: MIT */
/* grant_client_credentials.c - a client that acts for itself (RFC 6749 s4.4). */
#include "crypto/digest.h"
#include "oauth/client_auth.h"
#include "oauth/grant.h"
#include "oauth/scope.h"
#include "oauth/token_response.h"
#include "store/direct_grant.h"

static enum oauth_error
answer(struct request *rq, const struct client_credentials *client,
    const struct direct_grant *direct, const char *supported)
{
	struct session_terms terms = grant_terms(rq);
	struct session_grant granted = {0};

	switch (machine_grant(rq->store, rq->arena, client, direct, supported,
	    &terms, &granted)) {
	case DIRECT_GRANTED:
		return token_response(rq, client, &granted, NULL);
	case DIRECT_DPOP_REQUIRED:
		return grant_refuse_unproven(rq);
	case DIRECT_BAD_CLIENT:
		return client_auth_refuse(rq, client);
	case DIRECT_PUBLIC_CLIENT:
	case DIRECT_GRANT_TYPE:
		return refuse(rq, OAUTH_UNAUTHORIZED_CLIENT,
		    "client_credentials is for confidential clients that the "
		    "operator registered for it");
	case DIRECT_RESOURCE:
		return refuse(rq, OAUTH_INVALID_TARGET,
		    "the client is bound to other resources");
	case DIRECT_SCOPE:
		return refuse(rq, OAUTH_INVALID_SCOPE,
		    "nothing of the requested scope can be granted");
	case DIRECT_REPLAYED:
	case DIRECT_UNKNOWN_USER:
	case DIRECT_USER:
	case DIRECT_STORE_DOWN:
		break;
	}
	return grant_refuse_unreachable(rq);
}

enum oauth_error
grant_client_credentials(struct request *rq,
    const struct client_credentials *client,
    const struct resource_setting *resource)
{
	const char *scope = request_param_named(rq, "scope");
	struct direct_grant direct = {.session_id = random_uuid(rq->arena)};

	if (!client->client_id)
		return client_auth_refuse(rq, client);
	if (!resource)
		resource = resource_default(rq->settings);
	direct.resource = resource->uri;
	/* What clients add by habit is about people: as if not asked. */
	scope = scope ? scope_without_identity(rq->arena, scope) : NULL;
	direct.scope = scope && *scope ? scope : NULL;
	return answer(rq, client, &direct,
	    scope_without_identity(rq->arena,
	        scope_of_resource(rq->arena, rq->settings, resource)));
}
