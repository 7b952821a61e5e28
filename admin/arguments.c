/* SPDX-License-Identifier: MIT */
#include "arguments.h"

#include <getopt.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "usage.h"

/* getopt's numbers of options: above every character. */
enum { OPTIONS_MAX = 64, OPTION_0 = 256 };

struct reading {
	struct command *command;
	const struct verb *verb; /* NULL: before the noun */
	const struct verb_option *options[OPTIONS_MAX];
	struct option longopts[OPTIONS_MAX + 1]; /* the same for getopt */
	int n;
	bool help;
};

static void
offer(struct reading *reading, const struct verb_option *options)
{
	for (; options && options->name && reading->n < OPTIONS_MAX;
	     options++) {
		reading->longopts[reading->n] = (struct option){
		    .name = options->name,
		    .has_arg = options->value ? required_argument : no_argument,
		    .val = OPTION_0 + reading->n,
		};
		reading->options[reading->n++] = options;
	}
}

static enum arguments_result
wrong(struct reading *reading, const char *fault, const char *word)
{
	(void)command_fail("%s%s", fault, word);
	if (reading->verb)
		usage_line(reading->command->arena, stderr, reading->verb);
	else
		(void)fputs("\"mcp-oauth --help\" lists what there is\n",
		    stderr);
	return ARGUMENTS_WRONG;
}

/* What getopt_long() found wrong with the word before optind. */
static enum arguments_result
wrong_option(struct reading *reading, int found, char **argv)
{
	if (found == ':')
		return wrong(reading, "a value is missing after ",
		    argv[optind - 1]);
	if (optopt >= OPTION_0)
		return wrong(reading, "this option takes no value: --",
		    reading->options[optopt - OPTION_0]->name);
	return wrong(reading, "no such option: ", argv[optind - 1]);
}

static enum arguments_result
take(struct reading *reading, const struct verb_option *option)
{
	struct command *command = reading->command;

	if (text_equal(option->name, "help"))
		reading->help = true;
	if (!(option->flags & OPTION_MANY) &&
	    command_given(command, option->name))
		return wrong(reading, "given twice: --", option->name);
	if (verb_is_choice(option->value) &&
	    !verb_choice_allowed(option->value, optarg))
		return wrong(reading,
		    arena_printf(command->arena, "--%s is one of %s, not ",
		        option->name, option->value),
		    optarg);
	command->given[command->n_given++] = (struct given){option->name,
	    option->value ? optarg : ""};
	return ARGUMENTS_RUN;
}

/* Take options out of argv, from argv[1] on. */
static enum arguments_result
read_options(struct reading *reading, int argc, char **argv,
    const char *shortopts)
{
	enum arguments_result result;
	int found;

	optind = 0; /* from the beginning */
	opterr = 0; /* we tell */
	while ((found = getopt_long(argc, argv, shortopts, reading->longopts,
	            NULL)) != -1) {
		if (found == 'h') {
			reading->help = true;
			continue;
		}
		if (found == '?' || found == ':')
			return wrong_option(reading, found, argv);
		result = take(reading, reading->options[found - OPTION_0]);
		if (result != ARGUMENTS_RUN)
			return result;
	}
	return ARGUMENTS_RUN;
}

/* Those that must stand there. */
static enum arguments_result
check_required(struct reading *reading)
{
	const struct verb_option *option = reading->verb->options;

	for (; option && option->name; option++)
		if (option->flags & OPTION_REQUIRED &&
		    !command_given(reading->command, option->name))
			return wrong(reading,
			    arena_printf(reading->command->arena,
			        "--%s is missing", option->name),
			    "");
	return ARGUMENTS_RUN;
}

static enum arguments_result
check_arguments(struct reading *reading, int n)
{
	int least, most;

	verb_count_arguments(reading->verb, &least, &most);
	if (n < least)
		return wrong(reading,
		    "an argument is missing: ", reading->verb->arguments);
	if (n > most)
		return wrong(reading,
		    "one argument too many: ", reading->command->args[most]);
	return check_required(reading);
}

/* argv[0] is the last word of the verb's name. */
static enum arguments_result
read_verb(struct reading *reading, int argc, char **argv)
{
	enum arguments_result result;

	offer(reading, reading->verb->options);
	result = read_options(reading, argc, argv, ":h");
	if (result != ARGUMENTS_RUN)
		return result;
	if (reading->help) {
		usage_help(reading->command->arena, reading->verb);
		return ARGUMENTS_TOLD;
	}
	reading->command->args = argv + optind; /* getopt moved them there */
	return check_arguments(reading, argc - optind);
}

/* The noun is there; which verb of it? */
static enum arguments_result
find_verb(struct reading *reading, int argc, char **argv)
{
	const char *noun = argv[0], *word = argv[1];

	reading->verb = verb_find(noun, word);
	if (reading->verb)
		return read_verb(reading, reading->verb->verb ? argc - 1 : argc,
		    reading->verb->verb ? argv + 1 : argv);
	if (!verb_is_noun(noun))
		return wrong(reading, "no such verb: ", noun);
	if (word && (text_equal(word, "--help") || text_equal(word, "-h"))) {
		usage_list(stdout, noun);
		return ARGUMENTS_TOLD;
	}
	if (word)
		(void)command_fail("%s has no verb %s", noun, word);
	usage_list(stderr, noun);
	return ARGUMENTS_WRONG;
}

enum arguments_result
arguments_read(struct command *command, int argc, char **argv,
    const struct verb **verb)
{
	static const struct verb_option version[] = {{"version", NULL,
	                                                 "print the version",
	                                                 0},
	    {0}};
	struct reading reading = {.command = command};
	enum arguments_result result;

	command->given = arena_alloc(command->arena,
	    (size_t)argc * sizeof(*command->given));
	offer(&reading, verb_common_options);
	offer(&reading, version);
	result = read_options(&reading, argc, argv, "+:h");
	if (result != ARGUMENTS_RUN)
		return result;
	if (command_given(command, "version"))
		(void)printf("mcp-oauth %s\n", MCP_OAUTH_VERSION);
	else if (reading.help)
		usage_list(stdout, NULL);
	if (command_given(command, "version") || reading.help)
		return ARGUMENTS_TOLD;
	if (optind == argc) {
		usage_list(stderr, NULL);
		return ARGUMENTS_WRONG;
	}
	result = find_verb(&reading, argc - optind, argv + optind);
	*verb = reading.verb;
	return result;
}
