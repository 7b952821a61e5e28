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
text_of_url(struct arena *arena, const struct settings *settings,
    const char *url, const char **fault)
{
	struct web_answer answer = web_send(arena,
	    &(struct web){.ca_file = settings->fetch_ca_file},
	    &(struct web_request){.url = url});

	if (answer.status == 200)
		return answer.body;
	*fault = answer.status == 0
	    ? arena_printf(arena, "%s: %s", url, answer.error)
	    : arena_printf(arena, "%s answers status %ld", url, answer.status);
	return "";
}

static bool
keys_of_text(struct arena *arena, const char *text, struct public_keys *ret)
{
	struct jwt_key *keys;

	if (!jwks_read(arena, text, strlen(text), &keys, &ret->n))
		return false;
	ret->keys = keys;
	return true;
}

bool
public_keys_fetch(struct arena *arena, const struct settings *settings,
    const char *url, struct public_keys *ret, const char **fault)
{
	ret->where = url;
	*fault = arena_printf(arena, "%s is no JWK set", url);
	return keys_of_text(arena, text_of_url(arena, settings, url, fault),
	    ret);
}

bool
public_keys_read(struct arena *arena, const struct settings *guard,
    struct public_keys *ret, const char **fault)
{
	const char *path = guard->jwks_file;

	if (!path)
		return public_keys_fetch(arena, guard, guard->jwks_url, ret,
		    fault);
	ret->where = path;
	*fault = arena_printf(arena, "%s is no JWK set", path);
	return keys_of_text(arena, text_of_file(arena, path), ret);
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
