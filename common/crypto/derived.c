/* SPDX-License-Identifier: MIT */
#include "crypto/derived.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/text.h"

/* More than any program wants at a time; past that the oldest is derived
 * again. */
enum { KEYS_MAX = 16, PAIRS_MAX = 8, KID_BYTES = 64 };

static struct kept_key {
	char *root, *salt, *info; /* NULL: none is kept here */
	struct sha256 key;
} kept_keys[KEYS_MAX];

static struct kept_pair {
	bool there;
	struct jwt_key key;
	char kid[KID_BYTES];
} kept_pairs[PAIRS_MAX];

/* ---- keys ---- */

static void
forget_text(char *text)
{
	if (text)
		sodium_memzero(text, strlen(text));
	free(text);
}

static const struct kept_key *
find_key(const char *root, const char *salt, const char *info)
{
	size_t i;

	for (i = 0; i < KEYS_MAX && kept_keys[i].root; i++)
		if (text_equal(kept_keys[i].info, info) &&
		    text_equal(kept_keys[i].root, root) &&
		    text_equal(kept_keys[i].salt, salt))
			return &kept_keys[i];
	return NULL;
}

struct sha256
derived_key(const char *root, const char *salt, const char *info)
{
	static size_t next;
	const struct kept_key *found = find_key(root, salt, info);
	struct kept_key *place;

	if (found)
		return found->key;
	place = &kept_keys[next++ % KEYS_MAX];
	forget_text(place->root);
	forget_text(place->salt);
	forget_text(place->info);
	place->root = memory_must_copy(root);
	place->salt = memory_must_copy(salt);
	place->info = memory_must_copy(info);
	place->key = hkdf_sha256(root, strlen(root), salt, strlen(salt), info,
	    strlen(info));
	return place->key;
}

/* ---- key pairs ---- */

static const struct kept_pair *
find_pair(const struct sha256 *seed)
{
	size_t i;

	for (i = 0; i < PAIRS_MAX && kept_pairs[i].there; i++)
		if (bytes_equal(kept_pairs[i].key.seed, seed->bytes,
		        SHA256_BYTES))
			return &kept_pairs[i];
	return NULL;
}

static const struct kept_pair *
keep_pair(struct arena *arena, const struct sha256 *seed)
{
	static size_t next;
	struct kept_pair *place = &kept_pairs[next++ % PAIRS_MAX];

	jwt_key_from_seed(arena, seed->bytes, &place->key);
	memcpy(place->kid, place->key.kid, strlen(place->key.kid) + 1);
	place->key.kid = place->kid;
	place->there = true;
	return place;
}

void
derived_ed25519(struct arena *arena, const struct sha256 *seed,
    struct jwt_key *ret)
{
	const struct kept_pair *pair = find_pair(seed);

	if (!pair)
		pair = keep_pair(arena, seed);
	*ret = pair->key;
	ret->kid = arena_strdup(arena, pair->kid); /* its place may be taken */
}
