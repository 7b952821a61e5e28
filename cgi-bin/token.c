/* SPDX-License-Identifier: MIT */
/*
 * token.c - the token_endpoint (OAuth 2.1 s3.2, RFC 6749 s4.1.3 and s6).
 *
 * POST grant_type=authorization_code code code_verifier [redirect_uri]
 *      [resource], or grant_type=refresh_token refresh_token [scope]
 *      [resource]; and the client's authentication.  Form-encoded, or a JSON
 *      object of strings.  Without any client_id the public client of the code
 *      or session is assumed; the verifier or the token still has to fit.
 *
 * One SQL call does all there is to do, so a request commits once or not at
 * all; a 200 is what was committed.
 */
#include "base/log.h"
#include "base/text.h"
#include "http/endpoint.h"
#include "oauth/client_auth.h"
#include "oauth/pkce.h"
#include "oauth/refresh_token.h"
#include "oauth/resource.h"
#include "oauth/scope.h"
#include "oauth/token_response.h"

enum {
	GRANT_TYPE,
	CODE,
	REDIRECT_URI,
	CODE_VERIFIER,
	REFRESH_TOKEN,
	SCOPE,
	RESOURCE,
	CLIENT_ID,
	CLIENT_SECRET,
};

static const struct param params[] = {
    [GRANT_TYPE] = {"grant_type", PARAM_REQUIRED | PARAM_LOGGED},
    [CODE] = {"code", PARAM_OPTIONAL},
    [REDIRECT_URI] = {"redirect_uri", PARAM_LOGGED},
    [CODE_VERIFIER] = {"code_verifier", PARAM_OPTIONAL},
    [REFRESH_TOKEN] = {"refresh_token", PARAM_OPTIONAL},
    [SCOPE] = {"scope", PARAM_LOGGED},
    [RESOURCE] = {"resource", PARAM_LOGGED | PARAM_REPEATABLE},
    [CLIENT_ID] = {"client_id", PARAM_LOGGED},
    [CLIENT_SECRET] = {"client_secret", PARAM_OPTIONAL},
    {0},
};

static const char no_store[] = "could not reach the session store";

static struct session_terms
terms_of(struct request *rq)
{
	return (struct session_terms){
	    .access_s = rq->settings->access_token_expires_s,
	    .idle_s = rq->settings->refresh_token_expires_s,
	    .session_s = rq->settings->session_expires_s,
	    .grace_s = rq->settings->refresh_reuse_grace_s,
	    .remote = request_remote(rq),
	};
}

/* Whatever is wrong with a grant, the client hears this one sentence. */
static enum oauth_error
refuse_grant(struct request *rq, const char *reason)
{
	return refuse_privately(rq, OAUTH_INVALID_GRANT,
	    "the code or token is unknown, expired, used, or not this client's",
	    reason);
}

/* ---- grant_type=authorization_code ---- */

static enum oauth_error
answer_code(struct request *rq, const struct client_credentials *client,
    const struct code_redemption *redemption, const char *refresh_token)
{
	struct session_terms terms = terms_of(rq);
	struct session_grant grant;

	switch (code_redeem(rq->store, rq->arena, client, redemption, &terms,
	    &grant)) {
	case CODE_REDEEMED:
		return token_response(rq, &grant,
		    grant.refresh ? refresh_token : NULL);
	case CODE_BAD_CLIENT:
		return client_auth_refuse(rq, client);
	case CODE_UNKNOWN:
		return refuse_grant(rq, "unknown code");
	case CODE_EXPIRED:
		return refuse_grant(rq, "expired code");
	case CODE_NOT_YOURS:
		return refuse_grant(rq, "code of another client");
	case CODE_REDIRECT_URI:
		return refuse_grant(rq, "redirect_uri differs");
	case CODE_WRONG_VERIFIER:
		return refuse_grant(rq, "wrong code_verifier");
	case CODE_USER:
		return refuse_grant(rq, "the user is disabled");
	case CODE_REPLAYED:
		log_raise(LOG_WARNING);
		log_event("code replayed");
		return refuse_grant(rq,
		    "code used before: its session is ended");
	case CODE_RESOURCE:
		return refuse(rq, OAUTH_INVALID_TARGET,
		    "resource is not the one that was authorized");
	case CODE_GRANT_TYPE:
		return refuse(rq, OAUTH_UNAUTHORIZED_CLIENT,
		    "the client may not use this grant_type");
	case CODE_STORE_DOWN:
		break;
	}
	return refuse_unavailable(rq, no_store);
}

static enum oauth_error
grant_by_code(struct request *rq, const struct client_credentials *client,
    const struct resource_setting *resource)
{
	const char *code = request_param(rq, CODE);
	const char *verifier = request_param(rq, CODE_VERIFIER);
	struct code_redemption redemption = {
	    .redirect_uri = request_param(rq, REDIRECT_URI),
	    .resource = resource ? resource->uri : NULL,
	};
	const char *refresh_token;

	if (!code)
		return refuse(rq, OAUTH_INVALID_REQUEST,
		    "missing parameter: code");
	if (!verifier || !pkce_verifier_allowed(verifier))
		return refuse(rq, OAUTH_INVALID_REQUEST,
		    "code_verifier is missing or malformed");
	redemption.code_digest = sha256_of_text(code);
	redemption.code_challenge = pkce_challenge(rq->arena, verifier);
	redemption.session_id = random_uuid(rq->arena);
	refresh_token = refresh_token_new(rq->arena, rq->settings,
	    redemption.session_id, 1);
	redemption.refresh_token_hash = refresh_token_hash(rq->arena,
	    refresh_token);
	return answer_code(rq, client, &redemption, refresh_token);
}

