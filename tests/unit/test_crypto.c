/* SPDX-License-Identifier: MIT */
/* Digests, encodings and tokens against the vectors of their RFCs. */
#include <sodium.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "base/auto.h"
#include "crypto/digest.h"
#include "crypto/encode.h"
#include "crypto/jwks.h"
#include "crypto/jwt.h"
#include "crypto/password.h"
#include "crypto/private_key.h"
#include "tap.h"

static const char *
hex(struct arena *arena, struct sha256 digest)
{
	return hex_encode(arena, digest.bytes, sizeof(digest.bytes));
}

static void
test_digests(struct arena *arena)
{
	unsigned char key[22], salt[13], info[10];
	size_t i;

	is(hex(arena, sha256_of_text("abc")), /* FIPS 180-4 */
	    "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
	is(hex(arena, /* RFC 4231 s4.3 */
	       hmac_sha256("Jefe", 4, "what do ya want for nothing?", 28)),
	    "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
	memset(key, 0x0b, sizeof(key)); /* RFC 5869 appendix A.1 */
	for (i = 0; i < sizeof(salt); i++)
		salt[i] = (unsigned char)i;
	for (i = 0; i < sizeof(info); i++)
		info[i] = (unsigned char)(0xf0 + i);
	is(hex(arena,
	       hkdf_sha256(key, sizeof(key), salt, sizeof(salt), info,
	           sizeof(info))),
	    "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf");
	ok(bytes_equal("abc", "abc", 3));
	ok(!bytes_equal("abc", "abd", 3));
	ok(strlen(random_uuid(arena)) == 36);
	ok(strcmp(random_text(arena, 16), random_text(arena, 16)) != 0);
}

static void
test_encodings(struct arena *arena)
{
	unsigned char exact[3];
	size_t n;

	/* RFC 4648 s10, without padding */
	is(base64url_encode(arena, (const unsigned char *)"foob", 4), "Zm9vYg");
	is(base64_encode(arena, (const unsigned char *)"foob", 4), "Zm9vYg==");
	ok(base64url_decode(arena, "Zm9vYg", 6, &n) && n == 4);
	ok(!base64url_decode(arena, "Zm9vYg==", 8, &n));
	ok(!base64url_decode(arena, "Zm9vYh", 6, &n)); /* stray bits */
	ok(!base64url_decode(arena, "Zm9 vYg", 7, &n));
	ok(!base64url_decode(arena, "Zm9v/g", 6, &n));
	ok(!base64url_decode(arena, "Zm9vY", 5, &n));
	/* Bytes above 0x7F are no digits, whatever libsodium says. */
	ok(!base64url_decode(arena, "Zm9\xE2Zm9v", 8, &n));
	ok(!base64url_decode_exact("Zm9\xE2", exact, sizeof(exact)));
	ok(base64url_decode_exact("Zm9v", exact, sizeof(exact)));
	ok(!base64_decode_text(arena, "Zm9\x80"));
	is(base64_decode_text(arena, "QWxhZGRpbjpvcGVuIHNlc2FtZQ=="),
	    "Aladdin:open sesame"); /* RFC 7617 s2 */
	ok(!base64_decode_text(arena, "!!!"));
}

/* RFC 8037 appendix A. */
static const unsigned char seed[ED25519_SEED_BYTES] = {0x9d, 0x61, 0xb1, 0x9d,
    0xef, 0xfd, 0x5a, 0x60, 0xba, 0x84, 0x4a, 0xf4, 0x92, 0xec, 0x2c, 0xc4,
    0x44, 0x49, 0xc5, 0x69, 0x7b, 0x32, 0x69, 0x19, 0x70, 0x3b, 0xac, 0x03,
    0x1c, 0xae, 0x7f, 0x60};

static enum jwt_result
verify(struct arena *arena, const char *token, const struct jwt_key *key)
{
	AUTO_JSON *claims = NULL;

	return jwt_verify(arena, token, "at+jwt", key, 1, &claims);
}

static void
test_tokens(struct arena *arena)
{
	AUTO_JSON *claims = json_new_object();
	struct jwt_key key = {0},
	               secret = {.alg = JWT_HS256,
	                   .secret = "a secret of many characters"};
	char *token, *hs256;

	jwt_key_from_seed(arena, seed, &key);
	is(base64url_encode(arena, key.public_key, sizeof(key.public_key)),
	    "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo");
	is(key.kid, "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k");
	json_add_string(claims, "sub", "somebody");
	token = jwt_sign(arena, &key, "at+jwt", claims);
	ok(verify(arena, token, &key) == JWT_GOOD);
	ok(verify(arena, token, &secret) != JWT_GOOD);
	hs256 = jwt_sign(arena, &secret, "at+jwt", claims);
	ok(verify(arena, hs256, &secret) == JWT_GOOD);
	ok(verify(arena, hs256, &key) != JWT_GOOD);
	token[strlen(token) - 3] ^= 1;
	ok(verify(arena, token, &key) != JWT_GOOD);
	ok(verify(arena, "", &key) == JWT_MALFORMED);
	ok(verify(arena, "a.b", &key) == JWT_MALFORMED);
	ok(verify(arena, "...", &key) == JWT_MALFORMED);
	/* alg none (RFC 8725 s2.1) */
	ok(verify(arena, "eyJhbGciOiJub25lIiwidHlwIjoiYXQrand0In0.e30.",
	       &key) != JWT_GOOD);
	ok(jwt_verify(arena, jwt_sign(arena, &key, "JWT", claims), "at+jwt",
	       &key, 1, &(struct json_object *){NULL}) == JWT_HEADER);
}

static bool
key_of(struct arena *arena, const char *text, struct jwt_key *ret)
{
	AUTO_JSON *jwk = json_read(text, strlen(text));

	return jwk_read(arena, jwk, ret);
}

static enum jwt_result
verify_foreign(struct arena *arena, const char *token,
    const struct jwt_key *key)
{
	AUTO_JWT jwt = {0};

	return jwt_read(arena, token, &jwt)
	    ? jwt_verify_foreign(arena, &jwt, key, 1)
	    : JWT_MALFORMED;
}

/* RFC 7515 appendix A.2 and A.3. */
static const char rs256_jwk[] =
    "{\"kty\":\"RSA\",\"n\":\"ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQoTbji9k"
    "0l8W26mPddxHmfHQp-Vaw-4qPCJrcS2mJPMEzP1Pt0Bm4d4QlL-yRT-SFd2lZS-pCgNMsD1W"
    "_YpRPEwOWvG6b32690r2jZ47soMZo9wGzjb_7OMg0LOL-bSf63kpaSHSXndS5z5rexMdbBYU"
    "sLA9e-KXBdQOS-UTo7WTBEMa2R2CapHg665xsmtdVMTBQY4uDZlxvb3qCo5ZwKh9kG4LT6_I"
    "5IhlJH7aGhyxXFvUK-DWNmoudF8NAco9_h9iaGNj8q2ethFkMLs91kzk2PAcDTW9gb54h4FR"
    "WyuXpoQ\",\"e\":\"AQAB\"}";
static const char rs256_token[] =
    "eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh"
    "0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ.cC4hiUPoj9Eetdgtv3hF80EGrhuB"
    "__dzERat0XF9g2VtQgr9PJbu3XOiZj5RZmh7AAuHIm4Bh-0Qc_lF5YKt_O8W2Fp5jujGbds9"
    "uJdbF9CUAr7t1dnZcAcQjbKBYNX4BAynRFdiuB--f_nZLgrnbyTyWzO75vRK5h6xBArLIARN"
    "PvkSjtQBMHlb1L07Qe7K0GarZRmB_eSN9383LcOLn6_dO--xi12jzDwusC-eOkHWEsqtFZES"
    "c6BfI7noOPqvhJ1phCnvWh6IeYI2w9QOYEUipUTI8np6LbgGY9Fs98rqVt5AXLIhWkWywlVm"
    "tVrBp0igcN_IoypGlUPQGe77Rw";
static const char es256_jwk[] =
    "{\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8"
    "Tus9uPHvRVEU\",\"y\":\"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0\"}";
static const char es256_token[] =
    "eyJhbGciOiJFUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh"
    "0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ.DtEhU3ljbEg8L38VWAfUAqOyKAM6"
    "-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q";

/* Whoever publishes keys decides what trying them costs us. */
static void
test_key_costs(struct arena *arena)
{
	AUTO_JWT jwt = {0};
	struct jwt_key keys[KEYS_TRIED_MAX + 1], none = {0};
	const char *n = strstr(rs256_jwk, "\"n\"");
	size_t i;

	ok(jwt_read(arena, rs256_token, &jwt));
	for (i = 0; i < KEYS_TRIED_MAX; i++) {
		ok(key_of(arena, rs256_jwk, &keys[i]));
		keys[i].rsa.exponent = (const unsigned char *)"\003";
		keys[i].rsa.exponent_bytes = 1;
	}
	ok(key_of(arena, rs256_jwk, &keys[i]));
	ok(jwt_verify_foreign(arena, &jwt, keys + 1, KEYS_TRIED_MAX) ==
	    JWT_GOOD);
	ok(jwt_verify_foreign(arena, &jwt, keys, KEYS_TRIED_MAX + 1) ==
	    JWT_SIGNATURE);
	ok(!key_of(arena,
	    arena_printf(arena, "{\"kty\":\"RSA\",\"e\":\"AQAAAAE\",%.*s}",
	        (int)(strstr(n, "\",") - n) + 1, n),
	    &none)); /* an exponent of 33 bits */
	ok(!key_of(arena,
	    arena_printf(arena, "{\"kty\":\"RSA\",\"e\":\"AQ\",%.*s}",
	        (int)(strstr(n, "\",") - n) + 1, n),
	    &none)); /* 1: a signature is its own message */
	ok(!key_of(arena,
	    arena_printf(arena, "{\"kty\":\"RSA\",\"e\":\"AQAB\",\"n\":\"%s\"}",
	        base64url_encode(arena,
	            memset(arena_alloc(arena, RSA_MAX_BITS / 8 + 1), 0xFF,
	                RSA_MAX_BITS / 8 + 1),
	            RSA_MAX_BITS / 8 + 1)),
	    &none));
}

static void
test_public_keys(struct arena *arena)
{
	struct jwt_key rsa = {0}, p256 = {0}, none = {0};
	char *forged;

	ok(key_of(arena, rs256_jwk, &rsa) && rsa.alg == JWT_RS256);
	ok(key_of(arena, es256_jwk, &p256) && p256.alg == JWT_ES256);
	ok(verify_foreign(arena, rs256_token, &rsa) == JWT_GOOD);
	ok(verify_foreign(arena, es256_token, &p256) == JWT_GOOD);
	ok(verify_foreign(arena, rs256_token, &p256) == JWT_KEY_UNKNOWN);
	ok(verify_foreign(arena, es256_token, &rsa) == JWT_KEY_UNKNOWN);
	forged = arena_strdup(arena, es256_token);
	forged[strlen(forged) - 5] ^= 1;
	ok(verify_foreign(arena, forged, &p256) == JWT_SIGNATURE);
	p256.point[40] ^= 1; /* no longer on the curve */
	ok(verify_foreign(arena, es256_token, &p256) == JWT_SIGNATURE);
	/* RFC 9864 s2.2 */
	ok(jwt_alg_is(JWT_EDDSA, "EdDSA") && jwt_alg_is(JWT_EDDSA, "Ed25519"));
	ok(!jwt_alg_is(JWT_ES256, "Ed25519") &&
	    !jwt_alg_is(JWT_EDDSA, "Ed448"));
	/* RFC 7638 s3.1 */
	ok(key_of(arena,
	    "{\"kty\":\"RSA\",\"n\":\"0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiA"
	    "FbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCiF"
	    "V4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65"
	    "YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajr"
	    "n1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHa"
	    "Q-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw\",\"e\":\"AQAB\"}",
	    &rsa));
	is(jwt_thumbprint(arena, &rsa),
	    "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs");
	ok(!key_of(arena, "{\"kty\":\"RSA\",\"n\":\"AQAB\",\"e\":\"AQAB\"}",
	    &none)); /* too small */
	ok(!key_of(arena, "{\"kty\":\"oct\",\"k\":\"AQAB\"}", &none));
	ok(!key_of(arena, "{\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"AQAB\"}",
	    &none));
}

static void
test_private_key_file(struct arena *arena, enum jwt_alg alg)
{
	char path[] = "/tmp/mcp-oauth-unit-XXXXXX";
	AUTO_JSON *claims = json_new_object();
	const char *pem = private_key_generate(arena, alg), *token, *fault;
	AUTO_FD fd = mkstemp(path);
	const struct jwt_key *keys;
	size_t n = 0;

	ok(pem && write(fd, pem, strlen(pem)) == (ssize_t)strlen(pem));
	keys = private_keys(path, &n, &fault);
	ok(keys && n == 1 && keys[0].alg == alg && keys[0].kid);
	json_add_string(claims, "sub", "somebody");
	token = jwt_sign(arena, keys, "at+jwt", claims);
	ok(token && verify(arena, token, keys) == JWT_GOOD);
	(void)fchmod(fd, 0644);
	(void)unlink(path);
	ok(!private_keys("/nonexistent", &n, &fault) && fault);
}

static void
test_passwords(struct arena *arena)
{
	const char *hash = password_hash(arena, "correct horse");

	ok(hash && strncmp(hash, "$argon2id$", 10) == 0);
	ok(password_matches(hash, "correct horse"));
	ok(!password_matches(hash, "correct horsf"));
	ok(!password_matches(NULL, "correct horse"));
}

static const char base64url_digits[] =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/* A text whose last digit is followed by none, with a bit set that is none of
 * the data. */
static bool
stray_bit_refused(struct arena *arena, char *text)
{
	char *last = text + strlen(text) - 1;
	size_t n;

	*last = base64url_digits[(strchr(base64url_digits, *last) -
	                             base64url_digits) |
	    1];
	return !base64url_decode(arena, text, strlen(text), &n);
}

/* One byte of c at each place of a text that is otherwise zeros: decoded if it
 * is a digit, and then that digit again when it is encoded. */
static bool
is_read_right(struct arena *arena, char c, size_t len)
{
	char text[] = "AAAAAAAA";
	unsigned char *decoded;
	size_t at, n;
	bool right = true;

	for (at = 0; at < len; at++) {
		memset(text, 'A', len);
		text[len] = '\0';
		text[at] = c;
		decoded = base64url_decode(arena, text, len, &n);
		right = right &&
		    !!decoded == (c && strchr(base64url_digits, c)) &&
		    (!decoded ||
		        strcmp(base64url_encode(arena, decoded, n), text) == 0);
	}
	return right;
}

/* Every length and every byte, as libsodium has it. */
static void
test_base64url(struct arena *arena)
{
	enum {
		LONGEST = 70,
		VARIANT = sodium_base64_VARIANT_URLSAFE_NO_PADDING
	};
	unsigned char data[LONGEST], *decoded;
	char text[2 * LONGEST];
	bool same = true, strict = true, right = true;
	size_t len, n;
	int c;

	for (len = 0; len <= LONGEST; len++) {
		random_bytes(data, len);
		sodium_bin2base64(text, sizeof(text), data, len, VARIANT);
		same = same &&
		    strcmp(base64url_encode(arena, data, len), text) == 0;
		decoded = base64url_decode(arena, text, strlen(text), &n);
		same = same && decoded && n == len &&
		    memcmp(decoded, data, len) == 0;
		strict = strict &&
		    (len % 3 == 0 || stray_bit_refused(arena, text));
	}
	ok(same);
	ok(strict);
	for (c = 0; c < 256; c++)
		right = right && is_read_right(arena, (char)c, 4) &&
		    is_read_right(arena, (char)c, 8);
	ok(right);
	ok(!base64url_decode_exact("Zm9v", data, 2));
}

int
main(void)
{
	struct arena *arena = arena_new(1 << 22);

	if (!crypto_start())
		return 1;
	test_digests(arena);
	test_encodings(arena);
	test_base64url(arena);
	test_tokens(arena);
	test_public_keys(arena);
	test_key_costs(arena);
	test_private_key_file(arena, JWT_RS256);
	test_private_key_file(arena, JWT_ES256);
	test_passwords(arena);
	arena_free(arena);
	return tap_done();
}
