/* SPDX-License-Identifier: MIT */
/* config.c - the settings as they are in force. */
#include <stdio.h>

#include "base/text.h"
#include "command.h"
#include "http/theme.h"
#include "oauth/guard_rules.h"

static const struct settings *
load_guard(struct command *command, const char **error)
{
	return settings_load(command->arena, SETTINGS_GUARD,
	    command_guard_file(command), NULL, error);
}

static int
show(struct command *command, bool guard)
{
	struct buf text = buf_in(command->arena);
	const char *error = NULL;
	const struct settings *settings = guard ? load_guard(command, &error)
	                                        : command_settings(command);

	if (!settings)
		return error ? command_fail("%s", error) : EXIT_REFUSED;
	settings_print(settings, &text);
	(void)printf("# %s\n%s", settings->file, buf_text(&text));
	return EXIT_GOOD;
}

static bool
rules_good(struct command *command, const struct settings *guard)
{
	struct guard_rules rules;
	const char *error = NULL;

	if (!guard->guard_rules ||
	    guard_rules_load(command->arena, guard, guard->guard_rules, &rules,
	        &error))
		return true;
	(void)command_fail("%s", error);
	return false;
}

static bool
pages_good(struct command *command, const struct settings *server)
{
	const char *error = NULL;

	if (theme_load(command->arena, server, &error))
		return true;
	(void)command_fail("%s", error);
	return false;
}

static int
check(struct command *command)
{
	const char *error = NULL;
	const struct settings *server = command_settings(command);
	const struct settings *guard = load_guard(command, &error);

	if (!guard)
		(void)command_fail("%s", error);
	if (!server || !guard || !rules_good(command, guard) ||
	    !pages_good(command, server))
		return EXIT_REFUSED;
	puts("both files are good");
	return EXIT_GOOD;
}

int
verb_config(struct command *command, char **args)
{
	bool guard = command_flag(args, "--guard");

	if (args[0] && !args[1] && text_equal(args[0], "show"))
		return show(command, guard);
	if (args[0] && !args[1] && text_equal(args[0], "check"))
		return check(command);
	return command_usage("config show [--guard] | config check");
}