/* ---- grant_type=refresh_token ---- */

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
	struct session_terms terms = terms_of(rq);

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
	struct session_grant grant;
	enum rotate_result result = rotate(rq, refresh, &successor, &grant);

	if (result == ROTATE_UNCONFIRMED &&
	    keyring_has_previous(rq->settings)) {
		/* Rotated before the root changed: its successor is the old
		 * root's. */
		refresh->root = ROOT_PREVIOUS;
		result = rotate(rq, refresh, &successor, &grant);
	}
	log_text("session_id", refresh->token.session_id);
	switch (result) {
	case ROTATE_OK:
		return token_response(rq, &grant, successor);
	case ROTATE_REPEATED:
		if (grant.elsewhere)
			log_raise(LOG_WARNING);
		log_event(grant.elsewhere
		        ? "refresh repeated from another address"
		        : "refresh repeated");
		return token_response(rq, &grant, successor);
	case ROTATE_BAD_CLIENT:
		return client_auth_refuse(rq, refresh->client);
	case ROTATE_UNKNOWN:
		return refuse_grant(rq, "no such session, or a dead one");
	case ROTATE_NOT_YOURS:
		return refuse_grant(rq, "session of another client");
	case ROTATE_EXPIRED:
		return refuse_grant(rq, "the session expired");
	case ROTATE_USER:
		return refuse_grant(rq, "the user is disabled");
	case ROTATE_AHEAD:
		log_raise(LOG_WARNING);
		log_event("refresh token ahead of the store");
		return refuse_grant(rq,
		    "its rotation was lost by the database");
	case ROTATE_REPLAYED:
		log_raise(LOG_WARNING);
		log_event("refresh token replayed");
		return refuse_grant(rq, "used before: its session is ended");
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
	return refuse_unavailable(rq, no_store);
}

/* Garbage ends no session and finds none; still a client that is not
 * registered must hear so, since it registers anew on that. */
static enum oauth_error
refuse_garbage(struct request *rq, const struct client_credentials *client)
{
	if (!client->client_id)
		return refuse_grant(rq, "no token of ours");
	switch (client_check(rq->store, rq->arena, client)) {
	case CLIENT_OK:
		return refuse_grant(rq, "no token of ours");
	case CLIENT_UNKNOWN:
	case CLIENT_REFUSED:
		return client_auth_refuse(rq, client);
	case CLIENT_STORE_DOWN:
		break;
	}
	return refuse_unavailable(rq, no_store);
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
	return refuse_unavailable(rq, no_store);
}

static enum oauth_error
grant_by_refresh_token(struct request *rq,
    const struct client_credentials *client,
    const struct resource_setting *resource)
{
	const char *text = request_param(rq, REFRESH_TOKEN);
	const char *scope = request_param(rq, SCOPE);
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
	scope = scope ? scope_without_habits(rq->arena, scope) : NULL;
	refresh.rotation.session_id = refresh.token.session_id;
	refresh.rotation.generation = refresh.token.generation;
	refresh.rotation.scope = scope && *scope ? scope : NULL;
	refresh.rotation.resource = resource ? resource->uri : NULL;
	refresh.rotation.default_scope = scope_base(rq->arena, rq->settings,
	    resource_default(rq->settings));
	refresh.rotation.default_resource = resource_default(rq->settings)->uri;
	return answer_refresh(rq, &refresh);
}

/* ---- */

static enum oauth_error
post_token(struct request *rq)
{
	const char *grant_type = request_param(rq, GRANT_TYPE);
	const struct resource_setting *resource;
	struct client_credentials client;
	enum oauth_error error;

	error = client_auth_parse(rq, &client);
	if (error)
		return error;
	if (!text_has_word("authorization_code refresh_token", grant_type))
		return refuse(rq, OAUTH_UNSUPPORTED_GRANT_TYPE,
		    "grant_type must be authorization_code or refresh_token");
	if (!resource_param(rq, RESOURCE, &resource))
		return refuse(rq, OAUTH_INVALID_TARGET,
		    "resource is no MCP server of this site");
	return text_equal(grant_type, "authorization_code")
	    ? grant_by_code(rq, &client, resource)
	    : grant_by_refresh_token(rq, &client, resource);
}

static const char *const paths[] = {"/api/oauth/token", "/token", NULL};

static const struct endpoint token = {
    .name = "token",
    .paths = paths,
    .params = params,
    .post = post_token,
    .body = BODY_FORM_OR_STRINGS,
    .cors = CORS_ANY_ORIGIN,
    .settings = SETTINGS_SERVER,
    .store_open = store_open,
    .store_close = store_close,
};

int
main(void)
{
	return endpoint_run(&token);
}
