/* SPDX-License-Identifier: MIT */
/*
 * login.c - signing in with a password, on the way to consent.
 *
 * GET request: the form.  POST request csrf email password: 303 to the consent
 * page with a new login cookie, or the form again.  Whoever fails hears the
 * same sentence after the same work, whatever was wrong; the attempt is
 * counted before the password is looked at.
 *
 * With OAUTH_LOGIN=remote_user there is no form: the web server asks who it is,
 * and GET signs in (oauth/remote_user.h).
 */
#include <string.h>

#include "base/auto.h"
#include "base/log.h"
#include "base/slot.h"
#include "crypto/password.h"
#include "http/endpoint.h"
#include "http/html.h"
#include "http/page.h"
#include "oauth/flow.h"
#include "oauth/pending.h"
#include "oauth/remote_user.h"
#include "store/login.h"

enum { REQUEST, CSRF, EMAIL, PASSWORD };

enum {
	LOGIN_BODY_MAX_BYTES = 8192,
	EMAIL_MAX_BYTES = 254,
	SLOT_WAIT_MS = 1500,
	PLACES = 8, /* to wait for a slot, on the whole host */
};

static const struct param params[] = {
    [REQUEST] = {"request", PARAM_REQUIRED},
    [CSRF] = {"csrf", PARAM_OPTIONAL},
    [EMAIL] = {"email", PARAM_OPTIONAL},
    [PASSWORD] = {"password", PARAM_OPTIONAL},
    {0},
};

static enum oauth_error
show_form(struct request *rq, const struct browser *browser, int status,
    const char *email, const char *error)
{
	struct buf page = page_begin(rq, "Sign in");

	if (error) {
		buf_add(&page, "<p class=\"error\" role=\"alert\">");
		html_add(&page, error);
		buf_add(&page, "</p>\n");
	}
	buf_add(&page, "<form method=\"post\" action=\"/api/oauth/login\">\n");
	pending_add_fields(rq, &page, browser, request_param(rq, REQUEST));
	buf_add(&page,
	    "<label for=\"email\">Email</label>\n"
	    "<input id=\"email\" name=\"email\" type=\"email\" "
	    "autocomplete=\"username\" required autofocus value=\"");
	html_add(&page, email);
	buf_add(&page,
	    "\">\n<label for=\"password\">Password</label>\n"
	    "<input id=\"password\" name=\"password\" type=\"password\" "
	    "autocomplete=\"current-password\" required>\n"
	    "<button type=\"submit\">Sign in</button>\n</form>\n");
	return page_end(rq, status, &page);
}

static enum oauth_error
get_login(struct request *rq)
{
	struct authorization_request request;
	struct browser *browser;
	enum oauth_error error;

	if (rq->settings->login_remote_user)
		return remote_user_login(rq, request_param(rq, REQUEST));
	error = pending_request(rq, request_param(rq, REQUEST), &browser,
	    &request);
	if (error)
		return error;
	if (request.user_id)
		return pending_go_to(rq, "consent", request.request_id);
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
	return show_form(rq, browser, 401, email,
	    "Email or password is wrong, or there were too many tries. After "
	    "many tries wait a quarter of an hour.");
}

/*
 * Room for one comparison under the host's limit of hashing at once: a
 * descriptor to be closed when done, -1 when there is none.  A few may wait for
 * it; whoever comes when they do is turned away at once, so that a flood of
 * sign-ins holds up nothing else.
 */
static int
take_hash_slot(struct request *rq)
{
	const char *directory = rq->settings->state_directory;
	bool usable = false;
	AUTO_FD place = slot_take(directory, "waiting", PLACES, 0, &usable);
	int slot = -1;

	if (place >= 0)
		slot = slot_take(directory, "hash", slot_processors(),
		    SLOT_WAIT_MS, &usable);
	if (slot < 0)
		log_text("fault",
		    usable ? "all password slots stayed taken"
		           : "STATE_DIRECTORY cannot be written");
	return slot;
}

static struct login_limits
limits_of(struct request *rq)
{
	return (struct login_limits){
	    .per_account = rq->settings->login_limit_account,
	    .per_remote = rq->settings->login_limit_remote,
	    .window_s = rq->settings->login_window_s,
	};
}

static enum oauth_error
finish(struct request *rq, const struct browser *browser, const char *email,
    const char *user_id)
{
	struct login_limits limits = limits_of(rq);
	struct sha256 login_digest;

	browser_sign_in(rq, &login_digest);
	switch (login_finish(rq->store, rq->arena, user_id, &login_digest,
	    browser->login_digest, rq->settings->login_expires_s,
	    request_remote(rq), request_header(rq, "HTTP_USER_AGENT"),
	    &limits)) {
	case LOGIN_SIGNED_IN:
		log_event("signed in");
		log_text("user_id", user_id);
		return pending_go_to(rq, "consent", request_param(rq, REQUEST));
	case LOGIN_FINISH_REFUSED:
		browser_sign_out(rq);
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
	struct login_limits limits = limits_of(rq);
	struct login_candidate candidate = {0};
	AUTO_FD slot = take_hash_slot(rq);
	enum login_result result;

	if (slot < 0)
		return refuse_unavailable(rq,
		    "Too many people are signing in at this moment.");
	result = login_begin(rq->store, rq->arena, email, request_remote(rq),
	    &limits, &candidate);
	if (result == LOGIN_STORE_DOWN)
		return pending_refuse_unreachable(rq);
	if (result != LOGIN_CHECK) {
		(void)password_matches(NULL, password);
		return refuse_login(rq, browser, email, candidate.reason);
	}
	if (!password_matches(candidate.password_hash, password))
		return refuse_login(rq, browser, email, "wrong password");
	return finish(rq, browser, email, candidate.user_id);
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
	flow_log_request(rq, request_param(rq, REQUEST));
	if (!email || !password)
		return show_form(rq, browser, 400, email ? email : "",
		    "Email and password are both needed.");
	if (strlen(password) > PASSWORD_MAX_BYTES ||
	    strlen(email) > EMAIL_MAX_BYTES)
		return show_form(rq, browser, 400, "",
		    "Email or password is too long.");
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
