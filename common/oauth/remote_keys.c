/* SPDX-License-Identifier: MIT */
#include "oauth/remote_keys.h"

#include <string.h>

#include "base/log.h"
#include "crypto/jwks.h"
#include "http/fetch.h"
#include "store/client_document.h"

enum { KEYS_WAIT_S = 300 }; /* between two looks at a jwks_uri */

static enum jwt_result
verify(struct request *rq, const struct jwt *jwt, const char *jwks)
{
	struct jwt_key *keys;
	size_t n;

	if (!jwks || !jwks_read(rq->arena, jwks, strlen(jwks), &keys, &n))
		return JWT_KEY_UNKNOWN;
	return jwt_verify_foreign(rq->arena, jwt, keys, n);
}

/* May the jwks_uri be asked now?  The turn bounds what an owner can cost, so
 * the budget is for strangers, of whom there may be any number. */
static bool
may_ask(struct request *rq, const struct remote_keys *keys)
{
	const struct fetch_limits limits = {
	    .per_origin = rq->settings->fetch_limit_origin,
	    .total = rq->settings->fetch_limit,
	};
	const char *jwks_uri = keys->keys.jwks_uri;
	const char *origin = fetch_origin(rq->arena, jwks_uri);
	int64_t wait_s;

	return origin &&
	    keys_turn(rq->store, rq->arena, keys->kind, keys->owner, jwks_uri,
	        KEYS_WAIT_S) &&
	    (keys->keys.known ||
	        fetch_take(rq->store, rq->arena, origin, request_remote(rq),
	            &limits, &wait_s) == FETCH_TAKEN);
}

/* Whatever else a host may say at times must not replace good keys. */
static bool
holds_keys(struct arena *arena, struct json_object *document)
{
	struct jwt_key *keys;
	size_t n;

	return jwks_keys(arena, document, &keys, &n) && n > 0;
}

/* A JWK set of at least one key; anything else is logged. */
static bool
ask(struct request *rq, const struct remote_keys *keys, struct fetched *ret)
{
	const char *fault = NULL;
	bool good;

	if (fetch_json(rq->arena, rq->settings, keys->keys.jwks_uri,
	        keys->keys.known ? FETCH_ABOUT_KNOWN : FETCH_ABOUT_STRANGER,
	        FETCH_JWKS_MAX_BYTES, ret, &fault) != FETCH_GOOD) {
		log_raise(LOG_WARNING);
		log_text("fault", fault);
		return false;
	}
	good = holds_keys(rq->arena, ret->document);
	json_object_put(ret->document);
	if (!good)
		log_text("fault", "jwks_uri holds no key that can be used");
	return good;
}

/* What jwks_uri holds now, kept for later; NULL when it may not be asked or
 * does not answer. */
static const char *
fetch_keys(struct request *rq, const struct remote_keys *keys)
{
	const char *jwks_uri = keys->keys.jwks_uri;
	struct fetched fetched = {0};

	if (!may_ask(rq, keys) || !ask(rq, keys, &fetched))
		return NULL;
	if (!keys_put(rq->store, rq->arena, keys->kind, keys->owner, jwks_uri,
	        fetched.text, fetched.fresh_s))
		return NULL;
	return fetched.text;
}

enum jwt_result
remote_keys_verify(struct request *rq, const struct jwt *jwt,
    const struct remote_keys *keys)
{
	bool remote = keys->keys.jwks_uri != NULL;
	bool stale = remote && !keys->keys.fresh;
	const char *renewed = stale ? fetch_keys(rq, keys) : NULL;
	enum jwt_result result = verify(rq, jwt,
	    renewed ? renewed : keys->keys.jwks);

	/* Signed with a key that came later, maybe one without a kid. */
	if (remote && !stale &&
	    (result == JWT_KEY_UNKNOWN || result == JWT_SIGNATURE)) {
		renewed = fetch_keys(rq, keys);
		if (renewed)
			result = verify(rq, jwt, renewed);
	}
	return result;
}
