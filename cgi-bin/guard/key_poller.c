/* SPDX-License-Identifier: MIT */
#include "key_poller.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/auto.h"
#include "base/log.h"
#include "base/memory.h"
#include "base/text.h"
#include "crypto/digest.h"
#include "crypto/encode.h"
#include "crypto/jwks.h"
#include "http/fetch.h"
#include "keys.h"
#include "watch.h"

enum {
	POLL_EVERY_MS = 2000,
	POLLER_ARENA_BYTES = 2 << 20,
	SETTINGS_ARENA_BYTES = 1 << 16,
	NAME_BYTES = 8, /* of the digest that names a copy */
};

/* What the thread works with; settings hold no more than fetch_json() reads. */
struct key_poller {
	struct arena *kept, *arena; /* of the thread's life; of one round */
	struct settings settings;
	const char *jwks_url, *copy;
	struct sha256 written; /* what the copy holds */
	bool has_written;
};

static const char *
name_of(struct arena *arena, const char *jwks_url)
{
	struct sha256 digest = sha256_of_text(jwks_url);

	return arena_printf(arena, "jwks-%s",
	    hex_encode(arena, digest.bytes, NAME_BYTES));
}

const char *
key_poller_copy(struct arena *arena, const char *state_directory,
    const char *jwks_url)
{
	return arena_printf(arena, "%s/%s", state_directory,
	    name_of(arena, jwks_url));
}

static void
free_poller(void *work)
{
	struct key_poller *poller = work;

	arena_free(poller->arena);
	arena_free(poller->kept);
	free(poller);
}

/* ---- one round ---- */

/* A host that answers with other things at times, or whose clock is wrong, must
 * not take good keys away. */
static bool
holds_keys_of_now(struct arena *arena, struct json_object *document)
{
	struct key_set set;
	struct jwt_key *keys;

	if (!jwks_keys(arena, document, &keys, &set.n))
		return false;
	set.keys = keys;
	return keys_hold(&set, time(NULL));
}

/* Written beside and renamed: a guard reads the old copy or the new one. */
static bool
write_copy(struct key_poller *poller, const char *text)
{
	const char *fresh = arena_printf(poller->arena, "%s.new", poller->copy);
	size_t len = strlen(text);
	AUTO_FD fd = open(fresh, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC,
	    0600);

	return fd >= 0 && write(fd, text, len) == (ssize_t)len &&
	    rename(fresh, poller->copy) == 0;
}

/* The copy as it should be; written when it is not. */
static bool
keep(struct key_poller *poller, const char *text)
{
	struct sha256 digest = sha256_of_text(text);

	if (poller->has_written && access(poller->copy, F_OK) == 0 &&
	    bytes_equal(digest.bytes, poller->written.bytes, SHA256_BYTES))
		return true;
	if (!write_copy(poller, text)) {
		log_text("fault", "STATE_DIRECTORY cannot be written");
		return false;
	}
	poller->written = digest;
	poller->has_written = true;
	return true;
}

static bool
fetch_keys(void *work)
{
	struct key_poller *poller = work;
	struct fetched fetched = {0};
	const char *fault;
	bool good;

	arena_reset(poller->arena);
	if (fetch_json(poller->arena, &poller->settings, poller->jwks_url,
	        FETCH_ABOUT_US, FETCH_JWKS_MAX_BYTES, &fetched,
	        &fault) != FETCH_GOOD) {
		log_text("fault", fault);
		return false;
	}
	good = holds_keys_of_now(poller->arena, fetched.document);
	json_object_put(fetched.document);
	if (good)
		return keep(poller, fetched.text);
	log_text("fault", "JWKS_URL holds no key of today");
	return false;
}

static void
tell(bool good)
{
	log_event(good ? "keys are fetched again" : "could not fetch keys");
}

static const struct watch_duty duty = {
    .pause_ms = POLL_EVERY_MS,
    .round = fetch_keys,
    .release = free_poller,
    .tell = tell,
    .no_thread = "could not start the thread that fetches keys",
};

static struct watch watch = {.duty = &duty};

/* ---- the thread ---- */

static const char *
kept_text(struct key_poller *poller, const char *text)
{
	return text ? arena_strdup(poller->kept, text) : NULL;
}

/* The settings may be gone before the thread is: it has its own words. */
static struct key_poller *
poller_for(const struct settings *settings)
{
	struct key_poller *poller = memory_must(calloc(1, sizeof(*poller)));

	poller->kept = arena_new(SETTINGS_ARENA_BYTES);
	poller->arena = arena_new(POLLER_ARENA_BYTES);
	poller->settings = (struct settings){
	    .state_directory = kept_text(poller, settings->state_directory),
	    .fetch_ca_file = kept_text(poller, settings->fetch_ca_file),
	    .fetch_proxy = kept_text(poller, settings->fetch_proxy),
	};
	poller->jwks_url = kept_text(poller, settings->jwks_url);
	poller->copy = key_poller_copy(poller->kept, settings->state_directory,
	    settings->jwks_url);
	return poller;
}

void
key_poller_start(const struct settings *settings)
{
	struct key_poller *poller;

	if (!settings->jwks_url) {
		watch_stop(&watch);
		return;
	}
	poller = poller_for(settings);
	watch_start(&watch, settings->state_directory,
	    arena_printf(poller->kept, "%s.lock",
	        name_of(poller->kept, settings->jwks_url)),
	    poller);
}

void
key_poller_wait_first(int wait_ms)
{
	watch_wait_first(&watch, wait_ms);
}
