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
#include "http/html.h"
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
add_withheld(struct request *rq, struct buf *facts,
    const struct authorization_request *request)
{
	const char *withheld = scope_without(rq->arena, request->scope_asked,
	    request->scope);

	if (*withheld)
		facts_add(facts, word(rq, WORD_WITHHELD), withheld);
}

/* Who will have access; a device is told by the code that it shows. */
static const char *
receiver(struct request *rq, const struct authorization_request *request)
{
	if (!request->device_code_digest)
		return facts_receiver(rq, request->redirect_uri);
	return word_with(rq, WORD_SENT_TO_DEVICE, "code",
	    user_code_shown(rq->arena,
	        user_code_of(rq->arena, rq->settings,
	            request->device_code_digest)));
}

/* As whom, and the way to be somebody else.  Where the web server signs people
 * in, only it can let them be that. */
static void
add_account(struct request *rq, struct buf *facts,
    const struct authorization_request *request)
{
	bool remote = rq->settings->login_remote_user;

	facts_add(facts, word(rq, WORD_SIGNED_IN_AS), request->email);
	buf_add(facts, "<dd class=\"more\"><a href=\"/api/oauth/");
	if (remote)
		buf_add(facts, "logout");
	else
		buf_addf(facts, "login?request=%s&amp;switch=yes",
		    html_escape(rq->arena, request->request_id));
	buf_add(facts, "\">");
	html_add(facts, word(rq, remote ? WORD_NOT_YOU_REMOTE : WORD_NOT_YOU));
	buf_add(facts, "</a></dd>\n");
}

/* How long a session may last, unused and at most. */
static const char *
how_long(struct request *rq)
{
	const struct settings *s = rq->settings;
	int64_t most_s = s->session_expires_s;
	const char *most;

	if (s->login_remote_user && s->remote_session_expires_s < most_s)
		most_s = s->remote_session_expires_s;
	most = word_span(rq, most_s);
	if (s->refresh_token_expires_s >= most_s)
		return word_with(rq, WORD_HOW_LONG_MOST, "most", most);
	return words_fill(rq->arena,
	    word_with(rq, WORD_HOW_LONG_IDLE, "most", most), "idle",
	    word_span(rq, s->refresh_token_expires_s));
}

static const char *
facts_of(struct request *rq, const struct authorization_request *request,
    enum client_identity identity)
{
	struct buf facts = buf_in(rq->arena);

	facts_add_website(rq, &facts, identity, request->client_uri);
	facts_add(&facts, word(rq, WORD_SENT_TO), receiver(rq, request));
	facts_add_resource(rq, &facts, request->resource);
	if (*request->scope)
		facts_add_scope(rq, &facts, request->scope);
	add_withheld(rq, &facts, request);
	add_account(rq, &facts, request);
	facts_add(&facts, word(rq, WORD_HOW_LONG), how_long(rq));
	return buf_text(&facts);
}

static const char *
seal(struct request *rq, const struct authorization_request *request,
    enum client_identity identity)
{
	static const char *const classes[] = {
	    [CLIENT_IS_VERIFIED] = "seal good",
	    [CLIENT_IS_DESCRIBED] = "seal",
	    [CLIENT_IS_ADDED] = "seal good",
	    [CLIENT_IS_UNVERIFIED] = "seal doubt",
	};

	return arena_printf(rq->arena, "<p class=\"%s\">%s</p>",
	    classes[identity],
	    html_escape(rq->arena,
	        facts_identity_text(rq, identity, request->client_id)));
}

static const char *
warning(struct request *rq, const struct authorization_request *request)
{
	enum word text = WORD_WARN_APP;

	if (request->redirect_uri &&
	    redirect_uri_is_https(request->redirect_uri))
		return "";
	if (!request->redirect_uri) /* RFC 8628 s5.4 */
		text = WORD_WARN_DEVICE;
	else if (redirect_uri_is_loopback(rq->arena, request->redirect_uri))
		text = WORD_WARN_COMPUTER;
	return arena_printf(rq->arena,
	    "<p class=\"warning\" role=\"note\">%s</p>",
	    html_escape(rq->arena, word(rq, text)));
}

static void
add_button(struct request *rq, struct buf *buttons, const char *attributes,
    enum word label)
{
	buf_addf(buttons,
	    "<button type=\"submit\" name=\"decision\" %s>%s</button>\n",
	    attributes, html_escape(rq->arena, word(rq, label)));
}

static const char *
buttons_of(struct request *rq, const struct authorization_request *request)
{
	struct buf buttons = buf_in(rq->arena);

	if (*request->scope)
		add_button(rq, &buttons, "value=\"authorize\"", WORD_AUTHORIZE);
	add_button(rq, &buttons, "class=\"other\" value=\"cancel\"",
	    WORD_CANCEL);
	return buf_text(&buttons);
}

static enum oauth_error
show_page(struct request *rq, const struct browser *browser,
    const struct authorization_request *request)
{
	enum client_identity identity = facts_identity(rq,
	    request->registration, request->client_id, request->redirect_uri);
	struct page *page = page_new(rq, PAGE_CONSENT,
	    word_with(rq, WORD_CONSENT_TITLE, "client",
	        facts_client_title(rq, request->client_name)));

	page_put_html(page, "identity", seal(rq, request, identity));
	page_put_html(page, "warning", warning(rq, request));
	page_put_html(page, "facts", facts_of(rq, request, identity));
	page_put_html(page, "csrf",
	    pending_fields(rq, browser, request->request_id));
	page_put_html(page, "buttons", buttons_of(rq, request));
	return page_send(page, 200);
}

/* The device polls; there is nowhere to send the browser. */
static enum oauth_error
show_device_page(struct request *rq, bool granted)
{
	return page_message(rq, 200,
	    word(rq, granted ? WORD_DEVICE_CONNECTED : WORD_DEVICE_REFUSED),
	    word(rq, WORD_DEVICE_RETURN), "", "");
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
		return refuse_person(rq, 403, OAUTH_ACCESS_DENIED,
		    TROUBLE_NOTHING_ALLOWED,
		    "the user may allow nothing of what is asked for");
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
	return refuse_person(rq, 400, OAUTH_INVALID_REQUEST, TROUBLE_FORM,
	    "the form says neither authorize nor cancel");
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
