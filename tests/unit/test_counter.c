/* SPDX-License-Identifier: MIT */
/* Counting by several processes at once, and what is not counted. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/counter.h"
#include "tap.h"

enum { PROCESSES = 4, ROUNDS = 2000, KINDS = 5 };

static char folder[] = "/tmp/test_counter.XXXXXX";
static char path[64];

/* Each process opens the file itself, as workers do. */
static void
count_much(void)
{
	int i, kind;

	counter_open(folder);
	for (i = 0; i < ROUNDS; i++)
		for (kind = 0; kind < KINDS; kind++)
			counter_add("token", "done", 200 + kind, 3);
	_exit(0);
}

static size_t
n_counters(void)
{
	struct counter counter;
	size_t n = 0;

	while (counter_get(n, &counter))
		n++;
	return n;
}

static void
test_processes(void)
{
	struct counter counter;
	int i, status, seen = 0;

	(void)fflush(stdout); /* or each child would say it again */
	for (i = 0; i < PROCESSES; i++)
		if (fork() == 0)
			count_much();
	for (i = 0; i < PROCESSES; i++) {
		ok(wait(&status) > 0);
		ok(WIFEXITED(status) && WEXITSTATUS(status) == 0);
	}
	counter_open(folder);
	ok(n_counters() == KINDS);
	for (i = 0; counter_get((size_t)i, &counter); i++) {
		is(counter.program, "token");
		is(counter.event, "done");
		ok(counter.requests == (size_t)PROCESSES * ROUNDS);
		ok(counter.duration_us == (size_t)3 * PROCESSES * ROUNDS);
		seen |= 1 << (counter.status - 200);
	}
	ok(seen == (1 << KINDS) - 1);
}

static void
test_limits(void)
{
	static const char long_event[] =
	    "an event that is longer than there is room for one in a cell of "
	    "the file";
	struct counter counter;
	int i;

	counter_add("token", long_event, 200, 1);
	ok(n_counters() == KINDS);
	for (i = 0; i < COUNTERS_MAX; i++)
		counter_add("guard", "refused", 1000 + i, 1);
	ok(n_counters() == COUNTERS_MAX);
	counter_add("token", "done", 200, 1);
	ok(!counter_get(COUNTERS_MAX, &counter));
	for (i = 0; counter_get((size_t)i, &counter) && counter.status != 200;)
		i++;
	ok(counter.requests == (size_t)PROCESSES * ROUNDS + 1);
}

static void
test_file(void)
{
	struct stat st;

	ok(stat(path, &st) == 0 && (st.st_mode & 0777) == 0600);
	(void)unlink(path);
	ok(symlink("/dev/null", path) == 0);
	counter_open(folder); /* follows no link */
	counter_add("token", "done", 200, 1);
	ok(n_counters() == 0);
	(void)unlink(path);
	counter_open("/nonexistent/folder");
	counter_add("token", "done", 200, 1);
	ok(n_counters() == 0);
}

int
main(void)
{
	if (!mkdtemp(folder))
		return 1;
	(void)snprintf(path, sizeof(path), "%s/counters.1", folder);
	test_processes();
	test_limits();
	test_file();
	(void)rmdir(folder);
	return tap_done();
}
