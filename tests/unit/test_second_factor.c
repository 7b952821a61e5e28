/* SPDX-License-Identifier: MIT */
/* Codes of authenticator apps against the vectors of their RFCs, the secret that
 * they come from, and recovery codes. */
#include "crypto/encode.h"
#include "crypto/seal.h"
#include "crypto/totp.h"
#include "oauth/second_code.h"
#include "tap.h"

/* Of RFC 4226 appendix D and RFC 6238 appendix B. */
static const char secret[] = "12345678901234567890";

static const unsigned char *
secret_bytes(void)
{
	return (const unsigned char *)secret;
}

static void
test_hotp(void)
{
	static const char *const values[] = {"755224", "287082", "359152",
	    "969429", "338314", "254676", "287922", "162583", "399871",
	    "520489"};
	char code[HOTP_TEXT_BYTES] = "";
	uint64_t i;

	for (i = 0; i < 10; i++) {
		ok(hotp(secret, TOTP_SECRET_BYTES, i, 6, code));
		is(code, values[i]);
	}
	ok(!hotp(secret, TOTP_SECRET_BYTES, 0, 9, code));
	ok(!hotp(secret, TOTP_SECRET_BYTES, 0, 0, code));
}

static void
test_totp(void)
{
	static const struct {
		int64_t at_s;
		const char *code;
	} values[] = {{59, "94287082"}, {1111111109, "07081804"},
	    {1111111111, "14050471"}, {1234567890, "89005924"},
	    {2000000000, "69279037"}, {20000000000, "65353130"}};
	char code[HOTP_TEXT_BYTES] = "";
	size_t i;

	for (i = 0; i < sizeof(values) / sizeof(*values); i++) {
		ok(hotp(secret, TOTP_SECRET_BYTES,
		    (uint64_t)values[i].at_s / TOTP_STEP_S, 8, code));
		is(code, values[i].code);
		/* Six digits are the last six of eight. */
		ok(totp_step(secret_bytes(), values[i].code + 2, values[i].at_s,
		       0) == values[i].at_s / TOTP_STEP_S);
	}
}

static int64_t
step_of(int64_t step, int64_t now_s, int64_t last_step)
{
	char code[HOTP_TEXT_BYTES] = "";

	ok(hotp(secret, TOTP_SECRET_BYTES, (uint64_t)step, TOTP_DIGITS, code));
	return totp_step(secret_bytes(), code, now_s, last_step);
}

static void
test_steps(void)
{
	const int64_t now = 1000, now_s = now * TOTP_STEP_S + 7;

	ok(step_of(now, now_s, 0) == now);
	ok(step_of(now - 1, now_s, 0) == now - 1); /* a slow clock */
	ok(step_of(now + 1, now_s, 0) == now + 1); /* a fast one */
	ok(step_of(now - 2, now_s, 0) == -1);
	ok(step_of(now + 2, now_s, 0) == -1);
	ok(step_of(now, now_s, now) == -1);     /* used before */
	ok(step_of(now - 1, now_s, now) == -1); /* older than one used */
	ok(step_of(now + 1, now_s, now) == now + 1);
	ok(step_of(0, 0, -1) == 0); /* and no step before the first */
	ok(totp_step(secret_bytes(), "", now_s, 0) == -1);
	ok(totp_step(secret_bytes(), "94287082", 59, 0) == -1);
	ok(totp_step(secret_bytes(), "000000", now_s, 0) == -1);
}

static void
test_base32(struct arena *arena)
{
	static const char *const values[][2] = {{"", ""}, {"f", "MY"},
	    {"fo", "MZXQ"}, {"foo", "MZXW6"}, {"foob", "MZXW6YQ"},
	    {"fooba", "MZXW6YTB"}, {"foobar", "MZXW6YTBOI"}};
	unsigned char bytes[2];
	size_t i;

	/* RFC 4648 s10, without padding */
	for (i = 0; i < sizeof(values) / sizeof(*values); i++)
		is(base32_encode(arena, (const unsigned char *)values[i][0],
		       strlen(values[i][0])),
		    values[i][1]);
	is(base32_encode(arena, secret_bytes(), TOTP_SECRET_BYTES),
	    "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ");
	ok(hex_decode_exact("0aFf", bytes, 2) && bytes[0] == 0x0a &&
	    bytes[1] == 0xff);
	ok(!hex_decode_exact("0aFf00", bytes, 2));
	ok(!hex_decode_exact("0a", bytes, 2));
	ok(!hex_decode_exact("0xFf", bytes, 2));
}

static void
test_seal(void)
{
	struct sha256 key = sha256_of_text("key"), other = sha256_of_text("o");
	unsigned char sealed[5 + SEAL_BYTES], again[5 + SEAL_BYTES];
	char opened[6] = "";

	seal(&key, "owner", "hello", 5, sealed);
	seal(&key, "owner", "hello", 5, again);
	ok(memcmp(sealed, again, sizeof(sealed)) != 0);
	ok(seal_open(&key, "owner", sealed, 5, opened));
	is(opened, "hello");
	ok(!seal_open(&other, "owner", sealed, 5, opened));
	ok(!seal_open(&key, "other", sealed, 5, opened));
	ok(!seal_open(&key, "", sealed, 5, opened));
	sealed[30] ^= 1;
	ok(!seal_open(&key, "owner", sealed, 5, opened));
}

