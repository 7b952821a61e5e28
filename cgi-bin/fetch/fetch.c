/* SPDX-License-Identifier: MIT */
/*
 * fetch.c - one document from one https URL that somebody else chose: client
 * metadata, a JWK set; or the guard's keys, from a URL of its settings.  Run by the endpoints for each fetch (http/fetch.h), so
 * that they need no HTTP library and a fault here ends no worker.
 *
 *	fetch MAX-BYTES TIMEOUT-MS CA-FILE ALLOWED-ADDRESSES PROXY URL
 *
 * CA-FILE, ALLOWED-ADDRESSES and PROXY may be "".  Prints "good MAX-AGE\n" and the
 * document; or "refused REASON\n" when the URL, an address or the answer is
 * not acceptable; or "failed REASON\n" when there was no answer.
 *
 * The host is looked up once and every address must be public (or allowed);
 * the connection goes to one of these very addresses; with a PROXY, which the
 * operator named to do just that, names are the proxy's business.  No redirect,
 * no proxy of the environment, no cookie, no compression, nothing but 200 and
 * JSON.
 *
 * With "own" as ALLOWED-ADDRESSES the URL is the operator's own: any address
 * will do for https, and http is spoken on loopback.
 */
#include <curl/curl.h>
#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "base/address.h"
#include "base/buf.h"
#include "base/sandbox.h"
#include "base/text.h"
#include "base/uri.h"
#include "freshness.h"
#include "http/fetch.h"

enum {
	ADDRESSES_MAX = 16,
	ADDRESS_TEXT_BYTES = 64,
	ARENA_BYTES = 8 << 20,
	HEADERS_MAX_BYTES = 32768,
};

struct fetch {
	struct arena *arena;
	long max_bytes, timeout_ms;
	const char *ca_file, *allowed, *proxy, *url;
	bool own;
	struct uri uri;
	struct sockaddr_storage addresses[ADDRESSES_MAX];
	size_t n_addresses;
	struct buf headers, body;
	bool too_large;
};

static int
say(const char *word, const char *reason)
{
	(void)printf("%s %s\n", word, reason);
	return EXIT_FAILURE;
}

/* ---- where to ---- */

static bool
url_allowed(struct fetch *fetch)
{
	if (!uri_parse(fetch->arena, fetch->url, &fetch->uri))
		return false;
	return fetch->own ? uri_is_secure(&fetch->uri)
	                  : fetch_origin(fetch->arena, fetch->url) != NULL;
}

static const char *
port_of(const struct uri *uri)
{
	if (uri->port && *uri->port)
		return uri->port;
	return text_equal(uri->scheme, "http") ? "80" : "443";
}

/* Without the brackets of an IPv6 literal. */
static const char *
host_of(struct fetch *fetch)
{
	const char *host = fetch->uri.host;

	return host[0] == '['
	    ? arena_strndup(fetch->arena, host + 1, strlen(host) - 2)
	    : host;
}

static bool
address_allowed(struct fetch *fetch, const struct sockaddr *address)
{
	if (fetch->own && text_equal(fetch->uri.scheme, "https"))
		return true; /* the certificate tells whether it is the host */
	if (fetch->own)
		return address_in_list(fetch->arena, address,
		    "127.0.0.0/8 ::1");
	return address_is_public(address) ||
	    address_in_list(fetch->arena, address, fetch->allowed);
}

/* Look the host up, and keep its addresses if every one of them may be
 * connected to.  Behind a proxy only a host that is an address by itself is
 * looked at. */
static const char *
resolve(struct fetch *fetch)
{
	struct addrinfo hints = {.ai_socktype = SOCK_STREAM,
	    .ai_flags = *fetch->proxy ? AI_NUMERICHOST : 0};
	struct addrinfo *list = NULL, *at;
	const char *refusal = NULL;

	if (getaddrinfo(host_of(fetch), port_of(&fetch->uri), &hints, &list) !=
	    0)
		return *fetch->proxy ? NULL : "the host has no address";
	for (at = list; at && !refusal; at = at->ai_next) {
		if (!address_allowed(fetch, at->ai_addr))
			refusal = "an address of the host is not public";
		else if (fetch->n_addresses < ADDRESSES_MAX)
			memcpy(&fetch->addresses[fetch->n_addresses++],
			    at->ai_addr, at->ai_addrlen);
	}
	freeaddrinfo(list);
	return refusal;
}

/* Is there a name that libcurl would look up?  Not behind a proxy; and an IPv6
 * literal cannot stand in such a list. */
