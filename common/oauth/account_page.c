/* SPDX-License-Identifier: MIT */
#include "oauth/account_page.h"

#include "base/text.h"
#include "crypto/encode.h"
#include "oauth/pending.h"

static const char *const names[] = {"apps", "password", "second_factor"};

bool
account_page_named(const char *request_id)
{
	size_t i;

	for (i = 0; i < sizeof(names) / sizeof(*names); i++)
		if (text_equal(names[i], request_id))
			return true;
	return false;
}

enum oauth_error
account_page_go_to(struct request *rq, const char *page)
{
	return reply_redirect(rq,
	    arena_printf(rq->arena, "%s/api/oauth/%s",
	        rq->settings->oauth_base_url, page));
}

enum oauth_error
account_page_sign_in(struct request *rq, const char *page)
{
	return pending_go_to(rq, "login", page);
}

struct browser *
account_page_browser(struct request *rq)
{
	struct browser *browser = browser_of(rq);

	return browser->login_digest ? browser : NULL;
}

/* What the anti-forgery tokens of the page are about: a form that was opened
 * when somebody else was signed in is of no use, and there is none for nobody.
 */
static const char *
about(struct request *rq, const char *page, const struct browser *browser)
{
	const struct sha256 *login = browser ? browser->login_digest : NULL;

	return arena_printf(rq->arena, "%s|%s", page,
	    login ? hex_encode(rq->arena, login->bytes, SHA256_BYTES) : "");
}

enum oauth_error
account_page_form(struct request *rq, const char *page, const char *csrf,
    struct browser **browser)
{
	return pending_form(rq, about(rq, page, browser_known(rq)), csrf,
	    browser);
}

void
account_page_begin_form(struct request *rq, struct buf *html, const char *page,
    const struct browser *browser)
{
	buf_addf(html, "<form method=\"post\" action=\"/api/oauth/%s\">\n",
	    page);
	pending_add_csrf(rq, html, browser, about(rq, page, browser));
}

void
account_page_add_remote_note(struct request *rq, struct buf *html)
{
	if (rq->settings->login_remote_user)
		buf_add(html,
		    "<p class=\"warning\" role=\"note\">The web server may "
		    "still know you, and then signs you in again without a "
		    "question. Sign out there as well, or close the "
		    "browser.</p>\n");
}

void
account_page_add_way_back(struct buf *html)
{
	buf_add(html,
	    "<p class=\"soft\"><a href=\"/api/oauth/apps\">Connected "
	    "applications</a></p>\n");
}
