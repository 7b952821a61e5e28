/* SPDX-License-Identifier: MIT */
/* doctor_login.c - OAUTH_LOGIN=remote_user: does the web server really ask who
 * it is before it lets anybody to the sign-in? */
#include <string.h>

#include "base/text.h"
#include "doctor.h"

static const char path[] = "/api/oauth/login";

static const char fix[] =
    "Include " MCP_OAUTH_DATADIR "/apache-conf/remote-login.conf\n"
    "Use RemoteLoginHtpasswd \"Sign in\" /etc/mcp-oauth/htpasswd\n"
    "# below mcp-oauth.conf; or RemoteLoginLDAP, RemoteLoginOpenIDConnect; "
    "with another module:\n"
    "# \"Require valid-user\" in its <Location \"/api/oauth/login\">";

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
asks_who_it_is(struct arena *arena, const struct web_answer *answer)
{
	switch (answer->status) {
	case 401:
		return *web_header(arena, answer, "www-authenticate");
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
	answer = doctor_get(doctor, path);
	if (answer.status == 0) /* told already */
		return;
	if (asks_who_it_is(doctor->arena, &answer))
		doctor_ok(doctor, "login-open",
		    "%s asks who it is (status %ld)", path, answer.status);
	else
		doctor_problem(doctor, "login-open", fix,
		    "%s answers status %ld to whoever did not sign in: with "
		    "OAUTH_LOGIN=remote_user the web server must ask first "
		    "(401 or a redirect)",
		    path, answer.status);
}
