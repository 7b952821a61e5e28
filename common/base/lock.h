/* SPDX-License-Identifier: MIT */
/* lock.h - a file that one process of the host at a time holds locked. */
#ifndef BASE_LOCK_H
#define BASE_LOCK_H

#include <stdbool.h>

/*
 * Lock the file at path, which only its owner can open and which is made if
 * need be; it may be no symbolic link.  Never waits.
 *
 * Returns a descriptor, which holds the lock until it is closed; or -1.
 * Errors: errno is EWOULDBLOCK while another descriptor holds it, and anything
 *         else where the file cannot be opened or locked.
 */
int lock_try(const char *path) __attribute__((__warn_unused_result__));

/*
 * Sleep a moment before the next try, and take it off *left_ms.
 *
 * Returns false, at once, when nothing is left of that.
 */
bool lock_wait(int *left_ms) __attribute__((__warn_unused_result__));

#endif
