/* SPDX-License-Identifier: MIT */
/* listing.h - lists, and all of one thing: tabs for people, JSON for programs. */
#ifndef ADMIN_LISTING_H
#define ADMIN_LISTING_H

#include "base/json.h"
#include "command.h"
#include "store/details.h"
#include "store/listing.h"

/* The options that every list takes, for the table of verbs. */
#define LISTING_OPTIONS \
	{"limit", "N", "stop after so many rows (1000); 0: never", 0}, \
	    {"after", "CURSOR", "go on where a list stopped", 0}, \
	{ \
		"json", NULL, "one JSON object a line", 0 \
	}

/*
 * Print the rows as they come, a page at a time; standard error says when there
 * are more than --limit.  A line of names is first when standard output is a
 * terminal.  Returns the exit status.
 */
int listing_print(struct command *command, enum listing listing,
    const char *const *filters);

/* Rows of any result but the columns "cursor" and "snapshot", and the line of
 * names before them. */
void listing_print_names(const PGresult *rows);
void listing_print_row(struct arena *arena, const PGresult *rows, int row,
    bool json);

/* What the command is asked to show of one thing: "name<TAB>value" lines, or
 * one JSON object.  what is "user" or "client".  Returns the exit status. */
int listing_show(struct command *command, enum details details,
    const char *what, const char *of);
void listing_print_object(struct command *command, struct json_object *object);

#endif
