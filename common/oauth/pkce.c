/* SPDX-License-Identifier: MIT */
#include "oauth/pkce.h"

#include <string.h>

#include "base/text.h"
#include "crypto/digest.h"
#include "crypto/encode.h"

enum { VERIFIER_MIN = 43, VERIFIER_MAX = 128 };

bool
pkce_verifier_allowed(const char *code_verifier)
{
	size_t len = strlen(code_verifier);

	return len >= VERIFIER_MIN && len <= VERIFIER_MAX &&
	    text_only(code_verifier,
	        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
	        "0123456789-._~");
}

bool
pkce_challenge_allowed(const char *code_challenge)
{
	unsigned char digest[SHA256_BYTES];

	return base64url_decode_exact(code_challenge, digest, sizeof(digest));
}

char *
pkce_challenge(struct arena *arena, const char *code_verifier)
{
	struct sha256 digest = sha256_of_text(code_verifier);

	return base64url_encode(arena, digest.bytes, SHA256_BYTES);
}
