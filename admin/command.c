/* SPDX-License-Identifier: MIT */
#include "command.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"

int
command_fail(const char *format, ...)
{
	va_list args;

	fputs("mcp-oauth: ", stderr);
	va_start(args, format);
	(void)vfprintf(stderr, format, args);
	va_end(args);
	fputc('\n', stderr);
	return EXIT_REFUSED;
}

int
command_usage(const char *usage)
{
	(void)fprintf(stderr, "usage: mcp-oauth %s\n", usage);
	return EXIT_USAGE;
}

static const char *
config_file(struct command *command)
{
	if (command->config)
		return command->config;
	return settings_find(command->arena, SETTINGS_SERVER, NULL);
}

const struct settings *
command_settings(struct command *command)
{
	const char *error = NULL;
	const struct settings *settings = settings_load(command->arena,
	    SETTINGS_SERVER, config_file(command), NULL, &error);

	if (!settings)
		(void)command_fail("%s", error);
	return settings;
}

const char *
command_guard_file(struct command *command)
{
	const char *file = config_file(command);
	const char *slash = strrchr(file, '/');
	size_t len = slash ? (size_t)(slash - file) + 1 : 0;

	return arena_printf(command->arena, "%.*sguard.conf", (int)len, file);
}

const char *
command_database_url(struct command *command)
{
	const char *environment = getenv("DATABASE_URL");
	const struct settings *settings;

	if (command->database_url)
		return command->database_url;
	if (environment && *environment)
		return environment;
	settings = command_settings(command);
	return settings ? settings->database_url : NULL;
}

static void
remove_args(char **args, int n)
{
	do
		args[0] = args[n];
	while (*args++);
}

const char *
command_option(char **args, const char *name)
{
	const char *value;
	size_t len = strlen(name);

	for (; *args; args++) {
		if (text_equal(*args, name) && args[1]) {
			value = args[1];
			remove_args(args, 2);
			return value;
		}
		if (text_starts(*args, name) && (*args)[len] == '=') {
			value = *args + len + 1;
			remove_args(args, 1);
			return value;
		}
	}
	return NULL;
}

bool
command_flag(char **args, const char *name)
{
	for (; *args; args++) {
		if (text_equal(*args, name)) {
			remove_args(args, 1);
			return true;
		}
	}
	return false;
}
