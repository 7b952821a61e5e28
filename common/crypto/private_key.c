/* SPDX-License-Identifier: MIT */
#include "crypto/private_key.h"

#include <openssl/bio.h>
#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "base/auto.h"
#include "base/text.h"
#include "crypto/libcrypto.h"
#include "crypto/public_key.h"

enum { KEYS_MAX = 8, KEYS_ARENA_BYTES = 1 << 18, RSA_NEW_BITS = 3072 };

static struct {
	struct arena *arena; /* NULL: nothing loaded */
	const char *path;
	struct stat state;
	int64_t looked_at_s;
	EVP_PKEY *handles[KEYS_MAX];
	struct jwt_key keys[KEYS_MAX];
	size_t n;
} loaded;

/* ---- the public half ---- */

static const unsigned char *
number_of(struct arena *arena, EVP_PKEY *handle, const char *name, size_t *len)
{
	AUTO_SSL(BIGNUM) *number = NULL;
	unsigned char *bytes;

	if (!EVP_PKEY_get_bn_param(handle, name, &number))
		return NULL;
	*len = (size_t)BN_num_bytes(number);
	bytes = arena_alloc(arena, *len + 1);
	BN_bn2bin(number, bytes);
	return bytes;
}

static bool
read_rsa(struct arena *arena, EVP_PKEY *handle, struct jwt_key *key)
{
	key->alg = JWT_RS256;
	key->rsa.modulus = number_of(arena, handle, OSSL_PKEY_PARAM_RSA_N,
	    &key->rsa.modulus_bytes);
	key->rsa.exponent = number_of(arena, handle, OSSL_PKEY_PARAM_RSA_E,
	    &key->rsa.exponent_bytes);
	return key->rsa.modulus && key->rsa.exponent &&
	    rsa_key_allowed(&key->rsa);
}

static bool
read_coordinate(EVP_PKEY *handle, const char *name, unsigned char *ret)
{
	AUTO_SSL(BIGNUM) *number = NULL;

	return EVP_PKEY_get_bn_param(handle, name, &number) &&
	    BN_bn2binpad(number, ret, P256_COORDINATE_BYTES) ==
	    P256_COORDINATE_BYTES;
}

static bool
read_p256(EVP_PKEY *handle, struct jwt_key *key)
{
	char group[32];

	if (!EVP_PKEY_get_group_name(handle, group, sizeof(group), NULL) ||
	    !text_equal(group, "prime256v1"))
		return false;
	key->alg = JWT_ES256;
	key->point[0] = 4; /* uncompressed */
	return read_coordinate(handle, OSSL_PKEY_PARAM_EC_PUB_X,
	           key->point + 1) &&
	    read_coordinate(handle, OSSL_PKEY_PARAM_EC_PUB_Y,
	        key->point + 1 + P256_COORDINATE_BYTES);
}

static bool
read_key(struct arena *arena, EVP_PKEY *handle, struct jwt_key *key)
{
	bool good = EVP_PKEY_is_a(handle, "RSA")
	    ? read_rsa(arena, handle, key)
	    : EVP_PKEY_is_a(handle, "EC") && read_p256(handle, key);

	if (!good)
		return false;
	key->private_key = handle;
	key->exp_s = INT64_MAX;
	key->kid = jwt_thumbprint(arena, key);
	return true;
}

/* ---- the file ---- */

static void
forget(EVP_PKEY **handles, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		EVP_PKEY_free(handles[i]);
}

/* No passphrase is ever asked for. */
static int
no_passphrase(char *buffer, int size, int writing, void *data)
{
	(void)buffer, (void)size, (void)writing, (void)data;
	return -1;
}

static const char *
load(const char *path, const struct stat *state)
{
	AUTO_FILE *file = fopen(path, "re");
	struct arena *arena;
	EVP_PKEY *handles[KEYS_MAX];
	struct jwt_key keys[KEYS_MAX];
	size_t n = 0;

	if (!file)
		return "could not read JWT_PRIVATE_KEY_FILE";
	if (state->st_mode & (S_IRWXO))
		return "JWT_PRIVATE_KEY_FILE is open to others: chmod 640";
	arena = arena_new(KEYS_ARENA_BYTES);
	memset(keys, 0, sizeof(keys));
	while (n < KEYS_MAX &&
	    (handles[n] = PEM_read_PrivateKey(file, NULL, no_passphrase,
	         NULL))) {
		if (!read_key(arena, handles[n], &keys[n])) {
			forget(handles, n + 1);
			arena_free(arena);
			return "JWT_PRIVATE_KEY_FILE must hold RSA keys of "
			       "2048 to 8192 bits or P-256 keys";
		}
		n++;
	}
	ERR_clear_error(); /* the end of the file is one */
	if (n == 0) {
		arena_free(arena);
		return "JWT_PRIVATE_KEY_FILE holds no private key in PEM";
	}
	forget(loaded.handles, loaded.n);
	arena_free(loaded.arena);
	memcpy(loaded.handles, handles, sizeof(handles));
	memcpy(loaded.keys, keys, sizeof(keys));
	loaded.n = n;
	loaded.arena = arena;
	loaded.path = arena_strdup(arena, path);
	loaded.state = *state;
	return NULL;
}

