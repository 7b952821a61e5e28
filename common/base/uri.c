/* SPDX-License-Identifier: MIT */
#include "base/uri.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdint.h>
#include <string.h>

#include "base/text.h"

#define ALPHA "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
#define DIGIT "0123456789"
#define UNRESERVED ALPHA DIGIT "-._~"
#define SUB_DELIMS "!$&'()*+,;="
#define PCHAR UNRESERVED SUB_DELIMS "%:@"

static int
hex_value(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

static bool
percents_whole(const char *text)
{
	for (; (text = strchr(text, '%')); text++)
		if (hex_value(text[1]) < 0 || hex_value(text[2]) < 0)
			return false;
	return true;
}

/* Cut *rest at the first byte of stops; what stands before it is returned. */
static char *
take_until(struct arena *arena, const char **rest, const char *stops)
{
	size_t len = strcspn(*rest, stops);
	char *taken = arena_strndup(arena, *rest, len);

	*rest += len;
	return taken;
}

static bool
port_allowed(const char *port)
{
	int64_t number;

	return !*port ||
	    (strlen(port) <= 5 && text_to_int64(port, 65535, &number));
}

static bool
host_allowed(const char *host)
{
	size_t len = strlen(host);

	if (host[0] != '[')
		return text_only(host, UNRESERVED SUB_DELIMS "%");
	return len > 2 && host[len - 1] == ']' &&
	    strspn(host + 1, DIGIT "abcdefABCDEF:.") == len - 2;
}

static bool
parse_authority(struct arena *arena, char *authority, struct uri *uri)
{
	char *at = strchr(authority, '@'), *host = authority, *port;

	if (at) {
		*at = '\0';
		uri->userinfo = authority;
		host = at + 1;
		if (!text_only(uri->userinfo, UNRESERVED SUB_DELIMS "%:"))
			return false;
	}
	port = host[0] == '[' ? strchr(host, ']') : host;
	port = port ? strchr(port, ':') : NULL;
	if (port) {
		*port = '\0';
		uri->port = port + 1;
		if (!port_allowed(uri->port))
			return false;
	}
	uri->host = text_lower(arena, host);
	return host_allowed(host);
}

static bool
is_web_scheme(const char *scheme)
{
	return text_equal(scheme, "http") || text_equal(scheme, "https");
}

static bool
parse_scheme(struct arena *arena, const char **rest, struct uri *uri)
{
	char *scheme = take_until(arena, rest, ":/?#");

	if (**rest != ':' || !strchr(ALPHA, scheme[0]) ||
	    !text_only(scheme, ALPHA DIGIT "+-.") || !scheme[0])
		return false;
	(*rest)++;
	uri->scheme = text_lower(arena, scheme);
	return true;
}

bool
uri_parse(struct arena *arena, const char *text, struct uri *ret)
{
	struct uri uri = {0};
	const char *rest = text;

	if (!percents_whole(text) || !parse_scheme(arena, &rest, &uri))
		return false;
	if (text_starts(rest, "//")) {
		rest += 2;
		if (!parse_authority(arena, take_until(arena, &rest, "/?#"),
		        &uri))
			return false;
	}
	if (is_web_scheme(uri.scheme) && (!uri.host || !*uri.host))
		return false;
	uri.path = take_until(arena, &rest, "?#");
	if (*rest == '?') {
		rest++;
		uri.query = take_until(arena, &rest, "#");
	}
	if (*rest == '#')
		uri.fragment = rest + 1;
	if (!text_only(uri.path, PCHAR "/") ||
	    (uri.query && !text_only(uri.query, PCHAR "/?")) ||
	    (uri.fragment && !text_only(uri.fragment, PCHAR "/?")))
		return false;
	*ret = uri;
	return true;
}

bool
uri_has_default_port(const struct uri *uri)
{
	if (!uri->port || !*uri->port)
		return true;
	return text_equal(uri->port,
	    text_equal(uri->scheme, "https") ? "443" : "80");
}

bool
uri_is_loopback(const struct uri *uri)
{
	return uri->host &&
	    (text_equal(uri->host, "127.0.0.1") ||
	        text_equal(uri->host, "[::1]") ||
	        text_equal(uri->host, "localhost"));
}

bool
uri_is_secure(const struct uri *uri)
{
	return text_equal(uri->scheme, "https") ||
	    (text_equal(uri->scheme, "http") && uri_is_loopback(uri));
}

static bool
is_usual_address(int family, const char *text)
{
	unsigned char bytes[sizeof(struct in6_addr)];
	char usual[INET6_ADDRSTRLEN];

	return inet_pton(family, text, bytes) == 1 &&
	    inet_ntop(family, bytes, usual, sizeof(usual)) &&
	    text_equal(usual, text);
}

static bool
is_usual_literal(const char *host)
{
	char inner[INET6_ADDRSTRLEN];
	size_t len = strlen(host) - 2;

	if (len >= sizeof(inner))
		return false;
	memcpy(inner, host + 1, len);
	inner[len] = '\0';
	return is_usual_address(AF_INET6, inner);
}

bool
uri_host_is_plain(const struct uri *uri)
{
	const char *host = uri->host, *dot, *last;

	if (!host || !*host)
		return false;
	if (host[0] == '[')
		return is_usual_literal(host);
	dot = strrchr(host, '.');
	last = dot ? dot + 1 : host;
	if (*last >= '0' && *last <= '9') /* a name never ends in a number */
		return is_usual_address(AF_INET, host);
	return *last && host[0] != '.' && !strstr(host, "..") &&
	    text_only(host, "abcdefghijklmnopqrstuvwxyz" DIGIT "-.");
}

/* Length of one "." at p, plain or percent-encoded; 0 for anything else. */
static size_t
dot_at(const char *p)
{
	if (*p == '.')
		return 1;
	return p[0] == '%' && p[1] == '2' && (p[2] == 'e' || p[2] == 'E') ? 3
	                                                                  : 0;
}

bool
uri_has_dot_segments(const struct uri *uri)
{
	const char *p = uri->path;
	size_t first;

	for (; *p; p += strcspn(p, "/")) {
		if (*p == '/')
			p++;
		first = dot_at(p);
		if (!first)
			continue;
		p += first;
		p += dot_at(p);
		if (*p == '/' || *p == '\0' || *p == ';')
			return true;
	}
	return false;
}

const char *
uri_origin(struct arena *arena, const struct uri *uri)
{
	return arena_printf(arena, "%s://%s%s%s", uri->scheme, uri->host,
	    uri_has_default_port(uri) ? "" : ":",
	    uri_has_default_port(uri) ? "" : uri->port);
}

void
uri_encode(struct buf *buf, const char *value)
{
	for (; *value; value++) {
		if (strchr(UNRESERVED, *value))
			buf_add_char(buf, *value);
		else
			buf_addf(buf, "%%%02X", (unsigned char)*value);
	}
}

char *
uri_decode(struct arena *arena, const char *text, size_t len_bytes, bool form)
{
	char *decoded = arena_alloc(arena, len_bytes + 1), *out = decoded;
	size_t i;
	int high, low;

	for (i = 0; i < len_bytes; i++) {
		if (text[i] == '+' && form) {
			*out++ = ' ';
			continue;
		}
		if (text[i] != '%') {
			*out++ = text[i];
			continue;
		}
		if (len_bytes - i < 3)
			return NULL;
		high = hex_value(text[i + 1]);
		low = hex_value(text[i + 2]);
		if (high < 0 || low < 0)
			return NULL;
		*out++ = (char)(high * 16 + low);
		i += 2;
	}
	return text_is_utf8(decoded, (size_t)(out - decoded)) ? decoded : NULL;
}
