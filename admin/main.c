/* SPDX-License-Identifier: MIT */
/*
 * main.c - mcp-oauth, the operator's command: verb.c has what it can do.
 *
 * Exit status 0: done; 1: refused, or doctor found a problem; 2: wrong words
 * on the command line; 3: the database is away.
 */
#include <stdio.h>
#include <stdlib.h>

#include "arguments.h"
#include "base/text.h"
#include "complete.h"
#include "crypto/digest.h"

enum { ARENA_BYTES = 64 << 20 };

static int
run(struct command *command, int argc, char **argv)
{
	const struct verb *verb = NULL;

	if (argc > 1 && text_equal(argv[1], "--complete"))
		return complete(command->arena, argv + 2);
	switch (arguments_read(command, argc, argv, &verb)) {
	case ARGUMENTS_RUN:
		return verb->run(command);
	case ARGUMENTS_TOLD:
		return EXIT_GOOD;
	case ARGUMENTS_WRONG:
		break;
	}
	return EXIT_USAGE;
}

int
main(int argc, char **argv)
{
	struct command command = {0};
	int status;

	if (argc < 1 || !crypto_start())
		return command_fail("could not start");
	/* The database shall write times as cell.c reads them. */
	(void)setenv("PGTZ", "UTC", 1);
	(void)setenv("PGDATESTYLE", "ISO", 1);
	command.arena = arena_new(ARENA_BYTES);
	status = run(&command, argc, argv);
	if (fflush(stdout) != 0 && status == EXIT_GOOD)
		status = command_fail("could not write to standard output");
	arena_free(command.arena);
	return status;
}
