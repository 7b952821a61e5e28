/* SPDX-License-Identifier: MIT */
/*
 * doctor_pages.c - what the web server adds to the pages for people.  A policy
 * with form-action stops the consent form on its way to the client, because
 * browsers apply it along the whole chain of redirects.
 */
#include "doctor_pages.h"

#include <string.h>

#include "base/text.h"

/* Headers of programs stand among Apache's own of the one kind or the other,
 * and so may the one that was added: both are taken away. */
static const char fix_policy[] =
    "<Location \"/api/oauth/\">\n"
    "  Header unset Content-Security-Policy\n"
    "  Header always set Content-Security-Policy \"default-src 'none'; "
    "style-src 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'\"\n"
    "</Location>";

static bool
stops_forms(const char *policy)
{
	return strstr(policy, "form-action") ||
	    (strstr(policy, "sandbox") && !strstr(policy, "allow-forms"));
}

void
doctor_page(struct doctor *doctor, const struct web_answer *page)
{
	const char *policy = web_header(doctor->arena, page,
	    "content-security-policy");

	if (stops_forms(policy))
		doctor_problem(doctor, "csp-form-action", fix_policy,
		    "the web server gives our pages a Content-Security-Policy "
		    "that stops their forms: \"%s\"; in browsers the button "
		    "Authorize does nothing",
		    policy);
	else if (!strstr(policy, "frame-ancestors 'none'"))
		doctor_problem(doctor, "csp-replaced", fix_policy,
		    "our pages have lost their Content-Security-Policy, and "
		    "other sites may put them into a frame: \"%s\"",
		    policy);
	else
		doctor_ok(doctor, "csp-form-action",
		    "pages have the policy that they were made with");
}

void
doctor_pages(struct doctor *doctor)
{
	struct web_answer page;

	if (doctor->server->login_remote_user)
		return; /* no page of ours is to be had without signing in */
	page = doctor_get(doctor, "/api/oauth/login?request=apps");
	if (page.status == 200 && text_starts(page.content_type, "text/html"))
		doctor_page(doctor, &page);
	else if (page.status != 0) /* that was told */
		doctor_problem(doctor, "page-missing",
		    "# the endpoint's line in the log says why",
		    "/api/oauth/login answers status %ld, type \"%s\", in "
		    "place of its page",
		    page.status, page.content_type);
}
