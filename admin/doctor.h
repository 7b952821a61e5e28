/* SPDX-License-Identifier: MIT */
/* doctor.h - what the doctor's checks share. */
#ifndef ADMIN_DOCTOR_H
#define ADMIN_DOCTOR_H

#include "command.h"

struct doctor {
	struct command *command;
	struct arena *arena;
	const struct settings *server, *guard;
	const char *url; /* the origin to ask; OAUTH_BASE_URL without --url */
	int problems;
};

/* "ok: ..." */
void doctor_ok(struct doctor *doctor, const char *format, ...)
    __attribute__((__format__(__printf__, 2, 3)));

/* "problem: ...", and what to do about it on the next line. */
void doctor_problem(struct doctor *doctor, const char *remedy,
    const char *format, ...) __attribute__((__format__(__printf__, 3, 4)));

/* The groups of checks. */
void doctor_files(struct doctor *doctor); /* also loads the settings */
void doctor_database(struct doctor *doctor);
void doctor_site(struct doctor *doctor);
void doctor_login(struct doctor *doctor); /* after doctor_site() */
void doctor_rules(struct doctor *doctor); /* after doctor_site() */

#endif
