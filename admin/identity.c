/* SPDX-License-Identifier: MIT */
/* identity.c - which user a person is whom the web server signs in. */
#include "store/identity.h"

#include <stdio.h>

#include "base/text.h"
#include "listing.h"
#include "verb.h"

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
	return command_store_fail();
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
	return command_store_fail();
}

/* The source and the database; false after a refusal was told. */
static bool
open_store(struct command *command, const char **source, struct store **ret)
{
	const struct settings *settings = command_settings(command);
	const char *url = settings ? command_database_url(command) : NULL;

	if (!url)
		return false;
	*source = command_value(command, "source");
	if (!*source)
		*source = settings->remote_source;
	*ret = store_open_url(url);
	return true;
}

int
verb_identity_add(struct command *command)
{
	struct store *store;
	const char *source;
	int status;

	if (!text_is_email(command->args[1]))
		return command_fail("%s is no email address", command->args[1]);
	if (!open_store(command, &source, &store))
		return EXIT_REFUSED;
	status = add(command, store, source, command->args[0],
	    command->args[1]);
	store_close(store);
	return status;
}

int
verb_identity_remove(struct command *command)
{
	struct store *store;
	const char *source;
	int status;

	if (!open_store(command, &source, &store))
		return EXIT_REFUSED;
	status = take_away(command, store, source, command->args[0]);
	store_close(store);
	return status;
}

int
verb_identity_list(struct command *command)
{
	const char *const filters[] = {command_value(command, "source")};

	return listing_print(command, LISTING_IDENTITIES, filters);
}
