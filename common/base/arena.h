/* SPDX-License-Identifier: MIT */
/* arena.h - the memory of one request: taken piece by piece, given back whole. */
#ifndef BASE_ARENA_H
#define BASE_ARENA_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct arena;

/*
 * A new arena.  Allocation never returns NULL: past ceiling_bytes it still
 * succeeds but the arena is marked exhausted, which endpoint_run() answers
 * with 413 or 503 in place of whatever the handler prepared.  Every input has
 * a ceiling of its own, so the overrun is bounded.  Only malloc itself failing
 * ends the process.
 */
struct arena *arena_new(size_t ceiling_bytes);

/* Wipe and free everything, the arena included.  NULL is ignored. */
void arena_free(struct arena *arena);

/* Wipe every byte handed out and make the arena empty again. */
void arena_reset(struct arena *arena);

/* Has more been taken since the last reset than the ceiling allows? */
bool arena_exhausted(const struct arena *arena);

/* size_bytes of zeroed memory, aligned for any type; lives until the reset. */
void *arena_alloc(struct arena *arena, size_t size_bytes)
    __attribute__((__malloc__, __returns_nonnull__));

char *arena_strdup(struct arena *arena, const char *text)
    __attribute__((__returns_nonnull__));
char *arena_strndup(struct arena *arena, const char *text, size_t len_bytes)
    __attribute__((__returns_nonnull__));
/* value in decimal digits, without what a format costs. */
char *arena_int64(struct arena *arena, int64_t value)
    __attribute__((__returns_nonnull__));
char *arena_printf(struct arena *arena, const char *format, ...)
    __attribute__((__format__(__printf__, 2, 3), __returns_nonnull__));
char *arena_vprintf(struct arena *arena, const char *format, va_list args)
    __attribute__((__format__(__printf__, 2, 0), __returns_nonnull__));

#endif