static bool
looked_up(struct fetch *fetch)
{
	return !*fetch->proxy && fetch->uri.host[0] != '[';
}

/* "host:port:address,address": what libcurl uses in place of a lookup. */
static const char *
pinned(struct fetch *fetch)
{
	struct buf entry = buf_in(fetch->arena);
	char text[ADDRESS_TEXT_BYTES];
	bool v6;
	size_t i;

	buf_addf(&entry, "%s:%s:", fetch->uri.host, port_of(&fetch->uri));
	for (i = 0; i < fetch->n_addresses; i++) {
		v6 = fetch->addresses[i].ss_family == AF_INET6;
		if (getnameinfo((struct sockaddr *)&fetch->addresses[i],
		        sizeof(fetch->addresses[i]), text, sizeof(text), NULL,
		        0, NI_NUMERICHOST) != 0)
			continue;
		buf_addf(&entry, v6 ? "%s[%s]" : "%s%s", i ? "," : "", text);
	}
	return buf_text(&entry);
}

/* The last gate: whatever libcurl is about to connect to is looked at, unless
 * it is the proxy, the only thing it connects to then. */
static curl_socket_t
open_socket(void *data, curlsocktype purpose, struct curl_sockaddr *address)
{
	struct fetch *fetch = data;

	if (purpose != CURLSOCKTYPE_IPCXN ||
	    (!*fetch->proxy && !address_allowed(fetch, &address->addr)))
		return CURL_SOCKET_BAD;
	return socket(address->family, address->socktype | SOCK_CLOEXEC,
	    address->protocol);
}

/* ---- what comes back ---- */

static size_t
take_body(char *data, size_t size, size_t n, void *user)
{
	struct fetch *fetch = user;

	if (fetch->body.len + size * n > (size_t)fetch->max_bytes) {
		fetch->too_large = true;
		return 0; /* libcurl gives up */
	}
	buf_add_n(&fetch->body, data, size * n);
	return size * n;
}

static size_t
take_header(char *data, size_t size, size_t n, void *user)
{
	struct fetch *fetch = user;

	if (fetch->headers.len + size * n > HEADERS_MAX_BYTES)
		return 0;
	buf_add_n(&fetch->headers, data, size * n);
	return size * n;
}

/* application/json, or a type that ends in +json (RFC 6839 s3.1). */
static bool
is_json_type(struct fetch *fetch, const char *type)
{
	const char *essence;

	if (!type)
		return false;
	essence = text_lower(fetch->arena,
	    arena_strndup(fetch->arena, type, strcspn(type, "; \t")));
	return text_equal(essence, "application/json") ||
	    (text_starts(essence, "application/") &&
	        text_ends(essence, "+json"));
}

static const char *
judge_answer(struct fetch *fetch, CURL *curl)
{
	const char *type = NULL, *encoding;
	long status = 0;

	(void)curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
	(void)curl_easy_getinfo(curl, CURLINFO_CONTENT_TYPE, &type);
	if (status != 200)
		return arena_printf(fetch->arena, "the answer has status %ld",
		    status);
	if (!is_json_type(fetch, type))
		return "the answer is not JSON";
	encoding = header_value(fetch->arena, buf_text(&fetch->headers),
	    "content-encoding");
	if (encoding && !text_equal_nocase(encoding, "identity"))
		return "the answer is compressed";
	return NULL;
}

/* ---- the transfer ---- */

static bool
prepare(struct fetch *fetch, CURL *curl, struct curl_slist *resolve_list,
    struct curl_slist *headers)
{
	return (resolve_list || !looked_up(fetch)) && headers &&
	    !curl_easy_setopt(curl, CURLOPT_URL, fetch->url) &&
	    !curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, fetch->uri.scheme) &&
	    !curl_easy_setopt(curl, CURLOPT_RESOLVE, resolve_list) &&
	    !curl_easy_setopt(curl, CURLOPT_OPENSOCKETFUNCTION, open_socket) &&
	    !curl_easy_setopt(curl, CURLOPT_OPENSOCKETDATA, fetch) &&
	    !curl_easy_setopt(curl, CURLOPT_PROXY, fetch->proxy) &&
	    !curl_easy_setopt(curl, CURLOPT_NOPROXY, "") &&
	    !curl_easy_setopt(curl, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L) &&
	    !curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 0L) &&
	    !curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L) &&
	    !curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, fetch->timeout_ms) &&
	    !curl_easy_setopt(curl, CURLOPT_MAXFILESIZE, fetch->max_bytes) &&
	    !curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers) &&
	    !curl_easy_setopt(curl, CURLOPT_USERAGENT,
	        "mcp-oauth/" MCP_OAUTH_VERSION) &&
	    !curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take_body) &&
	    !curl_easy_setopt(curl, CURLOPT_WRITEDATA, fetch) &&
	    !curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, take_header) &&
	    !curl_easy_setopt(curl, CURLOPT_HEADERDATA, fetch) &&
	    (!*fetch->ca_file ||
	        !curl_easy_setopt(curl, CURLOPT_CAINFO, fetch->ca_file));
}

