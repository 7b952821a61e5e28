/* SPDX-License-Identifier: MIT */
#include "migration_list.h"

#include <stdlib.h>

#include "base/buf.h"
#include "crypto/digest.h"
#include "crypto/encode.h"

bool
migration_is(const struct embedded_file *file)
{
	return file->name[0] >= '0' && file->name[0] <= '9';
}

long
migration_number(const struct embedded_file *file)
{
	return strtol(file->name, NULL, 10);
}

static const char *
digest_of(struct arena *arena, const void *data, size_t size)
{
	struct sha256 digest = sha256_of(data, size);

	return hex_encode(arena, digest.bytes, SHA256_BYTES);
}

const char *
migration_digest(struct arena *arena, const struct embedded_file *file)
{
	return digest_of(arena, file->data, file->size);
}

const char *
migration_functions_digest(struct arena *arena)
{
	struct buf all = buf_in(arena);
	const struct embedded_file *file;

	for (file = embedded_schema; file->name; file++)
		if (!migration_is(file))
			buf_add_n(&all, (const char *)file->data, file->size);
	return digest_of(arena, buf_text(&all), all.len);
}
