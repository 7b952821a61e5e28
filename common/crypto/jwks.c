/* SPDX-License-Identifier: MIT */
#include "crypto/jwks.h"

#include "base/text.h"
#include "crypto/encode.h"

static bool
member_is(struct json_object *jwk, const char *name, const char *value)
{
	const char *text = json_string(jwk, name);

	return text && text_equal(text, value);
}

static bool
key_read(struct arena *arena, struct json_object *jwk, struct jwt_key *ret)
{
	struct jwt_key key = {.alg = JWT_EDDSA, .exp_s = INT64_MAX};
	const char *kid, *x;

	if (!json_object_is_type(jwk, json_type_object) ||
	    !member_is(jwk, "kty", "OKP") || !member_is(jwk, "crv", "Ed25519"))
		return false;
	kid = json_string(jwk, "kid");
	x = json_string(jwk, "x");
	if (!kid || !x ||
	    !base64url_decode_exact(x, key.public_key, ED25519_PUBLIC_BYTES))
		return false;
	key.kid = arena_strdup(arena, kid);
	(void)json_int64(jwk, "nbf", &key.nbf_s);
	(void)json_int64(jwk, "exp", &key.exp_s);
	*ret = key;
	return true;
}

bool
jwks_read(struct arena *arena, const char *text, size_t len_bytes,
    struct jwt_key **ret, size_t *n)
{
	AUTO_JSON *jwks = json_read(text, len_bytes);
	struct json_object *keys = NULL;
	struct jwt_key *list;
	size_t i, count = 0;

	if (!json_object_is_type(jwks, json_type_object) ||
	    !json_object_object_get_ex(jwks, "keys", &keys) ||
	    !json_object_is_type(keys, json_type_array))
		return false;
	list = arena_alloc(arena,
	    (json_object_array_length(keys) + 1) * sizeof(*list));
	for (i = 0; i < json_object_array_length(keys); i++)
		if (key_read(arena, json_object_array_get_idx(keys, i),
		        &list[count]))
			count++;
	*ret = list;
	*n = count;
	return true;
}
