/* SPDX-License-Identifier: MIT */
/* arena_text.c - texts in an arena, by what every arena can do. */
#include <string.h>

#include "base/arena.h"

char *
arena_strndup(struct arena *arena, const char *text, size_t len_bytes)
{
	char *copy = arena_alloc(arena, len_bytes + 1);

	if (len_bytes > 0)
		memcpy(copy, text, len_bytes);
	return copy;
}

char *
arena_strdup(struct arena *arena, const char *text)
{
	return arena_strndup(arena, text, strlen(text));
}

char *
arena_printf(struct arena *arena, const char *format, ...)
{
	va_list args;
	char *text;

	va_start(args, format);
	text = arena_vprintf(arena, format, args);
	va_end(args);
	return text;
}

char *
arena_int64(struct arena *arena, int64_t value)
{
	char digits[20], *at = digits + sizeof(digits);
	uint64_t left = value < 0 ? -(uint64_t)value : (uint64_t)value;

	do {
		*--at = (char)('0' + left % 10);
		left /= 10;
	} while (left > 0);
	if (value < 0)
		*--at = '-';
	return arena_strndup(arena, at, (size_t)(digits + sizeof(digits) - at));
}
