/* SPDX-License-Identifier: MIT */
/*
 * fetch.h - a JSON document from an https URL that somebody else chose, or from
 * one of our own.
 *
 * A program of its own does it (cgi-bin/fetch/fetch.c): every address of the
 * host must be public, redirects and proxies are not followed, size and time
 * are capped.  Two may run on a host at once, so that slow hosts far away
 * cannot occupy all processes of an endpoint; and two more each for those who
 * are known here and for ourselves, so that others cannot keep them waiting.
 */
#ifndef HTTP_FETCH_H
#define HTTP_FETCH_H

#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/json.h"
#include "base/settings.h"

enum {
	FETCH_TIMEOUT_MS = 4000,
	FETCH_DOCUMENT_MAX_BYTES = 5 << 10, /* client metadata */
	FETCH_JWKS_MAX_BYTES = 64 << 10,
};

/* Who the document is about. */
enum fetch_about {
	FETCH_ABOUT_STRANGER, /* anybody makes us fetch it */
	FETCH_ABOUT_KNOWN,    /* a client in use, a trusted issuer */
	/* Ourselves: the settings name the URL.  Any address will do, and http
	 * on loopback, and no copy on the way. */
	FETCH_ABOUT_US,
};

/* What the program gets as list of addresses for FETCH_ABOUT_US. */
#define FETCH_OWN "own"

/* The variable of its environment that says SANDBOX=off. */
#define FETCH_SANDBOX "SANDBOX"

enum fetch_result {
	FETCH_GOOD,
	FETCH_REFUSED, /* the URL, an address or the answer is not acceptable */
	FETCH_FAILED,  /* no answer */
	FETCH_BUSY,    /* too many run already: ask later */
};

struct fetched {
	struct json_object *document; /* an object; the caller owns it */
	const char *text;             /* of it, in the arena */
	int64_t fresh_s; /* keep it so long: five minutes to a day */
};

/*
 * Fetch url, at most max_bytes.  Of settings it reads FETCH_*, SANDBOX and
 * the STATE_DIRECTORY.  FETCH_GOOD fills *ret with a well-formed JSON
 * object; anything else sets *reason (in the arena, for the log).  Blocks for
 * FETCH_TIMEOUT_MS and a second at most.
 */
enum fetch_result fetch_json(struct arena *arena,
    const struct settings *settings, const char *url, enum fetch_about about,
    size_t max_bytes, struct fetched *ret, const char **reason)
    __attribute__((__warn_unused_result__));

/* The program that fetches, in the arena. */
const char *fetch_program(struct arena *arena);

/* The origin of a URL that may be fetched, such as https://app.example; NULL
 * for one that never may: not https, with userinfo, a fragment or dot segments, or a
 * host in an odd spelling (uri_host_is_plain()). */
const char *fetch_origin(struct arena *arena, const char *url);

#endif
