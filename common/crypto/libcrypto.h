/* SPDX-License-Identifier: MIT */
/* libcrypto.h - libcrypto's handles, closed when their scope ends. */
#ifndef CRYPTO_LIBCRYPTO_H
#define CRYPTO_LIBCRYPTO_H

#include <openssl/bn.h>
#include <openssl/ecdsa.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>

#define AUTO_HANDLE(type, free_it) \
	static inline void auto_##type(type **handle) \
	{ \
		free_it(*handle); \
	} \
	struct libcrypto_end_of_##type

AUTO_HANDLE(EVP_PKEY, EVP_PKEY_free);
AUTO_HANDLE(EVP_PKEY_CTX, EVP_PKEY_CTX_free);
AUTO_HANDLE(EVP_MD_CTX, EVP_MD_CTX_free);
AUTO_HANDLE(BIGNUM, BN_free);
AUTO_HANDLE(ECDSA_SIG, ECDSA_SIG_free);
AUTO_HANDLE(OSSL_PARAM, OSSL_PARAM_free);
AUTO_HANDLE(OSSL_PARAM_BLD, OSSL_PARAM_BLD_free);

#define AUTO_SSL(type) __attribute__((__cleanup__(auto_##type))) type

#endif
