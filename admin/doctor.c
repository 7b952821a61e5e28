/* SPDX-License-Identifier: MIT */
/*
 * doctor.c - looking over a site: its files, its database, and from outside as
 * a client would see it.  Each finding names its cause and the remedy.
 */
#include "doctor.h"

#include <stdarg.h>
#include <stdio.h>

#include "verb.h"

void
doctor_ok(struct doctor *doctor, const char *format, ...)
{
	va_list args;

	(void)doctor;
	fputs("ok: ", stdout);
	va_start(args, format);
	(void)vprintf(format, args);
	va_end(args);
	putchar('\n');
}

void
doctor_problem(struct doctor *doctor, const char *remedy, const char *format,
    ...)
{
	va_list args;

	doctor->problems++;
	fputs("problem: ", stdout);
	va_start(args, format);
	(void)vprintf(format, args);
	va_end(args);
	(void)printf("\n    %s\n", remedy);
}

int
verb_doctor(struct command *command)
{
	struct doctor doctor = {.command = command, .arena = command->arena};

	doctor.url = command_value(command, "url");
	doctor_files(&doctor);
	if (doctor.server) {
		doctor_database(&doctor);
		doctor_site(&doctor);
		doctor_login(&doctor);
	}
	if (doctor.server && doctor.guard)
		doctor_rules(&doctor);
	if (doctor.problems == 0) {
		puts("all is well");
		return EXIT_GOOD;
	}
	(void)printf("%d problem%s\n", doctor.problems,
	    doctor.problems == 1 ? "" : "s");
	return EXIT_REFUSED;
}
