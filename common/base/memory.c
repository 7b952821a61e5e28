/* SPDX-License-Identifier: MIT */
#include "base/memory.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

void
memory_out(void)
{
	static const char message[] = "mcp-oauth: out of memory\n";

	/* Not by stdio, which may want a buffer. */
	if (write(STDERR_FILENO, message, sizeof(message) - 1) < 0)
		abort();
	abort();
}

void *
memory_must(void *memory)
{
	if (!memory)
		memory_out();
	return memory;
}

char *
memory_must_copy(const char *text)
{
	return memory_must(strdup(text));
}
