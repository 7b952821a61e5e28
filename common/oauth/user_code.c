/* SPDX-License-Identifier: MIT */
#include "oauth/user_code.h"

#include <stdint.h>
#include <string.h>

#include "base/buf.h"
#include "crypto/keyring.h"

static const char letters[] = "BCDFGHJKLMNPQRSTVWXZ";

enum { N_LETTERS = sizeof(letters) - 1, LENGTH = 8, HALF = LENGTH / 2 };

static struct sha256
hmac_of(const struct settings *settings, const char *purpose, const char *text)
{
	return keyring_mac(settings, ROOT_CURRENT, purpose, text, strlen(text));
}

const char *
user_code_of(struct arena *arena, const struct settings *settings,
    const char *device_code_digest)
{
	struct sha256 mac = hmac_of(settings, "user code", device_code_digest);
	char *code = arena_alloc(arena, LENGTH + 1);
	uint64_t number = 0;
	size_t i;

	/* 64 bits for 35: no letter is more likely than another. */
	for (i = 0; i < sizeof(number); i++)
		number = number << 8 | mac.bytes[i];
	for (i = 0; i < LENGTH; i++) {
		code[i] = letters[number % N_LETTERS];
		number /= N_LETTERS;
	}
	return code;
}

const char *
user_code_shown(struct arena *arena, const char *user_code)
{
	return arena_printf(arena, "%.4s-%s", user_code, user_code + HALF);
}

const char *
user_code_read(struct arena *arena, const char *typed)
{
	struct buf code = buf_in(arena);
	char c;

	for (; *typed; typed++) {
		c = *typed;
		if (c == ' ' || c == '-' || c == '\t')
			continue;
		if (c >= 'a' && c <= 'z')
			c = (char)(c - 'a' + 'A');
		if (!strchr(letters, c) || code.len == LENGTH)
			return NULL;
		buf_add_char(&code, c);
	}
	return code.len == LENGTH ? buf_text(&code) : NULL;
}

struct sha256
user_code_digest(const struct settings *settings, const char *user_code)
{
	return hmac_of(settings, "user code digest", user_code);
}
