/* SPDX-License-Identifier: MIT */
/*
 * device.c - the verification_uri of devices (RFC 8628 s3.3).
 *
 * GET [user_code]: a form to type the code that the device shows, filled in
 * already by verification_uri_complete, but never sent by itself.  POST csrf
 * user_code: 303 to sign-in or consent, or the form again.  Each try is counted
 * before the code is looked at (s5.1).  DEVICE_AUTHORIZATION=off: 404.
 */
#include "base/log.h"
#include "http/endpoint.h"
#include "http/page.h"
#include "oauth/authorization_request.h"
#include "oauth/pending.h"
#include "oauth/user_code.h"
#include "store/device.h"

enum { CSRF, USER_CODE };

static const struct param params[] = {
    [CSRF] = {"csrf", PARAM_OPTIONAL},
    [USER_CODE] = {"user_code", PARAM_OPTIONAL},
    {0},
};

/* What the anti-forgery token of this form is about, in place of a request. */
static const char about[] = "device";

static enum oauth_error
refuse_switched_off(struct request *rq)
{
	return refuse_person(rq, 404, OAUTH_NOT_FOUND, TROUBLE_NO_DEVICES,
	    "DEVICE_AUTHORIZATION=off");
}

/* user_code is well-formed or ""; error may be NULL. */
static enum oauth_error
show_form(struct request *rq, const struct browser *browser, int status,
    const char *user_code, const char *error)
{
	struct page *page = page_new(rq, PAGE_DEVICE,
	    word(rq, WORD_CONNECT_DEVICE));

	page_put_error(page, error);
	page_put_html(page, "csrf", pending_fields(rq, browser, about));
	page_put(page, "user_code", user_code);
	return page_send(page, status);
}

static enum oauth_error
get_device(struct request *rq)
{
	const char *typed = request_param(rq, USER_CODE);
	const char *code = typed ? user_code_read(rq->arena, typed) : NULL;

	if (!rq->settings->device_authorization)
		return refuse_switched_off(rq);
	return show_form(rq, browser_of(rq), 200,
	    code ? user_code_shown(rq->arena, code) : "", NULL);
}

/* ---- a code was typed ---- */

static enum oauth_error
refuse_code(struct request *rq, const struct browser *browser,
    const char *reason)
{
	log_raise(LOG_NOTICE);
	log_event("user code refused");
	log_text("reason", reason);
	return show_form(rq, browser, 400, "", word(rq, WORD_DEVICE_NONE));
}

static enum oauth_error
refuse_guess(struct request *rq, const struct browser *browser,
    int64_t retry_after_s)
{
	log_raise(LOG_WARNING);
	log_event("too many user codes tried");
	reply_header(rq, "Retry-After",
	    arena_printf(rq->arena, "%lld", (long long)retry_after_s));
	return show_form(rq, browser, 429, "",
	    word_with(rq, WORD_DEVICE_TOO_MANY, "time",
	        word_span(rq, retry_after_s)));
}

static enum oauth_error
begin(struct request *rq, const struct browser *browser, const char *user_code)
{
	const struct settings *settings = rq->settings;
	const struct device_limits limits = {
	    .per_user = settings->login_limit_account,
	    .per_remote = settings->login_limit_remote,
	    .window_s = settings->login_window_s,
	};
	const char *request_id = authorization_request_id(rq->arena);
	struct sha256 digest = user_code_digest(settings, user_code);
	int64_t retry_after_s;
	bool signed_in;

	switch (device_request_create(rq->store, rq->arena, &digest, browser,
	    request_id, settings->authorization_request_expires_s,
	    request_remote(rq), &limits, &signed_in, &retry_after_s)) {
	case DEVICE_REQUEST_CREATED:
		return pending_go_to(rq, signed_in ? "consent" : "login",
		    request_id);
	case DEVICE_REQUEST_UNKNOWN:
		return refuse_code(rq, browser, "no such code waits");
	case DEVICE_REQUEST_THROTTLED:
		return refuse_guess(rq, browser, retry_after_s);
	case DEVICE_REQUEST_STORE_DOWN:
		break;
	}
	return pending_refuse_unreachable(rq);
}

static enum oauth_error
post_device(struct request *rq)
{
	const char *typed = request_param(rq, USER_CODE), *user_code;
	struct browser *browser;
	enum oauth_error error;

	if (!rq->settings->device_authorization)
		return refuse_switched_off(rq);
	error = pending_form(rq, about, request_param(rq, CSRF), &browser);
	if (error)
		return error;
	user_code = typed ? user_code_read(rq->arena, typed) : NULL;
	if (!user_code)
		return refuse_code(rq, browser, "not of the form of a code");
	return begin(rq, browser, user_code);
}

static const char *const paths[] = {"/api/oauth/device", NULL};

static const struct endpoint device = {
    .name = "device",
    .paths = paths,
    .params = params,
    .get = get_device,
    .post = post_device,
    .faults = FAULTS_PAGE,
    .settings = SETTINGS_SERVER,
    .store_open = store_open,
    .store_close = store_close,
};

int
main(void)
{
	return endpoint_run(&device);
}
