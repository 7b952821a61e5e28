/* SPDX-License-Identifier: MIT */
/*
 * password.c - a signed-in person chooses another password.
 *
 * GET: the form; through sign-in first when nobody is signed in.  POST csrf
 * password new_password again [disconnect]: the password is changed, other
 * browsers are signed out, this one is not; applications stay connected unless
 * disconnect is sent.  The current password is asked for, and attempts at it
 * are counted before it is looked at.
 */
#include "base/log.h"
#include "crypto/password.h"
#include "http/endpoint.h"
#include "http/page.h"
#include "oauth/account_page.h"
#include "oauth/current_password.h"
#include "oauth/new_password.h"
#include "oauth/pending.h"
#include "oauth/remote_user.h"
#include "store/login.h"

enum { CSRF, PASSWORD, NEW_PASSWORD, AGAIN, DISCONNECT };

enum { PASSWORD_BODY_MAX_BYTES = 16384 };

static const struct param params[] = {
    [CSRF] = {"csrf", PARAM_OPTIONAL},
    [PASSWORD] = {"password", PARAM_OPTIONAL},
    [NEW_PASSWORD] = {"new_password", PARAM_OPTIONAL},
    [AGAIN] = {"again", PARAM_OPTIONAL},
    [DISCONNECT] = {"disconnect", PARAM_LOGGED},
    {0},
};

static const char name[] = "password";

/* ---- pages ---- */

static enum oauth_error
show_form_of(struct request *rq, const struct browser *browser, int status,
    const char *email, const char *error)
{
	struct page *page = page_new(rq, PAGE_PASSWORD,
	    word(rq, WORD_CHANGE_YOUR_PASSWORD));

	page_put_error(page, error);
	page_put_html(page, "csrf", account_page_csrf(rq, name, browser));
	page_put(page, "email", email);
	return page_send(page, status);
}

static enum oauth_error
show_form(struct request *rq, const struct browser *browser, int status,
    const char *error)
{
	return show_form_of(rq, browser, status,
	    account_page_email(rq, browser), error);
}

static enum oauth_error
get_password(struct request *rq)
{
	const struct browser *browser = account_page_browser(rq);
	const char *email;

	if (rq->settings->login_remote_user)
		return remote_user_refuse_page(rq);
	if (!browser)
		return account_page_sign_in(rq, name);
	switch (
	    login_get(rq->store, rq->arena, browser->login_digest, &email)) {
	case LOGIN_GOOD:
		return show_form_of(rq, browser, 200, email, NULL);
	case LOGIN_NOT_SIGNED_IN:
		return account_page_sign_in(rq, name);
	case LOGIN_GET_STORE_DOWN:
		break;
	}
	return pending_refuse_unreachable(rq);
}

static enum oauth_error
show_changed(struct request *rq)
{
	return page_message(rq, 200, word(rq, WORD_PASSWORD_CHANGED),
	    word(rq,
	        request_param(rq, DISCONNECT) ? WORD_CHANGED_DISCONNECTED
	                                      : WORD_CHANGED_KEPT),
	    "", account_page_link(rq, "apps", WORD_CONNECTED_APPLICATIONS));
}

/* ---- changing it ---- */

static enum oauth_error
change(struct request *rq, const struct browser *browser,
    const struct password_check *check)
{
	const char *hash = password_hash(rq->arena,
	    request_param(rq, NEW_PASSWORD));

	if (!hash)
		return refuse_unavailable(rq, "Too little memory to hash.");
	switch (password_change(rq->store, rq->arena, browser->login_digest,
	    check->password_hash, hash, request_param(rq, DISCONNECT) != NULL,
	    request_remote(rq))) {
	case PASSWORD_CHANGED:
		log_event("password changed");
		return show_changed(rq);
	case PASSWORD_CHANGE_STALE:
		return show_form(rq, browser, 409,
		    word(rq, WORD_PASSWORD_STALE));
	case PASSWORD_CHANGE_NOT_SIGNED_IN:
		return account_page_sign_in(rq, name);
	case PASSWORD_CHANGE_STORE_DOWN:
		break;
	}
	return pending_refuse_unreachable(rq);
}

static const struct current_password_page asking = {name, change, show_form};

static enum oauth_error
post_password(struct request *rq)
{
	struct browser *browser;
	enum word fault;
	enum oauth_error error;

	if (rq->settings->login_remote_user)
		return remote_user_refuse_page(rq);
	error = account_page_form(rq, name, request_param(rq, CSRF), &browser);
	if (error)
		return error;
	fault = new_password_fault(request_param(rq, NEW_PASSWORD),
	    request_param(rq, AGAIN));
	if (fault != N_WORDS)
		return show_form(rq, browser, 400, word(rq, fault));
	return current_password_ask(rq, browser, request_param(rq, PASSWORD),
	    &asking);
}

static const char *const paths[] = {"/api/oauth/password", NULL};

static const struct endpoint password_endpoint = {
    .name = "password",
    .paths = paths,
    .params = params,
    .get = get_password,
    .post = post_password,
    .body_max_bytes = PASSWORD_BODY_MAX_BYTES,
    .faults = FAULTS_PAGE,
    .settings = SETTINGS_SERVER,
    .store_open = store_open,
    .store_close = store_close,
};

int
main(void)
{
	return endpoint_run(&password_endpoint);
}
