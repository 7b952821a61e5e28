/* SPDX-License-Identifier: MIT */
/*
 * doctor_client_authorize.c - the person's browser on its way from the client to
 * the pages that ask, and back with a code (RFC 6749 s4.1, RFC 7636, RFC 8707,
 * RFC 9207).
 */
#include <string.h>

#include "base/text.h"
#include "crypto/digest.h"
#include "crypto/encode.h"
#include "doctor_client.h"
#include "doctor_form.h"
#include "doctor_pages.h"
#include "oauth/pkce.h"
#include "oauth/scope.h"

enum { STATE_BYTES = 16, VERIFIER_BYTES = 32 };

static const char log_fix[] =
    "# the endpoint's line in the log says why, as reason= or fault=";

static const char *
address(struct walk *walk, const char *state)
{
	struct buf query = buf_in(walk->arena);

	form_add(&query, "response_type", "code");
	form_add(&query, "client_id", walk->client_id);
	form_add(&query, "redirect_uri", CLIENT_REDIRECT_URI);
	form_add(&query, "code_challenge",
	    pkce_challenge(walk->arena, walk->code_verifier));
	form_add(&query, "code_challenge_method", "S256");
	form_add(&query, "state", state);
	form_add(&query, "scope",
	    scope_base(walk->arena, walk->doctor->server, walk->resource));
	form_add(&query, "resource", walk->resource->uri);
	return arena_printf(walk->arena, "%s?%s", walk->authorization_endpoint,
	    buf_text(&query));
}

/* ---- signing in ---- */

/* Told when the person cannot be played further; false. */
static bool
stop_at(struct walk *walk, const char *why)
{
	doctor_note(walk->doctor, "sign-in",
	    "not walked further than the sign-in: %s", why);
	return false;
}

/* What a page of ours says is wrong; "" when it says nothing, or is another's. */
static const char *
reason_on(struct walk *walk, const struct web_answer *page)
{
	static const char before[] = "Error code: ";
	const char *at = strstr(page->body, before);

	if (!at)
		return "";
	at += sizeof(before) - 1;
	return arena_printf(walk->arena, ", %.*s", (int)strcspn(at, "<"), at);
}

/* Of a page it is told where it stands, and what it says. */
static bool
tell_page(struct walk *walk, const struct browser_page *page)
{
	if (page->answer.status == 0)
		return doctor_cause(walk->doctor, page->url, &page->answer);
	doctor_problem(walk->doctor, "authorize-refused", log_fix,
	    "the person's browser gets status %ld at %.*s%s",
	    page->answer.status, (int)strcspn(page->url, "?"), page->url,
	    reason_on(walk, &page->answer));
	return true;
}

static bool
tell_failed(struct walk *walk, const struct browser_page *page)
{
	if (page->answer.status != 401)
		return !tell_page(walk, page);
	doctor_problem(walk->doctor, "sign-in",
	    "# is it the password of this user?  After many tries wait a "
	    "quarter of an hour",
	    "%s could not sign in: status 401", walk->email);
	return false;
}

static bool
sign_in_by_form(struct walk *walk, struct browser_page *page)
{
	struct buf form = buf_in(walk->arena);

	buf_add(&form, form_hidden(walk->arena, page->answer.body));
	form_add(&form, "email", walk->email);
	form_add(&form, "password", walk->password);
	*page = browser_send(&walk->browser,
	    doctor_url_of(walk->doctor, "/api/oauth/login"), buf_text(&form),
	    CLIENT_REDIRECT_URI);
	if (browser_is_at(&walk->browser, page, "/api/oauth/login"))
		return tell_failed(walk, page);
	if (browser_is_at(&walk->browser, page, "/api/oauth/second_step"))
		return stop_at(walk,
		    "this user has a second factor; without --user one is made "
		    "that has none");
	return true;
}

/* The web server asks; its way of asking is played where it is HTTP Basic. */
static bool
sign_in_by_server(struct walk *walk, struct browser_page *page)
{
	const char *url = page->url, *pair;

	if (!walk->password)
		return stop_at(walk,
		    "the web server signs people in, and --user names nobody "
		    "that it knows");
	if (page->answer.status != 401)
		return stop_at(walk, "another site signs people in");
	pair = arena_printf(walk->arena, "%s:%s", walk->email, walk->password);
	walk->browser.authorization = arena_printf(walk->arena, "Basic %s",
	    base64_encode(walk->arena, (const unsigned char *)pair,
	        strlen(pair)));
	*page = browser_open(&walk->browser, url, CLIENT_REDIRECT_URI);
	return page->answer.status == 200 || page->answer.status == 303
	    ? true
	    : tell_failed(walk, page);
}

static bool
sign_in(struct walk *walk, struct browser_page *page)
{
	if (walk->doctor->server->login_remote_user)
		return browser_is_at(&walk->browser, page,
		           "/api/oauth/consent") ||
		    sign_in_by_server(walk, page);
	return !browser_is_at(&walk->browser, page, "/api/oauth/login") ||
	    page->answer.status != 200 || sign_in_by_form(walk, page);
}

/* ---- allowing it ---- */

static bool
allow(struct walk *walk, struct browser_page *page)
{
	struct buf form = buf_in(walk->arena);

	if (!browser_is_at(&walk->browser, page, "/api/oauth/consent") ||
	    page->answer.status != 200)
		return !tell_page(walk, page);
	if (!doctor_told(walk->doctor, "csp-form-action") &&
	    !doctor_told(walk->doctor, "csp-replaced"))
		doctor_page(walk->doctor, &page->answer);
	buf_add(&form, form_hidden(walk->arena, page->answer.body));
	form_add(&form, "decision", "authorize");
	*page = browser_send(&walk->browser,
	    doctor_url_of(walk->doctor, "/api/oauth/consent"), buf_text(&form),
	    CLIENT_REDIRECT_URI);
	return true;
}

/* ---- back at the client ---- */

static bool
arrive(struct walk *walk, const struct browser_page *page, const char *state)
{
	struct doctor *doctor = walk->doctor;
	const char *url = page->url;
	const char *returned = form_query(walk->arena, url, "state");
	const char *iss = form_query(walk->arena, url, "iss");
	const char *error = form_query(walk->arena, url, "error");

	walk->code = form_query(walk->arena, url, "code");
	if (!text_starts(url, CLIENT_REDIRECT_URI "?") || !walk->code) {
		if (!error)
			return !tell_page(walk, page);
		doctor_problem(doctor, "authorize-refused", log_fix,
		    "the client is told %s in place of a code", error);
		return false;
	}
	if (!returned || !text_equal(returned, state) || !iss ||
	    !text_equal(iss, doctor->server->oauth_issuer)) {
		doctor_problem(doctor, "answer-changed",
		    "# something rewrites redirects on their way: Header edit "
		    "Location, ProxyPassReverse",
		    "state or iss come back changed, and clients refuse the "
		    "answer: iss is \"%s\"",
		    iss ? iss : "");
		return false;
	}
	doctor_ok(doctor, "authorize-refused",
	    "the person signs in, allows it, and the client has its code");
	return true;
}

bool
client_authorize(struct walk *walk)
{
	/* Characters that some server or other spoils. */
	const char *state = arena_printf(walk->arena,
	    "%s+/ %%&==", random_text(walk->arena, STATE_BYTES));
	struct browser_page page;

	walk->code_verifier = random_text(walk->arena, VERIFIER_BYTES);
	page = browser_open(&walk->browser, address(walk, state),
	    CLIENT_REDIRECT_URI);
	return sign_in(walk, &page) && allow(walk, &page) &&
	    arrive(walk, &page, state);
}
