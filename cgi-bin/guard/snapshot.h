/* SPDX-License-Identifier: MIT */
/*
 * snapshot.h - what was revoked, as one file that all guards of a host map.
 *
 * One guard of the host writes it (poller.h).  The file is sorted by key; a
 * changed set is written as a new file in place of the old one, whose header
 * then says that it is superseded; an unchanged one only gets a new time.
 * Reading costs no system call as long as nothing changes.
 */
#ifndef GUARD_SNAPSHOT_H
#define GUARD_SNAPSHOT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "oauth/access_token.h"
#include "store/revocation.h"

enum { SNAPSHOT_KEY_BYTES = 24 };

/* One revocation, by the truncated SHA-256 of its kind and subject. */
struct snapshot_entry {
	unsigned char key[SNAPSHOT_KEY_BYTES];
	int64_t not_before_s; /* tokens issued up to then are dead */
	int64_t expires_s;    /* no such token lives any longer */
};

/* ---- reading, by the thread that serves requests ---- */

/* Use the snapshot of this STATE_DIRECTORY from now on. */
void snapshot_use(const char *state_directory);

/* Seconds since the database was last asked; -1 when there is no snapshot. */
int64_t snapshot_age_s(int64_t now_s);

/* Is the token dead?  Only to be asked while snapshot_age_s() is not -1. */
bool snapshot_revokes(const struct access_token *token);

/* ---- writing, by the one guard that polls ---- */

struct snapshot_writer {
	const char *state_directory;
	struct snapshot_entry *entries;
	size_t n, size;
	int64_t pruned_at_s;
	void *published; /* the header of the file in place, or NULL */
};

/* Take in revocations read at now_s and publish: the file anew when something
 * changed, else its time alone.  False when the file cannot be written. */
bool snapshot_publish(struct snapshot_writer *writer,
    const struct revocation *revocations, size_t n, int64_t now_s);

/* Let go of memory and mapping; the file stays. */
void snapshot_writer_close(struct snapshot_writer *writer);

#endif
