/* SPDX-License-Identifier: MIT */
#include "usage.h"

#include <string.h>

#include "base/buf.h"
#include "base/text.h"

enum { COLUMNS = 79, INDENT = 11, NAMES = 27 };

void
usage_list(FILE *to, const char *noun)
{
	const struct verb *verb;

	(void)fprintf(to,
	    "usage: mcp-oauth [--config FILE] [--database URL] %s ...\n\n",
	    noun ? noun : "NOUN [VERB]");
	for (verb = verbs; verb->noun; verb++)
		if (!noun || text_equal(noun, verb->noun))
			(void)fprintf(to, "  %s %-*s %s\n", verb->noun,
			    NAMES - (int)strlen(verb->noun),
			    verb->verb ? verb->verb : "", verb->help);
	(void)fputs("\n\"mcp-oauth NOUN VERB --help\" tells what a verb takes, "
	            "mcp-oauth(8) more.\n",
	    to);
}

/* "[--name NAME]" and its kin. */
static const char *
option_word(struct arena *arena, const struct verb_option *option)
{
	bool bare = option->flags & OPTION_REQUIRED;

	return arena_printf(arena, "%s--%s%s%s%s%s", bare ? "" : "[",
	    option->name, option->value ? " " : "",
	    option->value ? option->value : "",
	    option->flags & OPTION_MANY ? " ..." : "", bare ? "" : "]");
}

/* One piece more, on the next line when this one is full. */
static void
add_piece(struct buf *line, size_t *column, const char *piece)
{
	size_t len = strlen(piece) + 1;

	if (*column + len > COLUMNS) {
		buf_addf(line, "\n%*s", INDENT - 1, "");
		*column = INDENT - 1;
	}
	buf_addf(line, " %s", piece);
	*column += len;
}

void
usage_line(struct arena *arena, FILE *to, const struct verb *verb)
{
	struct buf line = buf_in(arena);
	const struct verb_option *option;
	size_t column;

	buf_addf(&line, "usage: mcp-oauth %s", verb->noun);
	if (verb->verb)
		buf_addf(&line, " %s", verb->verb);
	column = line.len;
	if (verb->arguments)
		add_piece(&line, &column, verb->arguments);
	for (option = verb->options; option && option->name; option++)
		add_piece(&line, &column, option_word(arena, option));
	(void)fprintf(to, "%s\n", buf_text(&line));
}

static void
list_options(struct arena *arena, const struct verb_option *options)
{
	for (; options && options->name; options++)
		(void)printf("  --%-*s %s\n", NAMES - 1,
		    arena_printf(arena, "%s%s%s", options->name,
		        options->value ? " " : "",
		        options->value ? options->value : ""),
		    options->help);
}

void
usage_help(struct arena *arena, const struct verb *verb)
{
	usage_line(arena, stdout, verb);
	(void)printf("\n%s\n\n", verb->help);
	list_options(arena, verb->options);
	list_options(arena, verb_common_options);
}
