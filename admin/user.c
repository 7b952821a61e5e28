/* SPDX-License-Identifier: MIT */
/* user.c - people who sign in with a password. */
#include <stdio.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "base/text.h"
#include "crypto/password.h"
#include "store/user.h"
#include "verb.h"

/* ---- the password: one line of standard input, never echoed ---- */

static bool
echo_off(struct termios *before)
{
	struct termios quiet;

	if (!isatty(STDIN_FILENO) || tcgetattr(STDIN_FILENO, before) != 0)
		return false;
	quiet = *before;
	quiet.c_lflag &= ~(tcflag_t)ECHO;
	fputs("Password: ", stderr);
	return tcsetattr(STDIN_FILENO, TCSAFLUSH, &quiet) == 0;
}

static const char *
read_password(struct arena *arena)
{
	char *line = arena_alloc(arena, PASSWORD_MAX_BYTES + 3);
	struct termios before;
	bool quiet = echo_off(&before);
	bool got = fgets(line, PASSWORD_MAX_BYTES + 3, stdin) != NULL;

	if (quiet) {
		(void)tcsetattr(STDIN_FILENO, TCSAFLUSH, &before);
		fputc('\n', stderr);
	}
	if (!got)
		return NULL;
	line[strcspn(line, "\r\n")] = '\0';
	return line;
}

static const char *
password_fault(const char *password)
{
	if (!password || strlen(password) < PASSWORD_MIN_BYTES)
		return "the password, the first line of standard input, must "
		       "have at least 8 characters";
	if (strlen(password) > PASSWORD_MAX_BYTES)
		return "the password must have at most 1024 bytes";
	if (!text_is_utf8(password, strlen(password)))
		return "the password must be UTF-8";
	return NULL;
}

/* ---- adding ---- */

static int
store_user(struct command *command, const char *url, const char *email,
    const char *name, const char *hash)
{
	struct store *store = store_open_url(url);
	const char *user_id = NULL;
	enum user_add_result result = user_add(store, command->arena, email,
	    name, hash, &user_id);

	store_close(store);
	switch (result) {
	case USER_ADDED:
		(void)printf("user_id=%s\n", user_id);
		return EXIT_GOOD;
	case USER_DUPLICATE:
		return command_fail("there is a user %s already", email);
	case USER_STORE_DOWN:
		break;
	}
	return command_store_fail();
}

int
verb_user_add(struct command *command)
{
	const char *email = command->args[0], *url, *password, *fault, *hash;

	if (!text_is_email(email))
		return command_fail("%s is no email address", email);
	url = command_database_url(command);
	if (!url)
		return EXIT_REFUSED;
	password = read_password(command->arena);
	fault = password_fault(password);
	if (fault)
		return command_fail("%s", fault);
	hash = password_hash(command->arena, password);
	if (!hash)
		return command_fail(
		    "could not hash the password: too little memory");
	return store_user(command, url, email, command_value(command, "name"),
	    hash);
}
