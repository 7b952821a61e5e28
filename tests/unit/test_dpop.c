/* SPDX-License-Identifier: MIT */
/* DPoP proofs: those of RFC 9449 itself, then each refusal. */
#include <sodium.h>

#include "crypto/encode.h"
#include "crypto/jwks.h"
#include "crypto/keyring.h"
#include "oauth/dpop_binding.h"
#include "oauth/dpop_nonce.h"
#include "tap.h"

/* ---- RFC 9449: figures 2, 5 and 12, s6.1 ---- */

#define RFC_HEADER \
	"eyJ0eXAiOiJkcG9wK2p3dCIsImFsZyI6IkVTMjU2IiwiandrIjp7Imt0eSI6IkVDIiwi" \
	"eCI6Imw4dEZyaHgtMzR0VjNoUklDUkRZOXpDa0RscEJoRjQyVVFVZldWQVdCRnMiLCJ5" \
	"IjoiOVZFNGpmX09rX282NHpiVFRsY3VOSmFqSG10NnY5VERWclUwQ2R2R1JEQSIsImNy" \
	"diI6IlAtMjU2In19."

static const char token_proof[] = RFC_HEADER
    "eyJqdGkiOiItQndDM0VTYzZhY2MybFRjIiwiaHRtIjoiUE9TVCIsImh0dSI6Imh0dHBzOi8v"
    "c2VydmVyLmV4YW1wbGUuY29tL3Rva2VuIiwiaWF0IjoxNTYyMjYyNjE2fQ."
    "2-GxA6T8lP4vfrg8v-FdWP0A0zdrj8igiMLvqRMUvwnQg4PtFLbdLXiOSsX0x7NVY-FNyJK7"
    "0nfbV37xRZT3Lg";
static const char refresh_proof[] = RFC_HEADER
    "eyJqdGkiOiItQndDM0VTYzZhY2MybFRjIiwiaHRtIjoiUE9TVCIsImh0dSI6Imh0dHBzOi8v"
    "c2VydmVyLmV4YW1wbGUuY29tL3Rva2VuIiwiaWF0IjoxNTYyMjY1Mjk2fQ."
    "pAqut2IRDm_De6PR93SYmGBPXpwrAk90e8cP2hjiaG5QsGSuKDYW7_X620BxqhvYC8ynrrvZ"
    "LTk41mSRroapUA";
static const char resource_proof[] = RFC_HEADER
    "eyJqdGkiOiJlMWozVl9iS2ljOC1MQUVCIiwiaHRtIjoiR0VUIiwiaHR1IjoiaHR0cHM6Ly9y"
    "ZXNvdXJjZS5leGFtcGxlLm9yZy9wcm90ZWN0ZWRyZXNvdXJjZSIsImlhdCI6MTU2MjI2MjYx"
    "OCwiYXRoIjoiZlVIeU8ycjJaM0RaNTNFc05yV0JiMHhXWG9hTnk1OUlpS0NBcWtzbVFFbyJ9"
    ".2oW9RP35yRqzhrtNP86L-Ey71EOptxRimPPToA1plemAgR6pxHF8y6-yqyVnmcw6Fy1dqd-"
    "jfxSYoMxhAJpLjA";
static const char
    access_token[] = "Kz~8mXK1EalYznwH-LC-1fBAo.4Ljp~zsPE_NeO.gxU";
static const char jkt[] = "0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I";

