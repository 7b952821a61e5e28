/* SPDX-License-Identifier: MIT */
#include "oauth/browser.h"

#include <string.h>

#include "base/text.h"
#include "crypto/encode.h"
#include "crypto/keyring.h"
#include "http/cookie.h"

enum { COOKIE_BYTES = 32, COOKIE_LENGTH = 43, FOR_THE_SESSION = -1 };

static const char browser_cookie[] = "__Host-mcp-oauth-browser";
static const char login_cookie[] = "__Host-mcp-oauth-login";

static bool
well_formed(const char *cookie)
{
	return cookie && strlen(cookie) == COOKIE_LENGTH &&
	    text_is_base64url(cookie);
}

static struct browser *
browser_with(struct request *rq, const char *cookie)
{
	struct browser *browser = arena_alloc(rq->arena, sizeof(*browser));
	const char *login = cookie_get(rq, login_cookie);
	struct sha256 *login_digest;

	browser->browser_digest = sha256_of_text(cookie);
	if (well_formed(login)) {
		login_digest = arena_alloc(rq->arena, sizeof(*login_digest));
		*login_digest = sha256_of_text(login);
		browser->login_digest = login_digest;
	}
	return browser;
}

struct browser *
browser_known(struct request *rq)
{
	const char *cookie = cookie_get(rq, browser_cookie);

	return well_formed(cookie) ? browser_with(rq, cookie) : NULL;
}

struct browser *
browser_of(struct request *rq)
{
	struct browser *browser = browser_known(rq);
	const char *cookie;

	if (browser)
		return browser;
	cookie = random_text(rq->arena, COOKIE_BYTES);
	cookie_set(rq, browser_cookie, cookie, FOR_THE_SESSION);
	return browser_with(rq, cookie);
}

const char *
browser_login_cookie(struct request *rq, struct sha256 *ret)
{
	const char *cookie = random_text(rq->arena, COOKIE_BYTES);

	*ret = sha256_of_text(cookie);
	return cookie;
}

void
browser_sign_in(struct request *rq, const char *cookie)
{
	cookie_set(rq, login_cookie, cookie, FOR_THE_SESSION);
}

void
browser_sign_out(struct request *rq)
{
	cookie_set(rq, login_cookie, "", 0);
}

static const char *
csrf_of(struct request *rq, enum keyring_root root,
    const struct browser *browser, const char *request_id)
{
	const char *text = arena_printf(rq->arena, "%s|%s",
	    hex_encode(rq->arena, browser->browser_digest.bytes, SHA256_BYTES),
	    request_id);
	struct sha256 mac = keyring_mac(rq->settings, root,
	    "anti-forgery token", text, strlen(text));

	return base64url_encode(rq->arena, mac.bytes, SHA256_BYTES);
}

const char *
browser_csrf(struct request *rq, const struct browser *browser,
    const char *request_id)
{
	return csrf_of(rq, ROOT_CURRENT, browser, request_id);
}

static bool
csrf_equal(const char *csrf, const char *wanted)
{
	return strlen(csrf) == strlen(wanted) &&
	    bytes_equal(csrf, wanted, strlen(wanted));
}

/* A page may have been shown before the root changed. */
bool
browser_csrf_fits(struct request *rq, const struct browser *browser,
    const char *request_id, const char *csrf)
{
	return csrf_equal(csrf, browser_csrf(rq, browser, request_id)) ||
	    (keyring_has_other(rq->settings) &&
	        csrf_equal(csrf, csrf_of(rq, ROOT_OTHER, browser, request_id)));
}
