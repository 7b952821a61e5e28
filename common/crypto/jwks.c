/* SPDX-License-Identifier: MIT */
#include "crypto/jwks.h"

#include <string.h>

#include "base/text.h"
#include "crypto/encode.h"

static bool
member_is(struct json_object *jwk, const char *name, const char *value)
{
	const char *text = json_string(jwk, name);

	return text && text_equal(text, value);
}

/* A member that may be absent, but says this when it is there. */
static bool
member_allows(struct json_object *jwk, const char *name, const char *value)
{
	return !json_object_object_get_ex(jwk, name, NULL) ||
	    member_is(jwk, name, value);
}

static bool
read_exact(struct json_object *jwk, const char *name, unsigned char *ret,
    size_t size_bytes)
{
	const char *text = json_string(jwk, name);

	return text && base64url_decode_exact(text, ret, size_bytes);
}

/* A positive number, big-endian; leading zeros are dropped. */
static const unsigned char *
read_number(struct arena *arena, struct json_object *jwk, const char *name,
    size_t *len)
{
	const char *text = json_string(jwk, name);
	const unsigned char *bytes = text
	    ? base64url_decode(arena, text, strlen(text), len)
	    : NULL;

	while (bytes && *len > 0 && *bytes == 0) {
		bytes++;
		(*len)--;
	}
	return bytes && *len > 0 ? bytes : NULL;
}

static bool
read_rsa(struct arena *arena, struct json_object *jwk, struct jwt_key *key)
{
	key->alg = JWT_RS256;
	key->rsa.modulus = read_number(arena, jwk, "n",
	    &key->rsa.modulus_bytes);
	key->rsa.exponent = read_number(arena, jwk, "e",
	    &key->rsa.exponent_bytes);
	return key->rsa.modulus && key->rsa.exponent &&
	    rsa_key_allowed(&key->rsa);
}

static bool
read_p256(struct json_object *jwk, struct jwt_key *key)
{
	key->alg = JWT_ES256;
	key->point[0] = 4; /* uncompressed */
	return member_is(jwk, "crv", "P-256") &&
	    read_exact(jwk, "x", key->point + 1, P256_COORDINATE_BYTES) &&
	    read_exact(jwk, "y", key->point + 1 + P256_COORDINATE_BYTES,
	        P256_COORDINATE_BYTES);
}

static bool
read_ed25519(struct json_object *jwk, struct jwt_key *key)
{
	key->alg = JWT_EDDSA;
	return member_is(jwk, "crv", "Ed25519") &&
	    read_exact(jwk, "x", key->public_key, ED25519_PUBLIC_BYTES);
}

static bool
read_kind(struct arena *arena, struct json_object *jwk, struct jwt_key *key)
{
	if (member_is(jwk, "kty", "RSA"))
		return read_rsa(arena, jwk, key);
	if (member_is(jwk, "kty", "EC"))
		return read_p256(jwk, key);
	return member_is(jwk, "kty", "OKP") && read_ed25519(jwk, key);
}

bool
jwk_read(struct arena *arena, struct json_object *jwk, struct jwt_key *ret)
{
	struct jwt_key key = {.exp_s = INT64_MAX};
	const char *kid, *alg;

	if (!json_object_is_type(jwk, json_type_object) ||
	    !member_allows(jwk, "use", "sig") || !read_kind(arena, jwk, &key))
		return false;
	alg = json_string(jwk, "alg");
	if (json_object_object_get_ex(jwk, "alg", NULL) &&
	    (!alg || !jwt_alg_is(key.alg, alg)))
		return false;
	kid = json_string(jwk, "kid");
	key.kid = kid ? arena_strdup(arena, kid) : NULL;
	(void)json_int64(jwk, "nbf", &key.nbf_s);
	(void)json_int64(jwk, "exp", &key.exp_s);
	*ret = key;
	return true;
}