static void
test_rfc(struct arena *arena)
{
	struct dpop_request token = {.header = token_proof,
	    .method = "POST",
	    .url = "https://server.example.com/token",
	    .now_s = 1562262616};
	struct dpop_request resource = {.header = resource_proof,
	    .method = "GET",
	    .url = "https://resource.example.org/protectedresource",
	    .access_token = access_token,
	    .now_s = 1562262618};
	struct dpop_proof first = {0}, second = {0};

	ok(dpop_judge(arena, &token, &first) == DPOP_GOOD);
	is(first.jkt, jkt);
	ok(first.expires_s == 1562262616 + DPOP_WINDOW_S + 1);
	token.now_s = 1562265296;
	ok(dpop_judge(arena, &token, &second) == DPOP_TIME);
	is(second.jkt, NULL);
	token.header = refresh_proof;
	ok(dpop_judge(arena, &token, &second) == DPOP_GOOD);
	/* The figures share a jti, which is thus used twice. */
	ok(memcmp(&first.id, &second.id, sizeof(first.id)) == 0);
	ok(dpop_judge(arena, &resource, &second) == DPOP_GOOD);
	is(second.jkt, jkt);
	ok(memcmp(&first.id, &second.id, sizeof(first.id)) != 0);
	resource.access_token = "another";
	ok(dpop_judge(arena, &resource, &second) == DPOP_ACCESS_TOKEN);
	ok(dpop_jkt_allowed(jkt));
	ok(!dpop_jkt_allowed(""));
	ok(!dpop_jkt_allowed("0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4"));
	ok(!dpop_jkt_allowed("0ZcOCORZNYy+DWpqq30jZyJGHTN0d2HglBV3uiguA4I"));
}

/* ---- proofs made here, with the key of RFC 8037 appendix A ---- */

#define JWK \
	"{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"x\":" \
	"\"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo\"}"
#define HEADER "{\"typ\":\"dpop+jwt\",\"alg\":\"EdDSA\",\"jwk\":" JWK "}"
#define URL "https://mcp.example/api/oauth/token"
#define GOOD \
	"{\"htm\":\"POST\",\"htu\":\"" URL "\",\"iat\":1000000,\"jti\":\"a\"}"

static const unsigned char seed[ED25519_SEED_BYTES] = {0x9d, 0x61, 0xb1, 0x9d,
    0xef, 0xfd, 0x5a, 0x60, 0xba, 0x84, 0x4a, 0xf4, 0x92, 0xec, 0x2c, 0xc4,
    0x44, 0x49, 0xc5, 0x69, 0x7b, 0x32, 0x69, 0x19, 0x70, 0x3b, 0xac, 0x03,
    0x1c, 0xae, 0x7f, 0x60};

static const char *
encoded(struct arena *arena, const char *text)
{
	return base64url_encode(arena, (const unsigned char *)text,
	    strlen(text));
}

