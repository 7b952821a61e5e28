/* SPDX-License-Identifier: MIT */
/* doctor_cause.c - what goes wrong with any answer alike, whatever was asked. */
#include <string.h>

#include "base/text.h"
#include "base/uri.h"
#include "doctor.h"

/* A cause is the same at every address: it is told at the first. */
#define TELL_ONCE(doctor, code, fix, ...) \
	(doctor_told(doctor, code) \
	        ? (void)0 \
	        : doctor_problem(doctor, code, fix, __VA_ARGS__))

/* ---- no answer ---- */

static void
tell_no_answer(struct doctor *doctor, const char *what,
    const struct web_answer *answer)
{
	if (doctor->web.stop && *doctor->web.stop)
		return;
	if (answer->untrusted)
		TELL_ONCE(doctor, "certificate",
		    "SSLCertificateFile /path/to/fullchain.pem\n"
		    "# the certificate with those between it and an authority; "
		    "where an authority of\n"
		    "# your own signed it: mcp-oauth doctor --ca-file FILE",
		    "%s: no authority known here vouches for the certificate "
		    "(%s)",
		    what, answer->error);
	else
		TELL_ONCE(doctor, "no-answer",
		    "systemctl start apache2\n"
		    "# or name the address that does answer with --url",
		    "%s: nothing answers at %s (%s)", what, doctor->url,
		    answer->error);
}

/* ---- redirects: a POST loses its body, any request its token ---- */

static void
tell_redirect(struct doctor *doctor, const char *what,
    const struct web_answer *answer)
{
	struct arena *arena = doctor->arena;
	struct uri to, base;
	const char *origin = "";

	if (uri_parse(arena, answer->location, &to))
		origin = uri_origin(arena, &to);
	if (*origin && uri_parse(arena, doctor->url, &base) &&
	    !text_equal(origin, uri_origin(arena, &base)))
		TELL_ONCE(doctor, "redirect",
		    arena_printf(arena,
		        "OAUTH_BASE_URL=%s\n"
		        "# in mcp-oauth.conf and guard.conf: the address that "
		        "answers by itself",
		        origin),
		    "%s is redirected to %s (status %ld): clients lose what "
		    "they post, and their tokens",
		    what, origin, answer->status);
	else
		TELL_ONCE(doctor, "redirect",
		    "# take out what redirects it: Redirect, RedirectMatch, "
		    "RewriteRule, a sign-in in front;\n"
		    "# where a folder answers, in its <Location>:\n"
		    "DirectorySlash Off",
		    "%s is redirected to %s (status %ld): clients lose what "
		    "they post, and their tokens",
		    what, answer->location, answer->status);
}

/* ---- not the answer of our programs ---- */

static void
tell_page(struct doctor *doctor, const char *what,
    const struct web_answer *answer)
{
	if (answer->status >= 500)
		TELL_ONCE(doctor, "program-fails",
		    "# the web server's error log says why its program did not "
		    "answer",
		    "%s: the web server itself answers status %ld", what,
		    answer->status);
	else if (answer->status == 403)
		TELL_ONCE(doctor, "forbidden",
		    "<LocationMatch \"^/(api/oauth|\\.well-known)/\">\n"
		    "  Require all granted\n"
		    "</LocationMatch>\n"
		    "# or let a filter in front (ModSecurity, a bot check) "
		    "pass these addresses",
		    "%s is forbidden (status 403), by something that is not "
		    "ours",
		    what);
	else
		TELL_ONCE(doctor, "error-page-replaced",
		    "<Location \"/\">\n"
		    "  ProxyErrorOverride Off\n"
		    "</Location>\n"
		    "# in the proxy in front; in nginx: proxy_intercept_errors "
		    "off;",
		    "%s: an error page of type \"%s\" (status %ld) stands in "
		    "place of our JSON, which tells clients what to do",
		    what, answer->content_type, answer->status);
}

static void
tell_unavailable(struct doctor *doctor, const char *what)
{
	TELL_ONCE(doctor, "unavailable",
	    arena_printf(doctor->arena,
	        "# the endpoint's line in the log says why, as fault= "
	        "(LOG_TO=%s)",
	        doctor->server->log_to),
	    "%s is unavailable (status 503)", what);
}

bool
doctor_cause(struct doctor *doctor, const char *what,
    const struct web_answer *answer)
{
	if (answer->status == 0)
		tell_no_answer(doctor, what, answer);
	else if (answer->status >= 300 && answer->status < 400 &&
	    *answer->location)
		tell_redirect(doctor, what, answer);
	else if (answer->status == 503 && doctor_is_json(answer))
		tell_unavailable(doctor, what);
	else if (answer->status >= 400 && answer->status != 404 &&
	    !doctor_is_json(answer))
		tell_page(doctor, what, answer);
	else
		return false;
	return true;
}
