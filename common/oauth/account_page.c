/* SPDX-License-Identifier: MIT */
#include "oauth/account_page.h"

#include "base/text.h"
#include "crypto/encode.h"
#include "http/html.h"
#include "oauth/pending.h"
#include "store/login.h"

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

const char *
account_page_csrf(struct request *rq, const char *page,
    const struct browser *browser)
{
	return pending_csrf(rq, browser, about(rq, page, browser));
}

const char *
account_page_email(struct request *rq, const struct browser *browser)
{
	const char *email;

	return login_get(rq->store, rq->arena, browser->login_digest, &email) ==
	        LOGIN_GOOD
	    ? email
	    : "";
}

const char *
account_page_remote_note(struct request *rq)
{
	if (!rq->settings->login_remote_user)
		return "";
	return arena_printf(rq->arena,
	    "<p class=\"warning\" role=\"note\">%s</p>\n",
	    html_escape(rq->arena, word(rq, WORD_REMOTE_NOTE)));
}

const char *
account_page_link(struct request *rq, const char *page, enum word text)
{
	return arena_printf(rq->arena,
	    "<p><a href=\"/api/oauth/%s\">%s</a></p>\n", page,
	    html_escape(rq->arena, word(rq, text)));
}
