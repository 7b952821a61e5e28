/* SPDX-License-Identifier: MIT */
/*
 * apps.c - a person's connected applications: seeing and disconnecting them.
 *
 * GET: the page; through sign-in first when nobody is signed in.  POST csrf
 * action=disconnect client_id: all sessions with that client end and what it
 * was allowed is forgotten; action=disconnect-all: the same for every client;
 * action=sign-out: this browser's sign-in ends; action=sign-out-everywhere:
 * every session and every sign-in of the person ends.
 *
 * A refresh is refused from then on, and guards refuse the access tokens within
 * seconds.
 */
#include <time.h>

#include "base/log.h"
#include "base/text.h"
#include "http/endpoint.h"
#include "http/html.h"
#include "http/page.h"
#include "oauth/account_page.h"
#include "oauth/facts.h"
#include "oauth/pending.h"
#include "oauth/resource.h"
#include "oauth/scope.h"
#include "store/login.h"
#include "store/user_apps.h"

enum { CSRF, ACTION, CLIENT_ID };

enum { APPS_MAX = 200, TIME_BYTES = 40 };

static const struct param params[] = {
    [CSRF] = {"csrf", PARAM_OPTIONAL},
    [ACTION] = {"action", PARAM_LOGGED},
    [CLIENT_ID] = {"client_id", PARAM_LOGGED},
    {0},
};

static const char name[] = "apps";

/* ---- the page ---- */

static const char *
time_text(struct request *rq, int64_t when_s)
{
	char *text = arena_alloc(rq->arena, TIME_BYTES);
	time_t when = (time_t)when_s;
	struct tm utc;

	if (!gmtime_r(&when, &utc) ||
	    strftime(text, TIME_BYTES, "%d %B %Y, %H:%M UTC", &utc) == 0)
		return "unknown";
	return text;
}

static void
add_use(struct request *rq, struct buf *page, const struct user_app *app)
{
	const char *last = time_text(rq, app->last_used_s);

	if (app->last_used_s == 0) {
		facts_add(page, "Allowed", time_text(rq, app->first_used_s));
		facts_add(page, "Last used",
		    "not in use, but it may connect again without asking");
		return;
	}
	facts_add(page, "First used", time_text(rq, app->first_used_s));
	facts_add(page, "Last used",
	    app->remote && *app->remote
	        ? arena_printf(rq->arena, "%s, from %s", last, app->remote)
	        : last);
}

/* A session from before adoption gets the defaults when it is next refreshed. */
static void
add_access(struct request *rq, struct buf *page, const struct user_app *app)
{
	const struct resource_setting *resource = resource_default(
	    rq->settings);

	facts_add_resource(rq, page,
	    app->resource ? app->resource : resource->uri);
	facts_add_scope(rq, page,
	    app->scope ? app->scope
	               : scope_base(rq->arena, rq->settings, resource));
	add_use(rq, page, app);
}

static void
add_button(struct request *rq, struct buf *page, const struct user_app *app,
    const struct browser *browser)
{
	const char *title = html_escape(rq->arena,
	    facts_client_title(app->client_name));

	account_page_begin_form(rq, page, name, browser);
	buf_add(page, "<input type=\"hidden\" name=\"client_id\" value=\"");
	html_add(page, app->client_id);
	buf_addf(page,
	    "\">\n<button type=\"submit\" class=\"other\" name=\"action\" "
	    "value=\"disconnect\" aria-label=\"Disconnect %s\">Disconnect"
	    "</button>\n</form>\n",
	    title);
}

/* The application of apps[0] at each of its MCP servers; how many those are. */
static size_t
add_app(struct request *rq, struct buf *page, const struct user_apps *apps,
    size_t at, const struct browser *browser)
{
	const struct user_app *app = &apps->apps[at];
	size_t i = at;

	buf_add(page, "<section>\n<h2>");
	html_add(page, facts_client_title(app->client_name));
	buf_add(page, "</h2>\n<dl>\n");
	facts_add_identity(rq, page, app->registration, app->client_id,
	    app->client_uri);
	do
		add_access(rq, page, &apps->apps[i++]);
	while (
	    i < apps->n && text_equal(apps->apps[i].client_id, app->client_id));
	buf_add(page, "</dl>\n");
	add_button(rq, page, app, browser);
	buf_add(page, "</section>\n");
	return i - at;
}

static void
add_action(struct request *rq, struct buf *page, const struct browser *browser,
    const char *action, const char *label, const char *meaning)
{
	account_page_begin_form(rq, page, name, browser);
	buf_addf(page,
	    "<p>%s</p>\n<button type=\"submit\" class=\"other\" "
	    "name=\"action\" value=\"%s\">%s</button>\n</form>\n",
	    meaning, action, label);
}

static void
add_actions(struct request *rq, struct buf *page, const struct browser *browser,
    bool connected)
{
	if (connected) {
		buf_add(page, "<section>\n<h2>All applications</h2>\n");
		add_action(rq, page, browser, "disconnect-all",
		    "Disconnect all",
		    "Each of them has to ask you again before it gets in.");
		buf_add(page, "</section>\n");
	}
	if (!rq->settings->login_remote_user)
		buf_add(page,
		    "<section>\n<h2>Signing in</h2>\n<ul>\n"
		    "<li><a href=\"/api/oauth/password\">Change your "
		    "password</a></li>\n"
		    "<li><a href=\"/api/oauth/second_factor\">Second factor: "
		    "an authenticator app</a></li>\n</ul>\n</section>\n");
	buf_add(page, "<section>\n<h2>Signing out</h2>\n");
	add_action(rq, page, browser, "sign-out", "Sign out here",
	    "In this browser only; applications stay connected.");
	add_action(rq, page, browser, "sign-out-everywhere",
	    "Sign out everywhere",
	    "Every browser is signed out, every application disconnected.");
	buf_add(page, "</section>\n");
}

