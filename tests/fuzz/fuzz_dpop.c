/* SPDX-License-Identifier: MIT */
/*
 * DPoP proofs: a line that begins with "{" is the header of a proof and the
 * rest its claims, signed here by the key that belongs to the jwk in the
 * seeds; anything else is a proof as it stands.
 */
#include <sodium.h>
#include <string.h>

#include "crypto/encode.h"
#include "crypto/keyring.h"
#include "fuzz.h"
#include "oauth/dpop.h"

enum { NOW_S = 1700000000 };

static const char *
encoded(struct arena *arena, const char *text)
{
	return base64url_encode(arena, (const unsigned char *)text,
	    strlen(text));
}

/* By the key whose seed is all zeros. */
static const char *
sign(struct arena *arena, const char *header, const char *claims)
{
	static const unsigned char seed[crypto_sign_SEEDBYTES];
	unsigned char public_key[crypto_sign_PUBLICKEYBYTES];
	unsigned char secret_key[crypto_sign_SECRETKEYBYTES];
	unsigned char signature[crypto_sign_BYTES];
	const char *input = arena_printf(arena, "%s.%s", encoded(arena, header),
	    encoded(arena, claims));

	(void)crypto_sign_seed_keypair(public_key, secret_key, seed);
	(void)crypto_sign_detached(signature, NULL,
	    (const unsigned char *)input, strlen(input), secret_key);
	return arena_printf(arena, "%s.%s", input,
	    base64url_encode(arena, signature, sizeof(signature)));
}

void
fuzz_one(struct arena *arena, const char *text, size_t len_bytes)
{
	struct sha256 key = keyring_key(fuzz_settings(), ROOT_CURRENT,
	    "dpop nonce");
	struct dpop_request request = {.header = text,
	    .method = "POST",
	    .url = "https://mcp.example/api/oauth/token",
	    .now_s = NOW_S};
	struct dpop_proof proof = {0};
	const char *rest = text, *header;

	(void)len_bytes;
	if (*text == '{') {
		header = fuzz_line(arena, &rest);
		request.header = sign(arena, header, rest);
	}
	if (dpop_judge(arena, &request, &proof) == DPOP_GOOD)
		fuzz_must(dpop_jkt_allowed(proof.jkt) &&
		    proof.expires_s > NOW_S &&
		    proof.expires_s <= NOW_S + 2 * DPOP_WINDOW_S + 1);
	request.access_token = "a token";
	request.nonce_key = &key;
	fuzz_must(dpop_judge(arena, &request, &proof) != DPOP_GOOD);
}
