/* SPDX-License-Identifier: MIT */
/*
 * json_scan.c - a strict reader of RFC 8259 that builds nothing.
 *
 * Doubled keys are found by comparing each key with those before it in its
 * object, escapes decoded; objects are small because every body has a ceiling,
 * and the count of members is capped so that the comparison stays cheap.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/text.h"

enum {
	MEMBERS_MAX = 256, /* of one object */
	NUMBER_MAX_BYTES = 64,
};

struct scan {
	const char *p, *end;
	int depth;
};

/* A string as it stands in the text, without its quotes. */
struct raw_string {
	const char *start, *end;
};

static bool scan_value(struct scan *s);

static void
skip_blanks(struct scan *s)
{
	while (s->p < s->end && strchr(" \t\r\n", *s->p))
		s->p++;
}

static bool
take_char(struct scan *s, char c)
{
	if (s->p >= s->end || *s->p != c)
		return false;
	s->p++;
	return true;
}

static bool
take_word(struct scan *s, const char *word)
{
	size_t len = strlen(word);

	if ((size_t)(s->end - s->p) < len || memcmp(s->p, word, len) != 0)
		return false;
	s->p += len;
	return true;
}

static bool
take_digits(struct scan *s)
{
	const char *start = s->p;

	while (s->p < s->end && *s->p >= '0' && *s->p <= '9')
		s->p++;
	return s->p > start;
}

/* Four hexadecimal digits at p, or -1. */
static long
hex4(const char *p, const char *end)
{
	char digits[5] = {0};

	if (end - p < 4)
		return -1;
	memcpy(digits, p, 4);
	if (!text_only(digits, "0123456789abcdefABCDEF"))
		return -1;
	return strtol(digits, NULL, 16);
}

/* What follows "\u": not NUL, and a high surrogate only before a low one. */
static bool
scan_unicode_escape(struct scan *s)
{
	long unit = hex4(s->p, s->end), low;

	if (unit <= 0 || (unit >= 0xDC00 && unit <= 0xDFFF))
		return false;
	s->p += 4;
	if (unit < 0xD800 || unit > 0xDBFF)
		return true;
	if (!take_word(s, "\\u"))
		return false;
	low = hex4(s->p, s->end);
	s->p += 4;
	return low >= 0xDC00 && low <= 0xDFFF;
}

static bool
scan_escape(struct scan *s)
{
	if (s->p >= s->end)
		return false;
	if (take_char(s, 'u'))
		return scan_unicode_escape(s);
	return strchr("\"\\/bfnrt", *s->p++) != NULL;
}

static bool
scan_string(struct scan *s, struct raw_string *ret)
{
	if (!take_char(s, '"'))
		return false;
	ret->start = s->p;
	while (s->p < s->end && *s->p != '"') {
		if ((unsigned char)*s->p < 0x20)
			return false;
		if (*s->p++ == '\\' && !scan_escape(s))
			return false;
	}
	ret->end = s->p;
	return take_char(s, '"');
}

static bool
scan_number(struct scan *s)
{
	const char *start = s->p;
	char digits[NUMBER_MAX_BYTES + 1] = {0};

	(void)take_char(s, '-');
	if (!take_char(s, '0') && !take_digits(s))
		return false;
	if (take_char(s, '.') && !take_digits(s))
		return false;
	if (take_char(s, 'e') || take_char(s, 'E')) {
		if (!take_char(s, '+'))
			(void)take_char(s, '-');
		if (!take_digits(s))
			return false;
	}
	if (s->p - start > NUMBER_MAX_BYTES)
		return false;
	memcpy(digits, start, (size_t)(s->p - start));
	return isfinite(strtod(digits, NULL));
}

/* The next code unit of a key, escapes decoded; advances *p. */
static long
key_unit(const char **p, const char *end)
{
	static const char plain[] = "bfnrt", value[] = "\b\f\n\r\t";
	const char *escape;
	long unit;

	if (**p != '\\')
		return (unsigned char)*(*p)++;
	(*p)++;
	if (**p == 'u') {
		unit = hex4(*p + 1, end);
		*p += 5;
		return unit < 0x80 ? unit : unit + 0x100; /* apart from bytes */
	}
	escape = strchr(plain, **p);
	unit = escape ? value[escape - plain] : (unsigned char)**p;
	(*p)++;
	return unit;
}

/*
 * Keys spelled alike once escapes are decoded.  A character above ASCII that
 * is escaped in one key and plain in the other is taken for different; json-c
 * then keeps both spellings as one, so such escapes in keys are refused.
 */
static bool
keys_equal(const struct raw_string *a, const struct raw_string *b)
{
	const char *p = a->start, *q = b->start;

	while (p < a->end && q < b->end)
		if (key_unit(&p, a->end) != key_unit(&q, b->end))
			return false;
	return p == a->end && q == b->end;
}

static bool
key_escapes_only_ascii(const struct raw_string *key)
{
	const char *p = key->start;

	while (p < key->end)
		if (key_unit(&p, key->end) > 0xFF)
			return false;
	return true;
}

static bool
key_is_new(const struct raw_string *keys, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (keys_equal(&keys[i], &keys[n]))
			return false;
	return true;
}

static bool
scan_object(struct scan *s)
{
	struct raw_string keys[MEMBERS_MAX];
	size_t n = 0;

	skip_blanks(s);
	if (take_char(s, '}'))
		return true;
	do {
		skip_blanks(s);
		if (n == MEMBERS_MAX || !scan_string(s, &keys[n]) ||
		    !key_escapes_only_ascii(&keys[n]) || !key_is_new(keys, n))
			return false;
		n++;
		skip_blanks(s);
		if (!take_char(s, ':') || !scan_value(s))
			return false;
		skip_blanks(s);
	} while (take_char(s, ','));
	return take_char(s, '}');
}

static bool
scan_array(struct scan *s)
{
	skip_blanks(s);
	if (take_char(s, ']'))
		return true;
	do {
		if (!scan_value(s))
			return false;
		skip_blanks(s);
	} while (take_char(s, ','));
	return take_char(s, ']');
}

static bool
scan_nested(struct scan *s, bool (*scan)(struct scan *))
{
	bool good;

	if (s->depth == 0)
		return false;
	s->depth--;
	good = scan(s);
	s->depth++;
	return good;
}

static bool
scan_value(struct scan *s)
{
	struct raw_string string;

	skip_blanks(s);
	if (s->p >= s->end)
		return false;
	switch (*s->p) {
	case '{':
		s->p++;
		return scan_nested(s, scan_object);
	case '[':
		s->p++;
		return scan_nested(s, scan_array);
	case '"':
		return scan_string(s, &string);
	case 't':
		return take_word(s, "true");
	case 'f':
		return take_word(s, "false");
	case 'n':
		return take_word(s, "null");
	default:
		return scan_number(s);
	}
}

bool
json_scan(const char *text, size_t len_bytes, int depth)
{
	struct scan s = {.p = text, .end = text + len_bytes, .depth = depth};

	if (!text_is_utf8(text, len_bytes) || !scan_value(&s))
		return false;
	skip_blanks(&s);
	return s.p == s.end;
}
