/* SPDX-License-Identifier: MIT */
#include "public_keys.h"

#include <stdio.h>
#include <string.h>

#include "base/auto.h"
#include "base/text.h"
#include "crypto/jwks.h"
#include "web.h"

enum { JWKS_MAX_BYTES = 1 << 18 };

static const char *
text_of_file(struct arena *arena, const char *path)
{
	AUTO_FILE *file = fopen(path, "re");
	char *text = arena_alloc(arena, JWKS_MAX_BYTES + 1);

	if (file)
		text[fread(text, 1, JWKS_MAX_BYTES, file)] = '\0';
	return text;
}

static const char *
text_of_url(struct arena *arena, const char *url, const char **fault)
{
	struct web_answer answer = web_send(arena, &(struct web){0},
	    &(struct web_request){.url = url});

	if (answer.status == 200)
		return answer.body;
	*fault = answer.status == 0
	    ? arena_printf(arena, "JWKS_URL %s: %s", url, answer.error)
	    : arena_printf(arena, "JWKS_URL %s answers status %ld", url,
	          answer.status);
	return "";
}

bool
public_keys_read(struct arena *arena, const struct settings *guard,
    struct public_keys *ret, const char **fault)
{
	bool is_file = guard->jwks_file != NULL;
	struct jwt_key *keys;
	const char *text;

	ret->where = is_file ? guard->jwks_file : guard->jwks_url;
	*fault = arena_printf(arena, "%s %s is no JWK set",
	    is_file ? "JWKS_FILE" : "JWKS_URL", ret->where);
	text = is_file ? text_of_file(arena, ret->where)
	               : text_of_url(arena, ret->where, fault);
	if (!jwks_read(arena, text, strlen(text), &keys, &ret->n))
		return false;
	ret->keys = keys;
	return true;
}

bool
public_keys_hold(const struct public_keys *keys, const char *kid)
{
	size_t i;

	for (i = 0; i < keys->n; i++)
		if (keys->keys[i].kid && text_equal(keys->keys[i].kid, kid))
			return true;
	return false;
}
