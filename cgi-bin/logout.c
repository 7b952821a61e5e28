/* SPDX-License-Identifier: MIT */
/*
 * logout.c - ending the sign-in of this browser.
 *
 * GET: a page with one button.  POST csrf: signed out, the cookie removed.
 * Sessions of MCP clients go on; revoking them is another matter.
 */
#include "base/log.h"
#include "http/endpoint.h"
#include "http/page.h"
#include "oauth/pending.h"
#include "store/login.h"

enum { CSRF };

static const struct param params[] = {
    [CSRF] = {"csrf", PARAM_OPTIONAL},
    {0},
};

/* What the anti-forgery token of this form is about, in place of a request. */
static const char about[] = "logout";

static enum oauth_error
show_signed_out(struct request *rq)
{
	struct buf page = page_begin(rq, "You are signed out");

	buf_add(&page,
	    "<p>Applications that you connected keep working until their "
	    "access is revoked.</p>\n");
	return page_end(rq, 200, &page);
}

static enum oauth_error
get_logout(struct request *rq)
{
	const struct browser *browser = browser_of(rq);
	struct buf page;

	if (!browser->login_digest)
		return show_signed_out(rq);
	page = page_begin(rq, "Sign out");
	buf_add(&page,
	    "<p>Sign out in this browser?</p>\n"
	    "<form method=\"post\" action=\"/api/oauth/logout\">\n");
	pending_add_fields(rq, &page, browser, about);
	buf_add(&page, "<button type=\"submit\">Sign out</button>\n</form>\n");
	return page_end(rq, 200, &page);
}

static enum oauth_error
post_logout(struct request *rq)
{
	struct browser *browser;
	enum oauth_error error = pending_form(rq, about,
	    request_param(rq, CSRF), &browser);

	if (error)
		return error;
	if (browser->login_digest &&
	    !login_end(rq->store, rq->arena, browser->login_digest))
		return pending_refuse_unreachable(rq);
	browser_sign_out(rq);
	log_event("signed out");
	return show_signed_out(rq);
}

static const char *const paths[] = {"/api/oauth/logout", NULL};

static const struct endpoint logout = {
    .name = "logout",
    .paths = paths,
    .params = params,
    .get = get_logout,
    .post = post_logout,
    .faults = FAULTS_PAGE,
    .settings = SETTINGS_SERVER,
    .store_open = store_open,
    .store_close = store_close,
};

int
main(void)
{
	return endpoint_run(&logout);
}
