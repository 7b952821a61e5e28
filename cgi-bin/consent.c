/* SPDX-License-Identifier: MIT */
/*
 * consent.c - the signed-in user allows or refuses what a client asks for.
 *
 * GET request: the page; or, when the user allowed the very same before and
 * the code goes to an https address, straight back to the client.  POST
 * request csrf decision=authorize|cancel: 303 to the client with a code, or
 * with access_denied; or, when a device is to be connected (RFC 8628 s3.3), a
 * page that sends the person back to it.
 *
 * The code is derived from the request, so that a form sent twice yields the
 * same code, and only its digest is stored.
 */
#include "base/log.h"
#include "base/text.h"
#include "http/endpoint.h"
#include "http/page.h"
#include "oauth/authorization_code.h"
#include "oauth/authorization_response.h"
#include "oauth/facts.h"
#include "oauth/flow.h"
#include "oauth/pending.h"
#include "oauth/redirect_uri.h"
#include "oauth/scope.h"
#include "oauth/user_code.h"

enum { REQUEST, CSRF, DECISION };

static const struct param params[] = {
    [REQUEST] = {"request", PARAM_REQUIRED},
    [CSRF] = {"csrf", PARAM_OPTIONAL},
    [DECISION] = {"decision", PARAM_LOGGED},
    {0},
};

/* ---- the page ---- */

/* What was asked for and is left out, because the person may not allow it. */
static void
add_withheld(struct request *rq, struct buf *page,
    const struct authorization_request *request)
{
	const char *withheld = scope_without(rq->arena, request->scope_asked,
	    request->scope);

	if (*withheld)
		facts_add(page, "It asked for more, which you may not allow",
		    withheld);
}

/* Who will have access; a device is told by the code that it shows. */
static const char *
receiver(struct request *rq, const struct authorization_request *request)
{
	if (!request->device_code_digest)
		return redirect_uri_receiver(rq->arena, request->redirect_uri);
	return arena_printf(rq->arena, "the device that shows the code %s",
	    user_code_shown(rq->arena,
	        user_code_of(rq->arena, rq->settings,
	            request->device_code_digest)));
}

/* The names are the client's own word: the receiver of the code is ours. */
static void
add_facts(struct request *rq, struct buf *page,
    const struct authorization_request *request)
{
	buf_add(page, "<dl>\n");
	facts_add(page, "Application (as it calls itself)",
	    facts_client_title(request->client_name));
	facts_add_identity(rq, page, request->registration, request->client_id,
	    request->client_uri);
	facts_add(page, "Access is sent to", receiver(rq, request));
	facts_add_resource(rq, page, request->resource);
	if (*request->scope)
		facts_add_scope(rq, page, request->scope);
	add_withheld(rq, page, request);
	facts_add(page, "You are signed in as", request->email);
	buf_add(page, "</dl>\n");
}

static void
add_warning(struct request *rq, struct buf *page,
    const struct authorization_request *request)
{
	if (request->redirect_uri &&
	    redirect_uri_is_https(request->redirect_uri))
		return;
	buf_add(page, "<p class=\"warning\" role=\"note\">");
	if (!request->redirect_uri) /* RFC 8628 s5.4 */
		buf_add(page,
		    "You are connecting a device to your account. Go on only "
		    "if you started this yourself and your own device shows "
		    "the code below at this moment. If somebody sent you the "
		    "code or a link, choose Cancel.");
	else if (redirect_uri_is_loopback(rq->arena, request->redirect_uri))
		buf_add(page,
		    "Access goes to a program on this computer, and any "
		    "program here could say that it is this application. Go "
		    "on only if you have just started connecting it "
		    "yourself.");
	else
		buf_add(page,
		    "Access goes to an app on this device. Go on only if you "
		    "have just started connecting it yourself.");
	buf_add(page, "</p>\n");
}

static void
add_not_you(struct request *rq, struct buf *page)
{
	buf_add(page,
	    "<p class=\"soft\">Not you? <a href=\"/api/oauth/logout\">Sign "
	    "out</a>");
	if (rq->settings->login_remote_user)
		buf_add(page, " here and where you signed in for this site");
	buf_add(page,
	    ", then connect again. What you allow you can take back: "
	    "<a href=\"/api/oauth/apps\">connected applications</a>.</p>\n");
}

static enum oauth_error
show_page(struct request *rq, const struct browser *browser,
    const struct authorization_request *request)
{
	struct buf page = page_begin(rq,
	    arena_printf(rq->arena, "%s wants to access your account",
	        facts_client_title(request->client_name)));

	add_warning(rq, &page, request);
	add_facts(rq, &page, request);
	buf_add(&page,
	    "<form method=\"post\" action=\"/api/oauth/consent\">\n");
	pending_add_fields(rq, &page, browser, request->request_id);
	buf_add(&page, "<div class=\"choices\">\n");
	if (*request->scope)
		buf_add(&page,
		    "<button type=\"submit\" name=\"decision\" "
		    "value=\"authorize\">Authorize</button>\n");
	buf_add(&page,
	    "<button type=\"submit\" class=\"other\" name=\"decision\" "
	    "value=\"cancel\">Cancel</button>\n</div>\n</form>\n");
	add_not_you(rq, &page);
	return page_end(rq, 200, &page);
}

