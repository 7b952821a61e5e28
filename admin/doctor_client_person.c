/* SPDX-License-Identifier: MIT */
/* doctor_client_person.c - who signs in while the doctor plays a client. */
#include "base/text.h"
#include "base/uri.h"
#include "crypto/digest.h"
#include "crypto/password.h"
#include "doctor_client.h"
#include "doctor_stop.h"
#include "password_input.h"
#include "store/user.h"

enum { NAME_BYTES = 9, PASSWORD_BYTES = 24 };

struct store *
client_operator_store(struct walk *walk)
{
	const char *url;

	if (walk->operator_store)
		return walk->operator_store;
	url = command_database_url(walk->doctor->command);
	if (url)
		walk->operator_store = store_open_url(url);
	return walk->operator_store;
}

/* It can be signed in as by nobody else, and no mail goes there (RFC 2606). */
static bool
make_user(struct walk *walk)
{
	struct arena *arena = walk->arena;
	struct store *store = client_operator_store(walk);
	const char *email = arena_printf(arena, "doctor-%s@mcp-oauth.invalid",
	    random_text(arena, NAME_BYTES));
	const char *password = random_text(arena, PASSWORD_BYTES);
	const char *hash = password_hash(arena, password), *user_id;

	if (!store || !hash ||
	    user_add(store, arena, email, "mcp-oauth doctor", hash, &user_id) !=
	        USER_ADDED) {
		doctor_problem(walk->doctor, "user-not-made",
		    "mcp-oauth doctor --as-client --database "
		    "postgresql://OWNER@/DB\n"
		    "# or sign in as somebody: --user EMAIL, with the password "
		    "on standard input",
		    "no user could be made to sign in as: %s",
		    store_last_fault());
		return false;
	}
	walk->email = email;
	walk->password = password;
	walk->made_user = true;
	return true;
}

/* A user's own password goes nowhere in the clear but on this host. */
static bool
is_private(struct walk *walk)
{
	const char *url = walk->doctor->url;
	struct uri uri;

	return uri_parse(walk->arena, url, &uri) &&
	    (text_equal(uri.scheme, "https") || uri_is_loopback(&uri));
}

bool
client_person(struct walk *walk)
{
	struct command *command = walk->doctor->command;

	walk->email = command_value(command, "user");
	if (!walk->email)
		/* Where the web server signs people in, it would not know a
		 * user of ours: the walk goes as far as the sign-in. */
		return walk->doctor->server->login_remote_user ||
		    make_user(walk);
	if (!is_private(walk)) {
		doctor_problem(walk->doctor, "sign-in",
		    "# name an address of https or of this host with --url, "
		    "or leave --user out",
		    "the password would go to %s in the clear",
		    walk->doctor->url);
		return false;
	}
	walk->password = password_input(command);
	if (walk->password)
		return true;
	walk->doctor->problems += !doctor_stopped();
	return false;
}
