/* SPDX-License-Identifier: MIT */
#include "oauth/dpop.h"

#include <string.h>

#include "base/text.h"
#include "base/uri_normal.h"
#include "crypto/encode.h"
#include "crypto/jwks.h"
#include "oauth/claims.h"
#include "oauth/dpop_nonce.h"

enum { JKT_LENGTH = 43 };

/* ---- the header: who signed (s4.3, 4 to 7) ---- */

static enum dpop_result
judge_header(struct arena *arena, const struct jwt *jwt, struct jwt_key *key)
{
	const char *alg = json_string(jwt->header, "alg");

	if (!jwt_typ_is(jwt, "dpop+jwt"))
		return DPOP_TYP;
	if (!alg || !text_has_word(DPOP_ALGS, alg))
		return DPOP_ALG;
	if (!jwk_of_header(arena, jwt, key) || !jwt_alg_is(key->alg, alg))
		return DPOP_KEY;
	switch (jwt_verify_foreign(arena, jwt, key, 1)) {
	case JWT_GOOD:
		return DPOP_GOOD;
	case JWT_MALFORMED:
	case JWT_HEADER: /* crit, b64 ... */
		return DPOP_MALFORMED;
	case JWT_KEY_UNKNOWN:
		return DPOP_KEY;
	case JWT_SIGNATURE:
		break;
	}
	return DPOP_SIGNATURE;
}

/* ---- the claims: what for, and when (s4.3, 3 and 8 to 12) ---- */

static bool
claim_is(struct json_object *claims, const char *name, const char *wanted)
{
	const char *value = json_string(claims, name);

	return value && text_equal(value, wanted);
}

static const char *
normal(struct arena *arena, const char *url)
{
	struct uri uri;

	return uri_parse(arena, url, &uri) && uri.host && !uri.userinfo
	    ? uri_normal(arena, &uri)
	    : NULL;
}

static bool
url_fits(struct arena *arena, struct json_object *claims, const char *url)
{
	const char *htu = json_string(claims, "htu");
	const char *said = htu ? normal(arena, htu) : NULL;
	const char *ours = normal(arena, url);

	return said && ours && text_equal(said, ours);
}

static bool
access_token_fits(struct arena *arena, struct json_object *claims,
    const char *access_token)
{
	struct sha256 digest = sha256_of_text(access_token);

	return claim_is(claims, "ath",
	    base64url_encode(arena, digest.bytes, SHA256_BYTES));
}

static bool
jti_allowed(const char *jti)
{
	return jti && *jti && strlen(jti) <= DPOP_JTI_MAX_BYTES;
}

static enum dpop_result
judge_time(struct arena *arena, struct json_object *claims,
    const struct dpop_request *request, struct dpop_proof *proof)
{
	const char *nonce = json_string(claims, "nonce");
	enum dpop_nonce_age age;
	int64_t iat_s;

	if (!claims_time(claims, "iat", &iat_s))
		return DPOP_TIME;
	if (!request->nonce_key) {
		proof->expires_s = iat_s + DPOP_WINDOW_S + 1;
		return iat_s <= request->now_s + DPOP_WINDOW_S &&
		        request->now_s < proof->expires_s
		    ? DPOP_GOOD
		    : DPOP_TIME;
	}
	age = nonce ? dpop_nonce_judge(arena, request->nonce_key, nonce,
	                  request->now_s, &proof->expires_s)
	            : DPOP_NONCE_UNKNOWN;
	proof->nonce_ageing = age == DPOP_NONCE_AGEING;
	return age == DPOP_NONCE_UNKNOWN ? DPOP_NONCE : DPOP_GOOD;
}

static enum dpop_result
judge_claims(struct arena *arena, struct json_object *claims,
    const struct dpop_request *request, struct dpop_proof *proof)
{
	if (!jti_allowed(json_string(claims, "jti")))
		return DPOP_JTI;
	if (!claim_is(claims, "htm", request->method))
		return DPOP_METHOD;
	if (!url_fits(arena, claims, request->url))
		return DPOP_URL;
	if (request->access_token &&
	    !access_token_fits(arena, claims, request->access_token))
		return DPOP_ACCESS_TOKEN;
	return judge_time(arena, claims, request, proof);
}

static struct sha256
id_of(struct arena *arena, const struct dpop_request *request, const char *jkt,
    const char *jti)
{
	return sha256_of_text(arena_printf(arena, "dpop proof\n%s\n%s\n%s",
	    normal(arena, request->url), jkt, jti));
}

enum dpop_result
dpop_judge(struct arena *arena, const struct dpop_request *request,
    struct dpop_proof *ret)
{
	AUTO_JWT jwt = {0};
	struct dpop_proof proof = {0};
	struct jwt_key key;
	enum dpop_result result;

	if (!jwt_read(arena, request->header, &jwt))
		return DPOP_MALFORMED;
	result = judge_header(arena, &jwt, &key);
	if (result == DPOP_GOOD)
		result = judge_claims(arena, jwt.claims, request, &proof);
	if (result != DPOP_GOOD)
		return result;
	proof.jkt = jwt_thumbprint(arena, &key);
	proof.id = id_of(arena, request, proof.jkt,
	    json_string(jwt.claims, "jti"));
	*ret = proof;
	return DPOP_GOOD;
}

const char *
dpop_reason(enum dpop_result result)
{
	static const char *const reasons[] = {
	    [DPOP_GOOD] = "good",
	    [DPOP_MALFORMED] = "the DPoP header must be one JWT",
	    [DPOP_TYP] = "typ of the DPoP proof must be dpop+jwt",
	    [DPOP_ALG] = "alg of the DPoP proof must be one of " DPOP_ALGS,
	    [DPOP_KEY] =
	        "jwk of the DPoP proof must be a public key for its alg",
	    [DPOP_SIGNATURE] = "the DPoP proof's signature is wrong",
	    [DPOP_JTI] =
	        "jti of the DPoP proof must be a string of 1 to 256 bytes",
	    [DPOP_METHOD] =
	        "htm of the DPoP proof is not the method of the request",
	    [DPOP_URL] = "htu of the DPoP proof is not the URL of the request",
	    [DPOP_NONCE] = "the DPoP proof must hold the nonce of the "
	                   "DPoP-Nonce header",
	    [DPOP_TIME] = "iat of the DPoP proof is too far from now",
	    [DPOP_ACCESS_TOKEN] =
	        "ath of the DPoP proof is not the hash of the access token",
	};

	return reasons[result];
}

bool
dpop_jkt_allowed(const char *jkt)
{
	unsigned char digest[SHA256_BYTES];

	return base64url_decode_exact(jkt, digest, sizeof(digest));
}
