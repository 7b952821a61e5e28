/* SPDX-License-Identifier: MIT */
#include "keys.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/auto.h"
#include "base/log.h"
#include "base/text.h"
#include "crypto/jwks.h"
#include "key_poller.h"
#include "oauth/remembered_token.h"

enum {
	JWKS_MAX_BYTES = 1 << 18,
	KEYS_ARENA_BYTES = 1 << 20,
	FIRST_FETCH_MS = 2000, /* how long a new guard waits for its first */
};

static struct {
	struct arena *arena;
	struct key_set set;
	struct stat state;
	int64_t looked_at_s;
	char path[PATH_MAX];
	bool fetches; /* JWKS_URL, now and then */
} loaded;

static char *
read_file(struct arena *arena, const char *path, size_t *ret_bytes)
{
	AUTO_FILE *file = fopen(path, "re");
	struct stat state;
	char *text;

	if (!file || fstat(fileno(file), &state) != 0 ||
	    !S_ISREG(state.st_mode) || state.st_size > JWKS_MAX_BYTES)
		return NULL;
	text = arena_alloc(arena, (size_t)state.st_size + 1);
	*ret_bytes = fread(text, 1, (size_t)state.st_size, file);
	return text;
}

/* False when the file holds none: those of before stay in use. */
static bool
load(const char *path)
{
	struct arena *arena = arena_new(KEYS_ARENA_BYTES);
	struct jwt_key *keys = NULL;
	size_t len = 0, n = 0;
	char *text = read_file(arena, path, &len);

	if (!text || !jwks_read(arena, text, len, &keys, &n)) {
		log_alone(LOG_ERROR, "could not read a JWK set from %s", path);
		arena_free(arena);
		return false;
	}
	arena_free(loaded.arena);
	loaded.arena = arena;
	loaded.set = (struct key_set){keys, n};
	remembered_token_forget(); /* the key of some may be gone */
	return true;
}

/* Is it another file than at the last look?  One look at each: a file that
 * cannot be read is not told of again and again. */
static bool
changed(const char *path)
{
	struct stat now;

	if (stat(path, &now) != 0 ||
	    (now.st_ino == loaded.state.st_ino &&
	        now.st_size == loaded.state.st_size &&
	        now.st_mtim.tv_sec == loaded.state.st_mtim.tv_sec &&
	        now.st_mtim.tv_nsec == loaded.state.st_mtim.tv_nsec))
		return false;
	loaded.state = now;
	return true;
}

bool
keys_hold(const struct key_set *set, int64_t now_s)
{
	size_t i;

	for (i = 0; i < set->n; i++)
		if (set->keys[i].nbf_s <= now_s && set->keys[i].exp_s > now_s)
			return true;
	return false;
}

/* Apart from what was loaded, which may be asked for again. */
static const struct key_set *
shared_secret(const struct settings *settings)
{
	static struct jwt_key key;
	static const struct key_set set = {&key, 1};

	key = (struct jwt_key){.alg = JWT_HS256,
	    .secret = settings->jwt_secret};
	return &set;
}

void
keys_use(const struct settings *settings, bool lasts)
{
	struct arena *arena = arena_new(KEYS_ARENA_BYTES);
	const char *path = settings->jwks_url
	    ? key_poller_copy(arena, settings->state_directory,
	          settings->jwks_url)
	    : settings->jwks_file;

	if (path && !text_equal(path, loaded.path)) {
		arena_free(loaded.arena);
		loaded.arena = NULL;
		loaded.looked_at_s = 0;
		loaded.state = (struct stat){0};
		(void)snprintf(loaded.path, sizeof(loaded.path), "%s", path);
	}
	arena_free(arena);
	loaded.fetches = lasts && settings->jwks_url;
	if (lasts)
		key_poller_start(settings);
}

static void
look_at_file(int64_t now_s)
{
	if (now_s == loaded.looked_at_s)
		return;
	loaded.looked_at_s = now_s;
	if (!loaded.arena && loaded.fetches)
		key_poller_wait_first(FIRST_FETCH_MS);
	if (!loaded.arena) /* it may have become readable */
		loaded.state = (struct stat){0};
	if (changed(loaded.path))
		(void)load(loaded.path);
}

bool
keys_look_again(const struct settings *settings)
{
	return !settings->hs256 && changed(loaded.path) && load(loaded.path);
}

const struct key_set *
keys_current(const struct settings *settings, int64_t now_s, const char **fault)
{
	if (settings->hs256)
		return shared_secret(settings);
	look_at_file(now_s);
	if (settings->jwks_url && !loaded.fetches) {
		*fault = "JWKS_URL is not for a guard that is a plain CGI "
		         "program: name a JWKS_FILE";
		return NULL;
	}
	if (!loaded.arena) {
		*fault = settings->jwks_url
		    ? "no keys were ever fetched from JWKS_URL"
		    : "JWKS_FILE is missing or broken: run mcp-oauth render";
		return NULL;
	}
	if (!keys_hold(&loaded.set, now_s)) {
		*fault = settings->jwks_url
		    ? "the keys fetched from JWKS_URL are out of date"
		    : "JWKS_FILE holds no key of today: run mcp-oauth render";
		return NULL;
	}
	return &loaded.set;
}
