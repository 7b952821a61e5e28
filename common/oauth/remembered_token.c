/* SPDX-License-Identifier: MIT */
#include "oauth/remembered_token.h"

#include <string.h>

#include "base/text.h"
#include "crypto/table_hash.h"

enum {
	BUCKETS = 128,
	PLACES = 4,       /* of a bucket */
	TEXT_BYTES = 448, /* of what a token says; longer is not remembered */
	REMEMBERED_S = 600,
};

struct place {
	struct table_hash hash;
	int64_t verified_at_s; /* 0: the place is free */
	struct access_token token;
	char text[TEXT_BYTES];
};

static struct place buckets[BUCKETS][PLACES];

static struct place *
bucket_of(const struct table_hash *hash)
{
	return buckets[hash->bytes[0] % BUCKETS];
}

static struct place *
find(const struct table_hash *hash)
{
	struct place *bucket = bucket_of(hash);
	size_t i;

	for (i = 0; i < PLACES; i++)
		if (bucket[i].verified_at_s != 0 &&
		    table_hash_equal(&bucket[i].hash, hash))
			return &bucket[i];
	return NULL;
}

/* A clock that was set back is no reason to trust longer. */
static bool
is_fresh(const struct place *place, int64_t now_s)
{
	return now_s >= place->verified_at_s &&
	    now_s - place->verified_at_s < REMEMBERED_S &&
	    now_s < place->token.exp_s;
}

bool
remembered_token_find(const char *text, const char *audience, int64_t now_s,
    struct access_token *ret)
{
	struct table_hash hash = table_hash_of(text);
	const struct place *place = find(&hash);

	if (!place || !is_fresh(place, now_s) ||
	    !text_equal(place->token.aud, audience))
		return false;
	*ret = place->token;
	return true;
}

/* ---- taking in ---- */

/* Copy *text to *at and go on behind it; false when there is no room. */
static bool
take_text(const char **text, char **at, const char *end)
{
	size_t bytes;

	if (!*text)
		return true;
	bytes = strlen(*text) + 1;
	if (bytes > (size_t)(end - *at))
		return false;
	memcpy(*at, *text, bytes);
	*text = *at;
	*at += bytes;
	return true;
}

static bool
fill(struct place *place, const struct access_token *token)
{
	char *at = place->text;
	const char *end = place->text + TEXT_BYTES;
	struct access_token *copy = &place->token;

	*copy = *token;
	return take_text(&copy->sub, &at, end) &&
	    take_text(&copy->client_id, &at, end) &&
	    take_text(&copy->scope, &at, end) &&
	    take_text(&copy->sid, &at, end) &&
	    take_text(&copy->jti, &at, end) &&
	    take_text(&copy->email, &at, end) &&
	    take_text(&copy->jkt, &at, end);
}

static struct place *
oldest_of(struct place *bucket)
{
	struct place *oldest = bucket;
	size_t i;

	for (i = 1; i < PLACES; i++)
		if (bucket[i].verified_at_s < oldest->verified_at_s)
			oldest = &bucket[i];
	return oldest;
}

void
remembered_token_add(const char *text, const struct access_token *token,
    int64_t now_s)
{
	struct table_hash hash = table_hash_of(text);
	struct place *place = find(&hash);

	if (!place)
		place = oldest_of(bucket_of(&hash));
	place->verified_at_s = 0;
	if (!fill(place, token))
		return;
	place->hash = hash;
	place->verified_at_s = now_s;
}

/* ---- forgetting ---- */

void
remembered_token_drop(const char *text)
{
	struct table_hash hash = table_hash_of(text);
	struct place *place = find(&hash);

	if (place)
		place->verified_at_s = 0;
}

void
remembered_token_forget(void)
{
	size_t i, j;

	for (i = 0; i < BUCKETS; i++)
		for (j = 0; j < PLACES; j++)
			buckets[i][j].verified_at_s = 0;
}
