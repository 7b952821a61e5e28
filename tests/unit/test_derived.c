/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <string.h>

#include "crypto/derived.h"
#include "tap.h"

static bool
keys_equal(struct sha256 a, struct sha256 b)
{
	return memcmp(a.bytes, b.bytes, SHA256_BYTES) == 0;
}

static struct sha256
derive(const char *root, const char *salt, const char *info)
{
	return hkdf_sha256(root, strlen(root), salt, strlen(salt), info,
	    strlen(info));
}

/* More than are kept, twice over: always what is derived anew. */
static void
test_keys(void)
{
	char info[32];
	int i, wrong = 0;

	for (i = 0; i < 80; i++) {
		(void)snprintf(info, sizeof(info), "purpose %d", i % 40);
		wrong += !keys_equal(derived_key("root", "issuer", info),
		    derive("root", "issuer", info));
		wrong += !keys_equal(derived_key("root", "issuer", info),
		    derive("root", "issuer", info));
		wrong += !keys_equal(derived_mac("root", "issuer", info, "text",
		                         4),
		    hmac_sha256(derive("root", "issuer", info).bytes,
		        SHA256_BYTES, "text", 4));
	}
	ok(wrong == 0);
	/* Each of the three counts. */
	ok(!keys_equal(derived_key("a", "b", "c"), derived_key("x", "b", "c")));
	ok(!keys_equal(derived_key("a", "b", "c"), derived_key("a", "x", "c")));
	ok(!keys_equal(derived_key("a", "b", "c"), derived_key("a", "b", "x")));
	ok(!keys_equal(derived_key("a", "bc", ""), derived_key("a", "b", "c")));
}

static struct jwt_key
pair_of(struct arena *arena, int i)
{
	struct sha256 seed = sha256_of(&i, sizeof(i));
	struct jwt_key key;

	derived_ed25519(arena, &seed, &key);
	return key;
}

static void
test_pairs(struct arena *arena)
{
	struct jwt_key first = pair_of(arena, 0), key, anew;
	struct sha256 seed;
	int i, wrong = 0;

	for (i = 0; i < 40; i++) {
		seed = sha256_of(&(int){i % 20}, sizeof(int));
		key = pair_of(arena, i % 20);
		jwt_key_from_seed(arena, seed.bytes, &anew);
		wrong += strcmp(key.kid, anew.kid) != 0 ||
		    memcmp(key.seed, anew.seed, sizeof(key.seed)) != 0 ||
		    memcmp(key.public_key, anew.public_key,
		        sizeof(key.public_key)) != 0;
	}
	ok(wrong == 0);
	/* Its place was taken long ago, its name is still its own. */
	is(first.kid, pair_of(arena, 0).kid);
}

int
main(void)
{
	struct arena *arena = arena_new(1 << 20);

	ok(crypto_start());
	test_keys();
	test_pairs(arena);
	arena_free(arena);
	return tap_done();
}
