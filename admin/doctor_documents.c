/* SPDX-License-Identifier: MIT */
/*
 * doctor_documents.c - the documents that clients find the site by, at every
 * address where some client looks (RFC 8414 s3, RFC 9728 s3, OpenID Connect
 * Discovery s4), and JSON 404 where they look in vain: clients go on to the
 * next address after that, and stop at a page or a challenge.
 */
#include <string.h>

#include "base/text.h"
#include "crypto/jwks.h"
#include "doctor.h"
#include "oauth/metadata.h"
#include "oauth/resource.h"

#define WELL_KNOWN "/.well-known/"

static const struct document {
	const char *prefix, *program;
} documents[] = {
    {WELL_KNOWN "oauth-protected-resource", "resource_metadata"},
    {WELL_KNOWN "oauth-authorization-server", "server_metadata"},
    {WELL_KNOWN "openid-configuration", "server_metadata"},
    {WELL_KNOWN "jwks.json", "jwks"},
};

enum { N_DOCUMENTS = sizeof(documents) / sizeof(*documents) };

/* ---- who answers there ---- */

/* An Alias of a <Location> goes before every other, wherever it stands. */
static const char *
fix_location(struct doctor *doctor, const char *location, const char *program)
{
	return arena_printf(doctor->arena,
	    "<Location \"%s\">\n"
	    "  Alias \"${MCP_OAUTH_LIBEXEC}/cgi-bin/%s\"\n"
	    "  <IfModule proxy_module>\n"
	    "    ProxyPass \"!\"\n"
	    "  </IfModule>\n"
	    "</Location>\n"
	    "# and above a RewriteRule that takes every address:\n"
	    "# RewriteRule ^/(\\.well-known|api/oauth)/ - [END]",
	    location, program);
}

static const char *
fix_for(struct doctor *doctor, const char *path)
{
	size_t i;

	for (i = 0; i < N_DOCUMENTS; i++)
		if (text_starts(path, documents[i].prefix))
			return fix_location(doctor, documents[i].prefix,
			    documents[i].program);
	if (text_equal(path,
	        arena_printf(doctor->arena, "%s%s", doctor->server->issuer_path,
	            documents[2].prefix)))
		return arena_printf(doctor->arena,
		    "Define MCP_OAUTH_ISSUER_PATH %s\n"
		    "# before the Include of mcp-oauth.conf",
		    doctor->server->issuer_path);
	return "<Location \"/.well-known\">\n"
	       "  ErrorDocument 404 /api/oauth/not-found\n"
	       "  ErrorDocument 403 /api/oauth/not-found\n"
	       "</Location>";
}

static const char *
shown(const char *text)
{
	return *text ? text : "none";
}

static void
tell_swallowed(struct doctor *doctor, const char *path,
    const struct web_answer *answer)
{
	doctor_problem(doctor, "well-known-swallowed", fix_for(doctor, path),
	    "%s is answered by something that is not ours (status %ld, type "
	    "%s): another Alias, a ProxyPass, a rewrite rule or the document "
	    "root",
	    path, answer->status, shown(answer->content_type));
}

/* ---- documents that are there ---- */

enum { BEFORE = 20, SHOWN = 60 };

