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

/* Elsewhere than in English as ISO 8601 has it: months have no names here. */
static const char *
time_text(struct request *rq, int64_t when_s)
{
	char *text = arena_alloc(rq->arena, TIME_BYTES);
	time_t when = (time_t)when_s;
	struct tm utc;

	if (!gmtime_r(&when, &utc) ||
	    strftime(text, TIME_BYTES,
	        language_of(rq) == &languages[0] ? "%d %B %Y, %H:%M UTC"
	                                         : "%Y-%m-%d %H:%M UTC",
	        &utc) == 0)
		return "unknown";
	return text;
}

static void
add_use(struct request *rq, struct buf *html, const struct user_app *app)
{
	const char *last = time_text(rq, app->last_used_s);

	if (app->last_used_s == 0) {
		facts_add(html, word(rq, WORD_ALLOWED),
		    time_text(rq, app->first_used_s));
		facts_add(html, word(rq, WORD_LAST_USED),
		    word(rq, WORD_NOT_IN_USE));
		return;
	}
	facts_add(html, word(rq, WORD_FIRST_USED),
	    time_text(rq, app->first_used_s));
	if (app->remote && *app->remote)
		last = words_fill(rq->arena,
		    word_with(rq, WORD_USED_FROM, "time", last), "address",
		    app->remote);
	facts_add(html, word(rq, WORD_LAST_USED), last);
}

/* A session from before adoption gets the defaults when it is next refreshed. */
static void
add_access(struct request *rq, struct buf *html, const struct user_app *app)
{
	const struct resource_setting *resource = resource_default(
	    rq->settings);

	facts_add_resource(rq, html,
	    app->resource ? app->resource : resource->uri);
	facts_add_scope(rq, html,
	    app->scope ? app->scope
	               : scope_base(rq->arena, rq->settings, resource));
	add_use(rq, html, app);
}

/* How each form of the page begins: made once for all of them. */
static const char *
form_of(struct request *rq, const struct browser *browser)
{
	return arena_printf(rq->arena,
	    "<form method=\"post\" action=\"/api/oauth/apps\">\n%s",
	    account_page_csrf(rq, name, browser));
}

/* Many buttons are called the same: read aloud, each says whose it is. */
static void
add_button(struct request *rq, struct buf *html, const struct user_app *app,
    const char *form)
{
	buf_add(html, form);
	buf_add(html, "<input type=\"hidden\" name=\"client_id\" value=\"");
	html_add(html, app->client_id);
	buf_add(html,
	    "\">\n<button type=\"submit\" class=\"other\" name=\"action\" "
	    "value=\"disconnect\" aria-label=\"");
	html_add(html,
	    word_with(rq, WORD_DISCONNECT_ONE, "client",
	        facts_client_title(rq, app->client_name)));
	buf_add(html, "\">");
	html_add(html, word(rq, WORD_DISCONNECT));
	buf_add(html, "</button>\n</form>\n");
}

static void
begin_section(struct buf *html, const char *heading)
{
	buf_add(html, "<section>\n<h2>");
	html_add(html, heading);
	buf_add(html, "</h2>\n");
}

static void
add_identity(struct request *rq, struct buf *html, const struct user_app *app)
{
	enum client_identity identity = facts_identity(rq, app->registration,
	    app->client_id, NULL);

	facts_add(html, word(rq, WORD_IDENTITY),
	    facts_identity_text(rq, identity, app->client_id));
	facts_add_website(rq, html, identity, app->client_uri);
}

/* The application of apps[0] at each of its MCP servers; how many those are. */
static size_t
add_app(struct request *rq, struct buf *html, const struct user_apps *apps,
    size_t at, const char *form)
{
	const struct user_app *app = &apps->apps[at];
	size_t i = at;

	begin_section(html, facts_client_title(rq, app->client_name));
	buf_add(html, "<dl>\n");
	add_identity(rq, html, app);
	do
		add_access(rq, html, &apps->apps[i++]);
	while (
	    i < apps->n && text_equal(apps->apps[i].client_id, app->client_id));
	buf_add(html, "</dl>\n");
	add_button(rq, html, app, form);
	buf_add(html, "</section>\n");
	return i - at;
}

