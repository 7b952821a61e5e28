/* SPDX-License-Identifier: MIT */
/* act.h - doing one thing to a user, a client or sessions, and telling so. */
#ifndef ADMIN_ACT_H
#define ADMIN_ACT_H

#include "command.h"
#include "store/act.h"

struct act_words {
	enum act act;
	const char *what;     /* it is done to: "user", "client", "session" */
	const char *done;     /* "is disabled" */
	const char *already;  /* "is disabled already" */
	const char *sessions; /* "stand still", "ended"; NULL: not told */
};

/* Do it to a user, a client or a session, with what the act takes besides.
 * Returns the exit status. */
int act_run(struct command *command, const struct act_words *words,
    const char *to, const char *with);

#endif
