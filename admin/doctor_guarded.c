/* SPDX-License-Identifier: MIT */
/*
 * doctor_guarded.c - does the guard stand before all of each resource?  Without
 * a token every method at every address is 401 with a challenge that names the
 * metadata (RFC 9728 s5.1); a preflight is answered without one.
 */
#include <string.h>

#include "base/text.h"
#include "doctor.h"
#include "oauth/resource.h"

enum guarding { GUARDING_NONE, GUARDING_BARE, GUARDING_WHOLE };

/* Who guards it, by what a request without a token hears; *ret is that. */
static enum guarding
guarding(struct doctor *doctor, const struct resource_setting *resource,
    const char *method, const char *path, struct web_answer *ret)
{
	*ret = doctor_send(doctor,
	    &(struct web_request){.url = doctor_url_of(doctor, path),
	        .method = method});
	if (ret->status != 401)
		return GUARDING_NONE;
	return strstr(web_header(doctor->arena, ret, "www-authenticate"),
	           resource_metadata_url(doctor->arena, doctor->server,
	               resource))
	    ? GUARDING_WHOLE
	    : GUARDING_BARE;
}

static const char *
fix_guard(struct doctor *doctor, const char *path)
{
	return arena_printf(doctor->arena,
	    "Use GuardMCP %s\n"
	    "# or, where it is handed to an HTTP server: Use ProxyMCP %s "
	    "http://127.0.0.1:9000%s",
	    path, path, path);
}

static void
tell_bare(struct doctor *doctor, const char *path)
{
	doctor_problem(doctor, "challenge-replaced",
	    arena_printf(doctor->arena,
	        "<Location \"%s\">\n"
	        "  ErrorDocument 401 /api/oauth/refusal\n"
	        "</Location>",
	        path),
	    "%s is 401, but by another page than the guard's, without the "
	    "challenge that leads clients to sign in",
	    path);
}

/* ---- the resource and what is below it ---- */

struct coverage {
	enum guarding at, slash, below;
	struct web_answer answer; /* at the path itself */
	struct web_answer below_answer;
};

static void
tell_uncovered(struct doctor *doctor, const char *path,
    const struct coverage *coverage)
{
	const char *fix = fix_guard(doctor, path);

	if (coverage->at != GUARDING_NONE)
		doctor_problem(doctor, "guard-partial", fix,
		    "%s is guarded, but %s%s is not (status %ld): whatever "
		    "is served there is open to all",
		    path, path, coverage->slash == GUARDING_NONE ? "/" : "/...",
		    coverage->below_answer.status);
	else if (coverage->below != GUARDING_NONE)
		doctor_problem(doctor, "trailing-slash", fix,
		    "%s/ is guarded, but %s is not (status %ld): the path of "
		    "a guard ends without a slash",
		    path, path, coverage->answer.status);
	else
		doctor_problem(doctor, "unguarded", fix,
		    "%s answers status %ld without a token, not 401", path,
		    coverage->answer.status);
}

static bool
check_coverage(struct doctor *doctor, const struct resource_setting *resource)
{
	const char *path = resource->path;
	const char *base = text_equal(path, "/") ? "" : path;
	struct arena *arena = doctor->arena;
	struct coverage c;

	c.at = guarding(doctor, resource, NULL, path, &c.answer);
	c.below = guarding(doctor, resource, NULL,
	    arena_printf(arena, "%s/doctor", base), &c.below_answer);
	c.slash = c.below;
	if (*base && c.below != GUARDING_NONE)
		c.slash = guarding(doctor, resource, NULL,
		    arena_printf(arena, "%s/", base), &c.below_answer);
	if (c.at == GUARDING_NONE && c.answer.status != 404 &&
	    c.answer.status != 403 && doctor_cause(doctor, path, &c.answer))
		return false;
	if (c.at == GUARDING_BARE) {
		tell_bare(doctor, path);
		return false;
	}
	if (c.at != GUARDING_NONE && c.below != GUARDING_NONE &&
	    c.slash != GUARDING_NONE) {
		doctor_ok(doctor, "unguarded", "%s and below is guarded", path);
		return true;
	}
	tell_uncovered(doctor, path, &c);
	return false;
}

/* ---- no metadata below it, and no challenge where clients look for some ---- */

static void
check_none_below(struct doctor *doctor, const char *resource_path)
{
	const char *path = arena_printf(doctor->arena,
	    "%s/.well-known/oauth-protected-resource", resource_path);
	struct web_answer answer = doctor_get(doctor, path);

	if (answer.status == 404 && doctor_is_json(&answer))
		doctor_ok(doctor, "well-known-not-found", "%s is JSON 404",
		    path);
	else if (!doctor_told(doctor, "error-page-replaced"))
		doctor_problem(doctor, "well-known-not-found",
		    arena_printf(doctor->arena,
		        "<Location \"%s/.well-known\">\n"
		        "  ErrorDocument 401 /api/oauth/not-found\n"
		        "  ErrorDocument 404 /api/oauth/not-found\n"
		        "</Location>",
		        resource_path),
		    "%s answers status %ld, type \"%s\", in place of JSON "
		    "404: clients that look there go no further",
		    path, answer.status, answer.content_type);
}

/* ---- methods ---- */

static const char fix_methods[] =
    "# take out <Limit>, <LimitExcept>, AllowMethods and RewriteCond "
    "%{REQUEST_METHOD} for it: clients\n"
    "# use GET, POST, DELETE and OPTIONS";

static void
check_method(struct doctor *doctor, const struct resource_setting *resource,
    const char *method)
{
	struct web_answer answer;

	if (guarding(doctor, resource, method, resource->path, &answer) !=
	    GUARDING_NONE)
		return;
	doctor_problem(doctor, "method-refused", fix_methods,
	    "%s %s is not 401 without a token but status %ld: clients that "
	    "begin so never learn where to sign in",
	    method, resource->path, answer.status);
}

/* A page in a browser asks before it sends a token. */
static void
check_preflight(struct doctor *doctor, const char *path)
{
	static const char *const headers[] = {
	    "Origin: http://127.0.0.1:6274",
	    "Access-Control-Request-Method: POST",
	    "Access-Control-Request-Headers: authorization,content-type",
	    NULL,
	};
	struct web_answer answer = doctor_send(doctor,
	    &(struct web_request){.url = doctor_url_of(doctor, path),
	        .method = "OPTIONS",
	        .headers = headers});

	if (answer.status / 100 == 2 &&
	    *web_header(doctor->arena, &answer, "access-control-allow-origin"))
		doctor_ok(doctor, "preflight-refused",
		    "%s answers clients in browsers", path);
	else if (!doctor_told(doctor, "preflight-refused"))
		doctor_problem(doctor, "preflight-refused", fix_methods,
		    "OPTIONS %s is status %ld: clients in browsers get no "
		    "further",
		    path, answer.status);
}

static void
check_resource(struct doctor *doctor, const struct resource_setting *resource)
{
	if (!check_coverage(doctor, resource))
		return;
	if (!text_equal(resource->path, "/"))
		check_none_below(doctor, resource->path);
	check_method(doctor, resource, "POST");
	check_method(doctor, resource, "DELETE");
	check_preflight(doctor, resource->path);
}

void
doctor_guarded(struct doctor *doctor)
{
	size_t i;

	for (i = 0; i < doctor->server->n_mcp_resources; i++)
		check_resource(doctor, &doctor->server->mcp_resources[i]);
	if (!doctor_told(doctor, "endpoint-missing"))
		check_preflight(doctor, "/api/oauth/token");
}