static void
add_paragraph(struct request *rq, struct buf *html, enum word text)
{
	buf_addf(html, "<p>%s</p>\n", html_escape(rq->arena, word(rq, text)));
}

static void
add_action(struct request *rq, struct buf *html, const char *form,
    const char *action, enum word label, enum word meaning)
{
	buf_add(html, form);
	add_paragraph(rq, html, meaning);
	buf_addf(html,
	    "<button type=\"submit\" class=\"other\" name=\"action\" "
	    "value=\"%s\">%s</button>\n</form>\n",
	    action, html_escape(rq->arena, word(rq, label)));
}

static const char *
actions_of(struct request *rq, const char *form, bool connected)
{
	struct buf html = buf_in(rq->arena);

	if (connected) {
		begin_section(&html, word(rq, WORD_ALL_APPLICATIONS));
		add_action(rq, &html, form, "disconnect-all",
		    WORD_DISCONNECT_ALL, WORD_DISCONNECT_ALL_MEANS);
		buf_add(&html, "</section>\n");
	}
	if (!rq->settings->login_remote_user) {
		begin_section(&html, word(rq, WORD_SIGNING_IN));
		buf_add(&html,
		    account_page_link(rq, "password",
		        WORD_CHANGE_YOUR_PASSWORD));
		buf_add(&html,
		    account_page_link(rq, "second_factor", WORD_FACTOR_LINK));
		buf_add(&html, "</section>\n");
	}
	begin_section(&html, word(rq, WORD_SIGNING_OUT));
	add_action(rq, &html, form, "sign-out", WORD_SIGN_OUT_HERE,
	    WORD_SIGN_OUT_HERE_MEANS);
	add_action(rq, &html, form, "sign-out-everywhere",
	    WORD_SIGN_OUT_EVERYWHERE, WORD_SIGN_OUT_EVERYWHERE_MEANS);
	buf_add(&html, "</section>\n");
	return buf_text(&html);
}

static const char *
applications_of(struct request *rq, const char *form,
    const struct user_apps *apps)
{
	struct buf html = buf_in(rq->arena);
	size_t i = 0;

	if (apps->n == 0)
		add_paragraph(rq, &html, WORD_NO_APPLICATIONS);
	while (i < apps->n)
		i += add_app(rq, &html, apps, i, form);
	if (apps->n == APPS_MAX)
		add_paragraph(rq, &html, WORD_MORE_APPLICATIONS);
	return buf_text(&html);
}

static enum oauth_error
show_page(struct request *rq, const struct browser *browser,
    const struct user_apps *apps)
{
	struct page *page = page_new(rq, PAGE_APPS,
	    word(rq, WORD_CONNECTED_APPLICATIONS));
	const char *form = form_of(rq, browser);

	page_put(page, "email", apps->email);
	page_put_html(page, "applications", applications_of(rq, form, apps));
	page_put_html(page, "actions", actions_of(rq, form, apps->n > 0));
	return page_send(page, 200);
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
show_signed_out(struct request *rq, enum word title, enum word text)
{
	browser_sign_out(rq);
	return page_message(rq, 200, word(rq, title), word(rq, text),
	    account_page_remote_note(rq),
	    account_page_link(rq, "login?request=apps", WORD_SIGN_IN));
}

static enum oauth_error
sign_out(struct request *rq, const struct browser *browser)
{
	if (!login_end(rq->store, rq->arena, browser->login_digest))
		return pending_refuse_unreachable(rq);
	log_event("signed out");
	return show_signed_out(rq, WORD_SIGNED_OUT, WORD_APPLICATIONS_KEPT);
}

static enum oauth_error
sign_out_everywhere(struct request *rq)
{
	log_event("signed out everywhere");
	return show_signed_out(rq, WORD_SIGNED_OUT_EVERYWHERE,
	    WORD_APPLICATIONS_GONE);
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
		return refuse_person(rq, 400, OAUTH_INVALID_REQUEST,
		    TROUBLE_FORM, "the form names no application");
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
	return refuse_person(rq, 400, OAUTH_INVALID_REQUEST, TROUBLE_FORM,
	    "the form does not say what to do");
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
