/* SPDX-License-Identifier: MIT */
/*
 * sandbox.h - what a program may still ask of the kernel once it has started:
 * a filter of system calls (seccomp), and of files (Landlock) where the kernel
 * has it.  Whoever takes a program over finds no shell to run and no file to
 * change.
 */
#ifndef BASE_SANDBOX_H
#define BASE_SANDBOX_H

#include <stdbool.h>

/* What a program needs beside what all of them do. */
struct sandbox {
	bool network; /* more than sockets of this host */
	bool threads; /* starts some */
	/* The one other program that it starts; NULL: none. */
	const char *program;
	/* The folders below which files are made, written and removed, up to
	 * a NULL; where one is not there yet, any file may be written, so that
	 * it can be made.  NULL itself: no file is ever opened for writing. */
	const char *const *writable;
};

/*
 * Give up everything else, for good: for this process and for what it starts.
 * To be called before any thread is started.  A call that is refused fails
 * with EPERM, and the log says which it was; it is what one program starts
 * that fails without a word.
 *
 * Returns NULL, or what this kernel or this build has not got, in words for
 * the log: the rest is in force.
 */
const char *sandbox_enter(const struct sandbox *sandbox);

/* The two halves of it.  False when it cannot be had. */
bool sandbox_limit_calls(const struct sandbox *sandbox);
bool sandbox_limit_files(const struct sandbox *sandbox);

#endif
