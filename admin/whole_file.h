/* SPDX-License-Identifier: MIT */
/* whole_file.h - replacing a file of the configuration: whoever reads it finds
 * the old one or the new one, of the same owner and mode. */
#ifndef ADMIN_WHOLE_FILE_H
#define ADMIN_WHOLE_FILE_H

#include <stdbool.h>

#include "base/arena.h"

/* The path itself, no symbolic link; NULL when nothing is there. */
const char *whole_file_path(struct arena *arena, const char *path);

/* Its text, in the arena; NULL when it cannot be read, or is longer than 64
 * KiB. */
const char *whole_file_read(struct arena *arena, const char *path);

/* Write text beside path, where it is read by nobody else than path is; the
 * name it has there, in the arena.  NULL when that cannot be done. */
const char *whole_file_beside(struct arena *arena, const char *path,
    const char *text) __attribute__((__warn_unused_result__));

/* Put it in place of path. */
bool whole_file_replace(const char *beside, const char *path)
    __attribute__((__warn_unused_result__));

#endif
