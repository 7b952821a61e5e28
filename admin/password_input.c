/* SPDX-License-Identifier: MIT */
#include "password_input.h"

#include <stdio.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "base/auto.h"
#include "base/text.h"
#include "crypto/password.h"

static bool
echo_off(struct termios *before)
{
	struct termios quiet;

	if (!isatty(STDIN_FILENO) || tcgetattr(STDIN_FILENO, before) != 0)
		return false;
	quiet = *before;
	quiet.c_lflag &= ~(tcflag_t)ECHO;
	(void)fputs("Password: ", stderr);
	return tcsetattr(STDIN_FILENO, TCSAFLUSH, &quiet) == 0;
}

static const char *
read_line(struct arena *arena, FILE *from)
{
	char *line = arena_alloc(arena, PASSWORD_MAX_BYTES + 3);

	if (!fgets(line, PASSWORD_MAX_BYTES + 3, from))
		return NULL;
	line[strcspn(line, "\r\n")] = '\0';
	return line;
}

static const char *
read_standard_input(struct arena *arena)
{
	struct termios before;
	bool quiet = echo_off(&before);
	const char *line = read_line(arena, stdin);

	if (quiet) {
		(void)tcsetattr(STDIN_FILENO, TCSAFLUSH, &before);
		(void)fputc('\n', stderr);
	}
	return line;
}

static const char *
read_file(struct arena *arena, const char *path)
{
	AUTO_FILE *file = fopen(path, "re");

	return file ? read_line(arena, file) : NULL;
}

static const char *
password_fault(const char *password)
{
	if (!password || strlen(password) < PASSWORD_MIN_BYTES)
		return "the password, the first line of standard input or of "
		       "--password-file, must have at least 8 characters";
	if (strlen(password) > PASSWORD_MAX_BYTES)
		return "the password must have at most 1024 bytes";
	if (!text_is_utf8(password, strlen(password)))
		return "the password must be UTF-8";
	return NULL;
}

const char *
password_input(struct command *command)
{
	const char *path = command_value(command, "password-file");
	const char *password = path ? read_file(command->arena, path)
	                            : read_standard_input(command->arena);
	const char *fault = password_fault(password);

	if (fault)
		(void)command_fail("%s", fault);
	return fault ? NULL : password;
}

const char *
password_input_hash(struct command *command)
{
	const char *password = password_input(command), *hash;

	if (!password)
		return NULL;
	hash = password_hash(command->arena, password);
	if (!hash)
		(void)command_fail(
		    "could not hash the password: too little memory");
	return hash;
}
