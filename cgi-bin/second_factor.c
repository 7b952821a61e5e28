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
#include "http/html.h"
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
static const char title[] = "Second factor";

/* ---- pages ---- */

static void
add_code_field(struct buf *page, const char *label)
{
	buf_addf(page,
	    "<label for=\"code\">%s</label>\n"
	    "<input id=\"code\" name=\"code\" type=\"text\" "
	    "autocomplete=\"one-time-code\" spellcheck=\"false\" required>\n",
	    label);
}

static void
add_button(struct buf *page, const char *action, const char *label, bool first)
{
	buf_addf(page,
	    "<button type=\"submit\"%s name=\"action\" value=\"%s\">%s"
	    "</button>\n",
	    first ? "" : " class=\"other\"", action, label);
}

static void
add_begin_form(struct request *rq, struct buf *page,
    const struct browser *browser)
{
	buf_add(page,
	    "<p>With an authenticator app, signing in takes a code from your "
	    "phone after the password, so that a stolen password is not "
	    "enough.</p>\n");
	account_page_begin_form(rq, page, name, browser);
	page_add_password(page, "password", "Current password",
	    "current-password");
	add_button(page, "begin", "Set up", true);
	buf_add(page, "</form>\n");
}

static void
add_change_form(struct request *rq, struct buf *page,
    const struct browser *browser, const struct second_factor_state *state)
{
	buf_addf(page,
	    "<p>Signing in takes a code from your authenticator app. You have "
	    "%lld recovery codes left.</p>\n",
	    (long long)state->recovery_codes);
	account_page_begin_form(rq, page, name, browser);
	add_code_field(page, "Code from the app, or a recovery code");
	buf_add(page, "<div class=\"choices\">\n");
	add_button(page, "codes", "Make new recovery codes", true);
	add_button(page, "remove", "Turn off", false);
	buf_add(page, "</div>\n</form>\n");
}

/* The page as things stand, with what went wrong before, or NULL. */
static enum oauth_error
show_page(struct request *rq, const struct browser *browser, int status,
    const char *error)
{
	struct second_factor_state state;
	struct buf page = page_begin(rq, title);

	page_add_error(&page, error);
	switch (second_factor_get(rq->store, rq->arena, browser->login_digest,
	    &state)) {
	case SECOND_FACTOR_NONE:
		add_begin_form(rq, &page, browser);
		break;
	case SECOND_FACTOR_ACTIVE:
		add_change_form(rq, &page, browser, &state);
		break;
	case SECOND_FACTOR_GET_NOT_SIGNED_IN:
		return account_page_sign_in(rq, name);
	case SECOND_FACTOR_GET_STORE_DOWN:
		return pending_refuse_unreachable(rq);
	}
	account_page_add_way_back(&page);
	return page_end(rq, status, &page);
}

static enum oauth_error
show_secret(struct request *rq, const struct browser *browser,
    const char *email, const unsigned char *secret, const unsigned char *sealed,
    const char *error)
{
	const char *uri = second_secret_uri(rq, email, secret);
	struct buf page = page_begin(rq, "Set up your authenticator app");

	page_add_error(&page, error);
	if (qr_add(&page, uri, "QR code for your authenticator app"))
		buf_add(&page,
		    "<p>Scan this with the app, or type the key:</p>\n");
	else
		buf_add(&page, "<p>Type this key into the app:</p>\n");
	buf_addf(&page, "<p class=\"secret\"><code>%s</code></p>\n",
	    second_secret_shown(rq->arena, secret));
	buf_add(&page, "<p>On this device: <a href=\"");
	html_add(&page, uri);
	buf_add(&page, "\">open the app</a>.</p>\n");
	account_page_begin_form(rq, &page, name, browser);
	buf_addf(&page, "<input type=\"hidden\" name=\"offer\" value=\"%s\">\n",
	    hex_encode(rq->arena, sealed, SECOND_FACTOR_SEALED_BYTES));
	add_code_field(&page, "Code that the app shows");
	add_button(&page, "confirm", "Confirm", true);
	buf_add(&page, "</form>\n");
	account_page_add_way_back(&page);
	return page_end(rq, error ? 401 : 200, &page);
}

static enum oauth_error
show_codes(struct request *rq, const char *const *codes)
{
	struct buf page = page_begin(rq, "Your recovery codes");
	int i;

	buf_add(&page,
	    "<p>Keep them where you keep what is dear to you: each signs you "
	    "in once when the app is lost. They are shown this once. Codes "
	    "made before are of no more use.</p>\n<ul class=\"secret\">\n");
	for (i = 0; i < RECOVERY_CODES; i++)
		buf_addf(&page, "<li><code>%s</code></li>\n", codes[i]);
	buf_add(&page, "</ul>\n");
	account_page_add_way_back(&page);
	return page_end(rq, 200, &page);
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
		    "There is a second factor already.");
	case SECOND_FACTOR_OFFER_STALE:
		return show_page(rq, browser, 409,
		    "The password was changed at this moment.");
	case SECOND_FACTOR_OFFER_NOT_SIGNED_IN:
		return account_page_sign_in(rq, name);
	case SECOND_FACTOR_OFFER_STORE_DOWN:
		break;
	}
	return pending_refuse_unreachable(rq);
}

static const struct current_password_page asking = {name, offer, show_page};

/* ---- a code was typed ---- */

static const char wrong_code[] =
    "The code is wrong or was used before. Wait for the next one.";

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
		return show_page(rq, browser, 401, wrong_code);
	return show_secret(rq, browser, factor->email, secret, factor->sealed,
	    wrong_code);
}

static enum oauth_error
refuse_code(struct request *rq, const struct browser *browser,
    const struct second_factor *factor)
{
	log_wrong("wrong code");
	return factor->active ? show_page(rq, browser, 401, wrong_code)
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
		return show_page(rq, browser, 401, wrong_code);
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
		return show_page(rq, browser, 409, "This has changed already.");
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
		    "There were too many tries. Wait a quarter of an hour.");
	case SECOND_FACTOR_NO_SECRET:
		return show_page(rq, browser, 409, "This has changed already.");
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
	return refuse(rq, OAUTH_INVALID_REQUEST,
	    "The form does not say what to do.");
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
