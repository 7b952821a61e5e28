/* SPDX-License-Identifier: MIT */
#include "crypto/seal.h"

#include <sodium.h>
#include <string.h>

enum {
	NONCE_BYTES = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES,
	TAG_BYTES = crypto_aead_xchacha20poly1305_ietf_ABYTES,
};

_Static_assert(NONCE_BYTES + TAG_BYTES == SEAL_BYTES, "see seal.h");

void
seal(const struct sha256 *key, const char *owner, const void *data,
    size_t len_bytes, unsigned char *ret)
{
	random_bytes(ret, NONCE_BYTES);
	(void)crypto_aead_xchacha20poly1305_ietf_encrypt(ret + NONCE_BYTES,
	    NULL, data, len_bytes, (const unsigned char *)owner, strlen(owner),
	    NULL, ret, key->bytes);
}

bool
seal_open(const struct sha256 *key, const char *owner,
    const unsigned char *sealed, size_t len_bytes, void *ret)
{
	return crypto_aead_xchacha20poly1305_ietf_decrypt(ret, NULL, NULL,
	           sealed + NONCE_BYTES, len_bytes + TAG_BYTES,
	           (const unsigned char *)owner, strlen(owner), sealed,
	           key->bytes) == 0;
}
