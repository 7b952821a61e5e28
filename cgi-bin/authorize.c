/* SPDX-License-Identifier: MIT */
/*
 * authorize.c - the authorization_endpoint (OAuth 2.1 s4.1.1, RFC 7636,
 * RFC 8707, RFC 9126 s4, RFC 9207).
 *
 * GET or POST response_type=code client_id redirect_uri code_challenge
 *      code_challenge_method=S256 [scope] [state] [resource] [prompt]
 *      [ui_locales]; or client_id request_uri, when the client pushed all that
 *      to par.
 *
 * A client or redirect_uri that is not known gets a page, never a redirect;
 * every other fault goes back to the client with error, state and iss.  A good
 * request is stored, bound to the browser, and goes on to sign-in or consent.
 */
#include "base/log.h"
#include "base/text.h"
#include "http/language.h"
#include "oauth/authorization_request.h"
#include "oauth/authorization_response.h"
#include "oauth/browser.h"
#include "oauth/client_document.h"
#include "oauth/flow.h"
#include "oauth/pending.h"
#include "oauth/reconnect.h"
#include "oauth/request_uri.h"
#include "store/pushed_request.h"

enum { REQUEST_URI = N_AUTHORIZATION_PARAMS };

static const struct param params[] = {
    AUTHORIZATION_REQUEST_PARAMS,
    [REQUEST_URI] = {"request_uri", PARAM_OPTIONAL},
    {0},
};

/* ---- who asks ---- */

static enum oauth_error
check_client_id(struct request *rq)
{
	if (!request_param(rq, AUTHORIZATION_CLIENT_ID) ||
	    request_doubled(rq, AUTHORIZATION_CLIENT_ID))
		return refuse(rq, OAUTH_INVALID_REQUEST,
		    "The link names no application (client_id), or two.");
	return OAUTH_OK;
}

static enum oauth_error
refuse_unknown_client(struct request *rq)
{
	return refuse_person_with(rq, 400, OAUTH_INVALID_CLIENT,
	    TROUBLE_UNKNOWN_CLIENT, "unknown client", NULL,
	    reconnect_recipe(rq, request_param(rq, AUTHORIZATION_CLIENT_ID),
	        request_param(rq, AUTHORIZATION_REDIRECT_URI)));
}

static enum oauth_error
refuse_document(struct request *rq, int status, enum oauth_error error,
    const char *reason)
{
	return refuse_person_with(rq, status, error, TROUBLE_DOCUMENT, reason,
	    reason, "");
}

static enum oauth_error
find_client(struct request *rq, struct client *client)
{
	const char *client_id = request_param(rq, AUTHORIZATION_CLIENT_ID);
	const char *reason;

	switch (client_find(rq, client_id, client, &reason)) {
	case CLIENT_FOUND:
		return OAUTH_OK;
	case CLIENT_FIND_UNKNOWN:
		return refuse_unknown_client(rq);
	case CLIENT_FIND_REFUSED:
		return refuse_document(rq, 400, OAUTH_INVALID_CLIENT, reason);
	case CLIENT_FIND_AWAY:
		return refuse_document(rq, 503, OAUTH_TEMPORARILY_UNAVAILABLE,
		    reason);
	case CLIENT_FIND_STORE_DOWN:
		break;
	}
	return pending_refuse_unreachable(rq);
}

/* ---- on to the next page ---- */

/*
 * With prompt=login and max_age=0 the person is to sign in before our eyes.
 * The web server cannot be made to ask anew whom it knows already; then an
 * error is due (OpenID Connect Core s3.1.2.1).
 */
static bool
wants_the_impossible(struct request *rq,
    const struct authorization_request *request)
{
	int64_t zero;

	return rq->settings->login_remote_user &&
	    (pending_prompts(request, "login") ||
	        (request->max_age_s &&
	            text_to_int64(request->max_age_s, 0, &zero)));
}