/* ---- what people type ---- */

static void
test_typed(struct arena *arena)
{
	static const char *const digits[] = {"012345", " 012 345 ", "012-345"};
	static const char *const recovery[] = {"ABCD-EFGH-JKLM-2345",
	    "abcdefghjklm2345", " abcd efgh\tJKLM 2345 "};
	static const char *const neither[] = {"", " ", "01234", "0123456",
	    "01234a", "ABCD-EFGH-JKLM-234", "ABCD-EFGH-JKLM-23456",
	    "ABCD-EFGH-JKLM-2341", "ABCD.EFGH.JKLM.2345",
	    "\xc3\x84"
	    "BCD-EFGH-JKLM-234"};
	const struct sha256 digest = sha256_of_text("ABCDEFGHJKLM2345");
	struct second_code code;
	size_t i;

	for (i = 0; i < sizeof(digits) / sizeof(*digits); i++) {
		ok(second_code_read(arena, digits[i], &code));
		is(code.digits, "012345");
	}
	for (i = 0; i < sizeof(recovery) / sizeof(*recovery); i++) {
		ok(second_code_read(arena, recovery[i], &code));
		ok(!code.digits &&
		    bytes_equal(&code.recovery_digest, &digest,
		        sizeof(digest)));
	}
	for (i = 0; i < sizeof(neither) / sizeof(*neither); i++)
		tap_ok(!second_code_read(arena, neither[i], &code), neither[i],
		    __FILE__, __LINE__);
}

static void
test_recovery_codes(struct arena *arena)
{
	struct sha256 digests[RECOVERY_CODES];
	const char **codes = recovery_codes_new(arena, digests);
	struct second_code code;
	int i, j;

	for (i = 0; i < RECOVERY_CODES; i++) {
		ok(strlen(codes[i]) == 19 && codes[i][4] == '-' &&
		    codes[i][9] == '-' && codes[i][14] == '-');
		ok(second_code_read(arena, codes[i], &code) && !code.digits);
		ok(bytes_equal(&code.recovery_digest, &digests[i],
		    sizeof(digests[i])));
		for (j = 0; j < i; j++)
			if (strcmp(codes[i], codes[j]) == 0)
				ok(false);
	}
}

/* ---- judged ---- */

static struct settings
settings_with(const char *jwt_secret, const char *previous)
{
	return (struct settings){.jwt_secret = jwt_secret,
	    .jwt_secret_previous = previous,
	    .oauth_issuer = "https://as.example",
	    .oauth_base_url = "https://as.example"};
}

static void
test_secret(struct arena *arena)
{
	static const char one[] = "the first root", two[] = "the second root";
	struct settings settings = settings_with(one, NULL);
	struct request rq = {.arena = arena, .settings = &settings};
	struct second_factor factor = {.user_id = "user", .now_s = 59};
	struct second_code code = {.digits = "287082"};
	struct second_proof proof;

	second_secret_seal(&rq, "user", secret_bytes(), factor.sealed);
	ok(second_code_right(&rq, &code, &factor, &proof));
	ok(!proof.is_recovery && proof.step == 1 && !proof.resealed);
	code.digits = "287083";
	ok(!second_code_right(&rq, &code, &factor, &proof));
	code.digits = "287082";
	factor.last_step = 1;
	ok(!second_code_right(&rq, &code, &factor, &proof));
	factor.last_step = 0;
	factor.user_id = "somebody else";
	ok(!second_code_right(&rq, &code, &factor, &proof));
	factor.user_id = "user";

	/* After a change of root: with the previous one it is sealed anew. */
	settings = settings_with(two, one);
	ok(second_code_right(&rq, &code, &factor, &proof));
	ok(proof.step == 1 && proof.resealed);
	settings = settings_with(two, NULL);
	ok(!second_code_right(&rq, &code, &factor, &proof));
	memcpy(factor.sealed, proof.sealed, sizeof(factor.sealed));
	settings = settings_with(two, one);
	ok(second_code_right(&rq, &code, &factor, &proof));
	ok(!proof.resealed);

	/* A recovery code needs no secret. */
	code = (struct second_code){.recovery_digest = sha256_of_text("x")};
	settings = settings_with("a third root", NULL);
	ok(second_code_right(&rq, &code, &factor, &proof));
	ok(proof.is_recovery);
}

static void
test_shown(struct arena *arena)
{
	struct settings settings = settings_with("root", NULL);
	struct request rq = {.arena = arena, .settings = &settings};

	is(second_secret_shown(arena, secret_bytes()),
	    "GEZD GNBV GY3T QOJQ GEZD GNBV GY3T QOJQ");
	is(second_secret_uri(&rq, "some one+x@example.com", secret_bytes()),
	    "otpauth://totp/as.example:some%20one%2Bx%40example.com"
	    "?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=as.example"
	    "&algorithm=SHA1&digits=6&period=30");
}

int
main(void)
{
	struct arena *arena = arena_new(1 << 20);

	if (!crypto_start())
		return 1;
	test_hotp();
	test_totp();
	test_steps();
	test_base32(arena);
	test_seal();
	test_typed(arena);
	test_recovery_codes(arena);
	test_secret(arena);
	test_shown(arena);
	arena_free(arena);
	return tap_done();
}
