/* SPDX-License-Identifier: MIT */
#include "oauth/login_attempt.h"

#include <string.h>

#include "base/auto.h"
#include "base/log.h"
#include "base/slot.h"
#include "base/text.h"
#include "crypto/encode.h"
#include "crypto/keyring.h"
#include "http/cookie.h"
#include "http/refuse.h"

enum {
	NAME_BYTES = 16,
	REMEMBERED_S = 400 * 86400, /* longer than that browsers keep none */
	SLOT_WAIT_MS = 1500,
};

/* ---- the cookie: USER.BROWSER.MAC ---- */

static const char cookie_name[] = "__Host-mcp-oauth-known";

static const char *
mac_of(struct request *rq, enum keyring_root root, const char *user_id,
    const char *browser)
{
	const char *text = arena_printf(rq->arena, "%s.%s", user_id, browser);
	struct sha256 mac = keyring_mac(rq->settings, root, "known browser",
	    text, strlen(text));

	return base64url_encode(rq->arena, mac.bytes, SHA256_BYTES);
}

static bool
mac_fits(struct request *rq, enum keyring_root root, const char **parts)
{
	const char *wanted = mac_of(rq, root, parts[0], parts[1]);

	return strlen(parts[2]) == strlen(wanted) &&
	    bytes_equal(parts[2], wanted, strlen(wanted));
}

/* USER and BROWSER; NULL unless we made the cookie. */
static const char **
read_cookie(struct request *rq)
{
	const char *cookie = cookie_get(rq, cookie_name), **parts;
	size_t n;

	if (!cookie)
		return NULL;
	parts = text_split(rq->arena, cookie, ".", &n);
	if (n != 3)
		return NULL;
	return mac_fits(rq, ROOT_CURRENT, parts) ||
	        (keyring_has_other(rq->settings) &&
	            mac_fits(rq, ROOT_OTHER, parts))
	    ? parts
	    : NULL;
}

struct login_guesser
login_guesser_of(struct request *rq)
{
	const char **known = read_cookie(rq);

	return (struct login_guesser){
	    .known_user_id = known ? known[0] : NULL,
	    .known_browser = known ? known[1] : NULL,
	    .remote = request_remote(rq),
	    .user_agent = request_header(rq, "HTTP_USER_AGENT"),
	};
}

/* It keeps its name, and with it the attempts that were counted. */
void
login_remember(struct request *rq, const char *user_id)
{
	const char **known = read_cookie(rq);
	const char *browser = known && text_equal(known[0], user_id)
	    ? known[1]
	    : random_text(rq->arena, NAME_BYTES);

	cookie_set(rq, cookie_name,
	    arena_printf(rq->arena, "%s.%s.%s", user_id, browser,
	        mac_of(rq, ROOT_CURRENT, user_id, browser)),
	    REMEMBERED_S);
}

/* ---- limits ---- */

struct login_limits
login_limits_of(struct request *rq)
{
	return (struct login_limits){
	    .per_account = rq->settings->login_limit_account,
	    .per_browser = rq->settings->login_limit_browser,
	    .per_remote = rq->settings->login_limit_remote,
	    .window_s = rq->settings->login_window_s,
	};
}

int
login_hash_slot(struct request *rq)
{
	const char *directory = rq->settings->state_directory;
	bool usable = false;
	AUTO_FD place = slot_take(directory, "waiting", LOGIN_PLACES, 0,
	    &usable);
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

enum oauth_error
login_refuse_slot(struct request *rq)
{
	return refuse_person(rq, 503, OAUTH_TEMPORARILY_UNAVAILABLE,
	    TROUBLE_UNAVAILABLE, "too many people sign in at this moment");
}
