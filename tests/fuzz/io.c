/* SPDX-License-Identifier: MIT */
/* io.c - requests that come from no web server: stands in for http/io.c. */
#include "http/io.h"

#include <string.h>

#include "fuzz.h"

enum { VARIABLES_MAX = 16 };

static struct {
	const char *name, *value;
} variables[VARIABLES_MAX];
static size_t n_variables;

void
fuzz_variable(const char *name, const char *value)
{
	fuzz_must(n_variables < VARIABLES_MAX);
	variables[n_variables].name = name;
	variables[n_variables++].value = value;
}

void
fuzz_variables_forget(void)
{
	n_variables = 0;
}

struct io *
io_open(void)
{
	return NULL;
}

bool
io_is_cgi(const struct io *io)
{
	(void)io;
	return true;
}

bool
io_is_private(const struct io *io)
{
	(void)io;
	return true;
}

bool
io_accept(struct io *io)
{
	(void)io;
	return false;
}

const char *
io_variable(struct io *io, const char *name)
{
	size_t i;

	(void)io;
	for (i = 0; i < n_variables; i++)
		if (strcmp(variables[i].name, name) == 0)
			return variables[i].value;
	return NULL;
}

size_t
io_read(struct io *io, void *ret, size_t size_bytes)
{
	(void)io;
	(void)ret;
	(void)size_bytes;
	return 0;
}

bool
io_write(struct io *io, const void *data, size_t len_bytes)
{
	(void)io;
	(void)data;
	(void)len_bytes;
	return true;
}

void
io_finish(struct io *io)
{
	(void)io;
}
