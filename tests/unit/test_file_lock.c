/* SPDX-License-Identifier: MIT */
/* test_file_lock.c - one command at a time changes a file: also in the moment in
 * which the one before it takes its lock away. */
#include <stdarg.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/lock.h"
#include "tap.h"

/* Between its open() and its flock(), as often as a test says, the file that it
 * opened is removed by whoever held the lock. */
static int removed_meanwhile;

static int
try_while_it_is_removed(const char *path)
{
	int fd = lock_try(path);

	if (fd >= 0 && removed_meanwhile > 0) {
		removed_meanwhile--;
		(void)unlink(path);
	}
	return fd;
}

/* The command's own modules are in no library. */
#define lock_try try_while_it_is_removed
#include "../../admin/file_lock.c"
#undef lock_try

static char folder[] = "/tmp/mcp-oauth-file-lock-XXXXXX";
static char file[64], lock_of_file[80];
static char told[256];
static struct arena *arena;

int
command_fail(const char *format, ...)
{
	va_list values;

	va_start(values, format);
	(void)vsnprintf(told, sizeof(told), format, values);
	va_end(values);
	return EXIT_REFUSED;
}

/* Is it what keeps others out? */
static bool
holds(const struct file_lock *lock)
{
	return is_still_at(lock->fd, lock_of_file) &&
	    lock_try(lock_of_file) < 0 && errno == EWOULDBLOCK;
}

static void
test_taken(void)
{
	struct file_lock lock = {"", -1};

	ok(file_lock_take(arena, file, &lock));
	is(lock.path, lock_of_file);
	ok(holds(&lock));
	file_lock_release(&lock);
	ok(access(lock_of_file, F_OK) != 0);
}

/* Of a command that was killed. */
static void
test_left_behind(void)
{
	struct file_lock lock = {"", -1};
	int fd = lock_try(lock_of_file);

	(void)close(fd);
	ok(file_lock_take(arena, file, &lock));
	ok(holds(&lock));
	file_lock_release(&lock);
}

static void
test_removed_meanwhile(void)
{
	struct file_lock lock = {"", -1};

	removed_meanwhile = 2;
	ok(file_lock_take(arena, file, &lock));
	ok(removed_meanwhile == 0);
	ok(holds(&lock));
	file_lock_release(&lock);
}

static void
test_refused(void)
{
	struct file_lock lock = {"", -1};
	char nowhere[sizeof(folder) + 16];

	(void)snprintf(nowhere, sizeof(nowhere), "%s/no/file", folder);
	ok(!file_lock_take(arena, nowhere, &lock));
	ok(strstr(told, "could not write ") == told);
	ok(symlink("elsewhere", lock_of_file) == 0);
	ok(!file_lock_take(arena, file, &lock));
	(void)unlink(lock_of_file);
}

int
main(void)
{
	arena = arena_new(1 << 20);
	if (!mkdtemp(folder))
		tap_bail_out("no folder");
	(void)snprintf(file, sizeof(file), "%s/file", folder);
	(void)snprintf(lock_of_file, sizeof(lock_of_file), "%s.lock", file);
	test_taken();
	test_left_behind();
	test_removed_meanwhile();
	test_refused();
	(void)rmdir(folder);
	arena_free(arena);
	return tap_done();
}
