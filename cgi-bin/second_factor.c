/* SPDX-License-Identifier: MIT */
/*
 * second_factor.c - a signed-in person adds an authenticator app (RFC 6238) or
 * removes it, or makes other recovery codes.
 *
 * GET: the page; through sign-in first when nobody is signed in.  POST csrf
 * action=begin password: a fresh secret, as a QR code and to type; it counts for
 * nothing until action=confirm code offer, with a code of it.  Then ten recovery
 * codes are shown, this once; action=codes code makes others, action=remove code takes
 * the factor away.
 *
 * Adding one wants the password, changing it a code: a stolen login cookie has
 * neither.  So the page that showed a secret carries it along, sealed (offer),
 * and only to a form that brings it back is the secret shown once more.
 */
#include "base/log.h"
#include "base/text.h"
#include "crypto/encode.h"
#include "http/endpoint.h"
#include "http/page.h"
#include "http/qr.h"
#include "oauth/account_page.h"
#include "oauth/current_password.h"
#include "oauth/pending.h"
#include "oauth/remote_user.h"
#include "oauth/second_code.h"

enum { CSRF, ACTION, PASSWORD, CODE, OFFER };

static const struct param params[] = {
    [CSRF] = {"csrf", PARAM_OPTIONAL},
    [ACTION] = {"action", PARAM_LOGGED},
    [PASSWORD] = {"password", PARAM_OPTIONAL},
    [CODE] = {"code", PARAM_OPTIONAL},
    [OFFER] = {"offer", PARAM_OPTIONAL},
    {0},
};

static const char name[] = "second_factor";

/* ---- pages ---- */

static struct page *
form(struct request *rq, const struct browser *browser, enum page_kind kind,
    enum word title, const char *error)
{
	struct page *page = page_new(rq, kind, word(rq, title));

	page_put_error(page, error);
	page_put_html(page, "csrf", account_page_csrf(rq, name, browser));
	return page;
}

static enum oauth_error
show_change(struct request *rq, const struct browser *browser, int status,
    const char *error, int64_t recovery_codes)
{
	struct page *page = form(rq, browser, PAGE_FACTOR_CHANGE,
	    WORD_SECOND_FACTOR, error);

	page_put(page, "codes_left",
	    word_number(rq, WORD_CODES_LEFT_ONE, recovery_codes));
	return page_send(page, status);
}

static enum oauth_error
show_begin(struct request *rq, const struct browser *browser, int status,
    const char *error)
{
	struct page *page = form(rq, browser, PAGE_FACTOR_BEGIN,
	    WORD_SECOND_FACTOR, error);

	page_put(page, "email", account_page_email(rq, browser));
	return page_send(page, status);
}

/* The page as things stand, with what went wrong before, or NULL. */
static enum oauth_error
show_page(struct request *rq, const struct browser *browser, int status,
    const char *error)
{
	struct second_factor_state state;

	switch (second_factor_get(rq->store, rq->arena, browser->login_digest,
	    &state)) {
	case SECOND_FACTOR_NONE:
		return show_begin(rq, browser, status, error);
	case SECOND_FACTOR_ACTIVE:
		return show_change(rq, browser, status, error,
		    state.recovery_codes);
	case SECOND_FACTOR_GET_NOT_SIGNED_IN:
		return account_page_sign_in(rq, name);
	case SECOND_FACTOR_GET_STORE_DOWN:
		break;
	}
	return pending_refuse_unreachable(rq);
}

static enum oauth_error
show_secret(struct request *rq, const struct browser *browser,
    const char *email, const unsigned char *secret, const unsigned char *sealed,
    const char *error)
{
	const char *uri = second_secret_uri(rq, email, secret);
	struct page *page = form(rq, browser, PAGE_FACTOR_SECRET,
	    WORD_SET_UP_APP, error);
	struct buf qr = buf_in(rq->arena);
	bool drawn = qr_add(&qr, uri, word(rq, WORD_QR_LABEL));

	page_put_html(page, "csrf",
	    arena_printf(rq->arena, "%s%s",
	        account_page_csrf(rq, name, browser),
	        pending_field(rq, "offer",
	            hex_encode(rq->arena, sealed,
	                SECOND_FACTOR_SEALED_BYTES))));
	page_put_html(page, "qr", buf_text(&qr));
	page_put(page, "how",
	    word(rq, drawn ? WORD_SCAN_OR_TYPE : WORD_TYPE_KEY));
	page_put(page, "secret", second_secret_shown(rq->arena, secret));
	page_put(page, "uri", uri);
	return page_send(page, error ? 401 : 200);
}

