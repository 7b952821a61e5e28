/* SPDX-License-Identifier: MIT */
/*
 * json_build.c - objects of json-c out of a text that was scanned already, so
 * that nothing here can be malformed.  json-c's own parser leaves out what it
 * finds no memory for, or looks at NULL: a token that lacks a member would pass
 * for a bad one.
 */
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/memory.h"

enum { NUMBER_BYTES = 64 }; /* as in json_scan.c */

struct reader {
	const char *p, *end;
};

static struct json_object *build_value(struct reader *r);

static void
skip_blanks(struct reader *r)
{
	while (r->p < r->end && strchr(" \t\r\n", *r->p))
		r->p++;
}

/* ---- strings ---- */

static unsigned long
hex4(const char *p)
{
	char digits[5] = {0};

	memcpy(digits, p, 4);
	return strtoul(digits, NULL, 16);
}

/* The character of an escape behind "\u", of one or two units. */
static unsigned long
unicode_escape(struct reader *r)
{
	unsigned long unit = hex4(r->p), low;

	r->p += 4;
	if (unit < 0xD800 || unit > 0xDBFF)
		return unit;
	low = hex4(r->p + 2);
	r->p += 6;
	return 0x10000 + ((unit - 0xD800) << 10) + (low - 0xDC00);
}

static char *
put_utf8(char *out, unsigned long c)
{
	if (c < 0x80) {
		*out++ = (char)c;
		return out;
	}
	if (c < 0x800) {
		*out++ = (char)(0xC0 | c >> 6);
	} else {
		if (c < 0x10000) {
			*out++ = (char)(0xE0 | c >> 12);
		} else {
			*out++ = (char)(0xF0 | c >> 18);
			*out++ = (char)(0x80 | (c >> 12 & 0x3F));
		}
		*out++ = (char)(0x80 | (c >> 6 & 0x3F));
	}
	*out++ = (char)(0x80 | (c & 0x3F));
	return out;
}

/* One character behind a backslash. */
static char *
put_escape(struct reader *r, char *out)
{
	static const char letter[] = "bfnrt", meant[] = "\b\f\n\r\t";
	const char *known;
	char c = *r->p++;

	if (c == 'u')
		return put_utf8(out, unicode_escape(r));
	known = strchr(letter, c);
	*out++ = known ? meant[known - letter] : c;
	return out;
}

/* The string at its opening quote, decoded, which never makes it longer; the
 * caller frees it. */
static char *
take_string(struct reader *r, size_t *len)
{
	const char *close = ++r->p;
	char *text, *out;

	while (*close != '"')
		close += *close == '\\' ? 2 : 1;
	text = out = memory_must(malloc((size_t)(close - r->p) + 1));
	while (*r->p != '"') {
		if (*r->p != '\\') {
			*out++ = *r->p++;
			continue;
		}
		r->p++;
		out = put_escape(r, out);
	}
	r->p++;
	*out = '\0';
	*len = (size_t)(out - text);
	return text;
}

static struct json_object *
build_string(struct reader *r)
{
	size_t len;
	char *text = take_string(r, &len);
	struct json_object *string = memory_must(
	    json_object_new_string_len(text, (int)len));

	free(text);
	return string;
}

/* ---- numbers ---- */

/* Beyond 64 bits it is the largest that there is. */
static struct json_object *
build_integer(const char *digits)
{
	long long number;

	errno = 0;
	number = strtoll(digits, NULL, 10);
	if (errno == ERANGE && number > 0)
		return memory_must(
		    json_object_new_uint64(strtoull(digits, NULL, 10)));
	return memory_must(json_object_new_int64(number));
}

static struct json_object *
build_number(struct reader *r)
{
	char digits[NUMBER_BYTES + 1] = {0};
	size_t len = 0;

	while (r->p < r->end && strchr("+-.0123456789eE", *r->p))
		digits[len++] = *r->p++;
	if (!strpbrk(digits, ".eE"))
		return build_integer(digits);
	return memory_must(
	    json_object_new_double_s(strtod(digits, NULL), digits));
}

/* ---- values ---- */

/* Is it the end of an object or array?  Steps over that or a comma. */
static bool
ends(struct reader *r, char close)
{
	skip_blanks(r);
	if (*r->p == ',') {
		r->p++;
		return false;
	}
	if (*r->p != close)
		return false; /* before the first item */
	r->p++;
	return true;
}

static struct json_object *
build_object(struct reader *r)
{
	struct json_object *object = json_new_object();
	size_t len;
	char *key;

	r->p++;
	while (!ends(r, '}')) {
		skip_blanks(r);
		key = take_string(r, &len);
		skip_blanks(r);
		r->p++; /* the colon */
		json_add(object, key, build_value(r));
		free(key);
	}
	return object;
}

static struct json_object *
build_array(struct reader *r)
{
	struct json_object *array = json_new_array();

	r->p++;
	while (!ends(r, ']'))
		json_append(array, build_value(r));
	return array;
}

static struct json_object *
build_value(struct reader *r)
{
	skip_blanks(r);
	switch (*r->p) {
	case '{':
		return build_object(r);
	case '[':
		return build_array(r);
	case '"':
		return build_string(r);
	case 't':
		r->p += strlen("true");
		return memory_must(json_object_new_boolean(1));
	case 'f':
		r->p += strlen("false");
		return memory_must(json_object_new_boolean(0));
	case 'n':
		r->p += strlen("null");
		return NULL;
	default:
		return build_number(r);
	}
}

struct json_object *
json_build(const char *text, size_t len_bytes)
{
	struct reader r = {.p = text, .end = text + len_bytes};

	return build_value(&r);
}
