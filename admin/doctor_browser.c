/* SPDX-License-Identifier: MIT */
#include "doctor_browser.h"

#include <string.h>

#include "base/text.h"

enum { REDIRECTS_MAX = 6 };

static const char login_path[] = "/api/oauth/login";

/* ---- cookies, of this site alone ---- */

static void
keep_cookie(struct browser *browser, const char *line)
{
	struct arena *arena = browser->doctor->arena;
	const char *equals = strchr(line, '=');
	const char *name, *value;
	size_t i;

	if (!equals)
		return;
	name = arena_strndup(arena, line, (size_t)(equals - line));
	value = arena_strndup(arena, equals + 1, strcspn(equals + 1, ";"));
	for (i = 0; i < browser->n_cookies; i++)
		if (text_equal(browser->cookies[i].name, name))
			break;
	if (i == BROWSER_COOKIES_MAX)
		return;
	browser->cookies[i].name = name;
	browser->cookies[i].value = value;
	if (i == browser->n_cookies)
		browser->n_cookies++;
}

static void
keep_cookies(struct browser *browser, const struct web_answer *answer)
{
	size_t i;

	for (i = 0; i < answer->n_headers; i++)
		if (text_equal(answer->headers[i].name, "set-cookie"))
			keep_cookie(browser, answer->headers[i].value);
}

static const char *
cookie_line(struct browser *browser)
{
	struct buf line = buf_in(browser->doctor->arena);
	size_t i;

	for (i = 0; i < browser->n_cookies; i++)
		if (*browser->cookies[i].value)
			buf_addf(&line, "%s%s=%s", line.len ? "; " : "Cookie: ",
			    browser->cookies[i].name,
			    browser->cookies[i].value);
	return line.len ? buf_text(&line) : NULL;
}

/* ---- asking ---- */

/* What follows the site's origin in a URL, by whichever name; NULL elsewhere. */
static const char *
path_of(const struct browser *browser, const char *url)
{
	const char *const origins[] = {browser->doctor->server->oauth_base_url,
	    browser->doctor->url};
	size_t i;

	for (i = 0; i < 2; i++)
		if (text_starts(url, origins[i]) &&
		    strchr("/?", url[strlen(origins[i])]))
			return url + strlen(origins[i]);
	return NULL;
}

static bool
path_is(const struct browser *browser, const char *url, const char *path)
{
	const char *own = path_of(browser, url);

	return own && text_starts(own, path) &&
	    strchr("?#", own[strlen(path)]) != NULL;
}

bool
browser_is_at(const struct browser *browser, const struct browser_page *page,
    const char *path)
{
	return path_is(browser, page->url, path);
}

static struct web_answer
ask(struct browser *browser, const char *url, const char *form)
{
	struct doctor *doctor = browser->doctor;
	const char *headers[] = {"Accept: text/html", NULL, NULL, NULL, NULL};
	struct web_answer answer;
	size_t n = 1;

	headers[n] = cookie_line(browser);
	n += headers[n] != NULL;
	if (browser->authorization && path_is(browser, url, login_path))
		headers[n++] = arena_printf(doctor->arena, "Authorization: %s",
		    browser->authorization);
	if (form)
		headers[n++] = arena_printf(doctor->arena, "Origin: %s",
		    doctor->server->oauth_base_url);
	answer = doctor_send(doctor,
	    &(struct web_request){.url = url,
	        .body = form,
	        .headers = headers});
	keep_cookies(browser, &answer);
	return answer;
}

static bool
goes_on(const struct web_answer *answer)
{
	return answer->status >= 300 && answer->status < 400 &&
	    *answer->location;
}

struct browser_page
browser_send(struct browser *browser, const char *url, const char *form,
    const char *until)
{
	struct browser_page page = {url, ask(browser, url, form)};
	int i;

	for (i = 0; i < REDIRECTS_MAX && goes_on(&page.answer); i++) {
		page.url = page.answer.location;
		if (text_starts(page.url, until) || !path_of(browser, page.url))
			break;
		page.answer = ask(browser, page.url, NULL);
	}
	return page;
}

struct browser_page
browser_open(struct browser *browser, const char *url, const char *until)
{
	return browser_send(browser, url, NULL, until);
}
