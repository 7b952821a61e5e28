/* SPDX-License-Identifier: MIT */
#include "crypto/keyring.h"

#include "base/text.h"
#include "crypto/derived.h"
#include "crypto/jwks.h"
#include "crypto/private_key.h"

enum { KEEP_S = 300 };

int64_t
keyring_keep_s(const struct settings *settings)
{
	return settings->key_period_s < KEEP_S ? settings->key_period_s
	                                       : KEEP_S;
}

bool
keyring_has_other(const struct settings *settings)
{
	return settings->jwt_secret_previous || settings->jwt_secret_next;
}

static const char *
root_secret(const struct settings *settings, enum keyring_root root)
{
	if (root == ROOT_OTHER)
		return settings->jwt_secret_next
		    ? settings->jwt_secret_next
		    : settings->jwt_secret_previous;
	return settings->hs256 ? settings->oauth_root_secret
	                       : settings->jwt_secret;
}

struct sha256
keyring_key(const struct settings *settings, enum keyring_root root,
    const char *purpose)
{
	return derived_key(root_secret(settings, root), settings->oauth_issuer,
	    purpose);
}

struct sha256
keyring_mac(const struct settings *settings, enum keyring_root root,
    const char *purpose, const void *data, size_t len_bytes)
{
	return derived_mac(root_secret(settings, root), settings->oauth_issuer,
	    purpose, data, len_bytes);
}

static void
key_of_period(struct arena *arena, const struct settings *settings,
    enum keyring_root root, int64_t period, struct jwt_key *ret)
{
	struct sha256 seed = keyring_key(settings, root,
	    arena_printf(arena, "access token signature/%lld/%lld",
	        (long long)settings->key_period_s, (long long)period));

	derived_ed25519(arena, &seed, ret);
	ret->nbf_s = period * settings->key_period_s;
	ret->exp_s = ret->nbf_s + settings->key_period_s +
	    settings->access_token_expires_s;
}

/* The first key of JWT_PRIVATE_KEY_FILE, which must be for alg. */
static bool
private_key_for(const struct settings *settings, enum jwt_alg alg,
    struct jwt_key *ret, const char **fault)
{
	size_t n;
	const struct jwt_key
	    *keys = private_keys(settings->jwt_private_key_file, &n, fault);

	if (!keys)
		return false;
	if (keys[0].alg != alg) {
		*fault = "the first key of JWT_PRIVATE_KEY_FILE must be RSA "
		         "(P-256 with JWT_ALG=ES256)";
		return false;
	}
	*ret = keys[0];
	return true;
}

bool
keyring_signing_key(struct arena *arena, const struct settings *settings,
    int64_t iat_s, struct jwt_key *ret, const char **fault)
{
	if (text_equal(settings->jwt_alg, "RS256"))
		return private_key_for(settings, JWT_RS256, ret, fault);
	if (text_equal(settings->jwt_alg, "ES256"))
		return private_key_for(settings, JWT_ES256, ret, fault);
	if (settings->hs256)
		*ret = (struct jwt_key){.alg = JWT_HS256,
		    .secret = settings->jwt_secret};
	else
		key_of_period(arena, settings, ROOT_CURRENT,
		    iat_s / settings->key_period_s, ret);
	return true;
}

bool
keyring_id_token_key(const struct settings *settings, struct jwt_key *ret,
    const char **fault)
{
	return private_key_for(settings, JWT_RS256, ret, fault);
}

size_t
keyring_keys_of_root(struct arena *arena, const struct settings *settings,
    enum keyring_root root, int64_t now_s, int periods_ahead,
    struct jwt_key *ret)
{
	int64_t period = now_s / settings->key_period_s;
	int i;

	for (i = -1; i <= periods_ahead; i++)
		key_of_period(arena, settings, root, period + i, &ret[i + 1]);
	return (size_t)periods_ahead + 2;
}

/* A key from the file is good for as long as the derived ones, so that a
 * verifier knows by it how old its copy of the set is. */
static void
keys_of_file(const struct settings *settings, const struct jwt_key *keys,
    size_t n, int64_t now_s, int periods_ahead, struct jwt_key *ret)
{
	int64_t period = now_s / settings->key_period_s;
	size_t i;

	for (i = 0; i < n; i++) {
		ret[i] = keys[i];
		ret[i].nbf_s = (period - 1) * settings->key_period_s;
		ret[i].exp_s = (period + periods_ahead + 1) *
		        settings->key_period_s +
		    settings->access_token_expires_s;
	}
}

bool
keyring_verification_keys(struct arena *arena, const struct settings *settings,
    int64_t now_s, int periods_ahead, struct jwt_key **ret, size_t *n,
    const char **fault)
{
	const struct jwt_key *file_keys = NULL;
	size_t n_file = 0, count = 0;
	struct jwt_key *keys;

	if (settings->jwt_private_key_file) {
		file_keys = private_keys(settings->jwt_private_key_file,
		    &n_file, fault);
		if (!file_keys)
			return false;
	}
	keys = arena_alloc(arena,
	    (2 * ((size_t)periods_ahead + 2) + n_file) * sizeof(*keys));
	if (settings->hs256)
		keys[count++] = (struct jwt_key){.alg = JWT_HS256,
		    .secret = settings->jwt_secret};
	else
		count = keyring_keys_of_root(arena, settings, ROOT_CURRENT,
		    now_s, periods_ahead, keys);
	if (!settings->hs256 && keyring_has_other(settings))
		count += keyring_keys_of_root(arena, settings, ROOT_OTHER,
		    now_s, periods_ahead, keys + count);
	if (file_keys)
		keys_of_file(settings, file_keys, n_file, now_s, periods_ahead,
		    keys + count);
	*ret = keys;
	*n = count + n_file;
	return true;
}

bool
keyring_is_public(const struct settings *settings)
{
	return !settings->hs256 || settings->jwt_private_key_file;
}

struct json_object *
keyring_jwks(const struct settings *settings, int64_t now_s, int periods_ahead,
    const char **fault)
{
	struct arena *arena = arena_new(1 << 20);
	struct json_object *jwks = NULL, *list;
	struct jwt_key *keys;
	size_t n, i;

	if (keyring_verification_keys(arena, settings, now_s, periods_ahead,
	        &keys, &n, fault)) {
		jwks = json_new_object();
		list = json_new_array();
		for (i = 0; i < n; i++)
			if (keys[i].alg != JWT_HS256)
				json_append(list, jwk_of(arena, &keys[i]));
		json_add(jwks, "keys", list);
	}
	arena_free(arena);
	return jwks;
}
