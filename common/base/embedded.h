/* SPDX-License-Identifier: MIT */
/* embedded.h - files that a program carries in itself, see the Makefile. */
#ifndef BASE_EMBEDDED_H
#define BASE_EMBEDDED_H

#include <stddef.h>

/* The data is terminated, which size does not count.  A list ends with {0}. */
struct embedded_file {
	const char *name;
	const unsigned char *data;
	size_t size;
};

#endif
