/* SPDX-License-Identifier: MIT */
/* file_lock.h - one command at a time makes a file anew from what it reads. */
#ifndef ADMIN_FILE_LOCK_H
#define ADMIN_FILE_LOCK_H

#include <stdbool.h>

#include "base/arena.h"

struct file_lock {
	const char *path;
	int fd;
};

/*
 * Wait, for some seconds at most, until no other command holds the lock of the
 * file at path, and take it.  It is a file of its own beside that one, which only its
 * owner can open: whoever may read path must not be able to hold up those
 * who change it.
 *
 * Returns false after the error was told.
 * Memory: ret refers to the arena.
 */
bool file_lock_take(struct arena *arena, const char *path,
    struct file_lock *ret) __attribute__((__warn_unused_result__));

void file_lock_release(struct file_lock *lock);

#endif