static enum oauth_error
go_on(struct request *rq, const struct authorization_request *request,
    const struct language *asked, bool signed_in)
{
	flow_log_request(rq, request->request_id);
	language_remember(rq, asked);
	if (wants_the_impossible(rq, request))
		return authorization_response_error(rq, request->redirect_uri,
		    request->state, OAUTH_LOGIN_REQUIRED,
		    "the web server signs people in and cannot be made to ask "
		    "again");
	if (!signed_in && pending_prompts(request, "none"))
		return authorization_response_error(rq, request->redirect_uri,
		    request->state, OAUTH_LOGIN_REQUIRED,
		    "nobody is signed in, and prompt=none forbids asking");
	return pending_go_to(rq, signed_in ? "consent" : "login",
	    request->request_id);
}

/* ---- a request in the parameters ---- */

static enum oauth_error
store_request(struct request *rq, const struct authorization_request *request)
{
	bool signed_in = false;

	switch (authorization_request_create(rq->store, rq->arena,
	    browser_of(rq), request,
	    rq->settings->authorization_request_expires_s, &signed_in)) {
	case AUTHORIZATION_CREATED:
		return go_on(rq, request, language_asked(rq), signed_in);
	case AUTHORIZATION_UNKNOWN_CLIENT: /* deleted this moment */
	case AUTHORIZATION_CREATE_STORE_DOWN:
		break;
	}
	return pending_refuse_unreachable(rq);
}

static enum oauth_error
authorize_by_params(struct request *rq)
{
	struct authorization_request request;
	struct authorization_fault fault;
	struct client client = {0};
	enum oauth_error error = find_client(rq, &client);

	if (error)
		return error;
	if (authorization_request_read(rq, &client, &request, &fault))
		return store_request(rq, &request);
	if (!fault.redirect_uri)
		return refuse(rq, fault.error, fault.reason);
	return authorization_response_error(rq, fault.redirect_uri, fault.state,
	    fault.error, fault.reason);
}

/* ---- a request that was pushed ---- */

static enum oauth_error
refuse_request_uri(struct request *rq, const char *reason)
{
	return refuse_privately(rq, OAUTH_INVALID_REQUEST_URI,
	    "The application's request (request_uri) is not known here: it "
	    "expired, was used before, or is another application's.",
	    reason);
}

/* It was checked when it was pushed.  What else stands in the link is not
 * looked at (RFC 9126 s4, RFC 9101 s5). */
static enum oauth_error
authorize_pushed(struct request *rq)
{
	const char *request_uri = request_param(rq, REQUEST_URI);
	struct sha256 digest = sha256_of_text(request_uri);
	struct authorization_request request;
	bool signed_in;

	switch (pushed_request_use(rq->store, rq->arena, &digest,
	    request_param(rq, AUTHORIZATION_CLIENT_ID), browser_of(rq),
	    authorization_request_id(rq->arena),
	    rq->settings->authorization_request_expires_s, &request,
	    &signed_in)) {
	case PUSHED_USED:
		return go_on(rq, &request,
		    request_uri_language(rq, request_uri), signed_in);
	case PUSHED_UNKNOWN:
		return refuse_request_uri(rq, "unknown or used request_uri");
	case PUSHED_EXPIRED:
		return refuse_request_uri(rq, "expired request_uri");
	case PUSHED_NOT_YOURS:
		return refuse_request_uri(rq, "request_uri of another client");
	case PUSHED_CLIENT:
		return refuse_unknown_client(rq);
	case PUSHED_USE_STORE_DOWN:
		break;
	}
	return pending_refuse_unreachable(rq);
}

static enum oauth_error
authorize(struct request *rq)
{
	enum oauth_error error = check_client_id(rq);

	if (error)
		return error;
	if (!request_param(rq, REQUEST_URI))
		return authorize_by_params(rq);
	if (!rq->settings->pushed_authorization_requests ||
	    request_doubled(rq, REQUEST_URI))
		return refuse_request_uri(rq,
		    "two of them, or PUSHED_AUTHORIZATION_REQUESTS=off");
	return authorize_pushed(rq);
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
    .fetches = true,
    .settings = SETTINGS_SERVER,
    .store_open = store_open,
    .store_close = store_close,
};

int
main(void)
{
	return endpoint_run(&authorization_endpoint);
}
