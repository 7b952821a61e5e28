/* SPDX-License-Identifier: MIT */
#include "oauth/refresh_token.h"

#include <string.h>

#include "base/text.h"
#include "crypto/digest.h"
#include "crypto/encode.h"

enum {
	SESSION_ID_BYTES = 16,
	GENERATION_BYTES = 4,
	SECRET_BYTES = 16,
	TAG_BYTES = 12,
	SIGNED_BYTES = SESSION_ID_BYTES + GENERATION_BYTES + SECRET_BYTES,
	TOKEN_BYTES = SIGNED_BYTES + TAG_BYTES,
	TOKEN_LENGTH = 64,
	LEGACY_LENGTH = 43,
	LEGACY_BYTES = 32,
};

struct layout {
	unsigned char session_id[SESSION_ID_BYTES];
	unsigned char generation[GENERATION_BYTES];
	unsigned char secret[SECRET_BYTES];
	unsigned char tag[TAG_BYTES];
};

_Static_assert(sizeof(struct layout) == TOKEN_BYTES, "no padding");

static void
session_id_to_bytes(const char *uuid, unsigned char *ret)
{
	static const char digits[] = "0123456789abcdef";
	size_t n = 0;

	for (; *uuid && n < (size_t)2 * SESSION_ID_BYTES; uuid++) {
		const char *digit = strchr(digits, *uuid);

		if (!digit)
			continue; /* a hyphen */
		ret[n / 2] = (unsigned char)(ret[n / 2] << 4 |
		    (digit - digits));
		n++;
	}
}

static const char *
session_id_from_bytes(struct arena *arena, const unsigned char *bytes)
{
	const char *hex = hex_encode(arena, bytes, SESSION_ID_BYTES);

	return arena_printf(arena, "%.8s-%.4s-%.4s-%.4s-%.12s", hex, hex + 8,
	    hex + 12, hex + 16, hex + 20);
}

static void
put_generation(unsigned char *ret, int64_t generation)
{
	int i;

	for (i = 0; i < GENERATION_BYTES; i++)
		ret[i] = (unsigned char)(generation >>
		    8 * (GENERATION_BYTES - 1 - i));
}

static int64_t
get_generation(const unsigned char *bytes)
{
	int64_t generation = 0;
	int i;

	for (i = 0; i < GENERATION_BYTES; i++)
		generation = generation << 8 | bytes[i];
	return generation;
}

static struct sha256
tag_of(const struct settings *settings, enum keyring_root root,
    const struct layout *token)
{
	return keyring_mac(settings, root, "refresh token tag", token,
	    SIGNED_BYTES);
}

static const char *
seal(struct arena *arena, const struct settings *settings,
    enum keyring_root root, struct layout *token)
{
	struct sha256 tag = tag_of(settings, root, token);

	memcpy(token->tag, tag.bytes, TAG_BYTES);
	return base64url_encode(arena, (const unsigned char *)token,
	    TOKEN_BYTES);
}

const char *
refresh_token_new(struct arena *arena, const struct settings *settings,
    const char *session_id, int64_t generation)
{
	struct layout token = {{0}, {0}, {0}, {0}};

	session_id_to_bytes(session_id, token.session_id);
	put_generation(token.generation, generation);
	random_bytes(token.secret, SECRET_BYTES);
	return seal(arena, settings, ROOT_CURRENT, &token);
}

static bool
tag_fits(const struct settings *settings, enum keyring_root root,
    const struct layout *token)
{
	struct sha256 tag = tag_of(settings, root, token);

	return bytes_equal(tag.bytes, token->tag, TAG_BYTES);
}

static bool
is_legacy(const char *text)
{
	unsigned char bytes[LEGACY_BYTES];

	return strlen(text) == LEGACY_LENGTH &&
	    base64url_decode_exact(text, bytes, LEGACY_BYTES);
}

bool
refresh_token_read(struct arena *arena, const struct settings *settings,
    const char *text, struct refresh_token *ret)
{
	struct layout token;

	if (is_legacy(text)) {
		*ret = (struct refresh_token){.kind = REFRESH_TOKEN_LEGACY,
		    .text = text};
		return true;
	}
	if (strlen(text) != TOKEN_LENGTH ||
	    !base64url_decode_exact(text, (unsigned char *)&token, TOKEN_BYTES))
		return false;
	if (!tag_fits(settings, ROOT_CURRENT, &token) &&
	    !(keyring_has_other(settings) &&
	        tag_fits(settings, ROOT_OTHER, &token)))
		return false;
	*ret = (struct refresh_token){
	    .kind = REFRESH_TOKEN_OURS,
	    .text = text,
	    .session_id = session_id_from_bytes(arena, token.session_id),
	    .generation = get_generation(token.generation),
	};
	return ret->generation < INT32_MAX;
}

const char *
refresh_token_successor(struct arena *arena, const struct settings *settings,
    enum keyring_root root, const struct refresh_token *token)
{
	struct sha256 secret = keyring_mac(settings, root,
	    "refresh token successor", token->text, strlen(token->text));
	struct layout next = {{0}, {0}, {0}, {0}};

	session_id_to_bytes(token->session_id, next.session_id);
	put_generation(next.generation, token->generation + 1);
	memcpy(next.secret, secret.bytes, SECRET_BYTES);
	return seal(arena, settings, root, &next);
}

const char *
refresh_token_hash(struct arena *arena, const char *text)
{
	struct sha256 digest = sha256_of_text(text);

	return hex_encode(arena, digest.bytes, SHA256_BYTES);
}
