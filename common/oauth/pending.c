/* SPDX-License-Identifier: MIT */
#include "oauth/pending.h"

#include "base/text.h"
#include "base/uri.h"
#include "http/html.h"
#include "oauth/account_page.h"
#include "oauth/flow.h"

enum oauth_error
pending_refuse_unknown(struct request *rq)
{
	return refuse_person(rq, 400, OAUTH_INVALID_REQUEST,
	    TROUBLE_UNKNOWN_REQUEST, "unknown authorization request");
}

enum oauth_error
pending_refuse_expired(struct request *rq)
{
	return refuse_person(rq, 400, OAUTH_INVALID_REQUEST, TROUBLE_EXPIRED,
	    "the authorization request expired");
}

enum oauth_error
pending_refuse_decided(struct request *rq)
{
	return refuse_person(rq, 403, OAUTH_ACCESS_DENIED, TROUBLE_DECIDED,
	    "the authorization request was answered already");
}

enum oauth_error
pending_refuse_other_browser(struct request *rq)
{
	return refuse_person(rq, 403, OAUTH_ACCESS_DENIED,
	    TROUBLE_OTHER_BROWSER,
	    "the authorization request was started in another browser");
}

enum oauth_error
pending_refuse_unreachable(struct request *rq)
{
	return refuse_person(rq, 503, OAUTH_TEMPORARILY_UNAVAILABLE,
	    TROUBLE_UNAVAILABLE, "could not reach the database");
}

bool
pending_prompts(const struct authorization_request *request, const char *word)
{
	return request->prompt && text_has_word(request->prompt, word);
}

enum oauth_error
pending_request(struct request *rq, const char *request_id,
    struct browser **browser, struct authorization_request *ret)
{
	*browser = browser_known(rq);
	flow_log_request(rq, request_id);
	if (!*browser)
		return pending_refuse_other_browser(rq);
	switch (authorization_request_get(rq->store, rq->arena, request_id,
	    *browser, ret)) {
	case AUTHORIZATION_PENDING:
		return OAUTH_OK;
	case AUTHORIZATION_UNKNOWN:
		return pending_refuse_unknown(rq);
	case AUTHORIZATION_EXPIRED:
		return pending_refuse_expired(rq);
	case AUTHORIZATION_DECIDED:
		return pending_refuse_decided(rq);
	case AUTHORIZATION_OTHER_BROWSER:
		return pending_refuse_other_browser(rq);
	case AUTHORIZATION_STORE_DOWN:
		break;
	}
	return pending_refuse_unreachable(rq);
}

/* Browsers say where a form was sent from.  Origin is "null" on pages that
 * send no referrer, as ours. */
static bool
from_another_site(struct request *rq)
{
	const char *fetch_site = request_header(rq, "HTTP_SEC_FETCH_SITE");
	const char *origin = request_header(rq, "HTTP_ORIGIN");

	if (fetch_site && !text_equal(fetch_site, "same-origin") &&
	    !text_equal(fetch_site, "none"))
		return true;
	return origin && !text_equal(origin, "null") &&
	    !text_equal_nocase(origin, rq->settings->oauth_base_url);
}

enum oauth_error
pending_form(struct request *rq, const char *request_id, const char *csrf,
    struct browser **browser)
{
	*browser = browser_known(rq);
	if (*browser && csrf && !from_another_site(rq) &&
	    browser_csrf_fits(rq, *browser, request_id, csrf))
		return OAUTH_OK;
	return refuse_person(rq, 403, OAUTH_ACCESS_DENIED, TROUBLE_FORM,
	    "the form was not made for this browser and sign-in");
}

void
pending_log(struct request *rq, const char *request_id)
{
	if (!account_page_named(request_id))
		flow_log_request(rq, request_id);
}

enum oauth_error
pending_go_to(struct request *rq, const char *page, const char *request_id)
{
	struct buf location = buf_in(rq->arena);

	pending_log(rq, request_id);
	buf_addf(&location,
	    "%s/api/oauth/%s?request=", rq->settings->oauth_base_url, page);
	uri_encode(&location, request_id);
	return reply_redirect(rq, buf_text(&location));
}

enum oauth_error
pending_go_on(struct request *rq, const char *request_id)
{
	if (account_page_named(request_id))
		return account_page_go_to(rq, request_id);
	return pending_go_to(rq, "consent", request_id);
}

const char *
pending_field(struct request *rq, const char *name, const char *value)
{
	return arena_printf(rq->arena,
	    "<input type=\"hidden\" name=\"%s\" value=\"%s\">\n", name,
	    html_escape(rq->arena, value));
}

const char *
pending_fields(struct request *rq, const struct browser *browser,
    const char *request_id)
{
	return arena_printf(rq->arena, "%s%s",
	    pending_field(rq, "request", request_id),
	    pending_csrf(rq, browser, request_id));
}

const char *
pending_csrf(struct request *rq, const struct browser *browser,
    const char *about)
{
	return pending_field(rq, "csrf", browser_csrf(rq, browser, about));
}
