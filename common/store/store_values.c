/* SPDX-License-Identifier: MIT */
/* store_values.c - what goes into a call as text, and what comes out of it. */
#include <stdlib.h>

#include "base/buf.h"
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
	store_add_text(params, arena_int64(params->arena, value));
}

void
store_add_bool(struct store_params *params, bool value)
{
	store_add_text(params, value ? "t" : "f");
}

void
store_add_bytes(struct store_params *params, const void *value,
    size_t len_bytes)
{
	store_add_text(params,
	    value ? arena_printf(params->arena, "\\x%s",
	                hex_encode(params->arena, value, len_bytes))
	          : NULL);
}

void
store_add_digest(struct store_params *params, const struct sha256 *value)
{
	store_add_bytes(params, value ? value->bytes : NULL, SHA256_BYTES);
}

void
store_add_legacy_hashes(struct store_params *params, const char *token)
{
	struct sha256 digest = sha256_of_text(token);

	store_add_text(params,
	    hex_encode(params->arena, digest.bytes, SHA256_BYTES));
	store_add_text(params,
	    base64_encode(params->arena, digest.bytes, SHA256_BYTES));
	store_add_text(params,
	    base64url_encode(params->arena, digest.bytes, SHA256_BYTES));
}

void
store_add_digests(struct store_params *params, const struct sha256 *values,
    size_t n)
{
	struct buf array = buf_in(params->arena);
	size_t i;

	buf_add_char(&array, '{');
	for (i = 0; values && i < n; i++)
		buf_addf(&array, "%s\"\\\\x%s\"", i ? "," : "",
		    hex_encode(params->arena, values[i].bytes, SHA256_BYTES));
	buf_add_char(&array, '}');
	store_add_text(params, values ? buf_text(&array) : NULL);
}

/* ---- rows ---- */

/* PQfnumber() copies the name at each call, to fold its case. */
static int
number_of(const PGresult *result, const char *column)
{
	int i;

	for (i = 0; i < PQnfields(result); i++)
		if (text_equal(PQfname(result, i), column))
			return i;
	return -1;
}

static const char *
value_of(const PGresult *result, int row, const char *column)
{
	int number = number_of(result, column);

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
store_bytes(const PGresult *result, int row, const char *column, void *ret,
    size_t size_bytes)
{
	const char *value = value_of(result, row, column);

	return value && text_starts(value, "\\x") &&
	    hex_decode_exact(value + 2, ret, size_bytes);
}

bool
store_bool(const PGresult *result, int row, const char *column)
{
	const char *value = value_of(result, row, column);

	return value && text_equal(value, "t");
}