static enum oauth_error
show_codes(struct request *rq, const char *const *codes)
{
	struct page *page = page_new(rq, PAGE_FACTOR_CODES,
	    word(rq, WORD_YOUR_CODES));
	struct buf list = buf_in(rq->arena);
	int i;

	for (i = 0; i < RECOVERY_CODES; i++)
		buf_addf(&list, "<li><code>%s</code></li>\n", codes[i]);
	page_put_html(page, "codes", buf_text(&list));
	return page_send(page, 200);
}

static enum oauth_error
get_second_factor(struct request *rq)
{
	const struct browser *browser = account_page_browser(rq);

	if (rq->settings->login_remote_user)
		return remote_user_refuse_page(rq);
	return browser ? show_page(rq, browser, 200, NULL)
	               : account_page_sign_in(rq, name);
}

/* ---- a fresh secret ---- */

static enum oauth_error
offer(struct request *rq, const struct browser *browser,
    const struct password_check *check)
{
	unsigned char *secret = arena_alloc(rq->arena, TOTP_SECRET_BYTES);
	unsigned char sealed[SECOND_FACTOR_SEALED_BYTES];

	random_bytes(secret, TOTP_SECRET_BYTES);
	second_secret_seal(rq, check->user_id, secret, sealed);
	switch (second_factor_offer(rq->store, rq->arena, browser->login_digest,
	    check->password_hash, sealed)) {
	case SECOND_FACTOR_OFFERED:
		return show_secret(rq, browser, check->email, secret, sealed,
		    NULL);
	case SECOND_FACTOR_OFFER_ACTIVE:
		return show_page(rq, browser, 409,
		    word(rq, WORD_FACTOR_EXISTS));
	case SECOND_FACTOR_OFFER_STALE:
		return show_page(rq, browser, 409,
		    word(rq, WORD_PASSWORD_STALE));
	case SECOND_FACTOR_OFFER_NOT_SIGNED_IN:
		return account_page_sign_in(rq, name);
	case SECOND_FACTOR_OFFER_STORE_DOWN:
		break;
	}
	return pending_refuse_unreachable(rq);
}

static const struct current_password_page asking = {name, offer, show_page};

/* ---- a code was typed ---- */

static void
log_wrong(const char *reason)
{
	log_raise(LOG_WARNING);
	log_event("second factor check failed");
	log_text("reason", reason);
}

/* The same secret once more: who typed a code wrong need not begin anew. */
static enum oauth_error
show_secret_again(struct request *rq, const struct browser *browser,
    const struct second_factor *factor)
{
	unsigned char *secret = arena_alloc(rq->arena, TOTP_SECRET_BYTES);

	if (!second_secret_open(rq, factor, secret, NULL))
		return show_page(rq, browser, 401, word(rq, WORD_CODE_WRONG));
	return show_secret(rq, browser, factor->email, secret, factor->sealed,
	    word(rq, WORD_CODE_WRONG));
}

static enum oauth_error
refuse_code(struct request *rq, const struct browser *browser,
    const struct second_factor *factor)
{
	log_wrong("wrong code");
	return factor->active
	    ? show_page(rq, browser, 401, word(rq, WORD_CODE_WRONG))
	    : show_secret_again(rq, browser, factor);
}

static enum oauth_error
answer(struct request *rq, const struct browser *browser,
    enum second_factor_result result, const char *const *codes)
{
	switch (result) {
	case SECOND_FACTOR_DONE:
		return codes ? show_codes(rq, codes)
		             : account_page_go_to(rq, name);
	case SECOND_FACTOR_WRONG:
		log_wrong("code spent or unknown");
		return show_page(rq, browser, 401, word(rq, WORD_CODE_WRONG));
	case SECOND_FACTOR_CHANGE_NOT_SIGNED_IN:
		return account_page_sign_in(rq, name);
	case SECOND_FACTOR_CHANGE_STORE_DOWN:
		break;
	}
	return pending_refuse_unreachable(rq);
}

static enum oauth_error
confirm(struct request *rq, const struct browser *browser,
    const struct second_factor *factor, const struct second_proof *proof)
{
	struct sha256 digests[RECOVERY_CODES];
	const char **codes = recovery_codes_new(rq->arena, digests);
	enum second_factor_result result;

	if (proof->is_recovery)
		return refuse_code(rq, browser, factor);
	result = second_factor_confirm(rq->store, rq->arena,
	    browser->login_digest, factor, proof->step, digests,
	    request_remote(rq));
	if (result == SECOND_FACTOR_DONE)
		log_event("second factor added");
	return answer(rq, browser, result, codes);
}

