/* SPDX-License-Identifier: MIT */
#include "crypto/public_key.h"

#include <errno.h>

#include <openssl/core_names.h>
#include <openssl/err.h>

#include "base/memory.h"
#include "crypto/libcrypto.h"

static EVP_PKEY *
key_from(const char *type, OSSL_PARAM *params)
{
	AUTO_SSL(EVP_PKEY_CTX) *context = EVP_PKEY_CTX_new_from_name(NULL, type,
	    NULL);
	EVP_PKEY *key = NULL;

	if (!context || EVP_PKEY_fromdata_init(context) <= 0 ||
	    EVP_PKEY_fromdata(context, &key, EVP_PKEY_PUBLIC_KEY, params) <= 0)
		return NULL;
	return key;
}

static EVP_PKEY *
rsa_key(const struct rsa_public_key *key)
{
	AUTO_SSL(
	    BIGNUM) *n = BN_bin2bn(key->modulus, (int)key->modulus_bytes, NULL);
	AUTO_SSL(BIGNUM) *e = BN_bin2bn(key->exponent, (int)key->exponent_bytes,
	    NULL);
	AUTO_SSL(OSSL_PARAM_BLD) *builder = OSSL_PARAM_BLD_new();
	AUTO_SSL(OSSL_PARAM) *params = NULL;

	if (!n || !e || !builder ||
	    !OSSL_PARAM_BLD_push_BN(builder, OSSL_PKEY_PARAM_RSA_N, n) ||
	    !OSSL_PARAM_BLD_push_BN(builder, OSSL_PKEY_PARAM_RSA_E, e))
		return NULL;
	params = OSSL_PARAM_BLD_to_param(builder);
	return params ? key_from("RSA", params) : NULL;
}

static EVP_PKEY *
p256_key(const unsigned char point[P256_POINT_BYTES])
{
	static char group[] = "prime256v1";
	OSSL_PARAM params[] = {
	    OSSL_PARAM_construct_utf8_string(OSSL_PKEY_PARAM_GROUP_NAME, group,
	        0),
	    OSSL_PARAM_construct_octet_string(OSSL_PKEY_PARAM_PUB_KEY,
	        (void *)(uintptr_t)point, P256_POINT_BYTES),
	    OSSL_PARAM_construct_end(),
	};

	return key_from("EC", params);
}

static bool
verify(EVP_PKEY *key, const char *input, size_t input_bytes,
    const unsigned char *signature, size_t signature_bytes)
{
	AUTO_SSL(EVP_MD_CTX) *context = EVP_MD_CTX_new();

	return context &&
	    EVP_DigestVerifyInit(context, NULL, EVP_sha256(), NULL, key) > 0 &&
	    EVP_DigestVerify(context, signature, signature_bytes,
	        (const unsigned char *)input, input_bytes) == 1;
}

bool
rsa_key_allowed(const struct rsa_public_key *key)
{
	return key->modulus_bytes >= RSA_MIN_BITS / 8 &&
	    key->modulus_bytes <= RSA_MAX_BITS / 8 && key->modulus[0] >= 0x80 &&
	    key->exponent_bytes >= 1 &&
	    key->exponent_bytes <= RSA_EXPONENT_MAX_BYTES &&
	    (key->exponent[key->exponent_bytes - 1] & 1) &&
	    !(key->exponent_bytes == 1 && key->exponent[0] == 1);
}

/* What libcrypto found no memory for is no wrong signature: a good token would
 * be taken for a bad one.  Its queue of errors does not always say so, errno,
 * which was 0 before, does. */
static bool
judged(bool good)
{
	if (!good && errno == ENOMEM)
		memory_out();
	ERR_clear_error();
	return good;
}

bool
rs256_verify(const struct rsa_public_key *key, const char *input,
    size_t input_bytes, const unsigned char *signature, size_t signature_bytes)
{
	AUTO_SSL(EVP_PKEY) *rsa = NULL;

	errno = 0;
	rsa = rsa_key_allowed(key) ? rsa_key(key) : NULL;
	return judged(rsa && signature_bytes == key->modulus_bytes &&
	    verify(rsa, input, input_bytes, signature, signature_bytes));
}

/* libcrypto wants the two numbers of the signature in DER. */
static unsigned char *
der_signature(const unsigned char signature[P256_SIGNATURE_BYTES], int *len)
{
	AUTO_SSL(ECDSA_SIG) *numbers = ECDSA_SIG_new();
	AUTO_SSL(BIGNUM) *r = BN_bin2bn(signature, P256_COORDINATE_BYTES, NULL);
	AUTO_SSL(BIGNUM) *s = BN_bin2bn(signature + P256_COORDINATE_BYTES,
	    P256_COORDINATE_BYTES, NULL);
	unsigned char *der = NULL;

	if (!numbers || !r || !s || !ECDSA_SIG_set0(numbers, r, s))
		return NULL;
	r = NULL; /* numbers owns both now */
	s = NULL;
	*len = i2d_ECDSA_SIG(numbers, &der);
	return *len > 0 ? der : NULL;
}

bool
es256_verify(const unsigned char point[P256_POINT_BYTES], const char *input,
    size_t input_bytes, const unsigned char signature[P256_SIGNATURE_BYTES])
{
	AUTO_SSL(EVP_PKEY) *key = NULL;
	unsigned char *der;
	bool good;
	int len = 0;

	errno = 0;
	key = p256_key(point);
	der = key ? der_signature(signature, &len) : NULL;
	good = der && verify(key, input, input_bytes, der, (size_t)len);
	OPENSSL_free(der);
	return judged(good);
}
