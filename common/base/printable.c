/* SPDX-License-Identifier: MIT */
#include "base/printable.h"

#include <stdbool.h>
#include <string.h>

#include "base/buf.h"
#include "base/text.h"

/* How long the character at p is by its first byte. */
static size_t
length_of(const char *p)
{
	unsigned char first = (unsigned char)*p;

	return first < 0x80 ? 1 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4;
}

/* The code point of well-formed UTF-8. */
static unsigned long
code_point(const char *p, size_t len)
{
	static const unsigned char masks[] = {0, 0x7F, 0x1F, 0x0F, 0x07};
	unsigned long code = (unsigned char)*p & masks[len];
	size_t i;

	for (i = 1; i < len; i++)
		code = code << 6 | ((unsigned char)p[i] & 0x3F);
	return code;
}

/* Format characters (Unicode category Cf) and the separators of lines and
 * paragraphs. */
static bool
is_hidden(unsigned long code)
{
	static const struct {
		unsigned long first, last;
	} ranges[] = {{0xAD, 0xAD}, {0x61C, 0x61C}, {0x180E, 0x180E},
	    {0x200B, 0x200F}, {0x2028, 0x202E}, {0x2060, 0x206F},
	    {0xFEFF, 0xFEFF}, {0xFFF9, 0xFFFB}, {0xE0000, 0xE007F}};
	size_t i;

	for (i = 0; i < sizeof(ranges) / sizeof(*ranges); i++)
		if (code >= ranges[i].first && code <= ranges[i].last)
			return true;
	return false;
}

static void
add_byte(struct buf *out, char c)
{
	switch (c) {
	case '\t':
		buf_add(out, "\\t");
		break;
	case '\n':
		buf_add(out, "\\n");
		break;
	case '\r':
		buf_add(out, "\\r");
		break;
	case '\\':
		buf_add(out, "\\\\");
		break;
	default:
		buf_addf(out, "\\x%02x", (unsigned)(unsigned char)c);
	}
}

/* The next character, which text moves behind; false when it is none, and
 * text moves behind its first byte. */
static bool
next_character(const char **text, const char **start, size_t *len,
    unsigned long *code)
{
	bool whole;

	*start = *text;
	*len = length_of(*text);
	whole = strnlen(*text, *len) == *len && text_is_utf8(*text, *len);
	if (!whole)
		*len = 1;
	*code = whole ? code_point(*text, *len) : 0;
	*text += *len;
	return whole;
}

/* Does a terminal obey or hide it, though it is no byte of ASCII? */
static bool
is_foreign_control(unsigned long code)
{
	return (code >= 0x80 && code < 0xA0) || is_hidden(code);
}

const char *
printable(struct arena *arena, const char *text)
{
	struct buf out = buf_in(arena);
	const char *start;
	unsigned long code;
	size_t len;

	while (*text) {
		if (!next_character(&text, &start, &len, &code) ||
		    code < 0x20 || code == 0x7F || code == '\\')
			add_byte(&out, *start);
		else if (is_foreign_control(code))
			buf_addf(&out, "\\u%04lx", code);
		else
			buf_add_n(&out, start, len);
	}
	return buf_text(&out);
}

/* ---- JSON, whose escapes mean the same as what they stand for ---- */

static bool
moves_terminal(unsigned long code)
{
	return code == 0x7F || is_foreign_control(code);
}

static bool
is_beyond_ascii(unsigned long code)
{
	return code >= 0x7F;
}

/* JSON without line breaks, with the characters of that kind as \uHHHH. */
static const char *
escape_json(struct arena *arena, const char *json,
    bool (*is_escaped)(unsigned long code))
{
	struct buf out = buf_in(arena);
	const char *start;
	unsigned long code;
	size_t len;

	while (*json) {
		if (!next_character(&json, &start, &len, &code))
			buf_add(&out, "\\ufffd"); /* JSON is UTF-8 */
		else if (!is_escaped(code))
			buf_add_n(&out, start, len);
		else if (code < 0x10000)
			buf_addf(&out, "\\u%04lx", code);
		else
			buf_addf(&out, "\\u%04lx\\u%04lx",
			    0xD800 + ((code - 0x10000) >> 10),
			    0xDC00 + ((code - 0x10000) & 0x3FF));
	}
	return buf_text(&out);
}

const char *
printable_json(struct arena *arena, const char *json)
{
	return escape_json(arena, json, moves_terminal);
}

const char *
printable_json_ascii(struct arena *arena, const char *json)
{
	return escape_json(arena, json, is_beyond_ascii);
}