bool
jwk_is_private(struct json_object *jwk)
{
	static const char *const names[] = {"d", "p", "q", "dp", "dq", "qi",
	    "oth", "k"};
	size_t i;

	for (i = 0; i < sizeof(names) / sizeof(*names); i++)
		if (json_object_object_get_ex(jwk, names[i], NULL))
			return true;
	return false;
}

bool
jwk_of_header(struct arena *arena, const struct jwt *jwt, struct jwt_key *ret)
{
	struct json_object *jwk = NULL;

	if (!json_object_object_get_ex(jwt->header, "jwk", &jwk) ||
	    !json_object_is_type(jwk, json_type_object) ||
	    jwk_is_private(jwk) || !jwk_read(arena, jwk, ret))
		return false;
	ret->kid = json_string(jwt->header, "kid");
	return true;
}

bool
jwks_keys(struct arena *arena, struct json_object *jwks, struct jwt_key **ret,
    size_t *n)
{
	struct json_object *keys = NULL;
	struct jwt_key *list;
	size_t i, count = 0;

	if (!json_object_is_type(jwks, json_type_object) ||
	    !json_object_object_get_ex(jwks, "keys", &keys) ||
	    !json_object_is_type(keys, json_type_array))
		return false;
	list = arena_alloc(arena, JWKS_KEYS_MAX * sizeof(*list));
	for (i = 0; i < json_object_array_length(keys) && count < JWKS_KEYS_MAX;
	     i++)
		if (jwk_read(arena, json_object_array_get_idx(keys, i),
		        &list[count]))
			count++;
	*ret = list;
	*n = count;
	return true;
}

bool
jwks_read(struct arena *arena, const char *text, size_t len_bytes,
    struct jwt_key **ret, size_t *n)
{
	AUTO_JSON *jwks = json_read(text, len_bytes);

	return jwks_keys(arena, jwks, ret, n);
}

/* ---- writing ---- */

static void
add_bytes(struct arena *arena, struct json_object *jwk, const char *name,
    const unsigned char *bytes, size_t len_bytes)
{
	json_add_string(jwk, name, base64url_encode(arena, bytes, len_bytes));
}

static void
add_kind(struct arena *arena, struct json_object *jwk,
    const struct jwt_key *key)
{
	switch (key->alg) {
	case JWT_EDDSA: /* RFC 8037 s2 */
		json_add_string(jwk, "kty", "OKP");
		json_add_string(jwk, "crv", "Ed25519");
		add_bytes(arena, jwk, "x", key->public_key,
		    ED25519_PUBLIC_BYTES);
		break;
	case JWT_RS256: /* RFC 7518 s6.3 */
		json_add_string(jwk, "kty", "RSA");
		add_bytes(arena, jwk, "n", key->rsa.modulus,
		    key->rsa.modulus_bytes);
		add_bytes(arena, jwk, "e", key->rsa.exponent,
		    key->rsa.exponent_bytes);
		break;
	case JWT_ES256: /* RFC 7518 s6.2 */
		json_add_string(jwk, "kty", "EC");
		json_add_string(jwk, "crv", "P-256");
		add_bytes(arena, jwk, "x", key->point + 1,
		    P256_COORDINATE_BYTES);
		add_bytes(arena, jwk, "y",
		    key->point + 1 + P256_COORDINATE_BYTES,
		    P256_COORDINATE_BYTES);
		break;
	case JWT_HS256: /* never published */
		break;
	}
}

/* nbf and exp are ours and harmless to others (RFC 7517 s4: members not
 * understood are ignored). */
struct json_object *
jwk_of(struct arena *arena, const struct jwt_key *key)
{
	struct json_object *jwk = json_new_object();

	add_kind(arena, jwk, key);
	json_add_string(jwk, "kid", key->kid);
	json_add_string(jwk, "use", "sig");
	json_add_string(jwk, "alg", jwt_alg_name(key->alg));
	if (key->exp_s != INT64_MAX) {
		json_add_int64(jwk, "nbf", key->nbf_s);
		json_add_int64(jwk, "exp", key->exp_s);
	}
	return jwk;
}
