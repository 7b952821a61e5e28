/* SPDX-License-Identifier: MIT */
/* config.c - the settings as they are in force. */
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "cell.h"
#include "http/theme.h"
#include "oauth/guard_rules.h"
#include "verb.h"

static const struct settings *
load_guard(struct command *command, const char **error)
{
	return settings_load(command->arena, SETTINGS_GUARD,
	    command_guard_file(command), NULL, error);
}

/* Lines KEY=value as one object. */
static int
show_json(struct command *command, const char *text)
{
	AUTO_JSON *object = json_new_object();
	const char **line = text_split(command->arena, text, "\n", NULL);

	for (; *line; line++) {
		size_t len = strcspn(*line, "=");

		if ((*line)[len])
			json_add_string(object,
			    arena_strndup(command->arena, *line, len),
			    *line + len + 1);
	}
	cell_print_json(command->arena, object);
	return EXIT_GOOD;
}

int
verb_config_show(struct command *command)
{
	bool guard = command_given(command, "guard");
	struct buf text = buf_in(command->arena);
	const char *error = NULL;
	const struct settings *settings = guard ? load_guard(command, &error)
	                                        : command_settings(command);

	if (!settings)
		return error ? command_fail("%s", error) : EXIT_REFUSED;
	settings_print(settings, &text);
	if (command_given(command, "json"))
		return show_json(command, buf_text(&text));
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

int
verb_config_check(struct command *command)
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
