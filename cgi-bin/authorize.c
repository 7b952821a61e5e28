/* SPDX-License-Identifier: MIT */
/*
 * authorize.c - the authorization_endpoint (OAuth 2.1 s4.1.1, RFC 7636,
 * RFC 8707, RFC 9207).
 *
 * GET or POST response_type=code client_id redirect_uri code_challenge
 *      code_challenge_method=S256 [scope] [state] [resource] [prompt].
 *
 * A client or redirect_uri that is not known gets a page, never a redirect;
 * every other fault goes back to the client with error, state and iss.  A good
 * request is stored, bound to the browser, and goes on to sign-in or consent.
 */
#include "base/log.h"
#include "base/text.h"
#include "crypto/digest.h"
#include "http/endpoint.h"
#include "oauth/authorization_response.h"
#include "oauth/browser.h"
#include "oauth/client_document.h"
#include "oauth/pending.h"
#include "oauth/pkce.h"
#include "oauth/redirect_uri.h"
#include "oauth/resource.h"
#include "oauth/scope.h"

enum {
	RESPONSE_TYPE,
	CLIENT_ID,
	REDIRECT_URI,
	SCOPE,
	STATE,
	CODE_CHALLENGE,
	CODE_CHALLENGE_METHOD,
	RESOURCE,
	PROMPT,
	RESPONSE_MODE,
};

enum { REQUEST_ID_BYTES = 24 };

static const struct param params[] = {
    [RESPONSE_TYPE] = {"response_type", PARAM_LOGGED},
    [CLIENT_ID] = {"client_id", PARAM_LOGGED},
    [REDIRECT_URI] = {"redirect_uri", PARAM_LOGGED},
    [SCOPE] = {"scope", PARAM_LOGGED},
    [STATE] = {"state", PARAM_OPTIONAL},
    [CODE_CHALLENGE] = {"code_challenge", PARAM_OPTIONAL},
    [CODE_CHALLENGE_METHOD] = {"code_challenge_method", PARAM_LOGGED},
    [RESOURCE] = {"resource", PARAM_LOGGED | PARAM_REPEATABLE},
    [PROMPT] = {"prompt", PARAM_LOGGED},
    [RESPONSE_MODE] = {"response_mode", PARAM_LOGGED},
    {0},
};

/* ---- who asks, and where the answer may go ---- */

static enum oauth_error
find_client(struct request *rq, struct client *client)
{
	const char *client_id = request_param(rq, CLIENT_ID), *reason;

	if (!client_id || request_doubled(rq, CLIENT_ID))
		return refuse(rq, OAUTH_INVALID_REQUEST,
		    "The link names no application (client_id), or two.");
	switch (client_find(rq, client_id, client, &reason)) {
	case CLIENT_FOUND:
		return OAUTH_OK;
	case CLIENT_FIND_UNKNOWN:
		return refuse_status(rq, 400, OAUTH_INVALID_CLIENT,
		    "This server does not know the application (client_id) "
		    "that sent you. It may have been removed after long "
		    "disuse.");
	case CLIENT_FIND_REFUSED:
		return refuse_status(rq, 400, OAUTH_INVALID_CLIENT, reason);
	case CLIENT_FIND_AWAY:
		return refuse_unavailable(rq, reason);
	case CLIENT_FIND_STORE_DOWN:
		break;
	}
	return pending_refuse_unreachable(rq);
}

static enum oauth_error
check_redirect_uri(struct request *rq, const struct client *client)
{
	const char *redirect_uri = request_param(rq, REDIRECT_URI);

	if (!redirect_uri || request_doubled(rq, REDIRECT_URI))
		return refuse(rq, OAUTH_INVALID_REQUEST,
		    "The link names no address to return to (redirect_uri), or "
		    "two.");
	if (!redirect_uri_matches_any(rq->arena, client->redirect_uris,
	        redirect_uri))
		return refuse(rq, OAUTH_INVALID_REQUEST,
		    "The address to return to (redirect_uri) is not one that "
		    "the application registered.");
	return OAUTH_OK;
}

/* ---- faults that the client hears of ---- */

static enum oauth_error
send_back(struct request *rq, enum oauth_error error, const char *reason)
{
	const char *state = request_doubled(rq, STATE)
	    ? NULL
	    : request_param(rq, STATE);

	return authorization_response_error(rq, request_param(rq, REDIRECT_URI),
	    state, error, reason);
}

static enum oauth_error
check_response_type(struct request *rq)
{
	const char *type = request_param(rq, RESPONSE_TYPE);
	const char *mode = request_param(rq, RESPONSE_MODE);

	if (rq->doubled)
		return send_back(rq, OAUTH_INVALID_REQUEST,
		    "a parameter was sent more than once");
	if (!type)
		return send_back(rq, OAUTH_INVALID_REQUEST,
		    "missing parameter: response_type");
	if (!text_equal(type, "code"))
		return send_back(rq, OAUTH_UNSUPPORTED_RESPONSE_TYPE,
		    "response_type must be code");
	if (mode && !text_equal(mode, "query"))
		return send_back(rq, OAUTH_INVALID_REQUEST,
		    "response_mode must be query");
	return OAUTH_OK;
}

