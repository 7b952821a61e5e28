/* SPDX-License-Identifier: MIT */
#include "crypto/jwt.h"

#include <sodium.h>
#include <string.h>
#include <strings.h>

#include "base/text.h"
#include "crypto/digest.h"
#include "crypto/encode.h"
#include "crypto/private_key.h"

static const char *const alg_names[] = {
    [JWT_EDDSA] = "EdDSA",
    [JWT_RS256] = "RS256",
    [JWT_ES256] = "ES256",
    [JWT_HS256] = "HS256",
};

const char *
jwt_alg_name(enum jwt_alg alg)
{
	return alg_names[alg];
}

bool
jwt_alg_is(enum jwt_alg alg, const char *name)
{
	return text_equal(name, alg_names[alg]) ||
	    (alg == JWT_EDDSA && text_equal(name, "Ed25519"));
}

/* ---- keys ---- */

/* RFC 7638 s3.2: required members only, in order, without blanks. */
static const char *
required_members(struct arena *arena, const struct jwt_key *key)
{
	switch (key->alg) {
	case JWT_EDDSA:
		return arena_printf(arena,
		    "{\"crv\":\"Ed25519\",\"kty\":\"OKP\",\"x\":\"%s\"}",
		    base64url_encode(arena, key->public_key,
		        ED25519_PUBLIC_BYTES));
	case JWT_RS256:
		return arena_printf(arena,
		    "{\"e\":\"%s\",\"kty\":\"RSA\",\"n\":\"%s\"}",
		    base64url_encode(arena, key->rsa.exponent,
		        key->rsa.exponent_bytes),
		    base64url_encode(arena, key->rsa.modulus,
		        key->rsa.modulus_bytes));
	case JWT_ES256:
		return arena_printf(arena,
		    "{\"crv\":\"P-256\",\"kty\":\"EC\",\"x\":\"%s\",\"y\":"
		    "\"%s\"}",
		    base64url_encode(arena, key->point + 1,
		        P256_COORDINATE_BYTES),
		    base64url_encode(arena,
		        key->point + 1 + P256_COORDINATE_BYTES,
		        P256_COORDINATE_BYTES));
	case JWT_HS256:
		break;
	}
	return "";
}

char *
jwt_thumbprint(struct arena *arena, const struct jwt_key *key)
{
	struct sha256 digest = sha256_of_text(required_members(arena, key));

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
	ret->kid = jwt_thumbprint(arena, ret);
}

/* ---- signing ---- */

static const char *
ed25519_signature(struct arena *arena, const struct jwt_key *key,
    const char *input)
{
	unsigned char secret_key[crypto_sign_SECRETKEYBYTES];
	unsigned char signature[crypto_sign_BYTES];

	/* libsodium's form of it. */
	memcpy(secret_key, key->seed, ED25519_SEED_BYTES);
	memcpy(secret_key + ED25519_SEED_BYTES, key->public_key,
	    ED25519_PUBLIC_BYTES);
	(void)crypto_sign_detached(signature, NULL,
	    (const unsigned char *)input, strlen(input), secret_key);
	sodium_memzero(secret_key, sizeof(secret_key));
	return base64url_encode(arena, signature, sizeof(signature));
}

static const char *
signature_of(struct arena *arena, const struct jwt_key *key, const char *input)
{
	unsigned char *signature;
	struct sha256 mac;
	size_t len;

	switch (key->alg) {
	case JWT_EDDSA:
		return ed25519_signature(arena, key, input);
	case JWT_HS256:
		mac = hmac_sha256(key->secret, strlen(key->secret), input,
		    strlen(input));
		return base64url_encode(arena, mac.bytes, SHA256_BYTES);
	case JWT_RS256:
	case JWT_ES256:
		signature = private_key_sign(arena, key, input, strlen(input),
		    &len);
		return signature ? base64url_encode(arena, signature, len)
		                 : NULL;
	}
	return NULL;
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
	AUTO_JSON *header = json_new_object();
	const char *input, *signature;

	json_add_string(header, "typ", typ);
	json_add_string(header, "alg", alg_names[key->alg]);
	json_add_string(header, "kid", key->kid);
	input = arena_printf(arena, "%s.%s", encode_object(arena, header),
	    encode_object(arena, claims));
	signature = signature_of(arena, key, input);
	return signature ? arena_printf(arena, "%s.%s", input, signature)
	                 : NULL;
}

/* ---- reading ---- */

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

void
jwt_release(struct jwt *jwt)
{
	json_object_put(jwt->header);
	json_object_put(jwt->claims);
	jwt->header = jwt->claims = NULL;
}

