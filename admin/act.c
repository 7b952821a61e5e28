/* SPDX-License-Identifier: MIT */
#include "act.h"

#include <stdio.h>

#include "progress.h"

static int
tell_done(const struct act_words *words, const char *to, int64_t sessions)
{
	(void)printf("%s%s%s", to ? to : "", to ? " " : "", words->done);
	if (words->sessions)
		(void)printf("; sessions that %s: %lld", words->sessions,
		    (long long)sessions);
	putchar('\n');
	return EXIT_GOOD;
}

int
act_run(struct command *command, const struct act_words *words, const char *to,
    const char *with)
{
	struct store *store = command_store(command);
	enum act_result result;
	int64_t sessions = 0;

	if (!store)
		return EXIT_REFUSED;
	progress_begin(store, "waiting for the database");
	result = act_do(store, command->arena, words->act, to, with, &sessions);
	progress_end();
	store_close(store);
	switch (result) {
	case ACT_DONE:
		return tell_done(words, to, sessions);
	case ACT_ALREADY:
		(void)printf("%s %s\n", to, words->already);
		return EXIT_GOOD;
	case ACT_UNKNOWN:
		return command_fail("there is no %s %s", words->what, to);
	case ACT_STORE_DOWN:
		break;
	}
	return command_store_fail();
}
