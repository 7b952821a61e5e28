/* SPDX-License-Identifier: MIT */
/* The Cookie header, and setting what it held. */
#include <string.h>

#include "fuzz.h"
#include "http/cookie.h"
#include "oauth/browser.h"

void
fuzz_one(struct arena *arena, const char *text, size_t len_bytes)
{
	struct request rq = fuzz_request(arena);
	const char *value;
	struct browser *browser;

	(void)len_bytes;
	fuzz_variable("HTTP_COOKIE", text);
	value = cookie_get(&rq, "__Host-name");
	fuzz_must(!value || (strstr(text, value) && !strchr(value, ';')));
	browser = browser_of(&rq);
	fuzz_must(browser != NULL);
	(void)browser_known(&rq);
	(void)browser_csrf_fits(&rq, browser, "request", text);
	fuzz_must(browser_csrf_fits(&rq, browser, "request",
	    browser_csrf(&rq, browser, "request")));
}
