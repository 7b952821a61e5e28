/* SPDX-License-Identifier: MIT */
/*
 * table_hash.h - a hash to find secrets by in this process's memory: BLAKE2b
 * with a key that each process draws, several times quicker than SHA-256.
 *
 * It is never stored or sent: nobody can find a text that has the hash of
 * another, nor learn anything by how long a comparison takes.
 */
#ifndef CRYPTO_TABLE_HASH_H
#define CRYPTO_TABLE_HASH_H

#include <stdbool.h>

enum { TABLE_HASH_BYTES = 32 };

struct table_hash {
	unsigned char bytes[TABLE_HASH_BYTES];
};

struct table_hash table_hash_of(const char *text);

bool table_hash_equal(const struct table_hash *a, const struct table_hash *b);

#endif
