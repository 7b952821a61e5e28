/* SPDX-License-Identifier: MIT */
#include "crypto/password.h"

#include <sodium.h>
#include <string.h>

size_t
password_memory_bytes(void)
{
	return crypto_pwhash_MEMLIMIT_INTERACTIVE;
}

static bool
hash_into(char *ret, const char *password)
{
	return crypto_pwhash_str_alg(ret, password, strlen(password),
	           crypto_pwhash_OPSLIMIT_INTERACTIVE, password_memory_bytes(),
	           crypto_pwhash_ALG_ARGON2ID13) == 0;
}

char *
password_hash(struct arena *arena, const char *password)
{
	char *hash = arena_alloc(arena, crypto_pwhash_STRBYTES);

	return hash_into(hash, password) ? hash : NULL;
}

/* Hashing without a hash to compare with costs what a comparison costs. */
static void
spend_the_time(const char *password)
{
	char discarded[crypto_pwhash_STRBYTES];

	(void)hash_into(discarded, password);
}

bool
password_matches(const char *hash, const char *password)
{
	if (!hash) {
		spend_the_time(password);
		return false;
	}
	return crypto_pwhash_str_verify(hash, password, strlen(password)) == 0;
}
