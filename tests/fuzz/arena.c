/* SPDX-License-Identifier: MIT */
/*
 * arena.c - an arena whose every piece is an allocation of its own, so that
 * AddressSanitizer sees a step beyond its end: stands in for base/arena.c.
 */
#include "base/arena.h"

#include <stdalign.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct piece {
	struct piece *next;
	alignas(max_align_t) unsigned char data[];
};

struct arena {
	struct piece *pieces;
	size_t ceiling, taken;
};

static void *
must(void *memory)
{
	if (!memory)
		abort();
	return memory;
}

struct arena *
arena_new(size_t ceiling_bytes)
{
	struct arena *arena = must(calloc(1, sizeof(*arena)));

	arena->ceiling = ceiling_bytes;
	return arena;
}

void
arena_reset(struct arena *arena)
{
	struct piece *piece = arena->pieces, *next;

	for (; piece; piece = next) {
		next = piece->next;
		free(piece);
	}
	arena->pieces = NULL;
	arena->taken = 0;
}

void
arena_free(struct arena *arena)
{
	if (!arena)
		return;
	arena_reset(arena);
	free(arena);
}

bool
arena_exhausted(const struct arena *arena)
{
	return arena->taken > arena->ceiling;
}

void *
arena_alloc(struct arena *arena, size_t size_bytes)
{
	struct piece *piece = must(calloc(1, sizeof(*piece) + size_bytes));

	piece->next = arena->pieces;
	arena->pieces = piece;
	arena->taken += size_bytes;
	return piece->data;
}

char *
arena_vprintf(struct arena *arena, const char *format, va_list args)
{
	va_list again;
	char *text;
	int len;

	va_copy(again, args);
	len = vsnprintf(NULL, 0, format, again);
	va_end(again);
	if (len < 0)
		return arena_strdup(arena, "");
	text = arena_alloc(arena, (size_t)len + 1);
	(void)vsnprintf(text, (size_t)len + 1, format, args);
	return text;
}
