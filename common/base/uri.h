/* SPDX-License-Identifier: MIT */
/* uri.h - absolute URIs taken apart and put together (RFC 3986). */
#ifndef BASE_URI_H
#define BASE_URI_H

#include <stdbool.h>

#include "base/arena.h"
#include "base/buf.h"

/* What a URI is made of; absent parts are NULL, path is never NULL. */
struct uri {
	const char *scheme;   /* lower case */
	const char *userinfo; /* raw */
	const char *host;     /* lower case; an IPv6 literal with brackets */
	const char *port;     /* digits, may be empty */
	const char *path;     /* raw, "" or from the first slash */
	const char *query;    /* raw, without the question mark */
	const char *fragment; /* raw, without the number sign */
};

/*
 * Take text apart.  Refused (false, *ret untouched): anything that is no
 * absolute URI of RFC 3986 characters - blanks, control bytes, backslashes,
 * quotes, angle brackets, bytes above 0x7E, broken percent-encodings, a port
 * that is no number up to 65535, an empty host after "//" of http or https.
 */
bool uri_parse(struct arena *arena, const char *text, struct uri *ret)
    __attribute__((__warn_unused_result__));

/* http or https with the port that the scheme implies, or no port at all. */
bool uri_has_default_port(const struct uri *uri);

/* Is host one of the literals 127.0.0.1, [::1] or the name localhost? */
bool uri_is_loopback(const struct uri *uri);

/* https, or http that does not leave the host: loopback. */
bool uri_is_secure(const struct uri *uri);

/*
 * Is host written in the one way that everybody reads alike: a name of letters,
 * digits and hyphens without a dot at its end, or an address as inet_ntop()
 * writes it?  Not 2130706433, 0x7f.1, a%2eb or a.example., which may slip
 * through where hosts are compared.
 */
bool uri_host_is_plain(const struct uri *uri);

/* Does the path hold "." or ".." segments, also percent-encoded? */
bool uri_has_dot_segments(const struct uri *uri);

/* scheme://host[:port], lower case, default port left out. */
const char *uri_origin(struct arena *arena, const struct uri *uri);

/* Add value as a query component: unreserved characters stay, the rest is
 * percent-encoded (a blank as %20, a plus as %2B). */
void uri_encode(struct buf *buf, const char *value);

/*
 * Decode %XX in text, and '+' as a blank when form is true, into the arena.
 * NULL when an encoding is broken, yields NUL, or the result is not UTF-8.
 */
char *uri_decode(struct arena *arena, const char *text, size_t len_bytes,
    bool form);

#endif
