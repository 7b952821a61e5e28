/* SPDX-License-Identifier: MIT */
/* doctor_login.c - OAUTH_LOGIN=remote_user: does the web server really ask who
 * it is before it lets anybody to the sign-in? */
#include <string.h>

#include "base/text.h"
#include "doctor.h"
#include "web.h"

static const char path[] = "/api/oauth/login";

static const char remedy[] =
    "include apache-conf/remote-login.conf below mcp-oauth.conf, followed by "
    "\"Use RemoteLoginHtpasswd\", \"RemoteLoginLDAP\" or "
    "\"RemoteLoginOpenIDConnect\"; with another module put \"Require "
    "valid-user\" into its <Location \"/api/oauth/login\">";

/* To the same path, such as from http to https: nobody was asked anything. */
static bool
comes_back(const struct web_answer *answer)
{
	const char *rest = strstr(answer->location, path);

	if (!rest ||
	    strcspn(answer->location, "?#") < (size_t)(rest - answer->location))
		return false;
	rest += strlen(path);
	return text_equal(rest, "") || text_equal(rest, "/") || *rest == '?';
}

/* 401: a password, a ticket; a redirect: a provider's page; 403: no
 * certificate.  The program itself never answers so to a bare request. */
static bool
asks_who_it_is(const struct web_answer *answer)
{
	switch (answer->status) {
	case 401:
		return *answer->authenticate != '\0';
	case 302:
	case 303:
	case 307:
		return *answer->location && !comes_back(answer);
	case 403:
		return true;
	default:
		return false;
	}
}

void
doctor_login(struct doctor *doctor)
{
	struct web_answer answer;

	if (!doctor->server->login_remote_user)
		return;
	answer = web_ask(doctor->arena,
	    arena_printf(doctor->arena, "%s%s", doctor->url, path), NULL, NULL);
	if (answer.status == 0) /* told already */
		return;
	if (asks_who_it_is(&answer))
		doctor_ok(doctor, "%s asks who it is (status %ld)", path,
		    answer.status);
	else
		doctor_problem(doctor, remedy,
		    "%s answers status %ld to whoever did not sign in: with "
		    "OAUTH_LOGIN=remote_user the web server must ask first "
		    "(401 or a redirect)",
		    path, answer.status);
}
