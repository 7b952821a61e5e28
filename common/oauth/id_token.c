/* SPDX-License-Identifier: MIT */
#include "oauth/id_token.h"

#include <time.h>

#include "base/log.h"
#include "base/text.h"
#include "crypto/encode.h"
#include "crypto/keyring.h"
#include "oauth/claims.h"

/* s3.1.3.6: the left half of the hash. */
static const char *
at_hash(struct arena *arena, const char *access_token)
{
	struct sha256 digest = sha256_of_text(access_token);

	return base64url_encode(arena, digest.bytes, SHA256_BYTES / 2);
}

const char *
id_token_sign(struct arena *arena, const struct settings *settings,
    const struct session_grant *grant, const char *access_token)
{
	AUTO_JSON *claims = json_new_object();
	struct jwt_key key;
	const char *fault;

	json_add_string(claims, "iss", settings->oauth_issuer);
	json_add_string(claims, "sub", grant->user_id);
	json_add_string(claims, "aud", grant->client_id);
	json_add_int64(claims, "iat", grant->now_s);
	json_add_int64(claims, "exp",
	    grant->now_s + settings->access_token_expires_s);
	if (grant->auth_s > 0)
		json_add_int64(claims, "auth_time", grant->auth_s);
	if (grant->amr) /* RFC 8176 */
		json_add_words(claims, "amr", grant->amr);
	json_add_string(claims, "nonce", grant->nonce);
	json_add_string(claims, "at_hash", at_hash(arena, access_token));
	if (text_has_word(grant->scope, "email"))
		json_add_string(claims, "email", grant->email);
	if (text_has_word(grant->scope, "profile"))
		json_add_string(claims, "name", grant->user_name);
	if (!keyring_id_token_key(settings, &key, &fault)) {
		log_text("fault", fault);
		return NULL;
	}
	return jwt_sign(arena, &key, "JWT", claims);
}

bool
id_token_read(struct arena *arena, const struct settings *settings,
    const char *text, struct id_token_hint *ret)
{
	AUTO_JSON *claims = NULL;
	struct id_token_hint hint;
	struct jwt_key *keys;
	const char *fault, *iss;
	size_t n;

	if (!keyring_verification_keys(arena, settings, time(NULL), 1, &keys,
	        &n, &fault) ||
	    jwt_verify(arena, text, "JWT", keys, n, &claims) != JWT_GOOD)
		return false;
	iss = json_string(claims, "iss");
	hint.sub = claims_text(arena, claims, "sub");
	hint.client_id = claims_text(arena, claims, "aud");
	if (!iss || !text_equal(iss, settings->oauth_issuer) || !hint.sub ||
	    !hint.client_id)
		return false;
	*ret = hint;
	return true;
}
