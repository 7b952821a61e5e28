/* SPDX-License-Identifier: MIT */
/* doctor_address.c - is it our site that answers, and by the name that clients
 * know it by? */
#include "base/text.h"
#include "base/uri.h"
#include "doctor.h"

static bool
on_loopback(struct doctor *doctor, const char *origin)
{
	struct uri uri;

	return uri_parse(doctor->arena, origin, &uri) && uri_is_loopback(&uri);
}

/*
 * Behind a proxy that speaks TLS the address of the web server itself is easily
 * written into OAUTH_BASE_URL.  Clients compare the issuer with the address
 * that they asked, and refuse (RFC 8414 s3.3).
 */
static void
check_names(struct doctor *doctor)
{
	const char *named = doctor->server->oauth_base_url;

	if (!text_starts(named, "http:"))
		return;
	if (!text_starts(doctor->url, "https:") &&
	    on_loopback(doctor, doctor->url))
		return;
	doctor_problem(doctor, "issuer-address",
	    arena_printf(doctor->arena,
	        "OAUTH_BASE_URL=%s\n"
	        "# in mcp-oauth.conf and guard.conf",
	        doctor->url),
	    "the site is reached at %s, but its documents name %s, which "
	    "clients refuse",
	    doctor->url, named);
}

bool
doctor_address(struct doctor *doctor)
{
	static const char path[] = "/api/oauth/health";
	struct web_answer answer = doctor_get(doctor, path);

	check_names(doctor);
	if (answer.status == 503 && doctor_is_json(&answer))
		return true; /* the database's checks told already */
	if (doctor_cause(doctor, path, &answer))
		return false;
	if (answer.status == 200 && doctor_is_json(&answer)) {
		doctor_ok(doctor, "not-included", "%s answers", doctor->url);
		return true;
	}
	doctor_problem(doctor, "not-included",
	    "Include " MCP_OAUTH_DATADIR "/apache-conf/mcp-oauth.conf\n"
	    "# in the virtual host of OAUTH_BASE_URL, before other Alias and "
	    "ProxyPass lines",
	    "%s%s is not ours: status %ld, type \"%s\"", doctor->url, path,
	    answer.status, answer.content_type);
	return false;
}
