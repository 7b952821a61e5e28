/* SPDX-License-Identifier: MIT */
/*
 * main.c - mcp-oauth, the operator's command: options, then a verb.
 *
 * Exit status 0: done; 1: refused, or doctor found a problem; 2: wrong
 * arguments.
 */
#include <stdio.h>

#include "base/text.h"
#include "command.h"
#include "crypto/digest.h"

enum { ARENA_BYTES = 64 << 20 };

static const struct verb {
	const char *name;
	int (*run)(struct command *command, char **args);
	const char *help;
} verbs[] = {
    {"client", verb_client, "client add        register a client by hand"},
    {"config", verb_config, "config show|check the settings in force"},
    {"doctor", verb_doctor, "doctor            look over a running site"},
    {"identity", verb_identity,
        "identity add|...  people whom the web server signs in"},
    {"key", verb_key, "key generate      print a fresh JWT_SECRET"},
    {"migrate", verb_migrate,
        "migrate           bring the database up to date"},
    {"render", verb_render, "render            write the guard's JWKS_FILE"},
    {"user", verb_user,
        "user add|recover|reset-second-factor\n"
        "                    add a user, help one who cannot sign in"},
};

static int
help(FILE *to, int status)
{
	size_t i;

	fputs("usage: mcp-oauth [--config FILE] [--database URL] VERB ...\n\n",
	    to);
	for (i = 0; i < sizeof(verbs) / sizeof(*verbs); i++)
		(void)fprintf(to, "  %s\n", verbs[i].help);
	fputs("\nmcp-oauth(8) tells more.\n", to);
	return status;
}

static int
run_verb(struct command *command, char **args)
{
	size_t i;

	for (i = 0; i < sizeof(verbs) / sizeof(*verbs); i++)
		if (text_equal(verbs[i].name, args[0]))
			return verbs[i].run(command, args + 1);
	(void)command_fail("no such verb: %s", args[0]);
	return help(stderr, EXIT_USAGE);
}

int
main(int argc, char **argv)
{
	struct command command = {0};
	char **args = argv + 1;
	int status;

	if (argc < 1 || !crypto_start())
		return command_fail("could not start");
	if (command_flag(args, "--help") || command_flag(args, "-h"))
		return help(stdout, EXIT_GOOD);
	if (command_flag(args, "--version")) {
		puts("mcp-oauth " MCP_OAUTH_VERSION);
		return EXIT_GOOD;
	}
	command.config = command_option(args, "--config");
	command.database_url = command_option(args, "--database");
	if (!args[0])
		return help(stderr, EXIT_USAGE);
	command.arena = arena_new(ARENA_BYTES);
	status = run_verb(&command, args);
	arena_free(command.arena);
	return status;
}
