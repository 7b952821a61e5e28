/* SPDX-License-Identifier: MIT */
#include "http/language.h"

#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "http/cookie.h"

/* More than anybody reads. */
enum { RANGES_MAX = 32, RANGE_MAX_BYTES = 64, FULL_QUALITY = 1000 };

static const char cookie_name[] = "__Host-mcp-oauth-language";

/* ---- lookup ---- */

static const struct language *
language_tagged(const char *tag)
{
	const struct language *language = languages;

	for (; language->tag; language++)
		if (text_equal(language->tag, tag))
			return language;
	return NULL;
}

/* RFC 4647 s3.4: without its last subtag, and without a single character that
 * then stands last.  False when nothing would be left. */
static bool
shorten(char *range)
{
	char *hyphen = strrchr(range, '-');

	if (!hyphen)
		return false;
	*hyphen = '\0';
	hyphen = strrchr(range, '-');
	if (hyphen && strlen(hyphen) == 2)
		*hyphen = '\0';
	return true;
}

static const struct language *
find(struct arena *arena, const char *offered, const char *range)
{
	char *rest = text_lower(arena, range);

	do {
		if (text_has_word(offered, rest))
			return language_tagged(rest);
	} while (shorten(rest));
	return NULL;
}

const struct language *
language_lookup(struct arena *arena, const char *offered, const char *ranges)
{
	const char **range = text_split(arena, ranges, " ", NULL);
	const struct language *language = NULL;
	int n;

	for (n = 0; *range && !language && n < RANGES_MAX; range++, n++)
		if (strlen(*range) <= RANGE_MAX_BYTES)
			language = find(arena, offered, *range);
	return language;
}

/* ---- Accept-Language ---- */

struct weighted {
	const char *range;
	int quality; /* in thousandths */
	int place;
};

/* qvalue of RFC 9110 s12.4.2: 0 to 1, at most three digits.  -1: none. */
static int
quality_of(const char *text)
{
	int quality, weight = 100;

	if ((*text != '0' && *text != '1') ||
	    (text[1] != '\0' && text[1] != '.') || strlen(text) > 5 ||
	    (text[1] && !text_only(text + 2, "0123456789")))
		return -1;
	quality = (*text - '0') * FULL_QUALITY;
	for (text += text[1] ? 2 : 1; *text; text++, weight /= 10)
		quality += (*text - '0') * weight;
	return quality <= FULL_QUALITY ? quality : -1;
}

static bool
read_weighted(struct arena *arena, const char *piece, struct weighted *ret)
{
	size_t n;
	const char **parts = text_split(arena, piece, "; \t", &n);

	if (n == 0 || n > 2 || text_equal(parts[0], "*") ||
	    !text_only(parts[0],
	        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
	        "0123456789-"))
		return false;
	ret->range = parts[0];
	ret->quality = FULL_QUALITY;
	if (n == 2)
		ret->quality = parts[1][0] == 'q' || parts[1][0] == 'Q'
		    ? quality_of(parts[1][1] == '=' ? parts[1] + 2 : "")
		    : -1;
	return ret->quality > 0;
}

/* The better first; of two alike the one that stands first. */
static int
compare(const void *a, const void *b)
{
	const struct weighted *x = a, *y = b;

	return x->quality != y->quality ? y->quality - x->quality
	                                : x->place - y->place;
}

const char *
language_ranges(struct arena *arena, const char *accept_language)
{
	const char **piece = text_split(arena, accept_language, ",", NULL);
	struct weighted ranges[RANGES_MAX] = {{0}};
	struct buf list = buf_in(arena);
	int n = 0, i;

	for (; *piece && n < RANGES_MAX; piece++)
		if (read_weighted(arena, *piece, &ranges[n])) {
			ranges[n].place = n;
			n++;
		}
	qsort(ranges, (size_t)n, sizeof(*ranges), compare);
	for (i = 0; i < n; i++)
		buf_addf(&list, "%s%s", i ? " " : "", ranges[i].range);
	return buf_text(&list);
}

/* ---- of a request ---- */

static const char *
offered(struct request *rq)
{
	return rq->settings ? rq->settings->ui_locales_supported : "en";
}

static const struct language *
lookup(struct request *rq, const char *ranges)
{
	return ranges ? language_lookup(rq->arena, offered(rq), ranges) : NULL;
}

static const char *
accepted(struct request *rq)
{
	const char *field = request_header(rq, "HTTP_ACCEPT_LANGUAGE");

	return field ? language_ranges(rq->arena, field) : NULL;
}

const struct language *
language_asked(struct request *rq)
{
	return lookup(rq, request_param_named(rq, "ui_locales"));
}

/* The first that is offered is for whoever reads none of them. */
static const struct language *
choose(struct request *rq)
{
	const struct language *language = language_asked(rq);

	if (!language)
		language = lookup(rq, cookie_get(rq, cookie_name));
	if (!language)
		language = lookup(rq, accepted(rq));
	if (!language)
		language = lookup(rq, offered(rq));
	return language ? language : &languages[0];
}

const struct language *
language_of(struct request *rq)
{
	if (!rq->language)
		rq->language = choose(rq);
	return rq->language;
}

void
language_remember(struct request *rq, const struct language *language)
{
	if (language)
		cookie_set(rq, cookie_name, language->tag,
		    (long)rq->settings->authorization_request_expires_s);
}
