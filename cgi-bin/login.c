/* SPDX-License-Identifier: MIT */
/*
 * login.c - signing in with a password, on the way to consent or to a page
 * about the person's account, whose name then stands for the request.
 *
 * GET request [switch]: the form; whoever is signed in already goes on without
 * one, unless they want to be somebody else (switch).  POST request csrf email password: 303 to that page
 * with a new login cookie; or, if there is a second factor, to second_step with
 * one that is good for nothing else yet; or the form again.  Whoever fails
 * hears the same sentence after the same work, whatever was wrong; the attempt
 * is counted before the password is looked at.
 *
 * With OAUTH_LOGIN=remote_user there is no form: the web server asks who it is,
 * and GET signs in (oauth/remote_user.h).
 */
#include <string.h>

#include "base/auto.h"
#include "base/log.h"
#include "crypto/password.h"
#include "http/endpoint.h"
#include "http/page.h"
#include "oauth/account_page.h"
#include "oauth/login_attempt.h"
#include "oauth/pending.h"
#include "oauth/remote_user.h"

enum { REQUEST, CSRF, EMAIL, PASSWORD, SWITCH };

enum {
	LOGIN_BODY_MAX_BYTES = 8192,
	EMAIL_MAX_BYTES = 254,
};

static const struct param params[] = {
    [REQUEST] = {"request", PARAM_REQUIRED},
    [CSRF] = {"csrf", PARAM_OPTIONAL},
    [EMAIL] = {"email", PARAM_OPTIONAL},
    [PASSWORD] = {"password", PARAM_OPTIONAL},
    [SWITCH] = {"switch", PARAM_OPTIONAL},
    {0},
};

static enum oauth_error
show_form(struct request *rq, const struct browser *browser, int status,
    const char *email, const char *error)
{
	struct page *page = page_new(rq, PAGE_LOGIN, word(rq, WORD_SIGN_IN));

	page_put_error(page, error);
	page_put_html(page, "csrf",
	    pending_fields(rq, browser, request_param(rq, REQUEST)));
	page_put(page, "email", email);
	return page_send(page, status);
}

static enum oauth_error
get_login(struct request *rq)
{
	const char *request_id = request_param(rq, REQUEST);
	struct authorization_request request;
	struct browser *browser;
	enum oauth_error error;

	if (rq->settings->login_remote_user)
		return remote_user_login(rq, request_id);
	if (account_page_named(request_id))
		return show_form(rq, browser_of(rq), 200, "", NULL);
	error = pending_request(rq, request_id, &browser, &request);
	if (error)
		return error;
	if (request.user_id && !request_param(rq, SWITCH))
		return pending_go_on(rq, request_id);
	return show_form(rq, browser, 200,
	    request.login_hint ? request.login_hint : "", NULL);
}

/* ---- one attempt ---- */

static enum oauth_error
refuse_login(struct request *rq, const struct browser *browser,
    const char *email, const char *reason)
{
	log_raise(LOG_WARNING);
	log_event("login failed");
	log_text("reason", reason);
	return show_form(rq, browser, 401, email, word(rq, WORD_LOGIN_WRONG));
}

static enum oauth_error
finish(struct request *rq, const struct browser *browser, const char *email,
    const struct login_candidate *candidate)
{
	struct login_guesser guesser = login_guesser_of(rq);
	struct login_limits limits = login_limits_of(rq);
	struct login_start start = {
	    .previous_digest = browser->login_digest,
	    .expires_s = rq->settings->login_expires_s,
	};
	const char *cookie = browser_login_cookie(rq, &start.login_digest);

	log_text("user_id", candidate->user_id);
	switch (login_finish(rq->store, rq->arena, candidate, &guesser, &limits,
	    &start, rq->settings->authorization_request_expires_s)) {
	case LOGIN_SIGNED_IN:
		browser_sign_in(rq, cookie);
		login_remember(rq, candidate->user_id);
		log_event("signed in");
		return pending_go_on(rq, request_param(rq, REQUEST));
	case LOGIN_SECOND_FACTOR:
		browser_sign_in(rq, cookie);
		return pending_go_to(rq, "second_step",
		    request_param(rq, REQUEST));
	case LOGIN_FINISH_REFUSED:
		return refuse_login(rq, browser, email, "refused at the end");
	case LOGIN_FINISH_STORE_DOWN:
		break;
	}
	return pending_refuse_unreachable(rq);
}

static enum oauth_error
attempt(struct request *rq, const struct browser *browser, const char *email,
    const char *password)
{
	struct login_guesser guesser = login_guesser_of(rq);
	struct login_limits limits = login_limits_of(rq);
	struct login_candidate candidate = {0};
	AUTO_FD slot = login_hash_slot(rq);
	enum login_result result;

	if (slot < 0)
		return login_refuse_slot(rq);
	result = login_begin(rq->store, rq->arena, email, &guesser, &limits,
	    &candidate);
	if (result == LOGIN_STORE_DOWN)
		return pending_refuse_unreachable(rq);
	if (result != LOGIN_CHECK) {
		(void)password_matches(NULL, password);
		return refuse_login(rq, browser, email, candidate.reason);
	}
	if (!password_matches(candidate.password_hash, password))
		return refuse_login(rq, browser, email, "wrong password");
	return finish(rq, browser, email, &candidate);
}

static enum oauth_error
post_login(struct request *rq)
{
	const char *email = request_param(rq, EMAIL);
	const char *password = request_param(rq, PASSWORD);
	struct browser *browser;
	enum oauth_error error;

	if (rq->settings->login_remote_user)
		return remote_user_refuse_form(rq);
	error = pending_form(rq, request_param(rq, REQUEST),
	    request_param(rq, CSRF), &browser);
	if (error)
		return error;
	pending_log(rq, request_param(rq, REQUEST));
	if (!email || !password)
		return show_form(rq, browser, 400, email ? email : "",
		    word(rq, WORD_LOGIN_NEEDS_BOTH));
	if (strlen(password) > PASSWORD_MAX_BYTES ||
	    strlen(email) > EMAIL_MAX_BYTES)
		return show_form(rq, browser, 400, "",
		    word(rq, WORD_LOGIN_TOO_LONG));
	return attempt(rq, browser, email, password);
}

static const char *const paths[] = {"/api/oauth/login", NULL};

static const struct endpoint login = {
    .name = "login",
    .paths = paths,
    .params = params,
    .get = get_login,
    .post = post_login,
    .body_max_bytes = LOGIN_BODY_MAX_BYTES,
    .faults = FAULTS_PAGE,
    .settings = SETTINGS_SERVER,
    .store_open = store_open,
    .store_close = store_close,
};

int
main(void)
{
	return endpoint_run(&login);
}
