/* SPDX-License-Identifier: MIT */
/*
 * doctor_authorization.c - does the Authorization header arrive?  Apache keeps
 * it from CGI and FastCGI programs unless told otherwise, and so may whatever
 * stands in front of it.
 */
#include <string.h>

#include "base/text.h"
#include "doctor.h"

enum sight { SIGHT_UNKNOWN, SIGHT_SEES, SIGHT_BLIND };

static const char
    fix_proxy[] = "# in what stands in front: take out \"RequestHeader unset "
                  "Authorization\"; "
                  "in nginx:\n"
                  "# proxy_set_header Authorization $http_authorization;\n"
                  "# where there is nothing in front, in the virtual host:\n"
                  "<Location \"/\">\n"
                  "  CGIPassAuth On\n"
                  "</Location>";

static const char
    fix_missing[] = "<Location \"/api/oauth/token\">\n"
                    "  Alias \"${MCP_OAUTH_LIBEXEC}/cgi-bin/token\"\n"
                    "  Require all granted\n"
                    "</Location>";

static const char *
fix_location(struct doctor *doctor, const char *path)
{
	return arena_printf(doctor->arena,
	    "<Location \"%s\">\n"
	    "  CGIPassAuth On\n"
	    "</Location>\n"
	    "# or in .htaccess: RewriteRule ^ - "
	    "[E=HTTP_AUTHORIZATION:%%{HTTP:Authorization}]",
	    path);
}

/* A client that nobody registered is 401 with a challenge, if it is seen. */
static enum sight
sight_of_token_endpoint(struct doctor *doctor)
{
	struct web_answer answer = doctor_post_form(doctor,
	    doctor_url_of(doctor, "/api/oauth/token"),
	    "grant_type=refresh_token&refresh_token=doctor",
	    "Basic bm8tc3VjaC1jbGllbnQ6eA=="); /* no-such-client:x */

	if (doctor_cause(doctor, "/api/oauth/token", &answer))
		return SIGHT_UNKNOWN;
	if (answer.status == 404) {
		doctor_problem(doctor, "endpoint-missing", fix_missing,
		    "there is no token endpoint at /api/oauth/token (status "
		    "404)");
		return SIGHT_UNKNOWN;
	}
	return answer.status == 401 &&
	        strstr(web_header(doctor->arena, &answer, "www-authenticate"),
	            "Basic")
	    ? SIGHT_SEES
	    : SIGHT_BLIND;
}

/*
 * Apache's access checker and the error document that explains its refusal see
 * the header or not each for itself.  A token that the one does not see and the
 * other finds good is "try again".
 */
static enum sight
sight_of_checker(struct doctor *doctor, const struct resource_setting *resource)
{
	/* Of a scope that nothing asks for, should others read it. */
	const char *token = doctor_token(doctor, resource, "mcp-oauth-doctor");
	struct web_answer answer;

	if (!token)
		return SIGHT_UNKNOWN;
	/* No message of MCP: what the guard lets through does nothing. */
	answer = doctor_post_json(doctor, doctor_url_of(doctor, resource->path),
	    "{}", arena_printf(doctor->arena, "Bearer %s", token));
	if (answer.status == 503 && doctor_is_json(&answer) &&
	    strstr(answer.body, "try again"))
		return SIGHT_BLIND;
	if (answer.status == 503 && doctor_is_json(&answer))
		(void)doctor_cause(doctor, resource->path, &answer);
	else if (answer.status == 401)
		doctor_problem(doctor, "token-refused",
		    "mcp-oauth render\n"
		    "# and see that guard.conf and mcp-oauth.conf agree; or "
		    "the clocks differ",
		    "the guard of %s refuses a good token%s", resource->path,
		    doctor_reason(doctor, &answer));
	else
		return SIGHT_SEES;
	return SIGHT_UNKNOWN;
}

/* A token that is none is 401 invalid_token, if it is seen. */
static enum sight
sight_of_guard(struct doctor *doctor, const struct resource_setting *resource)
{
	struct web_answer answer = doctor_post_json(doctor,
	    doctor_url_of(doctor, resource->path), "{}", "Bearer doctor");
	const char *challenge = web_header(doctor->arena, &answer,
	    "www-authenticate");

	if (answer.status == 503)
		(void)doctor_cause(doctor, resource->path, &answer);
	if (answer.status != 401 || !strstr(challenge, "resource_metadata"))
		return SIGHT_UNKNOWN;
	return strstr(challenge, "invalid_token")
	    ? sight_of_checker(doctor, resource)
	    : SIGHT_BLIND;
}

static void
tell_guard(struct doctor *doctor, const char *path, enum sight sight)
{
	if (sight == SIGHT_SEES)
		doctor_ok(doctor, "authorization-guard",
		    "the guard sees access tokens at %s", path);
	else if (sight == SIGHT_BLIND)
		doctor_problem(doctor, "authorization-guard",
		    fix_location(doctor, path),
		    "the guard of %s does not see the Authorization header: "
		    "CGIPassAuth is missing there",
		    path);
}

static void
tell_token_endpoint(struct doctor *doctor, enum sight sight)
{
	if (sight == SIGHT_SEES)
		doctor_ok(doctor, "authorization-token",
		    "the token endpoint sees the Authorization header");
	else if (sight == SIGHT_BLIND)
		doctor_problem(doctor, "authorization-token",
		    fix_location(doctor, "/api/oauth/"),
		    "the token endpoint does not see the Authorization "
		    "header: CGIPassAuth is missing for the programs");
}

void
doctor_authorization(struct doctor *doctor)
{
	const struct settings *settings = doctor->server;
	size_t i, n = settings->n_mcp_resources, blind = 0;
	enum sight token = sight_of_token_endpoint(doctor);
	enum sight *guard = arena_alloc(doctor->arena,
	    (n + 1) * sizeof(*guard));

	for (i = 0; i < n; i++) {
		guard[i] = sight_of_guard(doctor, &settings->mcp_resources[i]);
		blind += guard[i] == SIGHT_BLIND;
	}
	if (token == SIGHT_BLIND && blind > 0 && blind == n) {
		doctor_problem(doctor, "authorization-proxy", fix_proxy,
		    "neither the token endpoint nor the guard sees the "
		    "Authorization header: something in front of them takes "
		    "it away");
		return;
	}
	tell_token_endpoint(doctor, token);
	for (i = 0; i < n; i++)
		tell_guard(doctor, settings->mcp_resources[i].path, guard[i]);
}