/* Of our own keys no cache on the way shall tell. */
static struct curl_slist *
request_headers(struct fetch *fetch)
{
	struct curl_slist *headers = curl_slist_append(NULL,
	    "Accept: application/json");

	return fetch->own && headers
	    ? curl_slist_append(headers, "Cache-Control: no-cache")
	    : headers;
}

static int
transfer(struct fetch *fetch, CURL *curl)
{
	struct curl_slist *headers = request_headers(fetch);
	struct curl_slist *resolve_list = looked_up(fetch)
	    ? curl_slist_append(NULL, pinned(fetch))
	    : NULL;
	CURLcode code = prepare(fetch, curl, resolve_list, headers)
	    ? curl_easy_perform(curl)
	    : CURLE_FAILED_INIT;
	const char *refusal = NULL;

	if (fetch->too_large || code == CURLE_FILESIZE_EXCEEDED)
		refusal = "the answer is too large";
	else if (code == CURLE_OK)
		refusal = judge_answer(fetch, curl);
	curl_slist_free_all(headers);
	curl_slist_free_all(resolve_list);
	if (refusal)
		return say("refused", refusal);
	if (code != CURLE_OK)
		return say("failed", curl_easy_strerror(code));
	(void)printf("good %lld\n",
	    (long long)freshness_s(fetch->arena, buf_text(&fetch->headers)));
	(void)fwrite(buf_text(&fetch->body), 1, fetch->body.len, stdout);
	return fflush(stdout) == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

static int
run(struct fetch *fetch)
{
	const char *refusal;
	CURL *curl;
	int status;

	if (!url_allowed(fetch))
		return say("refused", "the URL is not acceptable");
	/* A lookup knows no deadline of its own. */
	(void)alarm((unsigned)(fetch->timeout_ms / 1000 + 1));
	refusal = resolve(fetch);
	if (refusal)
		return say("refused", refusal);
	if (curl_global_init(CURL_GLOBAL_DEFAULT) != 0)
		return say("failed", "libcurl could not start");
	curl = curl_easy_init();
	status = curl ? transfer(fetch, curl)
	              : say("failed", "libcurl could not start");
	curl_easy_cleanup(curl);
	curl_global_cleanup();
	return status;
}

/* It reads certificates and speaks to one host; libcurl has a thread look a
 * proxy up.  What this kernel has not got its caller told of. */
static void
lock_in(void)
{
	static const struct sandbox sandbox = {
	    .network = true,
	    .threads = true,
	};
	const char *asked = getenv(FETCH_SANDBOX);

	if (!asked || !text_equal(asked, "off"))
		(void)sandbox_enter(&sandbox);
}

int
main(int argc, char **argv)
{
	struct fetch fetch = {0};
	int64_t max_bytes, timeout_ms;
	int status;

	if (argc != 7 || getenv("GATEWAY_INTERFACE") ||
	    !text_to_int64(argv[1], 1 << 20, &max_bytes) ||
	    !text_to_int64(argv[2], 60000, &timeout_ms)) {
		(void)fputs("fetch is run by the endpoints of mcp-oauth\n",
		    stderr);
		return EXIT_FAILURE;
	}
	lock_in();
	fetch.arena = arena_new(ARENA_BYTES);
	fetch.max_bytes = (long)max_bytes;
	fetch.timeout_ms = (long)timeout_ms;
	fetch.ca_file = argv[3];
	fetch.allowed = argv[4];
	fetch.own = text_equal(fetch.allowed, FETCH_OWN);
	fetch.proxy = argv[5];
	fetch.url = argv[6];
	fetch.headers = buf_in(fetch.arena);
	fetch.body = buf_in(fetch.arena);
	status = run(&fetch);
	arena_free(fetch.arena);
	return status;
}
