/* SPDX-License-Identifier: MIT */
/* key_list.c - which keys sign, and which are published; and the set itself. */
#include <stdio.h>
#include <time.h>

#include "base/text.h"
#include "cell.h"
#include "crypto/keyring.h"
#include "crypto/private_key.h"
#include "moment.h"
#include "verb.h"

enum { PERIODS_AHEAD = 1, PERIODS_MAX = 100 };

struct listing {
	struct command *command;
	const struct settings *settings;
	int64_t now_s;
	struct json_object *rows; /* an array */
	const char *signs;        /* the kid of what signs access tokens now */
	const char *signs_id;     /* and ID tokens; "" when nothing does */
};

/* Every key is published; those of a root sign in their period, if theirs is
 * the root in use. */
static const char *
use_of(const struct listing *listing, const struct jwt_key *key,
    const char *setting)
{
	if (text_equal(key->kid, listing->signs))
		return "signs";
	if (text_equal(key->kid, listing->signs_id))
		return "signs ID tokens";
	if (!text_equal(setting, "JWT_SECRET") || key->nbf_s < listing->now_s)
		return "verifies";
	return "signs next";
}

static void
add_key(struct listing *listing, const struct jwt_key *key, const char *setting)
{
	struct json_object *row = json_new_object();

	json_add_string(row, "kid", key->kid);
	json_add_string(row, "alg", jwt_alg_name(key->alg));
	json_add_string(row, "setting", setting);
	json_add_string(row, "use", use_of(listing, key, setting));
	if (key->exp_s != INT64_MAX) {
		json_add_string(row, "from",
		    moment(listing->command->arena, key->nbf_s));
		json_add_string(row, "until",
		    moment(listing->command->arena, key->exp_s));
	}
	json_append(listing->rows, row);
}

static void
add_root(struct listing *listing, enum keyring_root root, const char *setting)
{
	struct jwt_key keys[PERIODS_AHEAD + 2];
	size_t i,
	    n = keyring_keys_of_root(listing->command->arena, listing->settings,
	        root, listing->now_s, PERIODS_AHEAD, keys);

	for (i = 0; i < n; i++)
		add_key(listing, &keys[i], setting);
}

static bool
add_file(struct listing *listing, const char **fault)
{
	size_t i, n;
	const struct jwt_key *keys = private_keys(listing->settings
	                                              ->jwt_private_key_file,
	    &n, fault);

	for (i = 0; keys && i < n; i++)
		add_key(listing, &keys[i], "JWT_PRIVATE_KEY_FILE");
	return keys != NULL;
}

static bool
fill(struct listing *listing, const char **fault)
{
	const struct settings *settings = listing->settings;
	struct jwt_key signing;

	if (!keyring_signing_key(listing->command->arena, settings,
	        listing->now_s, &signing, fault))
		return false;
	listing->signs = signing.kid ? signing.kid : "";
	listing->signs_id = "";
	if (settings->openid) {
		if (!keyring_id_token_key(settings, &signing, fault))
			return false;
		listing->signs_id = signing.kid;
	}
	if (!settings->hs256)
		add_root(listing, ROOT_CURRENT, "JWT_SECRET");
	if (!settings->hs256 && keyring_has_other(settings))
		add_root(listing, ROOT_OTHER,
		    settings->jwt_secret_next ? "JWT_SECRET_NEXT"
		                              : "JWT_SECRET_PREVIOUS");
	return !settings->jwt_private_key_file || add_file(listing, fault);
}

static void
print_row(struct command *command, struct json_object *row)
{
	const char *from = json_string(row, "from");

	if (command_given(command, "json")) {
		cell_print_json(command->arena, row);
		return;
	}
	(void)printf("%s\t%s\t%s\t%s\t%s\t%s\n", json_string(row, "kid"),
	    json_string(row, "alg"), json_string(row, "setting"),
	    json_string(row, "use"), from ? from : "-",
	    from ? json_string(row, "until") : "-");
}

int
verb_key_list(struct command *command)
{
	AUTO_JSON *rows = json_new_array();
	struct listing listing = {.command = command,
	    .settings = command_settings(command),
	    .now_s = time(NULL),
	    .rows = rows};
	const char *fault;
	size_t i;

	if (!listing.settings)
		return EXIT_REFUSED;
	if (!fill(&listing, &fault))
		return command_fail("%s", fault);
	for (i = 0; i < json_object_array_length(rows); i++)
		print_row(command, json_object_array_get_idx(rows, i));
	return EXIT_GOOD;
}

int
verb_key_export(struct command *command)
{
	const struct settings *settings;
	AUTO_JSON *jwks = NULL;
	const char *fault;
	int64_t periods;

	if (!command_number(command, "periods", 0, PERIODS_MAX, PERIODS_AHEAD,
	        &periods))
		return EXIT_USAGE;
	settings = command_settings(command);
	if (!settings)
		return EXIT_REFUSED;
	if (!keyring_is_public(settings))
		return command_fail(
		    "with JWT_ALG=HS256 there are no public keys");
	jwks = keyring_jwks(settings, time(NULL), (int)periods, &fault);
	if (!jwks)
		return command_fail("%s", fault);
	puts(json_text(command->arena, jwks));
	return EXIT_GOOD;
}
