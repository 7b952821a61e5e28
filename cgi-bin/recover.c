/* SPDX-License-Identifier: MIT */
/*
 * recover.c - choosing a new password by a link that the operator gave
 * ("mcp-oauth user recover").
 *
 * GET token: the form; nothing is spent, since mail programs and scanners open
 * links, too.  POST csrf token new_password again: the password is set, the
 * link is spent, every browser of the person is signed out.  This one is known
 * from then on: somebody who guesses at the account all day, so that others have
 * to wait, does not keep its person out.  The page does not say whose link it is.
 *
 * The token stands in the query, which neither log of ours shows.
 */
#include "base/auto.h"
#include "base/log.h"
#include "crypto/digest.h"
#include "crypto/password.h"
#include "http/endpoint.h"
#include "http/page.h"
#include "oauth/account_page.h"
#include "oauth/login_attempt.h"
#include "oauth/new_password.h"
#include "oauth/pending.h"
#include "oauth/remote_user.h"
#include "store/password.h"

enum { CSRF, TOKEN, NEW_PASSWORD, AGAIN };

static const struct param params[] = {
    [CSRF] = {"csrf", PARAM_OPTIONAL},
    [TOKEN] = {"token", PARAM_REQUIRED},
    [NEW_PASSWORD] = {"new_password", PARAM_OPTIONAL},
    [AGAIN] = {"again", PARAM_OPTIONAL},
    {0},
};

/* What the anti-forgery token of this form is about, in place of a request. */
static const char about[] = "recover";

static enum oauth_error
refuse_link(struct request *rq)
{
	return refuse_person(rq, 403, OAUTH_ACCESS_DENIED, TROUBLE_LINK,
	    "recovery link is unknown, used or expired");
}

static enum oauth_error
show_form(struct request *rq, const struct browser *browser, int status,
    const char *error)
{
	struct page *page = page_new(rq, PAGE_RECOVER,
	    word(rq, WORD_CHOOSE_PASSWORD));

	page_put_error(page, error);
	page_put_html(page, "csrf",
	    arena_printf(rq->arena, "%s%s", pending_csrf(rq, browser, about),
	        pending_field(rq, "token", request_param(rq, TOKEN))));
	return page_send(page, status);
}

static enum oauth_error
show_done(struct request *rq)
{
	return page_message(rq, 200, word(rq, WORD_PASSWORD_SET),
	    word(rq, WORD_PASSWORD_SET_MEANS), "",
	    account_page_link(rq, "login?request=apps", WORD_SIGN_IN));
}

/* Is the link good?  False: *ret is the answer already. */
static bool
link_is_good(struct request *rq, enum oauth_error *ret)
{
	struct sha256 digest = sha256_of_text(request_param(rq, TOKEN));

	switch (recovery_check(rq->store, rq->arena, &digest)) {
	case RECOVERY_GOOD:
		return true;
	case RECOVERY_UNKNOWN:
		*ret = refuse_link(rq);
		return false;
	case RECOVERY_STORE_DOWN:
		break;
	}
	*ret = pending_refuse_unreachable(rq);
	return false;
}

static enum oauth_error
get_recover(struct request *rq)
{
	enum oauth_error error;

	if (rq->settings->login_remote_user)
		return remote_user_refuse_page(rq);
	return link_is_good(rq, &error)
	    ? show_form(rq, browser_of(rq), 200, NULL)
	    : error;
}

static enum oauth_error
set_password(struct request *rq)
{
	struct sha256 digest = sha256_of_text(request_param(rq, TOKEN));
	AUTO_FD slot = login_hash_slot(rq);
	const char *hash, *user_id;

	if (slot < 0)
		return login_refuse_slot(rq);
	hash = password_hash(rq->arena, request_param(rq, NEW_PASSWORD));
	if (!hash)
		return refuse_unavailable(rq, "Too little memory to hash.");
	switch (recovery_use(rq->store, rq->arena, &digest, hash,
	    request_remote(rq), &user_id)) {
	case RECOVERY_GOOD:
		log_event("password recovered");
		log_text("user_id", user_id);
		browser_sign_out(rq);
		login_remember(rq, user_id);
		return show_done(rq);
	case RECOVERY_UNKNOWN:
		return refuse_link(rq);
	case RECOVERY_STORE_DOWN:
		break;
	}
	return pending_refuse_unreachable(rq);
}

static enum oauth_error
post_recover(struct request *rq)
{
	struct browser *browser;
	enum word fault;
	enum oauth_error error;

	if (rq->settings->login_remote_user)
		return remote_user_refuse_page(rq);
	error = pending_form(rq, about, request_param(rq, CSRF), &browser);
	if (error)
		return error;
	/* Before the hash, which is dear: nobody has it for nothing. */
	if (!link_is_good(rq, &error))
		return error;
	fault = new_password_fault(request_param(rq, NEW_PASSWORD),
	    request_param(rq, AGAIN));
	return fault == N_WORDS ? set_password(rq)
	                        : show_form(rq, browser, 400, word(rq, fault));
}

static const char *const paths[] = {"/api/oauth/recover", NULL};

static const struct endpoint recover = {
    .name = "recover",
    .paths = paths,
    .params = params,
    .get = get_recover,
    .post = post_recover,
    .faults = FAULTS_PAGE,
    .settings = SETTINGS_SERVER,
    .store_open = store_open,
    .store_close = store_close,
};

int
main(void)
{
	return endpoint_run(&recover);
}
