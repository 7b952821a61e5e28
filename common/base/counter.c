/* SPDX-License-Identifier: MIT */
#define _DEFAULT_SOURCE /* flock */
#include "base/counter.h"

#include <fcntl.h>
#include <limits.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/text.h"

/* The number is that of the layout below. */
#define FILE_NAME "counters.1"

/* Names are written once, under the file's lock, before used is set; after
 * that only the numbers change. */
struct cell {
	atomic_uint used;
	int status;
	char program[24];
	char event[64];
	_Atomic uint64_t requests, duration_us;
};

static struct {
	int fd; /* for the lock */
	struct cell *cells;
} file = {.fd = -1};

static void
forget(void)
{
	if (file.cells)
		(void)munmap(file.cells, COUNTERS_MAX * sizeof(struct cell));
	if (file.fd >= 0)
		(void)close(file.fd);
	file.cells = NULL;
	file.fd = -1;
}

/* With room on the disk for all of it: a page that cannot be had later would
 * end the process. */
static bool
map(const char *path)
{
	const size_t size = COUNTERS_MAX * sizeof(struct cell);
	void *cells;

	file.fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (file.fd < 0 || posix_fallocate(file.fd, 0, (off_t)size) != 0)
		return false;
	cells = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, file.fd,
	    0);
	if (cells == MAP_FAILED)
		return false;
	file.cells = cells;
	return true;
}

void
counter_open(const char *directory)
{
	char path[PATH_MAX];

	forget();
	(void)mkdir(directory, 0700); /* where it may; the open tells */
	(void)snprintf(path, sizeof(path), "%s/" FILE_NAME, directory);
	if (!map(path))
		forget();
}

/* ---- finding a cell ---- */

static bool
is_of(const struct cell *cell, const char *program, const char *event,
    int status)
{
	return cell->status == status && text_equal(cell->program, program) &&
	    text_equal(cell->event, event);
}

/* The cell, or the first free one; NULL when there is neither. */
static struct cell *
look(const char *program, const char *event, int status)
{
	size_t i;

	for (i = 0; i < COUNTERS_MAX; i++) {
		struct cell *cell = &file.cells[i];

		if (!atomic_load_explicit(&cell->used, memory_order_acquire) ||
		    is_of(cell, program, event, status))
			return cell;
	}
	return NULL;
}

static void
take(struct cell *cell, const char *program, const char *event, int status)
{
	(void)snprintf(cell->program, sizeof(cell->program), "%s", program);
	(void)snprintf(cell->event, sizeof(cell->event), "%s", event);
	cell->status = status;
	atomic_store_explicit(&cell->used, 1, memory_order_release);
}

static struct cell *
find(const char *program, const char *event, int status)
{
	struct cell *cell = look(program, event, status);

	if (!cell || atomic_load_explicit(&cell->used, memory_order_acquire))
		return cell;
	if (flock(file.fd, LOCK_EX) != 0)
		return NULL;
	cell = look(program, event, status);
	if (cell && !atomic_load(&cell->used))
		take(cell, program, event, status);
	(void)flock(file.fd, LOCK_UN);
	return cell;
}

void
counter_add(const char *program, const char *event, int status,
    int64_t duration_us)
{
	struct cell *cell;

	if (!file.cells || strlen(program) >= sizeof(cell->program) ||
	    strlen(event) >= sizeof(cell->event))
		return;
	cell = find(program, event, status);
	if (!cell)
		return;
	atomic_fetch_add(&cell->requests, 1);
	if (duration_us > 0)
		atomic_fetch_add(&cell->duration_us, (uint64_t)duration_us);
}

bool
counter_get(size_t i, struct counter *ret)
{
	const struct cell *cell;

	if (!file.cells || i >= COUNTERS_MAX)
		return false;
	cell = &file.cells[i];
	if (!atomic_load_explicit(&cell->used, memory_order_acquire))
		return false;
	memcpy(ret->program, cell->program, sizeof(ret->program));
	memcpy(ret->event, cell->event, sizeof(ret->event));
	ret->status = cell->status;
	ret->requests = atomic_load(&cell->requests);
	ret->duration_us = atomic_load(&cell->duration_us);
	return true;
}
