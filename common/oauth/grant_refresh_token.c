/* SPDX-License-Identifier: MIT */
#include "base/log.h"
#include "oauth/client_auth.h"
#include "oauth/grant.h"
#include "oauth/refresh_token.h"
#include "oauth/scope.h"
#include "oauth/token_response.h"
#include "store/session.h"

/* What a refresh is tried with: the token, and which root its successor is
 * derived from. */
struct refresh {
	const struct client_credentials *client;
	struct refresh_token token;
	struct rotation rotation;
	enum keyring_root root;
};

static enum rotate_result
rotate(struct request *rq, struct refresh *refresh, const char **successor,
    struct session_grant *grant)
{
	struct session_terms terms = grant_terms(rq);

	*successor = refresh_token_successor(rq->arena, rq->settings,
	    refresh->root, &refresh->token);
	refresh->rotation.successor_hash = refresh_token_hash(rq->arena,
	    *successor);
	return session_rotate(rq->store, rq->arena, refresh->client,
	    &refresh->rotation, &terms, grant);
}

static enum oauth_error
answer_refresh(struct request *rq, struct refresh *refresh)
{
	const char *successor = NULL;
	struct session_grant grant = {0};
	enum rotate_result result = rotate(rq, refresh, &successor, &grant);

	if (result == ROTATE_UNCONFIRMED && keyring_has_other(rq->settings)) {
		/* Rotated before the root changed: its successor is the old
		 * root's. */
		refresh->root = ROOT_OTHER;
		result = rotate(rq, refresh, &successor, &grant);
	}
	log_text("session_id", refresh->token.session_id);
	switch (result) {
	case ROTATE_OK:
		return token_response(rq, refresh->client, &grant, successor);
	case ROTATE_REPEATED:
		if (grant.elsewhere)
			log_raise(LOG_WARNING);
		log_event(grant.elsewhere
		        ? "refresh repeated from another address"
		        : "refresh repeated");
		return token_response(rq, refresh->client, &grant, successor);
	case ROTATE_DPOP_JKT:
		return grant_refuse(rq, "session bound to another key");
	case ROTATE_DPOP_REQUIRED:
		return grant_refuse_unproven(rq);
	case ROTATE_BAD_CLIENT:
		return client_auth_refuse(rq, refresh->client);
	case ROTATE_UNKNOWN:
		return grant_refuse(rq, "no such session, or a dead one");
	case ROTATE_NOT_YOURS:
		return grant_refuse(rq, "session of another client");
	case ROTATE_EXPIRED:
		return grant_refuse(rq, "the session expired");
	case ROTATE_USER:
		return grant_refuse(rq, "the user is disabled");
	case ROTATE_AHEAD:
		log_raise(LOG_WARNING);
		log_event("refresh token ahead of the store");
		return grant_refuse(rq,
		    "its rotation was lost by the database");
	case ROTATE_REPLAYED:
		log_raise(LOG_WARNING);
		log_event("refresh token replayed");
		return grant_refuse(rq, "used before: its session is ended");
	case ROTATE_SCOPE:
		return refuse(rq, OAUTH_INVALID_SCOPE,
		    "scope goes beyond what was granted");
	case ROTATE_RESOURCE:
		return refuse(rq, OAUTH_INVALID_TARGET,
		    "resource is not the one that was authorized");
	case ROTATE_GRANT_TYPE:
		return refuse(rq, OAUTH_UNAUTHORIZED_CLIENT,
		    "the client may not use this grant_type");
	case ROTATE_UNCONFIRMED:
	case ROTATE_STORE_DOWN:
		break;
	}
	return grant_refuse_unreachable(rq);
}

/* Garbage ends no session and finds none; still a client that is not
 * registered must hear so, since it registers anew on that. */
static enum oauth_error
refuse_garbage(struct request *rq, const struct client_credentials *client)
{
	if (!client->client_id)
		return grant_refuse(rq, "no token of ours");
	switch (client_check(rq->store, rq->arena, client)) {
	case CLIENT_OK:
		return grant_refuse(rq, "no token of ours");
	case CLIENT_UNKNOWN:
	case CLIENT_REFUSED:
		return client_auth_refuse(rq, client);
	case CLIENT_STORE_DOWN:
		break;
	}
	return grant_refuse_unreachable(rq);
}

/* The session of a token that was issued before this server took over. */
static enum oauth_error
find_legacy(struct request *rq, struct refresh *refresh)
{
	switch (session_find_legacy(rq->store, rq->arena, refresh->token.text,
	    &refresh->token.session_id, &refresh->rotation.token_hash)) {
	case LEGACY_FOUND:
		return OAUTH_OK;
	case LEGACY_UNKNOWN:
		return refuse_garbage(rq, refresh->client);
	case LEGACY_STORE_DOWN:
		break;
	}
	return grant_refuse_unreachable(rq);
}

enum oauth_error
grant_refresh_token(struct request *rq, const struct client_credentials *client,
    const struct resource_setting *resource)
{
	const char *text = request_param_named(rq, "refresh_token");
	const char *scope = request_param_named(rq, "scope");
	struct refresh refresh = {.client = client, .root = ROOT_CURRENT};
	enum oauth_error error;

	if (!text)
		return refuse(rq, OAUTH_INVALID_REQUEST,
		    "missing parameter: refresh_token");
	if (!refresh_token_read(rq->arena, rq->settings, text, &refresh.token))
		return refuse_garbage(rq, client);
	if (refresh.token.kind == REFRESH_TOKEN_LEGACY) {
		error = find_legacy(rq, &refresh);
		if (error)
			return error;
	} else {
		refresh.rotation.token_hash = refresh_token_hash(rq->arena,
		    text);
	}
	scope = scope ? scope_served(rq->arena, rq->settings, scope) : NULL;
	refresh.rotation.session_id = refresh.token.session_id;
	refresh.rotation.generation = refresh.token.generation;
	refresh.rotation.scope = scope && *scope ? scope : NULL;
	refresh.rotation.resource = resource ? resource->uri : NULL;
	refresh.rotation.default_scope = scope_base(rq->arena, rq->settings,
	    resource_default(rq->settings));
	refresh.rotation.default_resource = resource_default(rq->settings)->uri;
	return answer_refresh(rq, &refresh);
}
