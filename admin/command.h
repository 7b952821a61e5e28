/* SPDX-License-Identifier: MIT */
/*
 * command.h - what the verbs of mcp-oauth share: their words, the
 * configuration, the database, and how they speak and end.
 */
#ifndef ADMIN_COMMAND_H
#define ADMIN_COMMAND_H

#include <stdbool.h>

#include "base/arena.h"
#include "base/settings.h"
#include "store/store.h"

/* Exit statuses. */
enum {
	EXIT_GOOD = 0,
	EXIT_REFUSED = 1,  /* it was not done, or the doctor found a problem */
	EXIT_USAGE = 2,    /* wrong words on the command line */
	EXIT_DATABASE = 3, /* the database is away: try again later */
};

/* An option as it was given; "" when it has no value. */
struct given {
	const char *name, *value;
};

struct command {
	struct arena *arena;
	char *
	    *args; /* what is no option, as many as the verb takes; then NULL */
	struct given *given;
	int n_given;
};

/* Was the option given?  Its value, or NULL; all values of one that may stand
 * several times, then NULL. */
bool command_given(const struct command *command, const char *option);
const char *command_value(const struct command *command, const char *option);
const char *const *command_values(const struct command *command,
    const char *option);

/* The value as a number from least to most, or standard when the option was not
 * given; false after the error was told: EXIT_USAGE. */
bool command_number(const struct command *command, const char *option,
    int64_t least, int64_t most, int64_t standard, int64_t *ret)
    __attribute__((__warn_unused_result__));

/* One line on standard error: "mcp-oauth: ...".  Returns EXIT_REFUSED. */
int command_fail(const char *format, ...)
    __attribute__((__format__(__printf__, 1, 2)));

/* Likewise for words that do not go together: EXIT_USAGE. */
int command_usage(const char *format, ...)
    __attribute__((__format__(__printf__, 1, 2)));

/* Why the last call of the store failed.  EXIT_DATABASE, or EXIT_REFUSED when
 * the database refused it. */
int command_store_fail(void);

/* Would it have worked another time: EXIT_DATABASE? */
bool command_store_passes(void);

/* Where mcp-oauth.conf is: --config, or where endpoints look for it. */
const char *command_config_file(struct command *command);

/* The settings of mcp-oauth.conf; NULL after the error was told. */
const struct settings *command_settings(struct command *command);

/* guard.conf beside mcp-oauth.conf, unless the file named is one itself. */
const char *command_guard_file(struct command *command);

/* --database, the environment's DATABASE_URL, or the configuration's; NULL
 * after the error was told. */
const char *command_database_url(struct command *command);

/* That database, not connected to yet; NULL after the error was told. */
struct store *command_store(struct command *command);

#endif
