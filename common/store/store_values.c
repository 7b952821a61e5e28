/* SPDX-License-Identifier: MIT */
/* store_values.c - what goes into a call as text, and what comes out of it. */
#include <stdlib.h>

#include "base/log.h"
#include "base/text.h"
#include "crypto/encode.h"
#include "store/store.h"

/* ---- parameters ---- */

void
store_add_text(struct store_params *params, const char *value)
{
	if (params->n == STORE_PARAMS_MAX)
		abort(); /* our own mistake: every statement's count is fixed */
	params->values[params->n++] = value;
}

void
store_add_int64(struct store_params *params, int64_t value)
{
	store_add_text(params,
	    arena_printf(params->arena, "%lld", (long long)value));
}

void
store_add_bool(struct store_params *params, bool value)
{
	store_add_text(params, value ? "t" : "f");
}

void
store_add_digest(struct store_params *params, const struct sha256 *value)
{
	store_add_text(params,
	    value ? arena_printf(params->arena, "\\x%s",
	                hex_encode(params->arena, value->bytes, SHA256_BYTES))
	          : NULL);
}

/* ---- rows ---- */

static const char *
value_of(const PGresult *result, int row, const char *column)
{
	int number = PQfnumber(result, column);

	if (number < 0 || PQgetisnull(result, row, number))
		return NULL;
	return PQgetvalue(result, row, number);
}

const char *
store_text(struct arena *arena, const PGresult *result, int row,
    const char *column)
{
	const char *value = value_of(result, row, column);

	return value ? arena_strdup(arena, value) : NULL;
}

int64_t
store_int64(const PGresult *result, int row, const char *column)
{
	const char *value = value_of(result, row, column);

	return value ? strtoll(value, NULL, 10) : 0;
}

bool
store_bool(const PGresult *result, int row, const char *column)
{
	const char *value = value_of(result, row, column);

	return value && text_equal(value, "t");
}
