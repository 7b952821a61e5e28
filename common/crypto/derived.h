/* SPDX-License-Identifier: MIT */
/*
 * derived.h - keys derived once and kept: the same few are wanted at every
 * request, and an Ed25519 key pair costs as much as a signature by it.
 *
 * They are found by all that they come from, so changed settings find others.
 * For one thread.
 */
#ifndef CRYPTO_DERIVED_H
#define CRYPTO_DERIVED_H

#include "crypto/digest.h"
#include "crypto/jwt.h"

/* hkdf_sha256() of root, salt and info. */
struct sha256 derived_key(const char *root, const char *salt, const char *info);

/* hmac_sha256() of the data by that key, of which half is done beforehand. */
struct sha256 derived_mac(const char *root, const char *salt, const char *info,
    const void *data, size_t len_bytes);

/* jwt_key_from_seed() of the seed. */
void derived_ed25519(struct arena *arena, const struct sha256 *seed,
    struct jwt_key *ret);

#endif
