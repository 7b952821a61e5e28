/* SPDX-License-Identifier: MIT */
/* snapshot_write.c - publishing the revocations that the poller read. */
#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/auto.h"
#include "snapshot_format.h"

enum { PRUNE_EVERY_S = 60, FIRST_ENTRIES = 64 };

static bool
grow(struct snapshot_writer *writer)
{
	size_t size = writer->size ? writer->size * 2 : FIRST_ENTRIES;
	struct snapshot_entry *entries = realloc(writer->entries,
	    size * sizeof(*entries));

	if (!entries)
		return false;
	writer->entries = entries;
	writer->size = size;
	return true;
}

static struct snapshot_entry *
find(struct snapshot_writer *writer, const struct snapshot_entry *wanted,
    size_t n_sorted)
{
	if (n_sorted == 0)
		return NULL;
	return bsearch(wanted, writer->entries, n_sorted, sizeof(*wanted),
	    snapshot_compare);
}

static int64_t
later(int64_t a, int64_t b)
{
	return a > b ? a : b;
}

/*
 * Add one, or move one that is there already to the later times.  The first
 * n_sorted entries are in order.  Sets *changed; false when memory is short.
 */
static bool
take_in(struct snapshot_writer *writer, const struct revocation *revocation,
    size_t n_sorted, bool *changed)
{
	struct snapshot_entry entry = {.not_before_s = revocation->not_before_s,
	    .expires_s = revocation->expires_s};
	struct snapshot_entry *known;

	snapshot_key(revocation->kind, revocation->subject, entry.key);
	known = find(writer, &entry, n_sorted);
	if (!known) {
		if (writer->n == writer->size && !grow(writer))
			return false;
		writer->entries[writer->n++] = entry;
		*changed = true;
		return true;
	}
	if (known->not_before_s < entry.not_before_s ||
	    known->expires_s < entry.expires_s)
		*changed = true;
	known->not_before_s = later(known->not_before_s, entry.not_before_s);
	known->expires_s = later(known->expires_s, entry.expires_s);
	return true;
}

/* Sort, and join entries of one key that came in one reading. */
static void
settle(struct snapshot_writer *writer)
{
	struct snapshot_entry *entries = writer->entries;
	size_t i, kept = 0;

	if (writer->n == 0)
		return;
	qsort(entries, writer->n, sizeof(*entries), snapshot_compare);
	for (i = 1; i < writer->n; i++) {
		if (snapshot_compare(&entries[kept], &entries[i]) != 0) {
			entries[++kept] = entries[i];
			continue;
		}
		entries[kept].not_before_s = later(entries[kept].not_before_s,
		    entries[i].not_before_s);
		entries[kept].expires_s = later(entries[kept].expires_s,
		    entries[i].expires_s);
	}
	writer->n = kept + 1;
}

static bool
prune(struct snapshot_writer *writer, int64_t now_s)
{
	size_t i, kept = 0, before = writer->n;

	if (now_s - writer->pruned_at_s < PRUNE_EVERY_S)
		return false;
	writer->pruned_at_s = now_s;
	for (i = 0; i < writer->n; i++)
		if (writer->entries[i].expires_s > now_s)
			writer->entries[kept++] = writer->entries[i];
	writer->n = kept;
	return kept != before;
}

static bool
write_all(int fd, const void *data, size_t bytes)
{
	const char *p = data;
	ssize_t n;

	for (; bytes > 0; p += n, bytes -= (size_t)n) {
		n = write(fd, p, bytes);
		if (n <= 0)
			return false;
	}
	return true;
}

static void *
map_header(int fd)
{
	void *memory = mmap(NULL, sizeof(struct snapshot_header),
	    PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);

	return memory == MAP_FAILED ? NULL : memory;
}

/* The guards that still map the old file learn that there is a new one. */
static void
supersede(struct snapshot_writer *writer)
{
	struct snapshot_header *old = writer->published;

	if (!old)
		return;
	__atomic_store_n(&old->superseded, 1, __ATOMIC_RELEASE);
	(void)munmap(old, sizeof(*old));
	writer->published = NULL;
}

static bool
write_anew(struct snapshot_writer *writer, int64_t now_s)
{
	struct snapshot_header header = {.polled_at_s = now_s, .n = writer->n};
	char path[PATH_MAX], fresh[PATH_MAX + 8];

	memcpy(header.magic, snapshot_magic, sizeof(header.magic));
	snapshot_path(path, sizeof(path), writer->state_directory);
	(void)snprintf(fresh, sizeof(fresh), "%s.new", path);
	AUTO_FD fd = open(fresh, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	if (fd < 0 || !write_all(fd, &header, sizeof(header)) ||
	    !write_all(fd, writer->entries,
	        writer->n * sizeof(*writer->entries)) ||
	    rename(fresh, path) != 0)
		return false;
	supersede(writer);
	writer->published = map_header(fd);
	return writer->published != NULL;
}

bool
snapshot_publish(struct snapshot_writer *writer,
    const struct revocation *revocations, size_t n, int64_t now_s)
{
	struct snapshot_header *header = writer->published;
	bool changed = header == NULL;
	size_t i, n_sorted = writer->n;

	for (i = 0; i < n; i++)
		if (!take_in(writer, &revocations[i], n_sorted, &changed))
			return false;
	settle(writer);
	changed = prune(writer, now_s) || changed;
	if (changed)
		return write_anew(writer, now_s);
	__atomic_store_n(&header->polled_at_s, now_s, __ATOMIC_RELEASE);
	return true;
}

void
snapshot_writer_close(struct snapshot_writer *writer)
{
	if (writer->published)
		(void)munmap(writer->published, sizeof(struct snapshot_header));
	free(writer->entries);
}
