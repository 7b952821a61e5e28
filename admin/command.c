/* SPDX-License-Identifier: MIT */
#include "command.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"

/* ---- words ---- */

const char *
command_value(const struct command *command, const char *option)
{
	int i;

	for (i = 0; i < command->n_given; i++)
		if (text_equal(command->given[i].name, option))
			return command->given[i].value;
	return NULL;
}

bool
command_given(const struct command *command, const char *option)
{
	return command_value(command, option) != NULL;
}

const char *const *
command_values(const struct command *command, const char *option)
{
	const char **values = arena_alloc(command->arena,
	    (size_t)(command->n_given + 1) * sizeof(*values));
	int i, n = 0;

	for (i = 0; i < command->n_given; i++)
		if (text_equal(command->given[i].name, option))
			values[n++] = command->given[i].value;
	return values;
}

bool
command_number(const struct command *command, const char *option, int64_t least,
    int64_t most, int64_t standard, int64_t *ret)
{
	const char *value = command_value(command, option);
	int64_t number = standard;

	if (value && (!text_to_int64(value, most, &number) || number < least)) {
		(void)
		    command_usage("--%s is a number from %lld to %lld, not %s",
		        option, (long long)least, (long long)most, value);
		return false;
	}
	*ret = number;
	return true;
}

/* ---- speaking ---- */

static void
tell(const char *format, va_list args)
{
	(void)fputs("mcp-oauth: ", stderr);
	(void)vfprintf(stderr, format, args);
	(void)fputc('\n', stderr);
}

int
command_fail(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	tell(format, args);
	va_end(args);
	return EXIT_REFUSED;
}

int
command_usage(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	tell(format, args);
	va_end(args);
	return EXIT_USAGE;
}

/* What to do about what the database said, by SQLSTATE; "" when that is all
 * there is to say. */
static const char *
remedy_of(const char *sqlstate)
{
	if (text_equal(sqlstate, "42501"))
		return "; --database names a login that may, one in the role "
		       "mcp_oauth_admin";
	if (text_equal(sqlstate, "42883") || text_equal(sqlstate, "3F000"))
		return "; \"mcp-oauth migrate\" brings the database to this "
		       "version";
	return "";
}

/* Classes of PostgreSQL: insufficient resources, objects in use, and
 * interventions of an operator pass. */
bool
command_store_passes(void)
{
	const char *sqlstate = store_last_sqlstate();

	return !*sqlstate || text_starts(sqlstate, "53") ||
	    text_starts(sqlstate, "55") || text_starts(sqlstate, "57");
}

int
command_store_fail(void)
{
	const char *sqlstate = store_last_sqlstate();

	const char *fault = store_last_fault();

	if (text_starts(fault, "ERROR:  "))
		fault += strlen("ERROR:  ");
	if (!*fault)
		fault = "the database answered with an unknown outcome";
	(void)command_fail("%s%s", fault, remedy_of(sqlstate));
	return command_store_passes() ? EXIT_DATABASE : EXIT_REFUSED;
}

/* ---- configuration and database ---- */

const char *
command_config_file(struct command *command)
{
	const char *named = command_value(command, "config");

	if (named)
		return named;
	return settings_find(command->arena, SETTINGS_SERVER, NULL);
}

const struct settings *
command_settings(struct command *command)
{
	const char *error = NULL;
	const struct settings *settings = settings_load(command->arena,
	    SETTINGS_SERVER, command_config_file(command), NULL, &error);

	if (!settings)
		(void)command_fail("%s", error);
	return settings;
}

const char *
command_guard_file(struct command *command)
{
	const char *file = command_config_file(command);
	const char *slash = strrchr(file, '/');
	size_t len = slash ? (size_t)(slash - file) + 1 : 0;

	return arena_printf(command->arena, "%.*sguard.conf", (int)len, file);
}

/* --database or the environment's; NULL: the settings tell. */
static const char *
named_database_url(const struct command *command)
{
	const char *named = command_value(command, "database");
	const char *environment = getenv("DATABASE_URL");

	if (named)
		return named;
	return environment && *environment ? environment : NULL;
}

const char *
command_database_url(struct command *command)
{
	const char *named = named_database_url(command);
	const struct settings *settings;

	if (named)
		return named;
	settings = command_settings(command);
	return settings ? settings->database_url : NULL;
}

struct store *
command_store(struct command *command)
{
	const char *named = named_database_url(command);
	const struct settings *settings;

	if (named)
		return store_open_url(named);
	settings = command_settings(command);
	return settings ? store_open(settings) : NULL;
}