static enum oauth_error
check_pkce(struct request *rq)
{
	const char *challenge = request_param(rq, CODE_CHALLENGE);
	const char *method = request_param(rq, CODE_CHALLENGE_METHOD);

	if (!challenge)
		return send_back(rq, OAUTH_INVALID_REQUEST,
		    "missing parameter: code_challenge");
	if (!method || !text_equal(method, "S256"))
		return send_back(rq, OAUTH_INVALID_REQUEST,
		    "code_challenge_method must be S256");
	if (!pkce_challenge_allowed(challenge))
		return send_back(rq, OAUTH_INVALID_REQUEST,
		    "code_challenge must be 43 base64url characters");
	return OAUTH_OK;
}

static enum oauth_error
check_grant_type(struct request *rq, const struct client *client)
{
	if (!text_has_word(client->grant_types, "authorization_code"))
		return send_back(rq, OAUTH_UNAUTHORIZED_CLIENT,
		    "the client may not use the authorization code grant");
	return OAUTH_OK;
}

static enum oauth_error
settle_resource(struct request *rq, const struct resource_setting **ret)
{
	if (!resource_param(rq, RESOURCE, ret))
		return send_back(rq, OAUTH_INVALID_TARGET,
		    "resource is no MCP server of this site");
	if (!*ret)
		*ret = resource_default(rq->settings);
	return OAUTH_OK;
}

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
 * default when nothing is asked (RFC 6749 s3.3). */
static enum oauth_error
settle_scope(struct request *rq, const struct client *client,
    const struct resource_setting *resource, const char **ret)
{
	const char *existing = scope_of_resource(rq->arena, rq->settings,
	    resource);
	const char *allowed = is_limited(client)
	    ? scope_common(rq->arena, client->scope, existing)
	    : existing;
	const char *asked = request_param(rq, SCOPE);

	if (asked && *scope_without_habits(rq->arena, asked))
		*ret = scope_intersect(rq->arena, asked, allowed);
	else /* or nothing but openid or the like */
		*ret = default_scope(rq, client, existing,
		    scope_base(rq->arena, rq->settings, resource));
	if (!**ret)
		return send_back(rq, OAUTH_INVALID_SCOPE,
		    "nothing of the requested scope can be granted");
	return OAUTH_OK;
}

/* ---- on to the next page ---- */

static bool
prompts(struct request *rq, const char *word)
{
	const char *prompt = request_param(rq, PROMPT);

	return prompt && text_has_word(prompt, word);
}

static enum oauth_error
store_request(struct request *rq, const struct authorization_request *request)
{
	bool signed_in = false;

	switch (authorization_request_create(rq->store, rq->arena,
	    browser_of(rq), request,
	    rq->settings->authorization_request_expires_s, &signed_in)) {
	case AUTHORIZATION_CREATED:
		if (!signed_in && prompts(rq, "none"))
			return send_back(rq, OAUTH_LOGIN_REQUIRED,
			    "nobody is signed in, and prompt=none forbids "
			    "asking");
		return pending_go_to(rq, signed_in ? "consent" : "login",
		    request->request_id);
	case AUTHORIZATION_UNKNOWN_CLIENT: /* deleted this moment */
	case AUTHORIZATION_CREATE_STORE_DOWN:
		break;
	}
	return pending_refuse_unreachable(rq);
}

static enum oauth_error
authorize(struct request *rq)
{
	struct authorization_request request = {
	    .request_id = random_text(rq->arena, REQUEST_ID_BYTES),
	    .client_id = request_param(rq, CLIENT_ID),
	    .redirect_uri = request_param(rq, REDIRECT_URI),
	    .state = request_param(rq, STATE),
	    .code_challenge = request_param(rq, CODE_CHALLENGE),
	    .prompt = request_param(rq, PROMPT),
	};
	const struct resource_setting *resource = NULL;
	struct client client = {0};
	enum oauth_error error;

	if ((error = find_client(rq, &client)) ||
	    (error = check_redirect_uri(rq, &client)) ||
	    (error = check_response_type(rq)) || (error = check_pkce(rq)) ||
	    (error = check_grant_type(rq, &client)) ||
	    (error = settle_resource(rq, &resource)) ||
	    (error = settle_scope(rq, &client, resource, &request.scope)))
		return error;
	request.resource = resource->uri;
	return store_request(rq, &request);
}

static const char *const paths[] = {"/api/oauth/authorize", "/authorize", NULL};

static const struct endpoint authorization_endpoint = {
    .name = "authorize",
    .paths = paths,
    .params = params,
    .get = authorize,
    .post = authorize,
    .faults = FAULTS_PAGE,
    .judges_params = true,
    .settings = SETTINGS_SERVER,
    .store_open = store_open,
    .store_close = store_close,
};

int
main(void)
{
	return endpoint_run(&authorization_endpoint);
}
