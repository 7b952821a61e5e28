/* SPDX-License-Identifier: MIT */
#include "oauth/second_code.h"

#include <string.h>

#include "base/buf.h"
#include "base/log.h"
#include "base/text.h"
#include "base/uri.h"
#include "crypto/encode.h"
#include "crypto/keyring.h"

/* 80 bits, so that a plain digest gives nothing away. */
enum { RECOVERY_BYTES = 10, RECOVERY_LENGTH = 16, GROUP = 4 };

/* ---- what was typed ---- */

static bool
is_base32(const char *text)
{
	return text_only(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567");
}

/* Without what people put between the characters, in upper case. */
static const char *
bare(struct arena *arena, const char *typed)
{
	struct buf code = buf_in(arena);

	for (; *typed && code.len <= RECOVERY_LENGTH; typed++) {
		if (*typed == ' ' || *typed == '-' || *typed == '\t')
			continue;
		buf_add_char(&code,
		    *typed >= 'a' && *typed <= 'z' ? (char)(*typed - 'a' + 'A')
		                                   : *typed);
	}
	return buf_text(&code);
}

bool
second_code_read(struct arena *arena, const char *typed,
    struct second_code *ret)
{
	const char *code = bare(arena, typed);

	if (strlen(code) == TOTP_DIGITS && text_only(code, "0123456789")) {
		ret->digits = code;
		return true;
	}
	if (strlen(code) != RECOVERY_LENGTH || !is_base32(code))
		return false;
	ret->digits = NULL;
	ret->recovery_digest = sha256_of_text(code);
	return true;
}

bool
second_code_right(struct request *rq, const struct second_code *code,
    const struct second_factor *factor, struct second_proof *ret)
{
	unsigned char *secret = arena_alloc(rq->arena, TOTP_SECRET_BYTES);
	struct second_proof proof = {.is_recovery = !code->digits};

	if (proof.is_recovery) {
		proof.recovery_digest = code->recovery_digest;
		*ret = proof;
		return true;
	}
	if (!second_secret_open(rq, factor, secret, &proof.resealed))
		return false;
	proof.step = totp_step(secret, code->digits, factor->now_s,
	    factor->last_step);
	if (proof.step < 0)
		return false;
	if (proof.resealed)
		second_secret_seal(rq, factor->user_id, secret, proof.sealed);
	*ret = proof;
	return true;
}

/* ---- the secret ---- */

static struct sha256
seal_key(const struct settings *settings, enum keyring_root root)
{
	return keyring_key(settings, root, "second factor");
}

static void
seal_today(const struct settings *settings, const char *user_id,
    const unsigned char *secret, unsigned char *ret)
{
	struct sha256 key = seal_key(settings, ROOT_CURRENT);

	seal(&key, user_id, secret, TOTP_SECRET_BYTES, ret);
}

void
second_secret_seal(struct request *rq, const char *user_id,
    const unsigned char *secret, unsigned char *ret)
{
	seal_today(rq->settings, user_id, secret, ret);
}

static bool
open_with(const struct settings *settings, enum keyring_root root,
    const char *user_id, const unsigned char *sealed, unsigned char *ret)
{
	struct sha256 key = seal_key(settings, root);

	return seal_open(&key, user_id, sealed, TOTP_SECRET_BYTES, ret);
}

enum reseal_result
second_secret_reseal(struct arena *arena, const struct settings *settings,
    const char *user_id, const unsigned char *sealed, unsigned char *ret)
{
	unsigned char *secret = arena_alloc(arena, TOTP_SECRET_BYTES);

	if (open_with(settings, ROOT_CURRENT, user_id, sealed, secret))
		return RESEAL_NOT_NEEDED;
	if (!keyring_has_other(settings) ||
	    !open_with(settings, ROOT_OTHER, user_id, sealed, secret))
		return RESEAL_LOST;
	seal_today(settings, user_id, secret, ret);
	return RESEAL_DONE;
}

bool
second_secret_open(struct request *rq, const struct second_factor *factor,
    unsigned char *ret, bool *stale)
{
	const struct settings *settings = rq->settings;
	bool current = open_with(settings, ROOT_CURRENT, factor->user_id,
	    factor->sealed, ret);

	if (!current &&
	    !(keyring_has_other(settings) &&
	        open_with(settings, ROOT_OTHER, factor->user_id, factor->sealed,
	            ret))) {
		log_raise(LOG_ERROR);
		log_text("fault",
		    "the second factor was sealed under another JWT_SECRET: "
		    "mcp-oauth user reset-second-factor");
		return false;
	}
	if (stale)
		*stale = !current;
	return true;
}

static const char *
in_groups(struct arena *arena, const char *text, char between)
{
	struct buf shown = buf_in(arena);
	size_t i;

	for (i = 0; text[i]; i++) {
		if (i > 0 && i % GROUP == 0)
			buf_add_char(&shown, between);
		buf_add_char(&shown, text[i]);
	}
	return buf_text(&shown);
}

const char *
second_secret_shown(struct arena *arena, const unsigned char *secret)
{
	return in_groups(arena, base32_encode(arena, secret, TOTP_SECRET_BYTES),
	    ' ');
}

const char *
second_secret_uri(struct request *rq, const char *email,
    const unsigned char *secret)
{
	struct buf uri = buf_in(rq->arena);
	struct uri base;
	const char *issuer = uri_parse(rq->arena, rq->settings->oauth_base_url,
	                         &base)
	    ? base.host
	    : "mcp-oauth";

	buf_add(&uri, "otpauth://totp/");
	uri_encode(&uri, issuer);
	buf_add_char(&uri, ':');
	uri_encode(&uri, email);
	buf_addf(&uri, "?secret=%s&issuer=",
	    base32_encode(rq->arena, secret, TOTP_SECRET_BYTES));
	uri_encode(&uri, issuer);
	buf_addf(&uri, "&algorithm=SHA1&digits=%d&period=%d", TOTP_DIGITS,
	    TOTP_STEP_S);
	return buf_text(&uri);
}

/* ---- recovery codes ---- */

const char **
recovery_codes_new(struct arena *arena, struct sha256 *digests)
{
	const char **codes = arena_alloc(arena,
	    RECOVERY_CODES * sizeof(*codes));
	unsigned char *random = arena_alloc(arena, RECOVERY_BYTES);
	const char *code;
	int i;

	for (i = 0; i < RECOVERY_CODES; i++) {
		random_bytes(random, RECOVERY_BYTES);
		code = base32_encode(arena, random, RECOVERY_BYTES);
		digests[i] = sha256_of_text(code);
		codes[i] = in_groups(arena, code, '-');
	}
	return codes;
}