static const char *
sign(struct arena *arena, const char *header, const char *claims)
{
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

/* iat and jti as JSON. */
static const char *
claims_of(struct arena *arena, const char *htm, const char *htu,
    const char *iat, const char *jti)
{
	return arena_printf(arena,
	    "{\"htm\":\"%s\",\"htu\":\"%s\",\"iat\":%s,\"jti\":%s}", htm, htu,
	    iat, jti);
}

static struct dpop_request request = {.method = "POST",
    .url = URL,
    .now_s = 1000000};

static enum dpop_result
judge_text(struct arena *arena, const char *header, struct dpop_proof *ret)
{
	request.header = header;
	return dpop_judge(arena, &request, ret);
}

static enum dpop_result
judge(struct arena *arena, const char *header, const char *claims)
{
	struct dpop_proof proof;

	return judge_text(arena, sign(arena, header, claims), &proof);
}

static void
test_headers(struct arena *arena)
{
	struct dpop_proof proof;
	const char *good = sign(arena, HEADER, GOOD);

	ok(judge_text(arena, good, &proof) == DPOP_GOOD);
	is(proof.jkt, "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k");
	ok(judge_text(arena, arena_printf(arena, "%s, %s", good, good),
	       &proof) == DPOP_MALFORMED);
	ok(judge_text(arena, "", &proof) == DPOP_MALFORMED);
	ok(judge_text(arena, "a.b.c", &proof) == DPOP_MALFORMED);
	ok(judge(arena, "{\"alg\":\"EdDSA\",\"jwk\":" JWK "}", GOOD) ==
	    DPOP_TYP);
	ok(judge(arena, "{\"typ\":\"JWT\",\"alg\":\"EdDSA\",\"jwk\":" JWK "}",
	       GOOD) == DPOP_TYP);
	ok(judge(arena, "{\"typ\":\"dpop+jwt\",\"jwk\":" JWK "}", GOOD) ==
	    DPOP_ALG);
	ok(judge(arena,
	       "{\"typ\":\"dpop+jwt\",\"alg\":\"none\",\"jwk\":" JWK "}",
	       GOOD) == DPOP_ALG);
	ok(judge(arena,
	       "{\"typ\":\"dpop+jwt\",\"alg\":\"HS256\",\"jwk\":"
	       "{\"kty\":\"oct\",\"k\":\"AAAA\"}}",
	       GOOD) == DPOP_ALG);
	ok(judge(arena,
	       "{\"typ\":\"dpop+jwt\",\"alg\":\"Ed25519\",\"jwk\":" JWK "}",
	       GOOD) == DPOP_GOOD); /* RFC 9864 s2.2 */
	ok(judge(arena,
	       "{\"typ\":\"dpop+jwt\",\"alg\":\"EdDSA\",\"kid\":\"x\","
	       "\"jwk\":" JWK "}",
	       GOOD) == DPOP_GOOD);
	ok(judge(arena,
	       "{\"typ\":\"dpop+jwt\",\"alg\":\"EdDSA\",\"crit\":[\"exp\"],"
	       "\"jwk\":" JWK "}",
	       GOOD) == DPOP_MALFORMED);
}

static void
test_keys(struct arena *arena)
{
	char *changed = arena_strdup(arena, sign(arena, HEADER, GOOD));
	struct dpop_proof proof;

	ok(judge(arena, "{\"typ\":\"dpop+jwt\",\"alg\":\"EdDSA\"}", GOOD) ==
	    DPOP_KEY);
	ok(judge(arena,
	       "{\"typ\":\"dpop+jwt\",\"alg\":\"EdDSA\",\"jwk\":\"x\"}",
	       GOOD) == DPOP_KEY);
	ok(judge(arena,
	       "{\"typ\":\"dpop+jwt\",\"alg\":\"EdDSA\",\"jwk\":"
	       "{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"x\":"
	       "\"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo\",\"d\":"
	       "\"nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A\"}}",
	       GOOD) == DPOP_KEY); /* private */
	ok(judge(arena,
	       "{\"typ\":\"dpop+jwt\",\"alg\":\"ES256\",\"jwk\":" JWK "}",
	       GOOD) == DPOP_KEY); /* of another algorithm */
	ok(judge(arena,
	       "{\"typ\":\"dpop+jwt\",\"alg\":\"EdDSA\",\"jwk\":"
	       "{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"x\":"
	       "\"l8tFrhx-34tV3hRICRDY9zCkDlpBhF42UQUfWVAWBFs\"}}",
	       GOOD) == DPOP_SIGNATURE); /* foreign */
	changed[strlen(changed) - 5] ^= 1;
	ok(judge_text(arena, changed, &proof) == DPOP_SIGNATURE);
}

static enum dpop_result
judge_jti(struct arena *arena, const char *jti)
{
	return judge(arena, HEADER,
	    claims_of(arena, "POST", URL, "1000000", jti));
}

static void
test_claims(struct arena *arena)
{
	char *jti = arena_alloc(arena, DPOP_JTI_MAX_BYTES + 4);

	ok(judge(arena, HEADER,
	       "{\"htm\":\"POST\",\"htu\":\"" URL
	       "\",\"iat\":1000000}") == DPOP_JTI);
	ok(judge_jti(arena, "\"\"") == DPOP_JTI);
	ok(judge_jti(arena, "7") == DPOP_JTI);
	jti[0] = jti[DPOP_JTI_MAX_BYTES + 2] = '"';
	memset(jti + 1, 'j', DPOP_JTI_MAX_BYTES + 1);
	ok(judge_jti(arena, jti) == DPOP_JTI);
	jti[DPOP_JTI_MAX_BYTES + 1] = '"';
	jti[DPOP_JTI_MAX_BYTES + 2] = '\0';
	ok(judge_jti(arena, jti) == DPOP_GOOD);

	ok(judge(arena, HEADER,
	       claims_of(arena, "GET", URL, "1000000", "\"a\"")) ==
	    DPOP_METHOD);
	ok(judge(arena, HEADER,
	       claims_of(arena, "post", URL, "1000000", "\"a\"")) ==
	    DPOP_METHOD);
	ok(judge(arena, HEADER,
	       "{\"htu\":\"" URL
	       "\",\"iat\":1000000,\"jti\":\"a\"}") == DPOP_METHOD);
	ok(judge(arena, HEADER,
	       "{\"htm\":\"POST\",\"iat\":1000000,\"jti\":\"a\"}") == DPOP_URL);
}

static enum dpop_result
judge_time(struct arena *arena, const char *iat)
{
	return judge(arena, HEADER,
	    claims_of(arena, "POST", URL, iat, "\"a\""));
}

static void
test_times(struct arena *arena)
{
	ok(judge_time(arena, "999700") == DPOP_GOOD);
	ok(judge_time(arena, "999699") == DPOP_TIME);
	ok(judge_time(arena, "1000300") == DPOP_GOOD);
	ok(judge_time(arena, "1000301") == DPOP_TIME);
	ok(judge_time(arena, "\"1000000\"") == DPOP_TIME);
	ok(judge_time(arena, "-1") == DPOP_TIME);
	ok(judge_time(arena, "9223372036854775807") == DPOP_TIME);
	ok(judge(arena, HEADER,
	       "{\"htm\":\"POST\",\"htu\":\"" URL
	       "\",\"jti\":\"a\"}") == DPOP_TIME);
}

static enum dpop_result
judge_url(struct arena *arena, const char *htu)
{
	return judge(arena, HEADER,
	    claims_of(arena, "POST", htu, "1000000", "\"a\""));
}

static void
test_urls(struct arena *arena)
{
	static const char *const same[] =
	    {"HTTPS://MCP.Example/api/oauth/token",
	        "https://mcp.example:443/api/oauth/token",
	        "https://mcp.example:/api/oauth/token", URL "?a=b#c",
	        "https://mcp.example/x/../api/./oauth/%74oken"};
	static const char *const others[] = {"https://mcp.example/api/oauth/",
	    URL "/", "http://mcp.example/api/oauth/token",
	    "https://mcp.example:8443/api/oauth/token",
	    "https://u@mcp.example/api/oauth/token",
	    "https://other.example/api/oauth/token",
	    "https://mcp.example/api/oauth/TOKEN",
	    "https://mcp.example/api/oauth%2Ftoken", "/api/oauth/token",
	    "https:/api/oauth/token", " " URL, ""};
	size_t i;

	for (i = 0; i < sizeof(same) / sizeof(*same); i++)
		tap_ok(judge_url(arena, same[i]) == DPOP_GOOD, same[i],
		    __FILE__, __LINE__);
	for (i = 0; i < sizeof(others) / sizeof(*others); i++)
		tap_ok(judge_url(arena, others[i]) == DPOP_URL, others[i],
		    __FILE__, __LINE__);
}

/* ---- nonces (s8) ---- */

static enum dpop_result
judge_nonce(struct arena *arena, const char *nonce, struct dpop_proof *ret)
{
	const char *claims = arena_printf(arena,
	    "{\"htm\":\"POST\",\"htu\":\"" URL
	    "\",\"iat\":5,\"jti\":\"a\",\"nonce\":\"%s\"}",
	    nonce);

	return judge_text(arena, sign(arena, HEADER, claims), ret);
}

static void
test_nonces(struct arena *arena)
{
	const struct sha256 key = sha256_of_text("a key");
	const struct sha256 other = sha256_of_text("another");
	const int64_t period = DPOP_NONCE_PERIOD_S;
	const int64_t began = request.now_s - request.now_s % period;
	struct dpop_proof proof = {0};
	const char *nonce = dpop_nonce(arena, &key, began);

	request.nonce_key = &key;
	ok(judge(arena, HEADER, GOOD) == DPOP_NONCE);
	ok(judge_nonce(arena, "", &proof) == DPOP_NONCE);
	ok(judge_nonce(arena, "x", &proof) == DPOP_NONCE);
	ok(judge_nonce(arena, dpop_nonce(arena, &other, began), &proof) ==
	    DPOP_NONCE);
	/* The client's clock is not looked at. */
	ok(judge_nonce(arena, nonce, &proof) == DPOP_GOOD);
	ok(!proof.nonce_ageing);
	ok(proof.expires_s == began + 2 * period);
	is(dpop_nonce(arena, &key, began + period - 1), nonce);
	request.now_s = began + period;
	ok(judge_nonce(arena, nonce, &proof) == DPOP_GOOD);
	ok(proof.nonce_ageing);
	ok(proof.expires_s == began + 2 * period);
	request.now_s = began + 2 * period - 1;
	ok(judge_nonce(arena, nonce, &proof) == DPOP_GOOD);
	request.now_s = began + 2 * period;
	ok(judge_nonce(arena, nonce, &proof) == DPOP_NONCE);
	request.now_s = began - 1; /* given out by a clock that is ahead */
	ok(judge_nonce(arena, nonce, &proof) == DPOP_GOOD);
	request.now_s = began - period - 1;
	ok(judge_nonce(arena, nonce, &proof) == DPOP_NONCE);
	ok(judge(arena, HEADER,
	       "{\"htm\":\"POST\",\"htu\":\"" URL "\",\"jti\":\"a\"}") ==
	    DPOP_TIME); /* iat is required all the same */
	request.now_s = 1000000;
	request.nonce_key = NULL;
}

/* ---- a key in the header makes nobody trusted elsewhere (RFC 8725 s3.10) */

static void
test_other_tokens(struct arena *arena)
{
	const char
	    *header = "{\"typ\":\"at+jwt\",\"alg\":\"EdDSA\",\"jwk\":" JWK "}";
	const char *token = sign(arena, header, GOOD);
	struct jwt_key own = {0}, other = {0};
	AUTO_JSON *claims = NULL;
	AUTO_JWT jwt = {0};

	jwt_key_from_seed(arena, seed, &own);
	jwt_key_from_seed(arena, (const unsigned char *)token_proof, &other);
	ok(jwt_verify(arena, token, "at+jwt", &own, 1, &claims) == JWT_HEADER);
	ok(jwt_verify(arena, token, "at+jwt", &other, 1, &claims) ==
	    JWT_HEADER);
	ok(jwt_read(arena, token, &jwt));
	ok(jwt_verify_foreign(arena, &jwt, &other, 1) == JWT_SIGNATURE);
}

/* ---- tokens that are bound (s6, s7) ---- */

static const struct settings settings = {
    .oauth_base_url = "https://mcp.example",
    .oauth_issuer = "https://mcp.example",
    .jwt_alg = "EdDSA",
    .jwt_secret = "Zx8Q2mVt0pLr5nWk7yBc3dEf9gHj1aSu4iOo6PqRvTw",
    .key_period_s = 2592000,
    .scopes_supported = "email",
};
static const char resource[] = "https://mcp.example/mcp";

static enum access_token_result
read_token(struct arena *arena, const char *text, struct access_token *ret)
{
	struct jwt_key key;
	const char *fault;

	return keyring_signing_key(arena, &settings, 1000000, &key, &fault)
	    ? access_token_judge(arena, &settings, text, &key, 1, resource,
	          1000000, ret)
	    : ACCESS_TOKEN_MALFORMED;
}

/* Signed by us, with whatever confirmation. */
static const char *
token_with(struct arena *arena, const char *cnf)
{
	AUTO_JSON *claims = json_new_object();
	struct jwt_key key;
	const char *fault;

	json_add_string(claims, "iss", settings.oauth_issuer);
	json_add_string(claims, "sub", "s");
	json_add_string(claims, "aud", resource);
	json_add_string(claims, "client_id", "c");
	json_add_string(claims, "jti", "j");
	json_add_string(claims, "sid", "i");
	json_add_int64(claims, "iat", 1000000);
	json_add_int64(claims, "exp", 1000060);
	if (cnf)
		json_add(claims, "cnf", json_read(cnf, strlen(cnf)));
	if (!keyring_signing_key(arena, &settings, 1000000, &key, &fault))
		return "";
	return jwt_sign(arena, &key, "at+jwt", claims);
}

static void
test_confirmations(struct arena *arena)
{
	static const char *const unknown[] = {"{}", "[]", "\"x\"",
	    "{\"jkt\":\"x\"}", "{\"jkt\":1}", "{\"x5t#S256\":\"x\"}",
	    "{\"jkt\":\"0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I\","
	    "\"x5t#S256\":\"x\"}"};
	struct access_token token = {.sub = "s",
	    .client_id = "c",
	    .scope = "email",
	    .sid = "i",
	    .jti = "j",
	    .aud = resource,
	    .jkt = jkt,
	    .iat_s = 1000000,
	    .exp_s = 1000060};
	struct access_token read = {0};
	const char *text = access_token_sign(arena, &settings, &token);
	size_t i;

	ok(text && read_token(arena, text, &read) == ACCESS_TOKEN_GOOD);
	is(read.jkt, jkt);
	ok(read_token(arena, token_with(arena, NULL), &read) ==
	    ACCESS_TOKEN_GOOD);
	is(read.jkt, NULL);
	for (i = 0; i < sizeof(unknown) / sizeof(*unknown); i++)
		tap_ok(read_token(arena, token_with(arena, unknown[i]),
		           &read) == ACCESS_TOKEN_MALFORMED,
		    unknown[i], __FILE__, __LINE__);
}

static enum dpop_binding_result
bind_to(struct arena *arena, const char *token_jkt, bool dpop,
    const char *header, struct dpop_proof *proof)
{
	const struct presented_token presented = {.dpop = dpop,
	    .text = access_token};
	const struct access_token token = {.jkt = token_jkt};
	const struct dpop_request at_resource = {.header = header,
	    .method = "GET",
	    .url = "https://resource.example.org/protectedresource",
	    .access_token = access_token,
	    .now_s = 1562262618};
	const char *reason = NULL;
	enum dpop_binding_result result = dpop_binding_judge(arena, &presented,
	    &token, &at_resource, proof, &reason);

	return (result == BINDING_GOOD) == (reason == NULL)
	    ? result
	    : (enum dpop_binding_result) - 1;
}

static void
test_bindings(struct arena *arena)
{
	const char *other = "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k";
	struct dpop_proof proof = {.jkt = "untouched"};

	ok(bind_to(arena, jkt, true, NULL, &proof) == BINDING_PROOF);
	ok(bind_to(arena, jkt, true, token_proof, &proof) == BINDING_PROOF);
	ok(bind_to(arena, other, true, resource_proof, &proof) ==
	    BINDING_TOKEN);
	ok(bind_to(arena, jkt, false, resource_proof, &proof) == BINDING_TOKEN);
	ok(bind_to(arena, jkt, false, NULL, &proof) == BINDING_TOKEN);
	ok(bind_to(arena, NULL, true, resource_proof, &proof) == BINDING_TOKEN);
	ok(bind_to(arena, NULL, true, NULL, &proof) == BINDING_TOKEN);
	is(proof.jkt, "untouched");
	ok(bind_to(arena, jkt, true, resource_proof, &proof) == BINDING_GOOD);
	is(proof.jkt, jkt);
	ok(bind_to(arena, NULL, false, "x", &proof) == BINDING_GOOD);
	is(proof.jkt, NULL);
}

int
main(void)
{
	struct arena *arena = arena_new(1 << 22);

	if (!crypto_start())
		return 1;
	test_rfc(arena);
	test_headers(arena);
	test_keys(arena);
	test_claims(arena);
	test_times(arena);
	test_urls(arena);
	test_nonces(arena);
	test_other_tokens(arena);
	test_confirmations(arena);
	test_bindings(arena);
	arena_free(arena);
	return tap_done();
}
