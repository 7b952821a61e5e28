/* SPDX-License-Identifier: MIT */
#include "statements.h"

#include <string.h>

#include "base/text.h"

static const char outside[] = "-- mcp-oauth: outside a transaction\n";
static const char quote[] = "$body$";

/* Behind the end of the line that begins here. */
static const char *
next_line(const char *line)
{
	const char *end = strchr(line, '\n');

	return end ? end + 1 : line + strlen(line);
}

bool
statements_outside(const char *sql)
{
	for (; text_starts(sql, "--"); sql = next_line(sql))
		if (text_starts(sql, outside))
			return true;
	return false;
}

/* Comments and empty lines between statements. */
static const char *
skip_between(const char *sql)
{
	while (text_starts(sql, "--") || *sql == '\n')
		sql = next_line(sql);
	return sql;
}

static bool
has_one_quote(const char *line, const char *end)
{
	const char *first = strstr(line, quote);
	const char *second = first ? strstr(first + 1, quote) : NULL;

	return first && first < end && !(second && second < end);
}

const char *
statements_next(struct arena *arena, const char **sql)
{
	const char *start = skip_between(*sql), *line, *end;
	bool quoted = false;

	for (line = start; *line; line = end) {
		end = next_line(line);
		quoted ^= has_one_quote(line, end);
		if (!quoted && end - line >= 2 && end[-2] == ';') {
			*sql = end;
			return arena_strndup(arena, start,
			    (size_t)(end - start));
		}
	}
	*sql = line;
	return NULL;
}