static enum oauth_error
make_codes(struct request *rq, const struct browser *browser,
    const struct second_proof *proof)
{
	struct sha256 digests[RECOVERY_CODES];
	const char **codes = recovery_codes_new(rq->arena, digests);
	enum second_factor_result result;

	result = second_factor_change(rq->store, rq->arena,
	    browser->login_digest, proof, digests, request_remote(rq));
	if (result == SECOND_FACTOR_DONE)
		log_event("recovery codes made");
	return answer(rq, browser, result, codes);
}

static enum oauth_error
remove_factor(struct request *rq, const struct browser *browser,
    const struct second_proof *proof)
{
	enum second_factor_result result;

	result = second_factor_change(rq->store, rq->arena,
	    browser->login_digest, proof, NULL, request_remote(rq));
	if (result == SECOND_FACTOR_DONE)
		log_event("second factor removed");
	return answer(rq, browser, result, NULL);
}

/* Does the form come from the page that showed this very secret? */
static bool
is_offer(struct request *rq, const struct second_factor *factor)
{
	const char *offer = request_param(rq, OFFER);
	unsigned char sealed[SECOND_FACTOR_SEALED_BYTES];

	return offer && hex_decode_exact(offer, sealed, sizeof(sealed)) &&
	    bytes_equal(sealed, factor->sealed, sizeof(sealed));
}

static enum oauth_error
judge(struct request *rq, const struct browser *browser, const char *action,
    const struct second_code *code, const struct second_factor *factor)
{
	struct second_proof proof;

	/* In another tab it was added, removed or begun anew meanwhile. */
	if (factor->active == text_equal(action, "confirm") ||
	    (!factor->active && !is_offer(rq, factor)))
		return show_page(rq, browser, 409,
		    word(rq, WORD_CHANGED_ALREADY));
	if (!second_code_right(rq, code, factor, &proof))
		return refuse_code(rq, browser, factor);
	if (text_equal(action, "confirm"))
		return confirm(rq, browser, factor, &proof);
	if (text_equal(action, "codes"))
		return make_codes(rq, browser, &proof);
	return remove_factor(rq, browser, &proof);
}

static enum oauth_error
act(struct request *rq, const struct browser *browser, const char *action)
{
	const char *typed = request_param(rq, CODE);
	struct second_factor factor = {0};
	struct second_code code;

	/* What cannot be a code is a wrong one. */
	if (!typed || !second_code_read(rq->arena, typed, &code))
		code = (struct second_code){.digits = ""};
	switch (second_factor_begin(rq->store, rq->arena, browser->login_digest,
	    rq->settings->login_limit_account, rq->settings->login_window_s,
	    &factor)) {
	case SECOND_FACTOR_CHECK:
		return judge(rq, browser, action, &code, &factor);
	case SECOND_FACTOR_REFUSED:
		log_wrong("locked");
		return show_page(rq, browser, 429,
		    word(rq, WORD_TOO_MANY_TRIES));
	case SECOND_FACTOR_NO_SECRET:
		return show_page(rq, browser, 409,
		    word(rq, WORD_CHANGED_ALREADY));
	case SECOND_FACTOR_NOT_SIGNED_IN:
		return account_page_sign_in(rq, name);
	case SECOND_FACTOR_STORE_DOWN:
		break;
	}
	return pending_refuse_unreachable(rq);
}

static bool
takes_code(const char *action)
{
	return text_equal(action, "confirm") || text_equal(action, "codes") ||
	    text_equal(action, "remove");
}

static enum oauth_error
post_second_factor(struct request *rq)
{
	const char *action = request_param(rq, ACTION);
	struct browser *browser;
	enum oauth_error error;

	if (rq->settings->login_remote_user)
		return remote_user_refuse_page(rq);
	error = account_page_form(rq, name, request_param(rq, CSRF), &browser);
	if (error)
		return error;
	if (action && text_equal(action, "begin"))
		return current_password_ask(rq, browser,
		    request_param(rq, PASSWORD), &asking);
	if (action && takes_code(action))
		return act(rq, browser, action);
	return refuse_person(rq, 400, OAUTH_INVALID_REQUEST, TROUBLE_FORM,
	    "the form does not say what to do");
}

static const char *const paths[] = {"/api/oauth/second_factor", NULL};

static const struct endpoint second_factor_endpoint = {
    .name = "second_factor",
    .paths = paths,
    .params = params,
    .get = get_second_factor,
    .post = post_second_factor,
    .faults = FAULTS_PAGE,
    .settings = SETTINGS_SERVER,
    .store_open = store_open,
    .store_close = store_close,
};

int
main(void)
{
	return endpoint_run(&second_factor_endpoint);
}
