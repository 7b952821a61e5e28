/* SPDX-License-Identifier: MIT */
/*
 * command.h - what the verbs of mcp-oauth share: the options before the verb,
 * the configuration, the database, and how they speak and end.
 */
#ifndef ADMIN_COMMAND_H
#define ADMIN_COMMAND_H

#include <stdbool.h>

#include "base/arena.h"
#include "base/settings.h"

/* Exit statuses. */
enum { EXIT_GOOD = 0, EXIT_REFUSED = 1, EXIT_USAGE = 2 };

struct command {
	struct arena *arena;
	const char *config;       /* --config, or NULL */
	const char *database_url; /* --database, or NULL */
};

/* One line on standard error: "mcp-oauth: ...".  Returns EXIT_REFUSED. */
int command_fail(const char *format, ...)
    __attribute__((__format__(__printf__, 1, 2)));

/* Likewise for wrong arguments: EXIT_USAGE. */
int command_usage(const char *usage);

/* The settings of mcp-oauth.conf; NULL after the error was told. */
const struct settings *command_settings(struct command *command);

/* guard.conf beside mcp-oauth.conf, unless the file named is one itself. */
const char *command_guard_file(struct command *command);

/* --database, the environment's DATABASE_URL, or the configuration's; NULL
 * after the error was told. */
const char *command_database_url(struct command *command);

/* The value of an option such as --name, taken out of args (NULL-terminated);
 * NULL when it is not there.  A valueless flag is taken by command_flag(). */
const char *command_option(char **args, const char *name);
bool command_flag(char **args, const char *name);

/* The verbs.  args holds what follows the verb, ended by NULL. */
int verb_client(struct command *command, char **args);
int verb_config(struct command *command, char **args);
int verb_doctor(struct command *command, char **args);
int verb_identity(struct command *command, char **args);
int verb_key(struct command *command, char **args);
int verb_migrate(struct command *command, char **args);
int verb_render(struct command *command, char **args);
int verb_user(struct command *command, char **args);

#endif
