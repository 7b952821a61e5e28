/* SPDX-License-Identifier: MIT */
#include "web.h"

#include <curl/curl.h>
#include <string.h>
#include <strings.h>

#include "base/buf.h"

enum { TIMEOUT_S = 10, BODY_MAX_BYTES = 1 << 20 };

/* What the callbacks fill. */
struct receiver {
	struct arena *arena;
	struct buf body;
	const char *authenticate;
};

static size_t
take_body(char *data, size_t size, size_t n, void *arg)
{
	struct receiver *receiver = arg;

	if (receiver->body.len + size * n > BODY_MAX_BYTES)
		return 0;
	buf_add_n(&receiver->body, data, size * n);
	return size * n;
}

static size_t
take_header(char *data, size_t size, size_t n, void *arg)
{
	static const char name[] = "WWW-Authenticate:";
	struct receiver *receiver = arg;
	size_t len = size * n;

	if (len > sizeof(name) &&
	    strncasecmp(data, name, sizeof(name) - 1) == 0)
		receiver->authenticate = arena_strndup(receiver->arena,
		    data + sizeof(name) - 1, len - sizeof(name) + 1);
	return len;
}

static void
set_options(CURL *curl, struct receiver *receiver, const char *url,
    const char *body, struct curl_slist *headers)
{
	(void)curl_easy_setopt(curl, CURLOPT_URL, url);
	(void)curl_easy_setopt(curl, CURLOPT_TIMEOUT, (long)TIMEOUT_S);
	(void)curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
	(void)curl_easy_setopt(curl, CURLOPT_PROXY, "");
	(void)curl_easy_setopt(curl, CURLOPT_USERAGENT, "mcp-oauth-doctor");
	(void)curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers);
	(void)curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take_body);
	(void)curl_easy_setopt(curl, CURLOPT_WRITEDATA, receiver);
	(void)curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, take_header);
	(void)curl_easy_setopt(curl, CURLOPT_HEADERDATA, receiver);
	if (body)
		(void)curl_easy_setopt(curl, CURLOPT_POSTFIELDS, body);
}

static struct web_answer
perform(struct arena *arena, CURL *curl, struct receiver *receiver)
{
	struct web_answer answer = {.error = ""};
	CURLcode code = curl_easy_perform(curl);
	const char *type = NULL, *location = NULL;

	(void)curl_easy_getinfo(curl, CURLINFO_CONTENT_TYPE, &type);
	(void)curl_easy_getinfo(curl, CURLINFO_REDIRECT_URL, &location);
	if (code == CURLE_OK)
		(void)curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE,
		    &answer.status);
	else
		answer.error = curl_easy_strerror(code);
	answer.content_type = arena_strdup(arena, type ? type : "");
	answer.location = arena_strdup(arena, location ? location : "");
	answer.authenticate = receiver->authenticate;
	answer.body = buf_text(&receiver->body);
	return answer;
}

struct web_answer
web_ask_with(struct arena *arena, const char *url, const char *body,
    const char *const *headers)
{
	struct receiver receiver = {arena, buf_in(arena), ""};
	struct web_answer answer = {.error = "could not start libcurl",
	    .content_type = "",
	    .authenticate = "",
	    .location = "",
	    .body = ""};
	struct curl_slist *list = NULL;
	CURL *curl = curl_easy_init();

	if (!curl)
		return answer;
	for (; *headers; headers++)
		list = curl_slist_append(list, *headers);
	set_options(curl, &receiver, url, body, list);
	answer = perform(arena, curl, &receiver);
	curl_slist_free_all(list);
	curl_easy_cleanup(curl);
	return answer;
}

struct web_answer
web_ask(struct arena *arena, const char *url, const char *form,
    const char *authorization)
{
	const char *headers[] = {NULL, NULL};

	if (authorization)
		headers[0] = arena_printf(arena, "Authorization: %s",
		    authorization);
	return web_ask_with(arena, url, form, headers);
}
