/* SPDX-License-Identifier: MIT */
/* doctor_browser.h - the browser of the person who connects the client: it
 * keeps cookies and follows redirects. */
#ifndef ADMIN_DOCTOR_BROWSER_H
#define ADMIN_DOCTOR_BROWSER_H

#include "doctor.h"

enum { BROWSER_COOKIES_MAX = 16 };

struct browser {
	struct doctor *doctor;
	struct {
		const char *name, *value;
	} cookies[BROWSER_COOKIES_MAX];
	size_t n_cookies;
	const char *authorization; /* what the person tells the web server where
	                              that signs people in; NULL: nothing */
};

/* Where the browser came to. */
struct browser_page {
	const char *url; /* of the page, or where it would go next */
	struct web_answer answer;
};

/* Open url, or send a form to it, and follow redirects to a page, or to an
 * address that begins with until, which is not opened. */
struct browser_page browser_open(struct browser *browser, const char *url,
    const char *until);
struct browser_page browser_send(struct browser *browser, const char *url,
    const char *form, const char *until);

/* Is it at this path of the site? */
bool browser_is_at(const struct browser *browser,
    const struct browser_page *page, const char *path);

#endif
