/* SPDX-License-Identifier: MIT */
/* JWK sets of others; their keys are used and written down again. */
#include <string.h>

#include "base/text.h"
#include "crypto/jwks.h"
#include "fuzz.h"

static void
try_key(struct arena *arena, const struct jwt_key *key, const struct jwt *jwt)
{
	AUTO_JSON *jwk = jwk_of(arena, key);
	struct jwt_key again;

	fuzz_must(!jwk_is_private(jwk));
	fuzz_must(jwk_read(arena, jwk, &again));
	fuzz_must(text_equal(jwt_thumbprint(arena, key),
	    jwt_thumbprint(arena, &again)));
	(void)jwt_signed_by(arena, jwt, key);
}

void
fuzz_one(struct arena *arena, const char *text, size_t len_bytes)
{
	/* {"alg":"RS256"}, {"alg":"ES256"} and {"alg":"EdDSA"} */
	static const char *const tokens[] = {"eyJhbGciOiJSUzI1NiJ9.e30.AAAA",
	    "eyJhbGciOiJFUzI1NiJ9.e30."
	    "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
	    "AAAAAAAAAAAAAAAAAAAAAA",
	    "eyJhbGciOiJFZERTQSJ9.e30."
	    "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
	    "AAAAAAAAAAAAAAAAAAAAAA"};
	struct jwt_key *keys;
	size_t n, i, j;

	if (!jwks_read(arena, text, len_bytes, &keys, &n))
		return;
	fuzz_must(n <= JWKS_KEYS_MAX);
	for (j = 0; j < sizeof(tokens) / sizeof(*tokens); j++) {
		AUTO_JWT jwt = {0};

		fuzz_must(jwt_read(arena, tokens[j], &jwt));
		for (i = 0; i < n; i++)
			try_key(arena, &keys[i], &jwt);
	}
}
