/* SPDX-License-Identifier: MIT */
#include "crypto/keyring.h"

#include <string.h>

#include "crypto/encode.h"

bool
keyring_has_previous(const struct settings *settings)
{
	return settings->jwt_secret_previous != NULL;
}

static const char *
root_secret(const struct settings *settings, enum keyring_root root)
{
	if (root == ROOT_PREVIOUS)
		return settings->jwt_secret_previous;
	return settings->hs256 ? settings->oauth_root_secret
	                       : settings->jwt_secret;
}

struct sha256
keyring_key(const struct settings *settings, enum keyring_root root,
    const char *purpose)
{
	const char *secret = root_secret(settings, root);
	const char *issuer = settings->oauth_issuer;

	return hkdf_sha256(secret, strlen(secret), issuer, strlen(issuer),
	    purpose, strlen(purpose));
}

static void
key_of_period(struct arena *arena, const struct settings *settings,
    enum keyring_root root, int64_t period, struct jwt_key *ret)
{
	struct sha256 seed = keyring_key(settings, root,
	    arena_printf(arena, "access token signature/%lld/%lld",
	        (long long)settings->key_period_s, (long long)period));

	jwt_key_from_seed(arena, seed.bytes, ret);
	ret->nbf_s = period * settings->key_period_s;
	ret->exp_s = ret->nbf_s + settings->key_period_s +
	    settings->access_token_expires_s;
}

struct jwt_key
keyring_signing_key(struct arena *arena, const struct settings *settings,
    int64_t iat_s)
{
	struct jwt_key key = {.alg = JWT_HS256, .secret = settings->jwt_secret};

	if (!settings->hs256)
		key_of_period(arena, settings, ROOT_CURRENT,
		    iat_s / settings->key_period_s, &key);
	return key;
}

/* RFC 8037 s2 for the members; nbf and exp are ours and harmless to others
 * (RFC 7517 s4: members not understood are ignored). */
static struct json_object *
jwk_of(struct arena *arena, const struct jwt_key *key)
{
	struct json_object *jwk = json_object_new_object();

	json_add_string(jwk, "kty", "OKP");
	json_add_string(jwk, "crv", "Ed25519");
	json_add_string(jwk, "x",
	    base64url_encode(arena, key->public_key, ED25519_PUBLIC_BYTES));
	json_add_string(jwk, "kid", key->kid);
	json_add_string(jwk, "use", "sig");
	json_add_string(jwk, "alg", "EdDSA");
	json_add_int64(jwk, "nbf", key->nbf_s);
	json_add_int64(jwk, "exp", key->exp_s);
	return jwk;
}

static size_t
keys_of_root(struct arena *arena, const struct settings *settings,
    enum keyring_root root, int64_t now_s, int periods_ahead,
    struct jwt_key *ret)
{
	int64_t period = now_s / settings->key_period_s;
	int i;

	for (i = -1; i <= periods_ahead; i++)
		key_of_period(arena, settings, root, period + i, &ret[i + 1]);
	return (size_t)periods_ahead + 2;
}

struct jwt_key *
keyring_verification_keys(struct arena *arena, const struct settings *settings,
    int64_t now_s, int periods_ahead, size_t *n)
{
	struct jwt_key *keys = arena_alloc(arena,
	    2 * ((size_t)periods_ahead + 2) * sizeof(*keys));

	if (settings->hs256) {
		keys[0] = keyring_signing_key(arena, settings, now_s);
		*n = 1;
		return keys;
	}
	*n = keys_of_root(arena, settings, ROOT_CURRENT, now_s, periods_ahead,
	    keys);
	if (keyring_has_previous(settings))
		*n += keys_of_root(arena, settings, ROOT_PREVIOUS, now_s,
		    periods_ahead, keys + *n);
	return keys;
}

struct json_object *
keyring_jwks(const struct settings *settings, int64_t now_s, int periods_ahead)
{
	struct json_object *jwks = json_object_new_object();
	struct json_object *list = json_object_new_array();
	struct arena *arena = arena_new(1 << 20);
	struct jwt_key *keys;
	size_t n, i;

	keys = keyring_verification_keys(arena, settings, now_s, periods_ahead,
	    &n);
	for (i = 0; i < n && !settings->hs256; i++)
		json_object_array_add(list, jwk_of(arena, &keys[i]));
	json_object_object_add(jwks, "keys", list);
	arena_free(arena);
	return jwks;
}