/* The device polls; there is nowhere to send the browser. */
static enum oauth_error
show_device_page(struct request *rq, bool granted)
{
	struct buf page = page_begin(rq,
	    granted ? "The device is connected" : "The device was refused");

	buf_add(&page,
	    "<p>You can return to your device, and close this window.</p>\n");
	return page_end(rq, 200, &page);
}

/* ---- deciding ---- */

static enum oauth_error
refuse_decision(struct request *rq, enum decision_result result)
{
	switch (result) {
	case DECISION_UNKNOWN:
		return pending_refuse_unknown(rq);
	case DECISION_EXPIRED:
		return pending_refuse_expired(rq);
	case DECISION_DECIDED:
		return pending_refuse_decided(rq);
	case DECISION_OTHER_BROWSER:
		return pending_refuse_other_browser(rq);
	case DECISION_SCOPE:
		return refuse(rq, OAUTH_ACCESS_DENIED,
		    "You may allow nothing of what the application asks for.");
	case DECISION_NOT_SIGNED_IN:
		return pending_go_to(rq, "login", request_param(rq, REQUEST));
	case DECISION_MADE:
	case DECISION_REPEATED:
	case DECISION_STORE_DOWN:
		break;
	}
	return pending_refuse_unreachable(rq);
}

static enum oauth_error
grant(struct request *rq, const struct browser *browser, const char *request_id,
    bool remember)
{
	const char *code = authorization_code_of(rq->arena, rq->settings,
	    request_id);
	struct sha256 digest = sha256_of_text(code);
	struct decision decision;
	enum decision_result result = consent_grant(rq->store, rq->arena,
	    request_id, browser, &digest,
	    rq->settings->authorization_code_expires_s, remember,
	    request_remote(rq), &decision);

	if (result != DECISION_MADE && result != DECISION_REPEATED)
		return refuse_decision(rq, result);
	log_event("consent given");
	log_text("client_id", decision.client_id);
	if (!decision.redirect_uri)
		return show_device_page(rq, true);
	return authorization_response_code(rq, decision.redirect_uri,
	    decision.state, code);
}

static enum oauth_error
deny(struct request *rq, const struct browser *browser, const char *request_id)
{
	struct decision decision;
	enum decision_result result = consent_deny(rq->store, rq->arena,
	    request_id, browser, request_remote(rq), &decision);

	if (result != DECISION_MADE && result != DECISION_REPEATED)
		return refuse_decision(rq, result);
	log_raise(LOG_NOTICE);
	log_event("consent refused");
	log_text("client_id", decision.client_id);
	if (!decision.redirect_uri)
		return show_device_page(rq, false);
	return authorization_response_error(rq, decision.redirect_uri,
	    decision.state, OAUTH_ACCESS_DENIED, "the user refused");
}

/* The web server lets nobody choose an account, so the choice that
 * prompt=select_account asks for is to go on with this one or not. */
static bool
chooses_account_here(struct request *rq,
    const struct authorization_request *request)
{
	return rq->settings->login_remote_user &&
	    pending_prompts(request, "select_account");
}

/* Allowed before, to an address that only its owner can receive at. */
static bool
needs_no_question(struct request *rq,
    const struct authorization_request *request)
{
	return request->remembered && request->redirect_uri &&
	    *request->scope && !pending_prompts(request, "consent") &&
	    !chooses_account_here(rq, request) &&
	    redirect_uri_is_https(request->redirect_uri);
}

static enum oauth_error
get_consent(struct request *rq)
{
	struct authorization_request request;
	struct browser *browser;
	enum oauth_error error;

	error = pending_request(rq, request_param(rq, REQUEST), &browser,
	    &request);
	if (error)
		return error;
	if (!request.user_id)
		return pending_go_to(rq, "login", request.request_id);
	log_text("client_id", request.client_id);
	log_text("user_id", request.user_id);
	if (request.device_code_digest)
		flow_log_device_hex(rq, request.device_code_digest);
	if (needs_no_question(rq, &request))
		return grant(rq, browser, request.request_id, true);
	if (pending_prompts(&request, "none"))
		return authorization_response_error(rq, request.redirect_uri,
		    request.state, OAUTH_CONSENT_REQUIRED,
		    "consent is needed, and prompt=none forbids asking");
	return show_page(rq, browser, &request);
}

static enum oauth_error
post_consent(struct request *rq)
{
	const char *request_id = request_param(rq, REQUEST);
	const char *decision = request_param(rq, DECISION);
	struct browser *browser;
	enum oauth_error error;

	error = pending_form(rq, request_id, request_param(rq, CSRF), &browser);
	if (error)
		return error;
	flow_log_request(rq, request_id);
	if (decision && text_equal(decision, "authorize"))
		return grant(rq, browser, request_id, true);
	if (decision && text_equal(decision, "cancel"))
		return deny(rq, browser, request_id);
	return refuse(rq, OAUTH_INVALID_REQUEST,
	    "The form says neither Authorize nor Cancel.");
}

static const char *const paths[] = {"/api/oauth/consent", NULL};

static const struct endpoint consent = {
    .name = "consent",
    .paths = paths,
    .params = params,
    .get = get_consent,
    .post = post_consent,
    .faults = FAULTS_PAGE,
    .settings = SETTINGS_SERVER,
    .store_open = store_open,
    .store_close = store_close,
};

int
main(void)
{
	return endpoint_run(&consent);
}
