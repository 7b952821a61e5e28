/* SPDX-License-Identifier: MIT */
/* Digests, encodings and tokens against the vectors of their RFCs. */
#include "crypto/digest.h"
#include "crypto/encode.h"
#include "crypto/jwt.h"
#include "crypto/password.h"
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
	AUTO_JSON *claims = json_object_new_object();
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

static void
test_passwords(struct arena *arena)
{
	const char *hash = password_hash(arena, "correct horse");

	ok(hash && strncmp(hash, "$argon2id$", 10) == 0);
	ok(password_matches(hash, "correct horse"));
	ok(!password_matches(hash, "correct horsf"));
	ok(!password_matches(NULL, "correct horse"));
}

int
main(void)
{
	struct arena *arena = arena_new(1 << 22);

	if (!crypto_start())
		return 1;
	test_digests(arena);
	test_encodings(arena);
	test_tokens(arena);
	test_passwords(arena);
	arena_free(arena);
	return tap_done();
}
