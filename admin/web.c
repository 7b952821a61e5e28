/* SPDX-License-Identifier: MIT */
#include "web.h"

#include <curl/curl.h>
#include <string.h>

#include "base/buf.h"
#include "base/text.h"

enum { TIMEOUT_S = 10, BODY_MAX_BYTES = 1 << 20, HEADERS_MAX = 64 };

/* What the callbacks fill. */
struct receiver {
	struct arena *arena;
	struct buf body;
	struct web_header *headers;
	size_t n_headers;
	bool streams, event_taken;
};

/* ---- receiving ---- */

static size_t
take_body(char *data, size_t size, size_t n, void *arg)
{
	struct receiver *receiver = arg;
	const char *text;

	if (receiver->body.len + size * n > BODY_MAX_BYTES)
		return 0;
	buf_add_n(&receiver->body, data, size * n);
	text = buf_text(&receiver->body);
	receiver->event_taken = receiver->streams &&
	    strstr(text, "\"jsonrpc\"") &&
	    (text_ends(text, "\n\n") || text_ends(text, "\n\r\n"));
	return receiver->event_taken ? 0 : size * n;
}

/* Of several responses, such as 100 before 200, the last one counts. */
static void
begin_headers(struct receiver *receiver)
{
	receiver->n_headers = 0;
	receiver->streams = false;
}

static void
add_header(struct receiver *receiver, const char *line, const char *colon)
{
	struct web_header *header = &receiver->headers[receiver->n_headers];

	if (receiver->n_headers == HEADERS_MAX)
		return;
	header->name = text_lower(receiver->arena,
	    arena_strndup(receiver->arena, line, (size_t)(colon - line)));
	colon += 1 + strspn(colon + 1, " \t");
	header->value = arena_strndup(receiver->arena, colon,
	    strcspn(colon, "\r\n"));
	receiver->n_headers++;
	if (text_equal(header->name, "content-type"))
		receiver->streams = text_starts(header->value,
		    "text/event-stream");
}

static size_t
take_header(char *data, size_t size, size_t n, void *arg)
{
	struct receiver *receiver = arg;
	const char *line = arena_strndup(receiver->arena, data, size * n);
	const char *colon = strchr(line, ':');

	if (text_starts(line, "HTTP/"))
		begin_headers(receiver);
	else if (colon)
		add_header(receiver, line, colon);
	return size * n;
}

static int
look_for_stop(void *arg, curl_off_t a, curl_off_t b, curl_off_t c, curl_off_t d)
{
	const struct web *web = arg;

	(void)a, (void)b, (void)c, (void)d;
	return web->stop && *web->stop;
}

/* ---- asking ---- */

/* Where to ask for what clients are told stands at url. */
static const char *
address_of(struct arena *arena, const struct web *web, const char *url)
{
	size_t len = web->oauth_base_url ? strlen(web->oauth_base_url) : 0;

	if (!len || !web->url || !text_starts(url, web->oauth_base_url) ||
	    !strchr("/?#", url[len]))
		return url;
	return arena_printf(arena, "%s%s", web->url, url + len);
}

static void
set_receiver(CURL *curl, struct receiver *receiver)
{
	(void)curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take_body);
	(void)curl_easy_setopt(curl, CURLOPT_WRITEDATA, receiver);
	(void)curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, take_header);
	(void)curl_easy_setopt(curl, CURLOPT_HEADERDATA, receiver);
}

static void
set_request(CURL *curl, const struct web_request *request)
{
	const char *body = request->body;

	/* A POST tells its length (RFC 9110 s8.6): lighttpd insists. */
	if (!body && request->method && text_equal(request->method, "POST"))
		body = "";
	if (body) {
		(void)curl_easy_setopt(curl, CURLOPT_POSTFIELDS, body);
		(void)curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE,
		    (long)strlen(body));
	}
	if (request->method)
		(void)curl_easy_setopt(curl, CURLOPT_CUSTOMREQUEST,
		    request->method);
}

