/* SPDX-License-Identifier: MIT */
/* doctor_site.c - the running site, asked as a client asks it. */
#include <string.h>

#include "base/text.h"
#include "doctor.h"
#include "oauth/metadata.h"
#include "oauth/resource.h"
#include "web.h"

static const char alias_remedy[] =
    "include apache-conf/mcp-oauth.conf in the virtual host of OAUTH_BASE_URL, "
    "and let no other Alias, rewrite rule or document root answer there";

static struct web_answer
ask(struct doctor *doctor, const char *path, const char *authorization)
{
	return web_ask(doctor->arena,
	    arena_printf(doctor->arena, "%s%s", doctor->url, path), NULL,
	    authorization);
}

static bool
is_json(const struct web_answer *answer)
{
	return text_starts(answer->content_type, "application/json");
}

enum { BEFORE = 20, SHOWN = 60 };

/* A piece of a document around byte at, fit for a terminal. */
static const char *
around(struct arena *arena, const char *text, size_t at)
{
	char *piece = arena_strdup(arena,
	    text + (at > BEFORE ? at - BEFORE : 0));
	size_t i;

	for (i = 0; i < SHOWN && piece[i]; i++)
		if (piece[i] < ' ' || piece[i] > '~')
			piece[i] = '?';
	piece[i] = '\0';
	return piece;
}

/* Where two documents part, and what stands there in each. */
static const char *
difference(struct arena *arena, const char *served, const char *wanted)
{
	size_t at = 0;

	while (served[at] && served[at] == wanted[at])
		at++;
	return arena_printf(arena, "from byte %zu on it has '%s', not '%s'", at,
	    around(arena, served, at), around(arena, wanted, at));
}

/* The document at path must be ours, byte for byte. */
static void
check_document(struct doctor *doctor, const char *path,
    struct json_object *wanted)
{
	struct web_answer answer = ask(doctor, path, NULL);
	const char *ours = json_text(doctor->arena, wanted);

	if (answer.status == 0)
		doctor_problem(doctor,
		    "is the web server running, and is OAUTH_BASE_URL its "
		    "address?",
		    "%s%s: %s", doctor->url, path, answer.error);
	else if (answer.status != 200 || !is_json(&answer))
		doctor_problem(doctor, alias_remedy,
		    "%s answers status %ld, type \"%s\"", path, answer.status,
		    answer.content_type);
	else if (!text_equal(answer.body, ours))
		doctor_problem(doctor,
		    "restart the web server, or find what else answers there",
		    "%s is not what this configuration says: %s", path,
		    difference(doctor->arena, answer.body, ours));
	else
		doctor_ok(doctor, "%s", path);
}

static void
check_metadata(struct doctor *doctor)
{
	const struct settings *settings = doctor->server;
	AUTO_JSON *server = metadata_of_server(doctor->arena, settings);
	size_t i;

	check_document(doctor,
	    arena_printf(doctor->arena,
	        "/.well-known/oauth-authorization-server%s",
	        settings->issuer_path),
	    server);
	for (i = 0; i < settings->n_mcp_resources; i++) {
		const struct resource_setting
		    *resource = &settings->mcp_resources[i];
		AUTO_JSON *document = metadata_of_resource(doctor->arena,
		    settings, resource);

		check_document(doctor,
		    resource_metadata_url(doctor->arena, settings, resource) +
		        strlen(settings->oauth_base_url),
		    document);
	}
}

static void
check_not_found(struct doctor *doctor)
{
	static const char path[] = "/.well-known/oauth-no-such-document";
	struct web_answer answer = ask(doctor, path, NULL);

	if (answer.status == 404 && is_json(&answer))
		doctor_ok(doctor, "other well-known paths are JSON 404");
	else
		doctor_problem(doctor, alias_remedy,
		    "%s answers status %ld, type \"%s\" in place of JSON 404",
		    path, answer.status, answer.content_type);
}

/* ---- the Authorization header, lost by default under CGI and FastCGI ---- */

static const char authorization_remedy[] =
    "add \"CGIPassAuth On\" to the <Directory> of the programs and to the "
    "guarded <Location>; or in .htaccess: RewriteRule ^ - "
    "[E=HTTP_AUTHORIZATION:%{HTTP:Authorization}]";

static void
check_token_endpoint(struct doctor *doctor)
{
	struct web_answer answer = web_ask(doctor->arena,
	    arena_printf(doctor->arena, "%s/api/oauth/token", doctor->url),
	    "grant_type=refresh_token&refresh_token=doctor",
	    "Basic bm8tc3VjaC1jbGllbnQ6eA=="); /* no-such-client:x */

	if (answer.status == 401 && strstr(answer.authenticate, "Basic"))
		doctor_ok(doctor,
		    "the token endpoint sees the Authorization header");
	else if (answer.status == 503)
		doctor_problem(doctor, "see the web server's error log",
		    "the token endpoint is unavailable");
	else
		doctor_problem(doctor, authorization_remedy,
		    "the token endpoint does not see the Authorization header "
		    "(status %ld)",
		    answer.status);
}

static void
check_guarded(struct doctor *doctor, const struct resource_setting *resource,
    const char *path)
{
	struct web_answer answer = ask(doctor, path, NULL);
	const char *document = resource_metadata_url(doctor->arena,
	    doctor->server, resource);

	if (answer.status != 401)
		doctor_problem(doctor,
		    "guard it: \"Use GuardMCP PATH\" or \"Use ProxyMCP PATH "
		    "BACKEND\" in the virtual host",
		    "%s answers status %ld without a token, not 401", path,
		    answer.status);
	else if (!strstr(answer.authenticate, document))
		doctor_problem(doctor,
		    "let ErrorDocument 401 of the location be the guard",
		    "%s: the challenge does not name %s", path, document);
	else
		doctor_ok(doctor, "%s is guarded", path);
}

static void
check_guard_sees_token(struct doctor *doctor, const char *path)
{
	struct web_answer answer = ask(doctor, path, "Bearer doctor");

	if (answer.status == 401 &&
	    strstr(answer.authenticate, "invalid_token"))
		doctor_ok(doctor, "the guard sees access tokens at %s", path);
	else if (answer.status == 503)
		doctor_problem(doctor, "see the guard's line in the error log",
		    "the guard of %s is unavailable", path);
	else
		doctor_problem(doctor, authorization_remedy,
		    "the guard of %s does not see the Authorization header "
		    "(status %ld)",
		    path, answer.status);
}

static void
check_resource(struct doctor *doctor, const struct resource_setting *resource)
{
	check_guarded(doctor, resource, resource->path);
	if (!text_equal(resource->path, "/"))
		check_guarded(doctor, resource,
		    arena_printf(doctor->arena, "%s/", resource->path));
	check_guard_sees_token(doctor, resource->path);
}

void
doctor_site(struct doctor *doctor)
{
	size_t i;

	if (!doctor->url)
		doctor->url = doctor->server->oauth_base_url;
	if (ask(doctor, "/api/oauth/health", NULL).status == 0) {
		doctor_problem(doctor,
		    "start the web server, or name its address with --url",
		    "nothing answers at %s", doctor->url);
		return;
	}
	check_metadata(doctor);
	check_not_found(doctor);
	check_token_endpoint(doctor);
	for (i = 0; i < doctor->server->n_mcp_resources; i++)
		check_resource(doctor, &doctor->server->mcp_resources[i]);
}