static enum oauth_error
show_page(struct request *rq, const struct browser *browser,
    const struct user_apps *apps)
{
	struct buf page = page_begin(rq, "Connected applications");
	size_t i = 0;

	buf_add(&page, "<p>You are signed in as <strong>");
	html_add(&page, apps->email);
	buf_add(&page, "</strong>.</p>\n");
	if (apps->n == 0)
		buf_add(&page,
		    "<p>No application has access to your account.</p>\n");
	while (i < apps->n)
		i += add_app(rq, &page, apps, i, browser);
	if (apps->n == APPS_MAX)
		buf_add(&page,
		    "<p>There may be more, used less recently.</p>\n");
	add_actions(rq, &page, browser, apps->n > 0);
	return page_end(rq, 200, &page);
}

static enum oauth_error
get_apps(struct request *rq)
{
	const struct browser *browser = account_page_browser(rq);
	struct user_apps apps;

	if (!browser)
		return account_page_sign_in(rq, name);
	switch (user_apps(rq->store, rq->arena, browser->login_digest, APPS_MAX,
	    &apps)) {
	case USER_APPS_DONE:
		return show_page(rq, browser, &apps);
	case USER_APPS_NOT_SIGNED_IN:
		return account_page_sign_in(rq, name);
	case USER_APPS_UNKNOWN:
	case USER_APPS_STORE_DOWN:
		break;
	}
	return pending_refuse_unreachable(rq);
}

/* ---- revoking ---- */

static enum oauth_error
show_signed_out(struct request *rq, const char *title, const char *text)
{
	struct buf page;

	browser_sign_out(rq);
	page = page_begin(rq, title);
	buf_addf(&page, "<p>%s</p>\n", text);
	account_page_add_remote_note(rq, &page);
	buf_addf(&page,
	    "<p><a href=\"/api/oauth/login?request=%s\">Sign in</a></p>\n",
	    name);
	return page_end(rq, 200, &page);
}

static enum oauth_error
sign_out(struct request *rq, const struct browser *browser)
{
	if (!login_end(rq->store, rq->arena, browser->login_digest))
		return pending_refuse_unreachable(rq);
	log_event("signed out");
	return show_signed_out(rq, "You are signed out",
	    "Your applications stay connected.");
}

static enum oauth_error
sign_out_everywhere(struct request *rq)
{
	log_event("signed out everywhere");
	return show_signed_out(rq, "You are signed out everywhere",
	    "Every application is disconnected, too.");
}

/* A form sent twice finds nothing the second time, which is as good. */
static enum oauth_error
answer(struct request *rq, enum user_apps_result result, bool signed_out)
{
	switch (result) {
	case USER_APPS_DONE:
		if (signed_out)
			return sign_out_everywhere(rq);
		log_event("application disconnected");
		return account_page_go_to(rq, name);
	case USER_APPS_UNKNOWN:
		return account_page_go_to(rq, name);
	case USER_APPS_NOT_SIGNED_IN:
		return account_page_sign_in(rq, name);
	case USER_APPS_STORE_DOWN:
		break;
	}
	return pending_refuse_unreachable(rq);
}

static enum oauth_error
disconnect(struct request *rq, const struct browser *browser)
{
	const char *client_id = request_param(rq, CLIENT_ID);

	if (!client_id)
		return refuse(rq, OAUTH_INVALID_REQUEST,
		    "The form names no application.");
	return answer(rq,
	    user_app_revoke(rq->store, rq->arena, browser->login_digest,
	        client_id, request_remote(rq)),
	    false);
}

static enum oauth_error
disconnect_all(struct request *rq, const struct browser *browser, bool sign_out)
{
	return answer(rq,
	    user_sessions_revoke(rq->store, rq->arena, browser->login_digest,
	        sign_out, request_remote(rq)),
	    sign_out);
}

static enum oauth_error
post_apps(struct request *rq)
{
	const char *action = request_param(rq, ACTION);
	struct browser *browser;
	enum oauth_error error;

	error = account_page_form(rq, name, request_param(rq, CSRF), &browser);
	if (error)
		return error;
	if (action && text_equal(action, "disconnect"))
		return disconnect(rq, browser);
	if (action && text_equal(action, "disconnect-all"))
		return disconnect_all(rq, browser, false);
	if (action && text_equal(action, "sign-out"))
		return sign_out(rq, browser);
	if (action && text_equal(action, "sign-out-everywhere"))
		return disconnect_all(rq, browser, true);
	return refuse(rq, OAUTH_INVALID_REQUEST,
	    "The form does not say what to do.");
}

static const char *const paths[] = {"/api/oauth/apps", NULL};

static const struct endpoint apps_endpoint = {
    .name = "apps",
    .paths = paths,
    .params = params,
    .get = get_apps,
    .post = post_apps,
    .faults = FAULTS_PAGE,
    .settings = SETTINGS_SERVER,
    .store_open = store_open,
    .store_close = store_close,
};

int
main(void)
{
	return endpoint_run(&apps_endpoint);
}
