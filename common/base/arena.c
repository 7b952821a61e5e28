/* SPDX-License-Identifier: MIT */
#define _DEFAULT_SOURCE /* explicit_bzero */
#include "base/arena.h"

#include <stdalign.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

enum { CHUNK_BYTES = 16384 };

struct chunk {
	struct chunk *next;
	size_t size, used;
	alignas(max_align_t) unsigned char data[];
};

struct arena {
	struct chunk *first; /* kept over resets; later ones are freed */
	struct chunk *last;
	size_t ceiling, taken;
};

static struct chunk *
chunk_new(size_t size)
{
	struct chunk *chunk;

	if (size > SIZE_MAX - sizeof(*chunk))
		abort();
	chunk = memory_must(malloc(sizeof(*chunk) + size));
	chunk->next = NULL;
	chunk->size = size;
	chunk->used = 0;
	return chunk;
}

static void
chunk_wipe(struct chunk *chunk)
{
	explicit_bzero(chunk->data, chunk->used);
	chunk->used = 0;
}

struct arena *
arena_new(size_t ceiling_bytes)
{
	struct arena *arena = memory_must(malloc(sizeof(*arena)));

	arena->first = arena->last = chunk_new(CHUNK_BYTES);
	arena->ceiling = ceiling_bytes;
	arena->taken = 0;
	return arena;
}

void
arena_reset(struct arena *arena)
{
	struct chunk *chunk = arena->first->next, *next;

	for (; chunk; chunk = next) {
		next = chunk->next;
		chunk_wipe(chunk);
		free(chunk);
	}
	chunk_wipe(arena->first);
	arena->first->next = NULL;
	arena->last = arena->first;
	arena->taken = 0;
}

void
arena_free(struct arena *arena)
{
	if (!arena)
		return;
	arena_reset(arena);
	free(arena->first);
	free(arena);
}

bool
arena_exhausted(const struct arena *arena)
{
	return arena->taken > arena->ceiling;
}

static void *
take(struct arena *arena, size_t size_bytes)
{
	const size_t align = alignof(max_align_t);
	struct chunk *chunk = arena->last;
	size_t size;
	void *memory;

	if (size_bytes > SIZE_MAX - align)
		abort();
	size = (size_bytes + align - 1) / align * align;
	if (size > chunk->size - chunk->used) {
		chunk = chunk_new(size > CHUNK_BYTES ? size : CHUNK_BYTES);
		arena->last->next = chunk;
		arena->last = chunk;
	}
	memory = chunk->data + chunk->used;
	chunk->used += size;
	arena->taken += size;
	return memory;
}

void *
arena_alloc(struct arena *arena, size_t size_bytes)
{
	return memset(take(arena, size_bytes), 0, size_bytes);
}

/* Most texts fit into what is left of the chunk: written there at once, and
 * taken when it is clear how long they are. */
char *
arena_vprintf(struct arena *arena, const char *format, va_list args)
{
	struct chunk *chunk = arena->last;
	char *place = (char *)chunk->data + chunk->used;
	size_t room = chunk->size - chunk->used;
	va_list again;
	char *text;
	int len;

	va_copy(again, args);
	len = vsnprintf(place, room, format, again);
	va_end(again);
	if (len >= 0 && (size_t)len < room)
		return take(arena, (size_t)len + 1);
	explicit_bzero(place, room); /* a reset wipes what was taken */
	if (len < 0)
		return arena_strdup(arena, "");
	text = take(arena, (size_t)len + 1);
	(void)vsnprintf(text, (size_t)len + 1, format, args);
	return text;
}
