/* SPDX-License-Identifier: MIT */
/* identity.c - which user a person is whom the web server signs in. */
#include "store/identity.h"

#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "command.h"

static const char usage[] =
    "identity add NAME EMAIL [--source SOURCE] | identity remove NAME "
    "[--source SOURCE] | identity list";

static int
tell_added(const char *name, const char *email)
{
	(void)printf("%s signs in as %s\n", name, email);
	return EXIT_GOOD;
}

static int
add(struct command *command, struct store *store, const char *source,
    const char *name, const char *email)
{
	switch (identity_add(store, command->arena, source, name, &email)) {
	case IDENTITY_ADDED:
		return tell_added(name, email);
	case IDENTITY_DUPLICATE:
		return command_fail("%s of %s signs in as %s already", name,
		    source, email);
	case IDENTITY_ADD_EMAIL_TAKEN:
		return command_fail("a user has the address %s, but it is "
		                    "written otherwise there: write it so",
		    email);
	case IDENTITY_ADD_STORE_DOWN:
		break;
	}
	return command_fail("%s", store_last_fault());
}

static int
take_away(struct command *command, struct store *store, const char *source,
    const char *name)
{
	switch (identity_remove(store, command->arena, source, name)) {
	case IDENTITY_REMOVED:
		(void)printf("%s signs in no more\n", name);
		return EXIT_GOOD;
	case IDENTITY_REMOVE_UNKNOWN:
		return command_fail("there is no %s of %s", name, source);
	case IDENTITY_REMOVE_STORE_DOWN:
		break;
	}
	return command_fail("%s", store_last_fault());
}

static int
list(struct command *command, struct store *store)
{
	AUTO_RESULT *rows = identity_list(store, command->arena);
	const char *source;
	int i;

	if (!rows)
		return command_fail("%s", store_last_fault());
	for (i = 0; i < PQntuples(rows); i++) {
		source = store_text(command->arena, rows, i, "source");
		if (source)
			(void)printf("%s\t%s\t%s%s\n", source,
			    store_text(command->arena, rows, i, "name"),
			    store_text(command->arena, rows, i, "email"),
			    store_bool(rows, i, "disabled") ? "\tdisabled"
			                                    : "");
	}
	return EXIT_GOOD;
}

static int
run(struct command *command, struct store *store, char **args,
    const char *source)
{
	if (text_equal(args[0], "list") && !args[1])
		return list(command, store);
	if (!args[1])
		return command_usage(usage);
	if (text_equal(args[0], "remove") && !args[2])
		return take_away(command, store, source, args[1]);
	if (!text_equal(args[0], "add") || !args[2] || args[3])
		return command_usage(usage);
	if (!text_is_email(args[2]))
		return command_fail("%s is no email address", args[2]);
	return add(command, store, source, args[1], args[2]);
}

int
verb_identity(struct command *command, char **args)
{
	const char *source = command_option(args, "--source");
	const struct settings *settings = command_settings(command);
	const char *url = settings ? command_database_url(command) : NULL;
	struct store *store;
	int status;

	if (!url)
		return EXIT_REFUSED;
	if (!args[0])
		return command_usage(usage);
	store = store_open_url(url);
	status = run(command, store, args,
	    source ? source : settings->remote_source);
	store_close(store);
	return status;
}
