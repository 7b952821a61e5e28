/* SPDX-License-Identifier: MIT */
/* Claims of tokens whose signature is good: the input is what was signed. */
#include <string.h>

#include "crypto/keyring.h"
#include "fuzz.h"
#include "oauth/access_token.h"
#include "oauth/claims.h"
#include "oauth/dpop.h"

enum { NOW_S = 1700000000 };

void
fuzz_one(struct arena *arena, const char *text, size_t len_bytes)
{
	const struct settings *settings = fuzz_settings();
	AUTO_JSON *claims = json_read(text, len_bytes);
	struct access_token token = {0};
	struct jwt_key key;
	const char *fault, *signed_text;
	int64_t exp_s;

	if (!json_object_is_type(claims, json_type_object))
		return;
	fuzz_must(keyring_signing_key(arena, settings, NOW_S, &key, &fault));
	signed_text = jwt_sign(arena, &key, "at+jwt", claims);
	(void)claims_assertion_fault(claims, NOW_S, 3600, &exp_s);
	(void)claims_aud_is(claims, settings->oauth_issuer);
	if (strlen(signed_text) > JWT_MAX_BYTES ||
	    access_token_judge(arena, settings, signed_text, &key, 1,
	        settings->mcp_resources[0].uri, NOW_S,
	        &token) != ACCESS_TOKEN_GOOD)
		return;
	fuzz_must(token.exp_s > NOW_S && token.iat_s <= NOW_S + CLOCK_LEEWAY_S);
	fuzz_must(token.sub && token.client_id && token.scope && token.sid &&
	    token.jti);
	fuzz_must(claims_aud_holds(claims, settings->mcp_resources[0].uri));
	fuzz_must(!token.jkt || dpop_jkt_allowed(token.jkt));
}
