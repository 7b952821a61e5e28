/* SPDX-License-Identifier: MIT */
/* snapshot_format.h - the layout of the snapshot file, for its two sides. */
#ifndef GUARD_SNAPSHOT_FORMAT_H
#define GUARD_SNAPSHOT_FORMAT_H

#include <limits.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "snapshot.h"

static const char snapshot_magic[8] = "MCPOREV1";

/* At the start of the file; the entries follow.  polled_at_s and superseded
 * change in place and are read and written atomically. */
struct snapshot_header {
	char magic[8];
	uint32_t superseded, reserved;
	int64_t polled_at_s;
	uint64_t n;
};

static inline void
snapshot_path(char *ret, size_t size, const char *state_directory)
{
	(void)snprintf(ret, size, "%s/revocations", state_directory);
}

/* The key of a revocation of this kind. */
void snapshot_key(enum revocation_kind kind, const char *subject,
    unsigned char *ret);

int snapshot_compare(const void *a, const void *b);

#endif
