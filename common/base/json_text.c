/* SPDX-License-Identifier: MIT */
/*
 * json_text.c - JSON written into an arena.  json-c's own writer leaves out what
 * it found no memory for, and says nothing of it.
 */
#include <stdint.h>
#include <string.h>

#include "base/buf.h"
#include "base/json.h"
#include "base/memory.h"

static void write_value(struct buf *buf, struct json_object *value);

/* RFC 8259 s7: quotes, backslashes and control characters are escaped. */
static bool
is_escaped(char c)
{
	return (unsigned char)c < 0x20 || c == '"' || c == '\\';
}

static void
write_escaped(struct buf *buf, char c)
{
	static const char plain[] = "\b\f\n\r\t", letter[] = "bfnrt";
	const char *known = c ? strchr(plain, c) : NULL;

	if (known)
		buf_addf(buf, "\\%c", letter[known - plain]);
	else if ((unsigned char)c < 0x20)
		buf_addf(buf, "\\u%04x", (unsigned char)c);
	else
		buf_addf(buf, "\\%c", c);
}

#define EACH(byte) (UINT64_C(0x0101010101010101) * (byte))

/* Is one of eight characters escaped?  A byte that is less than 1, or than 0x20,
 * borrows its highest bit. */
static bool
any_is_escaped(const char *eight)
{
	uint64_t word, quote, backslash, found;

	memcpy(&word, eight, sizeof(word));
	quote = word ^ EACH('"');
	backslash = word ^ EACH('\\');
	found = ((word - EACH(0x20)) & ~word) | ((quote - EACH(1)) & ~quote) |
	    ((backslash - EACH(1)) & ~backslash);
	return (found & EACH(0x80)) != 0;
}

/* How many characters stand before the first that is escaped. */
static size_t
plain_bytes(const char *text, size_t len_bytes)
{
	size_t n = 0;

	while (len_bytes - n >= sizeof(uint64_t) && !any_is_escaped(text + n))
		n += sizeof(uint64_t);
	while (n < len_bytes && !is_escaped(text[n]))
		n++;
	return n;
}

/* What stands between two such characters is added at once: tokens are long. */
static void
write_string(struct buf *buf, const char *text, size_t len_bytes)
{
	const char *end = text + len_bytes;
	size_t plain;

	buf_add_char(buf, '"');
	while (text < end) {
		plain = plain_bytes(text, (size_t)(end - text));
		buf_add_n(buf, text, plain);
		text += plain;
		if (text < end)
			write_escaped(buf, *text++);
	}
	buf_add_char(buf, '"');
}

static void
write_object(struct buf *buf, struct json_object *object)
{
	const char *separator = "";

	buf_add_char(buf, '{');
	json_object_object_foreach(object, key, value)
	{
		buf_add(buf, separator);
		write_string(buf, key, strlen(key));
		buf_add_char(buf, ':');
		write_value(buf, value);
		separator = ",";
	}
	buf_add_char(buf, '}');
}

static void
write_array(struct buf *buf, struct json_object *array)
{
	size_t i;

	buf_add_char(buf, '[');
	for (i = 0; i < json_object_array_length(array); i++) {
		if (i > 0)
			buf_add_char(buf, ',');
		write_value(buf, json_object_array_get_idx(array, i));
	}
	buf_add_char(buf, ']');
}

static void
write_by_library(struct buf *buf, struct json_object *value)
{
	buf_add(buf,
	    memory_must((void *)(uintptr_t)json_object_to_json_string(value)));
}

/* INT64_MAX may stand for more. */
static void
write_integer(struct buf *buf, struct json_object *value)
{
	int64_t integer = json_object_get_int64(value);

	if (integer == INT64_MAX)
		write_by_library(buf, value);
	else
		buf_add(buf, arena_int64(buf->arena, integer));
}

static void
write_value(struct buf *buf, struct json_object *value)
{
	switch (json_object_get_type(value)) {
	case json_type_object:
		write_object(buf, value);
		return;
	case json_type_array:
		write_array(buf, value);
		return;
	case json_type_string:
		write_string(buf, json_object_get_string(value),
		    (size_t)json_object_get_string_len(value));
		return;
	case json_type_null:
		buf_add(buf, "null");
		return;
	case json_type_boolean:
		buf_add(buf, json_object_get_boolean(value) ? "true" : "false");
		return;
	case json_type_int:
		write_integer(buf, value);
		return;
	case json_type_double: /* as it was written, if it was read */
		break;
	}
	write_by_library(buf, value);
}

const char *
json_text(struct arena *arena, struct json_object *object)
{
	struct buf buf = buf_in(arena);

	write_value(&buf, object);
	return buf_text(&buf);
}
