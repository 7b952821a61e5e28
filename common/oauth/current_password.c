/* SPDX-License-Identifier: MIT */
#include "oauth/current_password.h"

#include <string.h>

#include "base/auto.h"
#include "base/log.h"
#include "crypto/password.h"
#include "http/words.h"
#include "oauth/account_page.h"
#include "oauth/login_attempt.h"
#include "oauth/pending.h"

enum current_password {
	CURRENT_PASSWORD_RIGHT,
	CURRENT_PASSWORD_WRONG, /* *fault is what the form says */
	CURRENT_PASSWORD_NOT_SIGNED_IN,
	CURRENT_PASSWORD_STORE_DOWN,
};

static enum current_password
wrong(const char *reason, enum word message, enum word *fault)
{
	log_raise(LOG_WARNING);
	log_event("password check failed");
	log_text("reason", reason);
	*fault = message;
	return CURRENT_PASSWORD_WRONG;
}

static enum current_password
judge(struct request *rq, const struct browser *browser, const char *typed,
    struct password_check *ret, enum word *fault)
{
	if (!typed || strlen(typed) > PASSWORD_MAX_BYTES)
		return wrong("none, or too long", WORD_PASSWORD_NEEDED, fault);
	switch (password_check_begin(rq->store, rq->arena,
	    browser->login_digest, rq->settings->login_limit_account,
	    rq->settings->login_window_s, ret)) {
	case PASSWORD_CHECK:
		if (password_matches(ret->password_hash, typed))
			return CURRENT_PASSWORD_RIGHT;
		return wrong("wrong password", WORD_PASSWORD_WRONG, fault);
	case PASSWORD_CHECK_REFUSED:
		return wrong("locked", WORD_TOO_MANY_TRIES, fault);
	case PASSWORD_CHECK_NONE:
		return wrong("no_password", WORD_PASSWORD_NONE, fault);
	case PASSWORD_CHECK_NOT_SIGNED_IN:
		return CURRENT_PASSWORD_NOT_SIGNED_IN;
	case PASSWORD_CHECK_STORE_DOWN:
		break;
	}
	return CURRENT_PASSWORD_STORE_DOWN;
}

enum oauth_error
current_password_ask(struct request *rq, const struct browser *browser,
    const char *typed, const struct current_password_page *page)
{
	AUTO_FD slot = login_hash_slot(rq);
	struct password_check check;
	enum word fault;

	if (slot < 0)
		return login_refuse_slot(rq);
	switch (judge(rq, browser, typed, &check, &fault)) {
	case CURRENT_PASSWORD_RIGHT:
		return page->right(rq, browser, &check);
	case CURRENT_PASSWORD_WRONG:
		return page->wrong(rq, browser, 401, word(rq, fault));
	case CURRENT_PASSWORD_NOT_SIGNED_IN:
		return account_page_sign_in(rq, page->name);
	case CURRENT_PASSWORD_STORE_DOWN:
		break;
	}
	return pending_refuse_unreachable(rq);
}