static bool
is_loaded(const char *path, const struct stat *state)
{
	return loaded.arena && text_equal(loaded.path, path) &&
	    loaded.state.st_ino == state->st_ino &&
	    loaded.state.st_size == state->st_size &&
	    loaded.state.st_mtim.tv_sec == state->st_mtim.tv_sec &&
	    loaded.state.st_mtim.tv_nsec == state->st_mtim.tv_nsec;
}

void
private_keys_look_again(void)
{
	loaded.looked_at_s = 0;
}

const struct jwt_key *
private_keys(const char *path, size_t *n, const char **fault)
{
	struct stat state;
	bool have = loaded.arena && text_equal(loaded.path, path);
	int64_t now_s = time(NULL);

	*fault = NULL;
	if (!have || now_s != loaded.looked_at_s) {
		loaded.looked_at_s = now_s;
		if (stat(path, &state) != 0)
			*fault = "could not read JWT_PRIVATE_KEY_FILE";
		else if (!is_loaded(path, &state))
			*fault = load(path, &state);
	}
	if (*fault && !have)
		return NULL;
	*n = loaded.n;
	return loaded.keys;
}

/* ---- signing ---- */

static unsigned char *
sign(struct arena *arena, EVP_PKEY *handle, const char *input,
    size_t input_bytes, size_t *len)
{
	AUTO_SSL(EVP_MD_CTX) *context = EVP_MD_CTX_new();
	unsigned char *signature;

	if (!context ||
	    EVP_DigestSignInit(context, NULL, EVP_sha256(), NULL, handle) <=
	        0 ||
	    EVP_DigestSign(context, NULL, len, (const unsigned char *)input,
	        input_bytes) <= 0)
		return NULL;
	signature = arena_alloc(arena, *len);
	return EVP_DigestSign(context, signature, len,
	           (const unsigned char *)input, input_bytes) > 0
	    ? signature
	    : NULL;
}

/* libcrypto gives DER, JWS wants r | s. */
static unsigned char *
raw_signature(struct arena *arena, const unsigned char *der, size_t der_bytes,
    size_t *len)
{
	AUTO_SSL(
	    ECDSA_SIG) *numbers = d2i_ECDSA_SIG(NULL, &der, (long)der_bytes);
	unsigned char *raw = arena_alloc(arena, P256_SIGNATURE_BYTES);

	*len = P256_SIGNATURE_BYTES;
	if (!numbers ||
	    BN_bn2binpad(ECDSA_SIG_get0_r(numbers), raw,
	        P256_COORDINATE_BYTES) < 0 ||
	    BN_bn2binpad(ECDSA_SIG_get0_s(numbers), raw + P256_COORDINATE_BYTES,
	        P256_COORDINATE_BYTES) < 0)
		return NULL;
	return raw;
}

unsigned char *
private_key_sign(struct arena *arena, const struct jwt_key *key,
    const char *input, size_t input_bytes, size_t *signature_bytes)
{
	unsigned char *signature = sign(arena, key->private_key, input,
	    input_bytes, signature_bytes);

	if (!signature || key->alg == JWT_RS256)
		return signature;
	return raw_signature(arena, signature, *signature_bytes,
	    signature_bytes);
}

/* ---- a new key ---- */

char *
private_key_generate(struct arena *arena, enum jwt_alg alg)
{
	AUTO_SSL(EVP_PKEY) *handle = alg == JWT_RS256
	    ? EVP_RSA_gen(RSA_NEW_BITS)
	    : EVP_EC_gen("P-256");
	BIO *memory = BIO_new(BIO_s_secmem());
	char *pem = NULL, *data;
	long len;

	if (handle && memory &&
	    PEM_write_bio_PrivateKey(memory, handle, NULL, NULL, 0, NULL,
	        NULL)) {
		len = BIO_get_mem_data(memory, &data);
		pem = arena_strndup(arena, data, (size_t)len);
	}
	BIO_free(memory);
	return pem;
}
