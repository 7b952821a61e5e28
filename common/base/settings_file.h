/* SPDX-License-Identifier: MIT */
/* settings_file.h - KEY=value lines: their syntax, and who may read them. */
#ifndef BASE_SETTINGS_FILE_H
#define BASE_SETTINGS_FILE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"

struct settings_line {
	const char *key, *value;
	int number; /* of the line, from 1 */
};

/*
 * All KEY=value lines of file, in order.  Refused with *error set: a file that
 * cannot be read, lies below document_root, may be read by others, is larger
 * than 64 KiB, holds a line without '=' or a key twice that is not repeatable.
 */
bool settings_file_read(struct arena *arena, const char *file,
    const char *document_root, bool (*repeatable)(const char *key),
    struct settings_line **ret, size_t *n, const char **error)
    __attribute__((__warn_unused_result__));

#endif