static void
set_connection(CURL *curl, const struct web *web, const char *url)
{
	(void)curl_easy_setopt(curl, CURLOPT_URL, url);
	(void)curl_easy_setopt(curl, CURLOPT_TIMEOUT, (long)TIMEOUT_S);
	(void)curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
	(void)curl_easy_setopt(curl, CURLOPT_PROXY, "");
	(void)curl_easy_setopt(curl, CURLOPT_PATH_AS_IS, 1L);
	(void)curl_easy_setopt(curl, CURLOPT_USERAGENT, "mcp-oauth-doctor");
	/* As clients do, to see what comes back compressed. */
	(void)curl_easy_setopt(curl, CURLOPT_ACCEPT_ENCODING, "");
	if (web->ca_file)
		(void)curl_easy_setopt(curl, CURLOPT_CAINFO, web->ca_file);
	(void)curl_easy_setopt(curl, CURLOPT_NOPROGRESS, 0L);
	(void)curl_easy_setopt(curl, CURLOPT_XFERINFOFUNCTION, look_for_stop);
	(void)curl_easy_setopt(curl, CURLOPT_XFERINFODATA, (void *)web);
}

static struct web_answer
perform(struct arena *arena, CURL *curl, const struct receiver *receiver)
{
	struct web_answer answer = {.error = "", .headers = receiver->headers};
	CURLcode code = curl_easy_perform(curl);
	const char *type = NULL, *location = NULL;

	(void)curl_easy_getinfo(curl, CURLINFO_CONTENT_TYPE, &type);
	(void)curl_easy_getinfo(curl, CURLINFO_REDIRECT_URL, &location);
	if (code == CURLE_OK ||
	    (code == CURLE_WRITE_ERROR && receiver->event_taken))
		(void)curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE,
		    &answer.status);
	else
		answer.error = curl_easy_strerror(code);
	answer.untrusted = code == CURLE_PEER_FAILED_VERIFICATION;
	answer.content_type = arena_strdup(arena, type ? type : "");
	answer.location = arena_strdup(arena, location ? location : "");
	answer.body = buf_text(&receiver->body);
	answer.n_headers = receiver->n_headers;
	return answer;
}

/* "Expect: 100-continue" would only be another thing to go wrong. */
static struct curl_slist *
header_list(const struct web_request *request)
{
	struct curl_slist *list = curl_slist_append(NULL, "Expect:");
	const char *const *header = request->headers;

	for (; header && *header; header++)
		list = curl_slist_append(list, *header);
	return list;
}

struct web_answer
web_send(struct arena *arena, const struct web *web,
    const struct web_request *request)
{
	struct receiver receiver = {.arena = arena,
	    .body = buf_in(arena),
	    .headers = arena_alloc(arena,
	        HEADERS_MAX * sizeof(*receiver.headers))};
	struct web_answer answer = {.error = "could not start libcurl",
	    .content_type = "",
	    .location = "",
	    .body = ""};
	struct curl_slist *list = header_list(request);
	CURL *curl = curl_easy_init();

	if (curl) {
		set_connection(curl, web, address_of(arena, web, request->url));
		set_request(curl, request);
		set_receiver(curl, &receiver);
		(void)curl_easy_setopt(curl, CURLOPT_HTTPHEADER, list);
		answer = perform(arena, curl, &receiver);
		curl_easy_cleanup(curl);
	}
	curl_slist_free_all(list);
	return answer;
}

const char *
web_header(struct arena *arena, const struct web_answer *answer,
    const char *name)
{
	struct buf joined = buf_in(arena);
	size_t i;

	for (i = 0; i < answer->n_headers; i++)
		if (text_equal(answer->headers[i].name, name))
			buf_addf(&joined, "%s%s", joined.len ? ", " : "",
			    answer->headers[i].value);
	return buf_text(&joined);
}
