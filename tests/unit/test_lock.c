/* SPDX-License-Identifier: MIT */
/* Files that one process at a time holds locked, and the slots made of them. */
#define _DEFAULT_SOURCE /* usleep */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/auto.h"
#include "base/lock.h"
#include "base/slot.h"
#include "tap.h"

enum { SLOTS = 3, LONG_MS = 60000 };

static char folder[] = "/tmp/mcp-oauth-lock-XXXXXX";
static char file[64], link_to_file[64];

static void
test_lock(void)
{
	int held = lock_try(file);
	AUTO_FD again = lock_try(file);
	struct stat st;

	ok(held >= 0);
	ok(fstat(held, &st) == 0 && (st.st_mode & 0777) == 0600);
	ok(again < 0);
	ok(lock_try(file) < 0 && errno == EWOULDBLOCK);
	(void)close(held);
	again = lock_try(file);
	ok(again >= 0);
	ok(lock_try("/nonexistent/lock") < 0 && errno == ENOENT);
	ok(symlink(file, link_to_file) == 0);
	ok(lock_try(link_to_file) < 0 && errno == ELOOP);
}

static void
test_waits(void)
{
	int left_ms = 50, n = 0;

	while (lock_wait(&left_ms))
		n++;
	ok(n > 1 && n <= 50);
	left_ms = 0;
	ok(!lock_wait(&left_ms));
}

static void
test_slots(void)
{
	int held[SLOTS], i, n = 0;
	bool usable = false;

	for (i = 0; i < SLOTS; i++) {
		held[i] = slot_take(folder, "slot", SLOTS, 0, &usable);
		n += held[i] >= 0 && usable;
	}
	ok(n == SLOTS);
	ok(slot_take(folder, "slot", SLOTS, 0, &usable) < 0 && usable);
	ok(slot_take(folder, "slot", SLOTS, 50, &usable) < 0 && usable);
	(void)close(held[1]);
	held[1] = slot_take(folder, "slot", SLOTS, 0, &usable);
	ok(held[1] >= 0);
	for (i = 0; i < SLOTS; i++)
		(void)close(held[i]);
	ok(slot_take("/nonexistent/slots", "slot", SLOTS, LONG_MS, &usable) <
	        0 &&
	    !usable); /* nobody waits for what cannot be had */
}

/* Another process has it for a while. */
static void
test_slot_that_comes_free(void)
{
	int mine = slot_take(folder, "one", 1, 0, &(bool){false});
	bool usable = false;
	pid_t holder;
	int slot;

	(void)fflush(stdout); /* valgrind writes it in the child, too */
	holder = fork();
	if (holder == 0) { /* the lock is both processes' */
		(void)usleep(100000);
		_exit(0);
	}
	(void)close(mine);
	slot = slot_take(folder, "one", 1, LONG_MS, &usable);
	ok(slot >= 0);
	(void)close(slot);
	ok(waitpid(holder, NULL, 0) == holder);
}

static void
tidy(void)
{
	static const char *const names[] = {"slot.0", "slot.1", "slot.2",
	    "one.0"};
	char path[128];
	size_t i;

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		(void)snprintf(path, sizeof(path), "%s/%s", folder, names[i]);
		(void)unlink(path);
	}
	(void)unlink(link_to_file);
	(void)unlink(file);
	(void)rmdir(folder);
}

int
main(void)
{
	if (!mkdtemp(folder))
		tap_bail_out("no folder");
	(void)snprintf(file, sizeof(file), "%s/lock", folder);
	(void)snprintf(link_to_file, sizeof(link_to_file), "%s/link", folder);
	test_lock();
	test_waits();
	test_slots();
	test_slot_that_comes_free();
	tidy();
	return tap_done();
}
