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
	crypto_auth_hmacsha256_state mac; /* HMAC begun with the key */
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

static const struct kept_key *
keep_key(const char *root, const char *salt, const char *info)
{
	static size_t next;
	struct kept_key *place = &kept_keys[next++ % KEYS_MAX];

	forget_text(place->root);
	forget_text(place->salt);
	forget_text(place->info);
	place->root = memory_must_copy(root);
	place->salt = memory_must_copy(salt);
	place->info = memory_must_copy(info);
	place->key = hkdf_sha256(root, strlen(root), salt, strlen(salt), info,
	    strlen(info));
	(void)crypto_auth_hmacsha256_init(&place->mac, place->key.bytes,
	    SHA256_BYTES);
	return place;
}

static const struct kept_key *
key_of(const char *root, const char *salt, const char *info)
{
	const struct kept_key *found = find_key(root, salt, info);

	return found ? found : keep_key(root, salt, info);
}

struct sha256
derived_key(const char *root, const char *salt, const char *info)
{
	return key_of(root, salt, info)->key;
}

struct sha256
derived_mac(const char *root, const char *salt, const char *info,
    const void *data, size_t len_bytes)
{
	crypto_auth_hmacsha256_state state = key_of(root, salt, info)->mac;
	struct sha256 mac;

	(void)crypto_auth_hmacsha256_update(&state, data, len_bytes);
	(void)crypto_auth_hmacsha256_final(&state, mac.bytes);
	sodium_memzero(&state, sizeof(state));
	return mac;
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
