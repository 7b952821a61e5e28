/* SPDX-License-Identifier: MIT */
/* shared_file.h - files of a fixed size that the processes of a host share,
 * made whole by whichever comes first. */
#ifndef BASE_SHARED_FILE_H
#define BASE_SHARED_FILE_H

#include <stdbool.h>
#include <stddef.h>

/*
 * Open the file for reading and writing.  One that is not there, or is of
 * another size, is replaced by one that holds content (NULL: zeros), mode 0600;
 * of several processes that do so at once all get the same one.  Its blocks are
 * allocated: a disk that fills up later does not hurt whoever maps it.
 *
 * Returns a descriptor; -1 when the file can neither be opened nor made.
 */
int shared_file_open(const char *path, size_t size_bytes, const void *content);

/* Does the file still have its name?  One that somebody removed is not the one
 * that other processes use. */
bool shared_file_there(int fd);

#endif
