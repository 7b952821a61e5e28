/* SPDX-License-Identifier: MIT */
#include "crypto/table_hash.h"

#include <sodium.h>
#include <string.h>

#include "crypto/digest.h"

static const unsigned char *
key(void)
{
	static unsigned char drawn[crypto_generichash_KEYBYTES];
	static bool there;

	if (!there)
		random_bytes(drawn, sizeof(drawn));
	there = true;
	return drawn;
}

struct table_hash
table_hash_of(const char *text)
{
	struct table_hash hash;

	(void)crypto_generichash(hash.bytes, sizeof(hash.bytes),
	    (const unsigned char *)text, strlen(text), key(),
	    crypto_generichash_KEYBYTES);
	return hash;
}

bool
table_hash_equal(const struct table_hash *a, const struct table_hash *b)
{
	return bytes_equal(a->bytes, b->bytes, TABLE_HASH_BYTES);
}
