/* SPDX-License-Identifier: MIT */
/* status.c - how the site is, at one look: the database, what waits to be
 * migrated or purged, and which key signs. */
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/text.h"
#include "crypto/keyring.h"
#include "listing.h"
#include "migration_list.h"
#include "moment.h"
#include "verb.h"

/* Is that digest recorded under the number? */
static bool
is_recorded(struct arena *arena, struct json_object *recorded, long number,
    const char *digest)
{
	const char *known = json_string(recorded,
	    arena_printf(arena, "%ld", number));

	return known && text_equal(known, digest);
}

/* The migrations of this version that the database does not have, or has in
 * another wording. */
static struct json_object *
pending(struct arena *arena, struct json_object *recorded)
{
	struct json_object *names = json_new_array();
	const struct embedded_file *file;

	for (file = embedded_schema; file->name; file++)
		if (migration_is(file) &&
		    !is_recorded(arena, recorded, migration_number(file),
		        migration_digest(arena, file)))
			json_append_string(names, file->name,
			    strlen(file->name));
	if (!is_recorded(arena, recorded, 0, migration_functions_digest(arena)))
		json_append_string(names, MIGRATION_FUNCTIONS,
		    strlen(MIGRATION_FUNCTIONS));
	return names;
}

/* Without the settings the database is told of all the same. */
static void
add_key(struct command *command, struct json_object *object)
{
	const char *error = NULL;
	const struct settings *settings = settings_load(command->arena,
	    SETTINGS_SERVER, command_config_file(command), NULL, &error);
	struct jwt_key key;

	if (!settings ||
	    !keyring_signing_key(command->arena, settings, time(NULL), &key,
	        &error)) {
		json_add_string(object, "signing_key_fault", error);
		return;
	}
	json_add_string(object, "signing_alg", jwt_alg_name(key.alg));
	json_add_string(object, "signing_kid", key.kid);
	if (key.exp_s != INT64_MAX)
		json_add_string(object, "signing_key_until",
		    moment(command->arena, key.exp_s));
}

static void
print(struct command *command, struct json_object *database)
{
	AUTO_JSON *object = json_new_object();
	struct json_object *recorded = json_object_object_get(database,
	    "migrations");
	struct json_object_iterator it = json_object_iter_begin(database);
	struct json_object_iterator end = json_object_iter_end(database);
	struct json_object *value;

	json_add_string(object, "version", MCP_OAUTH_VERSION);
	add_key(command, object);
	for (; !json_object_iter_equal(&it, &end); json_object_iter_next(&it)) {
		value = json_object_iter_peek_value(&it);
		if (value && value == recorded)
			json_add(object, "migrations_pending",
			    pending(command->arena, recorded));
		else
			json_add(object, json_object_iter_peek_name(&it),
			    json_object_get(value));
	}
	listing_print_object(command, object);
}

int
verb_status(struct command *command)
{
	struct store *store = command_store(command);
	AUTO_JSON *database = NULL;
	const char *json = NULL;
	enum details_result result;

	if (!store)
		return EXIT_REFUSED;
	result = details_get(store, command->arena, DETAILS_STATUS, NULL,
	    &json);
	store_close(store);
	if (result != DETAILS_FOUND)
		return command_store_fail();
	database = json_tokener_parse(json);
	print(command, database);
	return EXIT_GOOD;
}
