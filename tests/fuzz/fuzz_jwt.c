/* SPDX-License-Identifier: MIT */
/* Tokens as strangers send them: taken apart, and verified by several keys. */
#include <string.h>

#include "base/text.h"
#include "crypto/jwks.h"
#include "crypto/keyring.h"
#include "fuzz.h"
#include "oauth/access_token.h"
#include "oauth/refresh_token.h"

static const struct jwt_key *
keys_of(size_t *n)
{
	static struct arena *lasting;
	static struct jwt_key *keys;
	static size_t n_keys;
	const char *fault;

	if (!lasting) {
		lasting = arena_new(1 << 20);
		fuzz_must(keyring_verification_keys(lasting, fuzz_settings(),
		    1700000000, 1, &keys, &n_keys, &fault));
	}
	*n = n_keys;
	return keys;
}

void
fuzz_one(struct arena *arena, const char *text, size_t len_bytes)
{
	const struct settings *settings = fuzz_settings();
	AUTO_JWT jwt = {0};
	struct access_token token;
	struct refresh_token refresh;
	size_t n;
	const struct jwt_key *keys = keys_of(&n);
	enum access_token_result result;

	(void)len_bytes;
	/* Nobody here knows the key. */
	result = access_token_judge_any(arena, settings, text, keys, n,
	    1700000000, &token);
	fuzz_must(result != ACCESS_TOKEN_GOOD);
	fuzz_must(!refresh_token_read(arena, settings, text, &refresh) ||
	    refresh.kind == REFRESH_TOKEN_LEGACY);
	if (!jwt_read(arena, text, &jwt))
		return;
	fuzz_must(jwt.input_bytes < strlen(text));
	fuzz_must(jwt_verify_foreign(arena, &jwt, keys, n) != JWT_GOOD);
	(void)jwt_typ_is(&jwt, "at+jwt");
}
