/* SPDX-License-Identifier: MIT */
#include "listing.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/printable.h"
#include "base/text.h"
#include "cell.h"
#include "crypto/encode.h"

enum {
	PAGE_ROWS = 1000,
	PAGE_BYTES = 64 << 20,
	LIMIT = 1000, /* as LISTING_OPTIONS says */
	LIMIT_MAX = 1 << 30,
};

/* ---- rows ---- */

/* Not for the reader. */
static bool
is_ours(const PGresult *rows, int column)
{
	const char *name = PQfname(rows, column);

	return text_equal(name, "cursor") || text_equal(name, "snapshot");
}

void
listing_print_names(const PGresult *rows)
{
	int i, n = PQnfields(rows);

	for (i = 0; i < n; i++)
		if (!is_ours(rows, i))
			(void)printf("%s%s", i ? "\t" : "", PQfname(rows, i));
	putchar('\n');
}

static void
print_json(struct arena *arena, const PGresult *rows, int row)
{
	AUTO_JSON *object = json_new_object();
	int i, n = PQnfields(rows);

	for (i = 0; i < n; i++)
		if (!is_ours(rows, i))
			cell_add_json(arena, object, rows, row, i);
	cell_print_json(arena, object);
}

void
listing_print_row(struct arena *arena, const PGresult *rows, int row, bool json)
{
	int i, n = PQnfields(rows);

	if (json) {
		print_json(arena, rows, row);
		return;
	}
	for (i = 0; i < n; i++)
		if (!is_ours(rows, i))
			(void)printf("%s%s", i ? "\t" : "",
			    cell_text(arena, rows, row, i));
	putchar('\n');
}

/* ---- pages ---- */

struct printing {
	struct command *command;
	struct store *store;
	enum listing listing;
	const char *const *filters;
	const char *after;
	int64_t left; /* rows; INT64_MAX without a limit */
	bool json, names;
};

enum printed { PRINTED_ALL, PRINTED_PAGE, PRINTED_NOTHING };

/* No more than a page; one row more than that tells whether there is another. */
static enum printed
print_page(struct printing *printing, struct arena *arena)
{
	int wanted = printing->left < PAGE_ROWS ? (int)printing->left
	                                        : PAGE_ROWS;
	AUTO_RESULT *rows = listing_page(printing->store, arena,
	    printing->listing, printing->filters, printing->after, wanted + 1);
	int i, n = rows ? PQntuples(rows) : 0;
	bool more = n > wanted;

	if (!rows)
		return PRINTED_NOTHING;
	if (more)
		n = wanted;
	if (printing->names)
		listing_print_names(rows);
	printing->names = false;
	for (i = 0; i < n; i++)
		listing_print_row(arena, rows, i, printing->json);
	printing->left -= n;
	if (!more)
		return PRINTED_ALL;
	printing->after = store_text(printing->command->arena, rows, n - 1,
	    "cursor");
	return PRINTED_PAGE;
}

static enum printed
print_pages(struct printing *printing)
{
	struct arena *arena = arena_new(PAGE_BYTES);
	enum printed printed = PRINTED_PAGE;

	while (
	    printed == PRINTED_PAGE && printing->left > 0 && !ferror(stdout)) {
		printed = print_page(printing, arena);
		arena_reset(arena);
	}
	arena_free(arena);
	return printed;
}

/* A cursor may hold anything that clients call themselves: as a word that is
 * safe to paste. */
static const char *
cursor_word(struct arena *arena, const char *cursor)
{
	return base64url_encode(arena, (const unsigned char *)cursor,
	    strlen(cursor));
}

/* --after, or NULL; false after the error was told. */
static bool
take_cursor(struct command *command, const char **ret)
{
	const char *word = command_value(command, "after");
	size_t len = 0;
	const unsigned char *bytes = word
	    ? base64url_decode(command->arena, word, strlen(word), &len)
	    : NULL;

	if (word && (!bytes || memchr(bytes, 0, len))) {
		(void)command_usage("--after %s comes from no list", word);
		return false;
	}
	*ret = bytes ? arena_strndup(command->arena, (const char *)bytes, len)
	             : NULL;
	return true;
}

int
listing_print(struct command *command, enum listing listing,
    const char *const *filters)
{
	struct printing printing = {
	    .command = command,
	    .listing = listing,
	    .filters = filters,
	    .json = command_given(command, "json"),
	};
	enum printed printed;
	int status = EXIT_GOOD;

	if (!command_number(command, "limit", 0, LIMIT_MAX, LIMIT,
	        &printing.left) ||
	    !take_cursor(command, &printing.after))
		return EXIT_USAGE;
	if (printing.left == 0)
		printing.left = INT64_MAX;
	printing.names = !printing.json && isatty(STDOUT_FILENO);
	printing.store = command_store(command);
	if (!printing.store)
		return EXIT_REFUSED;
	printed = print_pages(&printing);
	if (printed == PRINTED_NOTHING)
		status = command_store_fail();
	else if (printed == PRINTED_PAGE && printing.after)
		(void)command_fail("there is more: --limit 0 lists all of it, "
		                   "--after %s goes on from here",
		    cursor_word(command->arena, printing.after));
	store_close(printing.store);
	return status;
}

/* ---- one thing ---- */

static void
print_member(struct arena *arena, const char *name, struct json_object *value)
{
	const char *text = !value ? "-"
	    : json_object_is_type(value, json_type_string)
	    ? printable(arena, json_object_get_string(value))
	    : printable_json(arena, json_text(arena, value));

	(void)printf("%s\t%s\n", name, text);
}

static void
print_members(struct arena *arena, const char *name, struct json_object *value)
{
	size_t i, n;

	if (!json_object_is_type(value, json_type_array)) {
		print_member(arena, name, value);
		return;
	}
	n = json_object_array_length(value);
	for (i = 0; i < n; i++)
		print_member(arena, name, json_object_array_get_idx(value, i));
	if (n == 0)
		print_member(arena, name, NULL);
}

void
listing_print_object(struct command *command, struct json_object *object)
{
	struct json_object_iterator it = json_object_iter_begin(object);
	struct json_object_iterator end = json_object_iter_end(object);

	if (command_given(command, "json")) {
		cell_print_json(command->arena, object);
		return;
	}
	for (; !json_object_iter_equal(&it, &end); json_object_iter_next(&it))
		print_members(command->arena, json_object_iter_peek_name(&it),
		    json_object_iter_peek_value(&it));
}

int
listing_show(struct command *command, enum details details, const char *what,
    const char *of)
{
	struct store *store = command_store(command);
	AUTO_JSON *object = NULL;
	const char *json = NULL;
	enum details_result result;

	if (!store)
		return EXIT_REFUSED;
	result = details_get(store, command->arena, details, of, &json);
	store_close(store);
	switch (result) {
	case DETAILS_FOUND:
		object = json_tokener_parse(json);
		listing_print_object(command, object);
		return EXIT_GOOD;
	case DETAILS_UNKNOWN:
		return command_fail("there is no %s %s", what, of);
	case DETAILS_STORE_DOWN:
		break;
	}
	return command_store_fail();
}
