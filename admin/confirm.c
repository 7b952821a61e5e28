/* SPDX-License-Identifier: MIT */
#include "confirm.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/text.h"

bool
confirm(struct command *command, const char *format, ...)
{
	char line[16];
	va_list args;

	if (command_given(command, "yes"))
		return true;
	va_start(args, format);
	(void)vfprintf(stderr, format, args);
	va_end(args);
	if (!isatty(STDIN_FILENO)) {
		(void)fputc('\n', stderr);
		(void)command_fail("--yes says that this is meant");
		return false;
	}
	(void)fputs("  Type yes: ", stderr);
	if (fgets(line, sizeof(line), stdin)) {
		line[strcspn(line, "\r\n")] = '\0';
		if (text_equal(line, "yes"))
			return true;
	}
	(void)command_fail("not done");
	return false;
}