bool
jwt_read(struct arena *arena, const char *token, struct jwt *ret)
{
	AUTO_JWT jwt = {.text = token};
	const char *payload, *signature;

	if (strnlen(token, JWT_MAX_BYTES + 1) > JWT_MAX_BYTES)
		return false;
	payload = strchr(token, '.');
	signature = payload ? strchr(payload + 1, '.') : NULL;
	if (!signature || strchr(signature + 1, '.'))
		return false;
	jwt.input_bytes = (size_t)(signature - token);
	jwt.header = decode_object(arena, token, (size_t)(payload - token));
	if (!jwt.header)
		return false;
	jwt.claims = decode_object(arena, payload + 1,
	    (size_t)(signature - payload - 1));
	if (!jwt.claims)
		return false;
	*ret = jwt;
	jwt.header = jwt.claims = NULL; /* handed over */
	return true;
}

bool
jwt_typ_is(const struct jwt *jwt, const char *typ)
{
	static const char prefix[] = "application/";
	const char *said = json_string(jwt->header, "typ");

	if (!said)
		return false;
	if (strncasecmp(said, prefix, sizeof(prefix) - 1) == 0)
		said += sizeof(prefix) - 1;
	return text_equal_nocase(said, typ);
}

/* ---- signatures ---- */

static bool
signature_good(const struct jwt_key *key, const char *input, size_t len,
    const unsigned char *signature, size_t signature_bytes)
{
	struct sha256 mac;

	switch (key->alg) {
	case JWT_EDDSA:
		return signature_bytes == crypto_sign_BYTES &&
		    crypto_sign_verify_detached(signature,
		        (const unsigned char *)input, len,
		        key->public_key) == 0;
	case JWT_RS256:
		return rs256_verify(&key->rsa, input, len, signature,
		    signature_bytes);
	case JWT_ES256:
		return signature_bytes == P256_SIGNATURE_BYTES &&
		    es256_verify(key->point, input, len, signature);
	case JWT_HS256:
		mac = hmac_sha256(key->secret, strlen(key->secret), input, len);
		return signature_bytes == SHA256_BYTES &&
		    bytes_equal(signature, mac.bytes, SHA256_BYTES);
	}
	return false;
}

bool
jwt_signed_by(struct arena *arena, const struct jwt *jwt,
    const struct jwt_key *key)
{
	const char *alg = json_string(jwt->header, "alg");
	const char *text = jwt->text + jwt->input_bytes + 1;
	unsigned char *signature;
	size_t len;

	if (!alg || !jwt_alg_is(key->alg, alg))
		return false;
	signature = base64url_decode(arena, text, strlen(text), &len);
	return signature &&
	    signature_good(key, jwt->text, jwt->input_bytes, signature, len);
}

/* ---- tokens of others ---- */

/* Members that change how a token is read. */
static bool
header_changes_reading(struct json_object *header)
{
	static const char *const names[] = {"crit", "b64", "zip", "enc"};
	size_t i;

	for (i = 0; i < sizeof(names) / sizeof(*names); i++)
		if (json_object_object_get_ex(header, names[i], NULL))
			return true;
	return false;
}

enum jwt_result
jwt_verify_foreign(struct arena *arena, const struct jwt *jwt,
    const struct jwt_key *keys, size_t n_keys)
{
	const char *kid = json_string(jwt->header, "kid");
	const char *alg = json_string(jwt->header, "alg");
	size_t i, tried = 0;

	if (!alg || header_changes_reading(jwt->header))
		return JWT_HEADER;
	for (i = 0; i < n_keys && tried < KEYS_TRIED_MAX; i++) {
		if ((kid && (!keys[i].kid || !text_equal(keys[i].kid, kid))) ||
		    !jwt_alg_is(keys[i].alg, alg))
			continue;
		tried++;
		if (jwt_signed_by(arena, jwt, &keys[i]))
			return JWT_GOOD;
	}
	return tried > 0 ? JWT_SIGNATURE : JWT_KEY_UNKNOWN;
}

/* ---- tokens of our own ---- */

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

enum jwt_result
jwt_verify(struct arena *arena, const char *token, const char *typ,
    const struct jwt_key *keys, size_t n_keys, struct json_object **ret)
{
	AUTO_JWT jwt = {0};
	const struct jwt_key *key;
	const char *alg;

	if (!jwt_read(arena, token, &jwt))
		return JWT_MALFORMED;
	alg = json_string(jwt.header, "alg");
	if (!alg || !header_plain(jwt.header) || !jwt_typ_is(&jwt, typ))
		return JWT_HEADER;
	key = key_for(jwt.header, keys, n_keys);
	if (!key)
		return JWT_KEY_UNKNOWN;
	if (!text_equal(alg, alg_names[key->alg]))
		return JWT_HEADER;
	if (!jwt_signed_by(arena, &jwt, key))
		return JWT_SIGNATURE;
	*ret = json_take(&jwt.claims);
	return JWT_GOOD;
}
