/* SPDX-License-Identifier: MIT */
/* What processes of a host remember together. */
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/auto.h"
#include "base/seen.h"
#include "base/shared_file.h"
#include "tap.h"

enum { NOW_S = 1800000000, LATER_S = NOW_S + 301, PROCESSES = 16 };

static char folder[] = "/tmp/mcp-oauth-seen-XXXXXX";
static char table[64], other[64];

/* Keys that point to the same place when group is the same. */
static const unsigned char *
key_of(uint32_t group, uint32_t n)
{
	static unsigned char key[SEEN_KEY_BYTES];

	memset(key, 0, sizeof(key));
	memcpy(key, &group, sizeof(group));
	memcpy(key + sizeof(group), &n, sizeof(n));
	return key;
}

static void
test_shared_files(void)
{
	AUTO_FD first = shared_file_open(other, 4, "once");
	AUTO_FD second = shared_file_open(other, 4, "more");
	AUTO_FD third = -1;
	struct stat a, b;
	char content[4] = "";

	ok(first >= 0 && second >= 0);
	ok(pread(second, content, 4, 0) == 4 && !memcmp(content, "once", 4));
	ok(fstat(first, &a) == 0 && fstat(second, &b) == 0 &&
	    a.st_ino == b.st_ino);
	ok((a.st_mode & 0777) == 0600);
	third = shared_file_open(other, 3, NULL); /* replaced */
	ok(third >= 0 && fstat(third, &b) == 0 && b.st_size == 3 &&
	    a.st_ino != b.st_ino);
	ok(pread(first, content, 4, 0) == 4); /* who has it keeps it */
	ok(shared_file_open("/nonexistent/x", 4, "once") < 0);
}

static void
test_once(struct seen *seen)
{
	ok(seen_look(seen, key_of(1, 1), NOW_S) == SEEN_NEW);
	ok(seen_note(seen, key_of(1, 1), NOW_S, LATER_S) == SEEN_NEW);
	ok(seen_note(seen, key_of(1, 1), NOW_S, LATER_S) == SEEN_BEFORE);
	ok(seen_look(seen, key_of(1, 1), NOW_S) == SEEN_BEFORE);
	ok(seen_look(seen, key_of(1, 2), NOW_S) == SEEN_NEW);
	ok(seen_look(seen, key_of(1, 1), LATER_S - 1) == SEEN_BEFORE);
	ok(seen_look(seen, key_of(1, 1), LATER_S) == SEEN_NEW);
}

static void
test_full(struct seen *seen)
{
	const uint32_t last = UINT32_MAX; /* its neighbours are the first */
	uint32_t n, taken = 0;

	for (n = 0; n < SEEN_NEIGHBOURS; n++)
		taken += seen_note(seen, key_of(last, n), NOW_S, LATER_S) ==
		    SEEN_NEW;
	ok(taken == SEEN_NEIGHBOURS - 1); /* one is test_once()'s */
	ok(seen_note(seen, key_of(last, n), NOW_S, LATER_S) == SEEN_FULL);
	ok(seen_look(seen, key_of(last, n), NOW_S) == SEEN_FULL);
	ok(seen_note(seen, key_of(last, 0), NOW_S, LATER_S) == SEEN_BEFORE);
	ok(seen_note(seen, key_of(1000, 0), NOW_S, LATER_S) == SEEN_NEW);
	ok(seen_note(seen, key_of(last, n), LATER_S, LATER_S + 1) == SEEN_NEW);
}

/* What a process of its own is told. */
static int
told(uint32_t group)
{
	struct seen *seen = seen_open(table);
	int result = seen_note(seen, key_of(group, 0), NOW_S, LATER_S);

	seen_close(seen);
	return result;
}

/* How many of several processes at once are told that it is new? */
static int
told_new(uint32_t group)
{
	int i, status, n = 0;

	(void)fflush(stdout); /* or each process may print it, too */
	for (i = 0; i < PROCESSES; i++)
		if (fork() == 0)
			_exit(told(group));
	while (wait(&status) > 0)
		n += WIFEXITED(status) && WEXITSTATUS(status) == SEEN_NEW;
	return n;
}

static void
test_processes(struct seen *seen)
{
	int round;

	for (round = 0; round < 20; round++)
		ok(told_new(2000 + (uint32_t)round * 100) == 1);
	ok(seen_note(seen, key_of(2000, 0), NOW_S, LATER_S) == SEEN_BEFORE);
	ok(unlink(table) == 0);
	ok(told_new(2000) == 1); /* as good as new, and the same for all */
	ok(seen_note(seen, key_of(2000, 0), NOW_S, LATER_S) == SEEN_BEFORE);
}

static void
test_unusable(void)
{
	struct seen *nowhere = seen_open("/nonexistent/table");

	ok(seen_note(nowhere, key_of(1, 1), NOW_S, LATER_S) == SEEN_UNUSABLE);
	ok(seen_look(nowhere, key_of(1, 1), NOW_S) == SEEN_UNUSABLE);
	seen_close(nowhere);
}

int
main(void)
{
	struct seen *seen;

	if (!mkdtemp(folder))
		return 1;
	(void)snprintf(table, sizeof(table), "%s/table", folder);
	(void)snprintf(other, sizeof(other), "%s/other", folder);
	seen = seen_open(table);
	test_shared_files();
	test_once(seen);
	test_full(seen);
	test_processes(seen);
	test_unusable();
	seen_close(seen);
	(void)unlink(table);
	(void)unlink(other);
	(void)rmdir(folder);
	return tap_done();
}
