/* SPDX-License-Identifier: MIT */
#include "complete.h"

#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "verb.h"

struct completion {
	struct arena *arena;
	const char *noun;
	const struct verb *verb;
	const struct verb_option *pending; /* its value comes next */
	int n_args;
	const char *last;
};

static void
offer(const struct completion *completion, const char *word)
{
	if (text_starts(word, completion->last))
		puts(word);
}

/* The option that a word is, of those that stand at this place. */
static const struct verb_option *
option_of(const struct completion *completion, const char *word)
{
	const struct verb_option *option;

	if (!text_starts(word, "--"))
		return NULL;
	option = verb_option_find(verb_common_options, word + 2);
	if (!option && completion->verb)
		option = verb_option_find(completion->verb->options, word + 2);
	return option;
}

/* A word that stands before the last. */
static void
pass(struct completion *completion, const char *word)
{
	const struct verb_option *option = option_of(completion, word);

	if (completion->pending) {
		completion->pending = NULL;
	} else if (*word == '-') {
		completion->pending = option && option->value ? option : NULL;
	} else if (!completion->noun) {
		completion->noun = word;
		completion->verb = verb_find(word, NULL);
	} else if (!completion->verb) {
		completion->verb = verb_find(completion->noun, word);
	} else {
		completion->n_args++;
	}
}

/* The words of "A|B" or "NAME EMAIL" that are no mere names. */
static void
offer_value(const struct completion *completion, const char *value)
{
	const char **choices = text_split(completion->arena, value, "|", NULL);

	if (text_equal(value, "FILE"))
		puts("FILE");
	else if (verb_is_choice(value))
		while (*choices)
			offer(completion, *choices++);
}

static void
offer_options(const struct completion *completion,
    const struct verb_option *options)
{
	for (; options && options->name; options++)
		offer(completion,
		    arena_printf(completion->arena, "--%s", options->name));
}

static void
offer_names(const struct completion *completion)
{
	const struct verb *verb;
	const char *before = "";

	for (verb = verbs; verb->noun; verb++) {
		if (completion->noun) {
			if (text_equal(completion->noun, verb->noun) &&
			    verb->verb)
				offer(completion, verb->verb);
		} else if (!text_equal(before, verb->noun)) {
			offer(completion, verb->noun);
		}
		before = verb->noun;
	}
}

static void
offer_argument(const struct completion *completion)
{
	size_t n = 0;
	const char **names = text_split(completion->arena,
	    completion->verb->arguments ? completion->verb->arguments : "",
	    " []", &n);

	if (completion->n_args < (int)n)
		offer_value(completion, names[completion->n_args]);
}

int
complete(struct arena *arena, char **words)
{
	struct completion completion = {.arena = arena, .last = ""};

	for (; words[0]; words++) {
		if (words[1])
			pass(&completion, words[0]);
		else
			completion.last = words[0];
	}
	if (completion.pending) {
		offer_value(&completion, completion.pending->value);
	} else if (text_starts(completion.last, "-")) {
		if (completion.verb)
			offer_options(&completion, completion.verb->options);
		offer_options(&completion, verb_common_options);
	} else if (!completion.verb) {
		offer_names(&completion);
	} else {
		offer_argument(&completion);
	}
	return EXIT_GOOD;
}
