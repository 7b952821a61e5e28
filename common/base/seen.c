/* SPDX-License-Identifier: MIT */
#define _DEFAULT_SOURCE /* flock */
#include "base/seen.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/memory.h"
#include "base/shared_file.h"

/* One thing that is remembered while expires_s, the end of which is far enough
 * away (2106), is ahead. */
struct place {
	unsigned char key[SEEN_KEY_BYTES];
	uint32_t expires_s;
};

enum { TABLE_BYTES = SEEN_PLACES * sizeof(struct place) };

struct seen {
	char *path;
	int fd; /* -1: not open */
	struct place *places;
};

/* ---- the file ---- */

static void
let_go(struct seen *seen)
{
	if (seen->fd < 0)
		return;
	(void)munmap(seen->places, TABLE_BYTES);
	(void)close(seen->fd);
	seen->fd = -1;
}

static bool
open_anew(struct seen *seen)
{
	int fd = shared_file_open(seen->path, TABLE_BYTES, NULL);
	void *memory;

	if (fd < 0)
		return false;
	memory = mmap(NULL, TABLE_BYTES, PROT_READ | PROT_WRITE, MAP_SHARED, fd,
	    0);
	if (memory == MAP_FAILED) {
		(void)close(fd);
		return false;
	}
	seen->fd = fd;
	seen->places = memory;
	return true;
}

/* Held by one process at a time; one that dies lets go of it. */
static bool
lock(struct seen *seen)
{
	int result;

	if (seen->fd >= 0 && !shared_file_there(seen->fd))
		let_go(seen);
	if (seen->fd < 0 && !open_anew(seen))
		return false;
	do
		result = flock(seen->fd, LOCK_EX);
	while (result != 0 && errno == EINTR);
	return result == 0;
}

static void
unlock(struct seen *seen)
{
	(void)flock(seen->fd, LOCK_UN);
}

struct seen *
seen_open(const char *path)
{
	struct seen *seen = memory_must(calloc(1, sizeof(*seen)));

	seen->path = memory_must_copy(path);
	seen->fd = -1;
	return seen;
}

void
seen_close(struct seen *seen)
{
	let_go(seen);
	free(seen->path);
	free(seen);
}

/* ---- the table ---- */

static struct place *
neighbour(struct seen *seen, const unsigned char *key, size_t i)
{
	uint32_t first;

	memcpy(&first, key, sizeof(first));
	return &seen->places[(first + i) & (SEEN_PLACES - 1)];
}

/* SEEN_NEW sets *vacant to where it may go. */
static enum seen_result
find(struct seen *seen, const unsigned char *key, int64_t now_s,
    struct place **vacant)
{
	struct place *place;
	size_t i;

	*vacant = NULL;
	for (i = 0; i < SEEN_NEIGHBOURS; i++) {
		place = neighbour(seen, key, i);
		if (place->expires_s <= now_s) {
			if (!*vacant)
				*vacant = place;
		} else if (memcmp(place->key, key, SEEN_KEY_BYTES) == 0) {
			return SEEN_BEFORE;
		}
	}
	return *vacant ? SEEN_NEW : SEEN_FULL;
}

/* A process that dies half way leaves a vacant place. */
static void
fill(struct place *place, const unsigned char *key, int64_t expires_s)
{
	__atomic_store_n(&place->expires_s, 0, __ATOMIC_SEQ_CST);
	memcpy(place->key, key, SEEN_KEY_BYTES);
	__atomic_store_n(&place->expires_s, (uint32_t)expires_s,
	    __ATOMIC_SEQ_CST);
}

enum seen_result
seen_look(struct seen *seen, const unsigned char key[SEEN_KEY_BYTES],
    int64_t now_s)
{
	struct place *vacant;
	enum seen_result result;

	if (!lock(seen))
		return SEEN_UNUSABLE;
	result = find(seen, key, now_s, &vacant);
	unlock(seen);
	return result;
}

enum seen_result
seen_note(struct seen *seen, const unsigned char key[SEEN_KEY_BYTES],
    int64_t now_s, int64_t expires_s)
{
	struct place *vacant;
	enum seen_result result;

	if (!lock(seen))
		return SEEN_UNUSABLE;
	result = find(seen, key, now_s, &vacant);
	if (result == SEEN_NEW)
		fill(vacant, key, expires_s);
	unlock(seen);
	return result;
}
