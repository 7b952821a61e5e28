/* SPDX-License-Identifier: MIT */
/* snapshot_read.c - looking into the mapped revocations. */
#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include "base/auto.h"
#include "crypto/digest.h"
#include "snapshot_format.h"

enum { STALE_S = 3 }; /* then the file is opened anew, for it may be another */

static struct {
	char path[PATH_MAX];
	const struct snapshot_header *header;
	size_t bytes;
} mapped;

void
snapshot_key(enum revocation_kind kind, const char *subject, unsigned char *ret)
{
	char text[512];
	struct sha256 digest;
	int len = snprintf(text, sizeof(text), "%d:%s", (int)kind, subject);

	if (len < 0 || (size_t)len >= sizeof(text))
		digest = sha256_of_text(
		    subject); /* longer than any id of ours */
	else
		digest = sha256_of(text, (size_t)len);
	memcpy(ret, digest.bytes, SNAPSHOT_KEY_BYTES);
}

int
snapshot_compare(const void *a, const void *b)
{
	const struct snapshot_entry *x = a, *y = b;

	return memcmp(x->key, y->key, SNAPSHOT_KEY_BYTES);
}

static void
let_go(void)
{
	if (mapped.header)
		(void)munmap((void *)(uintptr_t)mapped.header, mapped.bytes);
	mapped.header = NULL;
}

static bool
whole(const struct snapshot_header *header, size_t bytes)
{
	return memcmp(header->magic, snapshot_magic, sizeof(snapshot_magic)) ==
	    0 &&
	    header->n <=
	    (bytes - sizeof(*header)) / sizeof(struct snapshot_entry);
}

static void
open_anew(void)
{
	AUTO_FD fd = open(mapped.path, O_RDONLY | O_CLOEXEC);
	struct stat st;
	void *memory;

	if (fd < 0 || fstat(fd, &st) != 0 ||
	    (size_t)st.st_size < sizeof(struct snapshot_header))
		return;
	memory = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_SHARED, fd, 0);
	if (memory == MAP_FAILED)
		return;
	if (!whole(memory, (size_t)st.st_size)) {
		(void)munmap(memory, (size_t)st.st_size);
		return;
	}
	let_go();
	mapped.header = memory;
	mapped.bytes = (size_t)st.st_size;
}

void
snapshot_use(const char *state_directory)
{
	let_go();
	snapshot_path(mapped.path, sizeof(mapped.path), state_directory);
}

/* From a time to come when the host's clock was set back: then as old as it
 * seems young, since how old it is nobody knows. */
static int64_t
age_of_mapped(int64_t now_s)
{
	int64_t age_s;

	if (!mapped.header)
		return -1;
	age_s = now_s -
	    __atomic_load_n(&mapped.header->polled_at_s, __ATOMIC_ACQUIRE);
	return age_s >= 0 ? age_s : -age_s;
}

int64_t
snapshot_age_s(int64_t now_s)
{
	if (mapped.header &&
	    !__atomic_load_n(&mapped.header->superseded, __ATOMIC_ACQUIRE) &&
	    age_of_mapped(now_s) <= STALE_S)
		return age_of_mapped(now_s);
	open_anew();
	return age_of_mapped(now_s);
}

static bool
revoked(enum revocation_kind kind, const char *subject, int64_t iat_s)
{
	const struct snapshot_entry
	    *entries = (const struct snapshot_entry *)(mapped.header + 1);
	struct snapshot_entry wanted = {0};
	const struct snapshot_entry *found;

	snapshot_key(kind, subject, wanted.key);
	found = bsearch(&wanted, entries, mapped.header->n, sizeof(*entries),
	    snapshot_compare);
	return found && iat_s <= found->not_before_s;
}

bool
snapshot_revokes(const struct access_token *token)
{
	if (mapped.header->n == 0)
		return false;
	return revoked(REVOKED_SESSION, token->sid, token->iat_s) ||
	    revoked(REVOKED_USER, token->sub, token->iat_s) ||
	    revoked(REVOKED_CLIENT, token->client_id, token->iat_s) ||
	    revoked(REVOKED_JTI, token->jti, token->iat_s) ||
	    revoked(REVOKED_ALL, "", token->iat_s);
}
