/* SPDX-License-Identifier: MIT */
#include "cell.h"

#include <stdlib.h>
#include <string.h>

#include "base/printable.h"
#include "base/text.h"

/* pg_type.oid of the types that our functions return. */
enum {
	TYPE_BOOL = 16,
	TYPE_INT8 = 20,
	TYPE_INT4 = 23,
	TYPE_TIMESTAMPTZ = 1184,
	TYPE_JSONB = 3802,
};

enum { SECONDS_END = 19 }; /* of "2026-01-31 12:00:00" */

/* In UTC, as main() has the database write times. */
static const char *
rfc3339(struct arena *arena, const char *time)
{
	if (!text_ends(time, "+00") || strlen(time) < SECONDS_END)
		return time; /* infinity, or before Christ */
	return arena_printf(arena, "%.10sT%.8sZ", time, time + 11);
}

static const char *
value_of(struct arena *arena, const PGresult *rows, int row, int column)
{
	const char *value = PQgetvalue(rows, row, column);

	return PQftype(rows, column) == TYPE_TIMESTAMPTZ ? rfc3339(arena, value)
	                                                 : value;
}

const char *
cell_text(struct arena *arena, const PGresult *rows, int row, int column)
{
	const char *value = value_of(arena, rows, row, column);

	if (PQgetisnull(rows, row, column))
		return "-";
	if (PQftype(rows, column) == TYPE_BOOL)
		return text_equal(value, "t") ? "yes" : "no";
	return PQftype(rows, column) == TYPE_JSONB
	    ? printable_json(arena, value)
	    : printable(arena, value);
}

void
cell_add_json(struct arena *arena, struct json_object *object,
    const PGresult *rows, int row, int column)
{
	const char *name = PQfname(rows, column);
	const char *value = value_of(arena, rows, row, column);

	if (PQgetisnull(rows, row, column)) {
		json_add(object, name, NULL);
		return;
	}
	switch (PQftype(rows, column)) {
	case TYPE_BOOL:
		(text_equal(value, "t") ? json_add_true
		                        : json_add_false)(object, name);
		return;
	case TYPE_INT4:
	case TYPE_INT8:
		json_add_int64(object, name, strtoll(value, NULL, 10));
		return;
	case TYPE_JSONB:
		json_add(object, name, json_tokener_parse(value));
		return;
	default:
		json_add_string(object, name, value);
	}
}

void
cell_print_json(struct arena *arena, struct json_object *object)
{
	(void)puts(printable_json(arena, json_text(arena, object)));
}
