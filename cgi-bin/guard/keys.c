/* SPDX-License-Identifier: MIT */
#include "keys.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/auto.h"
#include "base/log.h"
#include "crypto/jwks.h"

enum { JWKS_MAX_BYTES = 1 << 18, KEYS_ARENA_BYTES = 1 << 20 };

static struct {
	struct arena *arena;
	struct key_set set;
	struct jwt_key hs256;
	struct stat state;
	int64_t looked_at_s;
} loaded;

static char *
read_file(struct arena *arena, const char *path, struct stat *state,
    size_t *ret_bytes)
{
	AUTO_FILE *file = fopen(path, "re");
	char *text;

	if (!file || fstat(fileno(file), state) != 0 ||
	    !S_ISREG(state->st_mode) || state->st_size > JWKS_MAX_BYTES)
		return NULL;
	text = arena_alloc(arena, (size_t)state->st_size + 1);
	*ret_bytes = fread(text, 1, (size_t)state->st_size, file);
	return text;
}

static void
load(const char *path)
{
	struct arena *arena = arena_new(KEYS_ARENA_BYTES);
	struct jwt_key *keys = NULL;
	size_t len = 0, n = 0;
	char *text = read_file(arena, path, &loaded.state, &len);

	if (!text || !jwks_read(arena, text, len, &keys, &n)) {
		log_alone(LOG_ERROR, "could not read a JWK set from %s", path);
		arena_free(arena);
		return;
	}
	arena_free(loaded.arena);
	loaded.arena = arena;
	loaded.set = (struct key_set){keys, n};
}

static bool
changed(const char *path)
{
	struct stat now;

	if (stat(path, &now) != 0)
		return false;
	return !loaded.arena || now.st_ino != loaded.state.st_ino ||
	    now.st_size != loaded.state.st_size ||
	    now.st_mtim.tv_sec != loaded.state.st_mtim.tv_sec ||
	    now.st_mtim.tv_nsec != loaded.state.st_mtim.tv_nsec;
}

static bool
holds_key_for(const struct key_set *set, int64_t now_s)
{
	size_t i;

	for (i = 0; i < set->n; i++)
		if (set->keys[i].nbf_s <= now_s && set->keys[i].exp_s > now_s)
			return true;
	return false;
}

static const struct key_set *
shared_secret(const struct settings *settings)
{
	loaded.hs256 = (struct jwt_key){.alg = JWT_HS256,
	    .secret = settings->jwt_secret};
	loaded.set = (struct key_set){&loaded.hs256, 1};
	return &loaded.set;
}

const struct key_set *
keys_current(const struct settings *settings, int64_t now_s, const char **fault)
{
	if (settings->hs256)
		return shared_secret(settings);
	if (now_s != loaded.looked_at_s) {
		loaded.looked_at_s = now_s;
		if (changed(settings->jwks_file))
			load(settings->jwks_file);
	}
	if (!loaded.arena) {
		*fault = "JWKS_FILE is missing or broken: run mcp-oauth render";
		return NULL;
	}
	if (!holds_key_for(&loaded.set, now_s)) {
		*fault =
		    "JWKS_FILE holds no key of today: run mcp-oauth render";
		return NULL;
	}
	return &loaded.set;
}
