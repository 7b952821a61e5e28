/* SPDX-License-Identifier: MIT */
#include "crypto/jwt.h"

#include <sodium.h>
#include <string.h>
#include <strings.h>

#include "base/text.h"
#include "crypto/digest.h"
#include "crypto/encode.h"

static const char *const alg_names[] = {
    [JWT_EDDSA] = "EdDSA",
    [JWT_HS256] = "HS256",
};

char *
jwt_thumbprint(struct arena *arena, const unsigned char *public_key)
{
	/* RFC 7638 s3.2: required members only, in order, without blanks. */
	const char *x = base64url_encode(arena, public_key,
	    ED25519_PUBLIC_BYTES);
	struct sha256 digest = sha256_of_text(arena_printf(arena,
	    "{\"crv\":\"Ed25519\",\"kty\":\"OKP\",\"x\":\"%s\"}", x));

	return base64url_encode(arena, digest.bytes, SHA256_BYTES);
}

void
jwt_key_from_seed(struct arena *arena, const unsigned char *seed,
    struct jwt_key *ret)
{
	unsigned char secret_key[crypto_sign_SECRETKEYBYTES];

	memset(ret, 0, sizeof(*ret));
	ret->alg = JWT_EDDSA;
	memcpy(ret->seed, seed, ED25519_SEED_BYTES);
	(void)crypto_sign_seed_keypair(ret->public_key, secret_key, seed);
	sodium_memzero(secret_key, sizeof(secret_key));
	ret->kid = jwt_thumbprint(arena, ret->public_key);
}

static const char *
signature_of(struct arena *arena, const struct jwt_key *key, const char *input)
{
	unsigned char public_key[crypto_sign_PUBLICKEYBYTES];
	unsigned char secret_key[crypto_sign_SECRETKEYBYTES];
	unsigned char signature[crypto_sign_BYTES];
	struct sha256 mac;

	if (key->alg == JWT_HS256) {
		mac = hmac_sha256(key->secret, strlen(key->secret), input,
		    strlen(input));
		return base64url_encode(arena, mac.bytes, SHA256_BYTES);
	}
	(void)crypto_sign_seed_keypair(public_key, secret_key, key->seed);
	(void)crypto_sign_detached(signature, NULL,
	    (const unsigned char *)input, strlen(input), secret_key);
	sodium_memzero(secret_key, sizeof(secret_key));
	return base64url_encode(arena, signature, sizeof(signature));
}

static const char *
encode_object(struct arena *arena, struct json_object *object)
{
	const char *text = json_text(arena, object);

	return base64url_encode(arena, (const unsigned char *)text,
	    strlen(text));
}

char *
jwt_sign(struct arena *arena, const struct jwt_key *key, const char *typ,
    struct json_object *claims)
{
	AUTO_JSON *header = json_object_new_object();
	const char *input;

	json_add_string(header, "typ", typ);
	json_add_string(header, "alg", alg_names[key->alg]);
	json_add_string(header, "kid", key->kid);
	input = arena_printf(arena, "%s.%s", encode_object(arena, header),
	    encode_object(arena, claims));
	return arena_printf(arena, "%s.%s", input,
	    signature_of(arena, key, input));
}

/* A decoded part must be a JSON object. */
static struct json_object *
decode_object(struct arena *arena, const char *part, size_t len)
{
	size_t bytes;
	unsigned char *text = base64url_decode(arena, part, len, &bytes);
	struct json_object *object;

	if (!text)
		return NULL;
	object = json_read((const char *)text, bytes);
	if (json_object_is_type(object, json_type_object))
		return object;
	json_object_put(object);
	return NULL;
}

static bool
typ_matches(const char *typ, const char *wanted)
{
	static const char prefix[] = "application/";

	if (!typ)
		return false;
	if (strncasecmp(typ, prefix, sizeof(prefix) - 1) == 0)
		typ += sizeof(prefix) - 1;
	return text_equal_nocase(typ, wanted);
}

/* Only these members may stand in the header: nothing that changes how the
 * token is read (crit, b64, zip, enc) or offers a key of its own (RFC 8725
 * s3.10: jwk, jku, x5u, x5c). */
static bool
header_plain(struct json_object *header)
{
	json_object_object_foreach(header, name, value)
	{
		(void)value;
		if (!text_equal(name, "typ") && !text_equal(name, "alg") &&
		    !text_equal(name, "kid"))
			return false;
	}
	return true;
}

static const struct jwt_key *
key_for(struct json_object *header, const struct jwt_key *keys, size_t n_keys)
{
	const char *kid = json_string(header, "kid");
	size_t i;

	for (i = 0; i < n_keys; i++) {
		if (!keys[i].kid && !kid)
			return &keys[i];
		if (keys[i].kid && kid && text_equal(keys[i].kid, kid))
			return &keys[i];
	}
	return NULL;
}

static bool
signature_good(const struct jwt_key *key, const char *input, size_t len,
    const char *signature)
{
	unsigned char bytes[crypto_sign_BYTES];
	struct sha256 mac;

	if (key->alg == JWT_HS256) {
		mac = hmac_sha256(key->secret, strlen(key->secret), input, len);
		return base64url_decode_exact(signature, bytes, SHA256_BYTES) &&
		    bytes_equal(bytes, mac.bytes, SHA256_BYTES);
	}
	return base64url_decode_exact(signature, bytes, crypto_sign_BYTES) &&
	    crypto_sign_verify_detached(bytes, (const unsigned char *)input,
	        len, key->public_key) == 0;
}

enum jwt_result
jwt_verify(struct arena *arena, const char *token, const char *typ,
    const struct jwt_key *keys, size_t n_keys, struct json_object **ret)
{
	const char *payload, *signature, *alg;
	const struct jwt_key *key;

	if (strnlen(token, JWT_MAX_BYTES + 1) > JWT_MAX_BYTES)
		return JWT_MALFORMED;
	payload = strchr(token, '.');
	signature = payload ? strchr(payload + 1, '.') : NULL;
	if (!signature || strchr(signature + 1, '.'))
		return JWT_MALFORMED;

	AUTO_JSON *header = decode_object(arena, token,
	    (size_t)(payload - token));
	if (!header)
		return JWT_MALFORMED;
	alg = json_string(header, "alg");
	if (!alg || !header_plain(header) ||
	    !typ_matches(json_string(header, "typ"), typ))
		return JWT_HEADER;
	key = key_for(header, keys, n_keys);
	if (!key)
		return JWT_KEY_UNKNOWN;
	if (!text_equal(alg, alg_names[key->alg]))
		return JWT_HEADER;
	if (!signature_good(key, token, (size_t)(signature - token),
	        signature + 1))
		return JWT_SIGNATURE;

	AUTO_JSON *claims = decode_object(arena, payload + 1,
	    (size_t)(signature - payload - 1));
	if (!claims)
		return JWT_MALFORMED;
	*ret = json_take(&claims);
	return JWT_GOOD;
}
