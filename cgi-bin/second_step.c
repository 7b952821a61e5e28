/* SPDX-License-Identifier: MIT */
/*
 * second_step.c - the second factor, on the way from the password to consent or
 * to a page about the person's account.
 *
 * GET request: the form.  POST request csrf code: 303 to that page with a login
 * cookie that is new, or the form again.  Until then the browser is signed in
 * nowhere: what the login cookie stands for after the password is kept apart,
 * and no other endpoint looks there.
 */
#include "base/log.h"
#include "http/endpoint.h"
#include "http/page.h"
#include "oauth/login_attempt.h"
#include "oauth/pending.h"
#include "oauth/remote_user.h"
#include "oauth/second_code.h"
#include "store/second_step.h"

enum { REQUEST, CSRF, CODE };

static const struct param params[] = {
    [REQUEST] = {"request", PARAM_REQUIRED},
    [CSRF] = {"csrf", PARAM_OPTIONAL},
    [CODE] = {"code", PARAM_OPTIONAL},
    {0},
};

/* ---- the page ---- */

static enum oauth_error
show_form(struct request *rq, const struct browser *browser, int status,
    const char *error)
{
	struct page *page = page_new(rq, PAGE_SECOND_STEP,
	    word(rq, WORD_SECOND_STEP));

	page_put_error(page, error);
	page_put_html(page, "csrf",
	    pending_fields(rq, browser, request_param(rq, REQUEST)));
	return page_send(page, status);
}

static enum oauth_error
start_again(struct request *rq)
{
	return pending_go_to(rq, "login", request_param(rq, REQUEST));
}

static enum oauth_error
get_second_step(struct request *rq)
{
	const struct browser *browser = browser_known(rq);

	if (rq->settings->login_remote_user)
		return remote_user_refuse_page(rq);
	if (!browser || !browser->login_digest)
		return start_again(rq);
	return show_form(rq, browser, 200, NULL);
}

/* ---- a code was typed ---- */

static enum oauth_error
refuse_code(struct request *rq, const struct browser *browser,
    const char *reason)
{
	log_raise(LOG_WARNING);
	log_event("login failed");
	log_text("reason", reason);
	return show_form(rq, browser, 401, word(rq, WORD_STEP_WRONG));
}

static enum oauth_error
finish(struct request *rq, const struct browser *browser,
    const struct second_factor *factor, const struct second_proof *proof,
    const struct login_count *count)
{
	struct login_guesser guesser = login_guesser_of(rq);
	struct login_limits limits = login_limits_of(rq);
	struct login_start start = {
	    .previous_digest = browser->login_digest,
	    .expires_s = rq->settings->login_expires_s,
	};
	const char *cookie = browser_login_cookie(rq, &start.login_digest);

	switch (second_step_finish(rq->store, rq->arena, proof, count, &guesser,
	    &limits, &start)) {
	case SECOND_STEP_SIGNED_IN:
		browser_sign_in(rq, cookie);
		login_remember(rq, factor->user_id);
		log_event("signed in");
		return pending_go_on(rq, request_param(rq, REQUEST));
	case SECOND_STEP_WRONG:
		return refuse_code(rq, browser, "code spent or unknown");
	case SECOND_STEP_FINISH_REFUSED:
		return refuse_code(rq, browser, "refused at the end");
	case SECOND_STEP_FINISH_NO_LOGIN:
		return start_again(rq);
	case SECOND_STEP_FINISH_STORE_DOWN:
		break;
	}
	return pending_refuse_unreachable(rq);
}

static enum oauth_error
attempt(struct request *rq, const struct browser *browser,
    const struct second_code *code)
{
	struct login_guesser guesser = login_guesser_of(rq);
	struct login_limits limits = login_limits_of(rq);
	struct second_factor factor = {0};
	struct second_proof proof;
	struct login_count count;
	const char *reason = NULL;

	switch (second_step_begin(rq->store, rq->arena, browser->login_digest,
	    &guesser, &limits, &factor, &count, &reason)) {
	case SECOND_STEP_CHECK:
		log_text("user_id", factor.user_id);
		if (!second_code_right(rq, code, &factor, &proof))
			return refuse_code(rq, browser, "wrong code");
		return finish(rq, browser, &factor, &proof, &count);
	case SECOND_STEP_REFUSED:
		return refuse_code(rq, browser, reason);
	case SECOND_STEP_NO_LOGIN:
		return start_again(rq);
	case SECOND_STEP_STORE_DOWN:
		break;
	}
	return pending_refuse_unreachable(rq);
}

static enum oauth_error
post_second_step(struct request *rq)
{
	const char *typed = request_param(rq, CODE);
	struct second_code code;
	struct browser *browser;
	enum oauth_error error;

	if (rq->settings->login_remote_user)
		return remote_user_refuse_page(rq);
	error = pending_form(rq, request_param(rq, REQUEST),
	    request_param(rq, CSRF), &browser);
	if (error)
		return error;
	pending_log(rq, request_param(rq, REQUEST));
	if (!browser->login_digest)
		return start_again(rq);
	if (!typed || !second_code_read(rq->arena, typed, &code))
		return show_form(rq, browser, 400, word(rq, WORD_STEP_NO_CODE));
	return attempt(rq, browser, &code);
}

static const char *const paths[] = {"/api/oauth/second_step", NULL};

static const struct endpoint second_step = {
    .name = "second_step",
    .paths = paths,
    .params = params,
    .get = get_second_step,
    .post = post_second_step,
    .faults = FAULTS_PAGE,
    .settings = SETTINGS_SERVER,
    .store_open = store_open,
    .store_close = store_close,
};

int
main(void)
{
	return endpoint_run(&second_step);
}
