/* SPDX-License-Identifier: MIT */
/* tap.h - the smallest test library: each check prints one line of TAP. */
#ifndef TESTS_TAP_H
#define TESTS_TAP_H

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int tap_n, tap_failed;

static inline void
tap_ok(bool good, const char *what, const char *file, int line)
{
	tap_n++;
	printf("%sok %d - %s\n", good ? "" : "not ", tap_n, what);
	if (good)
		return;
	tap_failed++;
	printf("# at %s line %d\n", file, line);
}

static inline void
tap_is(const char *got, const char *wanted, const char *what, const char *file,
    int line)
{
	bool same = got == wanted ||
	    (got && wanted && strcmp(got, wanted) == 0);

	tap_ok(same, what, file, line);
	if (!same)
		printf("# got \"%s\", not \"%s\"\n", got ? got : "(null)",
		    wanted ? wanted : "(null)");
}

#define ok(condition) tap_ok((condition), #condition, __FILE__, __LINE__)
#define is(got, wanted) tap_is((got), (wanted), #got, __FILE__, __LINE__)

/* Nothing can be tried. */
__attribute__((__noreturn__)) static inline void
tap_bail_out(const char *why)
{
	printf("Bail out! %s\n", why);
	exit(1);
}

static inline int
tap_done(void)
{
	printf("1..%d\n", tap_n);
	return tap_failed > 0;
}

#endif