/* A piece of a document around byte at, fit for a terminal. */
static const char *
around(struct arena *arena, const char *text, size_t at)
{
	const char *from = text + (at > BEFORE ? at - BEFORE : 0);
	size_t len = strlen(from);

	return arena_strndup(arena, from, len < SHOWN ? len : SHOWN);
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

/* Is ours what is served, but for a slash at the end of this member? */
static bool
has_slash(struct doctor *doctor, const char *body, const char *member,
    const char *ours)
{
	AUTO_JSON *served = json_read(body, strlen(body));
	const char *value = served ? json_string(served, member) : NULL;

	return value && ours &&
	    text_equal(value, arena_printf(doctor->arena, "%s/", ours));
}

static void
tell_different(struct doctor *doctor, const char *path,
    const struct web_answer *answer, struct json_object *wanted,
    const char *ours)
{
	if (has_slash(doctor, answer->body, "issuer",
	        json_string(wanted, "issuer")) ||
	    has_slash(doctor, answer->body, "resource",
	        json_string(wanted, "resource")))
		doctor_problem(doctor, "trailing-slash", fix_for(doctor, path),
		    "%s has a slash at the end of its address, and clients "
		    "compare letter by letter: %s",
		    path, difference(doctor->arena, answer->body, ours));
	else
		doctor_problem(doctor, "document-differs",
		    "systemctl restart apache2\n"
		    "# so that its programs read this configuration, if they "
		    "read another; or a file or a cache answers",
		    "%s is not what this configuration says: %s", path,
		    difference(doctor->arena, answer->body, ours));
}

/* The document at path must be ours, byte for byte. */
static void
check_document(struct doctor *doctor, const char *path,
    struct json_object *wanted)
{
	struct web_answer answer = doctor_get(doctor, path);
	const char *ours = json_text(doctor->arena, wanted);

	if (answer.status != 200 || !doctor_is_json(&answer)) {
		if (answer.status == 401 || answer.status == 403 ||
		    !doctor_cause(doctor, path, &answer))
			tell_swallowed(doctor, path, &answer);
	} else if (!text_equal(answer.body, ours)) {
		tell_different(doctor, path, &answer, wanted, ours);
	} else {
		doctor_ok(doctor, "well-known-swallowed", "%s", path);
	}
}

/* ---- documents that are not ---- */

static void
check_not_found(struct doctor *doctor, const char *path)
{
	struct web_answer answer = doctor_get(doctor, path);

	if (answer.status == 404 && doctor_is_json(&answer))
		doctor_ok(doctor, "well-known-not-found", "%s is JSON 404",
		    path);
	else if (!doctor_told(doctor, "error-page-replaced") &&
	    !doctor_cause(doctor, path, &answer))
		doctor_problem(doctor, "well-known-not-found",
		    fix_for(doctor, path),
		    "%s answers status %ld, type %s, in place of JSON 404: "
		    "clients that look there go no further",
		    path, answer.status, shown(answer.content_type));
}

/* ---- all of them ---- */

/* The same document, where OpenID Connect is served; else there is none. */
static void
check_openid(struct doctor *doctor, const char *path,
    struct json_object *server)
{
	if (doctor->server->openid)
		check_document(doctor, path, server);
	else
		check_not_found(doctor, path);
}

static void
check_server(struct doctor *doctor)
{
	const struct settings *settings = doctor->server;
	const char *issuer_path = settings->issuer_path;
	AUTO_JSON *server = metadata_of_server(doctor->arena, settings);
	struct arena *arena = doctor->arena;

	check_document(doctor,
	    arena_printf(arena, "%s%s", documents[1].prefix, issuer_path),
	    server);
	check_openid(doctor,
	    arena_printf(arena, "%s%s", documents[2].prefix, issuer_path),
	    server);
	if (!*issuer_path)
		return;
	check_document(doctor, documents[1].prefix, server);
	check_openid(doctor,
	    arena_printf(arena, "%s%s", issuer_path, documents[2].prefix),
	    server);
}

static void
check_resource(struct doctor *doctor, const struct resource_setting *resource)
{
	const struct settings *settings = doctor->server;
	const char *root = documents[0].prefix;
	const char *path = resource_metadata_url(doctor->arena, settings,
	                       resource) +
	    strlen(settings->oauth_base_url);
	AUTO_JSON *document = metadata_of_resource(doctor->arena, settings,
	    resource);

	check_document(doctor, path, document);
	if (text_equal(resource->path, "/"))
		return;
	if (settings->n_mcp_resources == 1)
		check_document(doctor, root, document);
}

static void
check_jwks(struct doctor *doctor)
{
	const char *path = documents[3].prefix;
	struct web_answer answer = doctor_get(doctor, path);
	struct jwt_key *keys;
	size_t n = 0;

	if (doctor->server->hs256 && !doctor->server->jwt_private_key_file)
		return;
	if (answer.status == 200 &&
	    jwks_read(doctor->arena, answer.body, strlen(answer.body), &keys,
	        &n) &&
	    n > 0)
		doctor_ok(doctor, "well-known-swallowed", "%s holds %zu keys",
		    path, n);
	else if (!doctor_cause(doctor, path, &answer))
		tell_swallowed(doctor, path, &answer);
}

void
doctor_documents(struct doctor *doctor)
{
	size_t i, n = doctor->server->n_mcp_resources;

	check_server(doctor);
	check_jwks(doctor);
	for (i = 0; i < n; i++)
		check_resource(doctor, &doctor->server->mcp_resources[i]);
	if (n > 1 && !resource_of_path(doctor->server, "/"))
		check_not_found(doctor, documents[0].prefix);
	check_not_found(doctor, WELL_KNOWN "oauth-no-such-document");
}
