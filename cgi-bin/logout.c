/* SPDX-License-Identifier: MIT */
/*
 * logout.c - ending the sign-in of this browser; the end_session_endpoint of
 * OpenID Connect RP-Initiated Logout.
 *
 * GET [id_token_hint] [client_id] [post_logout_redirect_uri] [state]: a page
 * with one button.  POST the same with csrf: signed out, the cookie removed,
 * and 303 to post_logout_redirect_uri if the client registered it.  Without
 * csrf a POST comes from a client and is sent here again as GET (s2).
 *
 * Sessions of MCP clients go on; revoking them is another matter.
 */
#include <string.h>

#include "base/log.h"
#include "base/text.h"
#include "base/uri.h"
#include "http/endpoint.h"
#include "http/html.h"
#include "http/page.h"
#include "oauth/account_page.h"
#include "oauth/facts.h"
#include "oauth/id_token.h"
#include "oauth/pending.h"
#include "oauth/redirect_uri.h"
#include "store/client.h"
#include "store/login.h"

enum {
	CSRF,
	ID_TOKEN_HINT,
	CLIENT_ID,
	POST_LOGOUT_REDIRECT_URI,
	STATE,
};

static const struct param params[] = {
    [CSRF] = {"csrf", PARAM_OPTIONAL},
    [ID_TOKEN_HINT] = {"id_token_hint", PARAM_OPTIONAL},
    [CLIENT_ID] = {"client_id", PARAM_LOGGED},
    [POST_LOGOUT_REDIRECT_URI] = {"post_logout_redirect_uri", PARAM_LOGGED},
    [STATE] = {"state", PARAM_OPTIONAL},
    {0},
};

/* What the anti-forgery token of this form is about, in place of a request. */
static const char about[] = "logout";

/* ---- where to, afterwards ---- */

/* The client that asks: of the hint or by name, and of both the same. */
static const char *
client_of(struct request *rq)
{
	const char *text = request_param(rq, ID_TOKEN_HINT);
	const char *client_id = request_param(rq, CLIENT_ID);
	struct id_token_hint hint;

	if (!text)
		return client_id;
	if (!id_token_read(rq->arena, rq->settings, text, &hint) ||
	    (client_id && !text_equal(client_id, hint.client_id)))
		return NULL;
	return hint.client_id;
}

static const char *
with_state(struct request *rq, const char *uri)
{
	const char *state = request_param(rq, STATE);
	struct buf location = buf_in(rq->arena);
	struct uri parsed;

	if (!state || !uri_parse(rq->arena, uri, &parsed))
		return uri;
	buf_addf(&location, "%s%sstate=", uri, parsed.query ? "&" : "?");
	uri_encode(&location, state);
	return buf_text(&location);
}

/*
 * Set *ret to where the browser goes when it is signed out, NULL for nowhere:
 * only an address that the client registered (s3).  False when the database is
 * away.
 */
static bool
destination(struct request *rq, const char **ret)
{
	const char *uri = request_param(rq, POST_LOGOUT_REDIRECT_URI);
	const char *client_id = client_of(rq), *registered;

	*ret = NULL;
	if (!uri || !client_id)
		return true;
	if (!client_post_logout(rq->store, rq->arena, client_id, &registered))
		return false;
	if (redirect_uri_matches_any(rq->arena, registered, uri))
		*ret = with_state(rq, uri);
	else
		log_text("reason",
		    "post_logout_redirect_uri is not registered");
	return true;
}

/* ---- pages ---- */

static const char *
link_to(struct request *rq, const char *location)
{
	return arena_printf(rq->arena, "<p><a href=\"%s\">%s</a></p>\n",
	    html_escape(rq->arena, location),
	    html_escape(rq->arena,
	        word_with(rq, WORD_GO_ON_TO, "host",
	            facts_receiver(rq, location))));
}

/* Anybody can register a client and send people a link with its client_id:
 * unless the person pressed the button, or an ID token vouches for the client,
 * the way on is shown and not gone. */
static enum oauth_error
show_signed_out(struct request *rq, bool asked)
{
	const char *location, *links;

	if (!destination(rq, &location))
		return pending_refuse_unreachable(rq);
	if (location && (asked || request_param(rq, ID_TOKEN_HINT)))
		return reply_redirect(rq, location);
	links = account_page_link(rq, "apps", WORD_CONNECTED_APPLICATIONS);
	if (location)
		links = arena_printf(rq->arena, "%s%s", links,
		    link_to(rq, location));
	return page_message(rq, 200, word(rq, WORD_SIGNED_OUT),
	    word(rq, WORD_APPLICATIONS_KEPT), account_page_remote_note(rq),
	    links);
}

/* What the client sent goes along with the form. */
static const char *
fields(struct request *rq, const struct browser *browser)
{
	struct buf html = buf_in(rq->arena);
	int i;

	buf_add(&html, pending_fields(rq, browser, about));
	for (i = ID_TOKEN_HINT; i <= STATE; i++)
		if (request_param(rq, i))
			buf_add(&html,
			    pending_field(rq, params[i].name,
			        request_param(rq, i)));
	return buf_text(&html);
}

static enum oauth_error
get_logout(struct request *rq)
{
	const struct browser *browser = browser_of(rq);
	struct page *page;

	if (!browser->login_digest)
		return show_signed_out(rq, false);
	page = page_new(rq, PAGE_LOGOUT, word(rq, WORD_SIGN_OUT));
	page_put_html(page, "csrf", fields(rq, browser));
	return page_send(page, 200);
}

/* A client's form: cookies come along with the GET that follows. */
static enum oauth_error
send_again(struct request *rq)
{
	struct buf location = buf_in(rq->arena);
	int i;

	buf_addf(&location, "%s/api/oauth/logout",
	    rq->settings->oauth_base_url);
	for (i = ID_TOKEN_HINT; i <= STATE; i++) {
		if (!request_param(rq, i))
			continue;
		buf_addf(&location,
		    "%c%s=", strchr(buf_text(&location), '?') ? '&' : '?',
		    params[i].name);
		uri_encode(&location, request_param(rq, i));
	}
	return reply_redirect(rq, buf_text(&location));
}

static enum oauth_error
post_logout(struct request *rq)
{
	struct browser *browser;
	enum oauth_error error;

	if (!request_param(rq, CSRF))
		return send_again(rq);
	error = pending_form(rq, about, request_param(rq, CSRF), &browser);
	if (error)
		return error;
	if (browser->login_digest &&
	    !login_end(rq->store, rq->arena, browser->login_digest))
		return pending_refuse_unreachable(rq);
	browser_sign_out(rq);
	log_event("signed out");
	return show_signed_out(rq, true);
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
