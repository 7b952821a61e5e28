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

/* What jwks_uri holds now, kept for later; NULL when it may not be asked or
 * does not answer. */
static const char *
fetch_keys(struct request *rq, const struct remote_keys *keys)
{
	const struct fetch_limits limits = {
	    .per_origin = rq->settings->fetch_limit_origin,
	    .total = rq->settings->fetch_limit,
	};
	const char *jwks_uri = keys->keys.jwks_uri, *fault = NULL;
	const char *origin = fetch_origin(rq->arena, jwks_uri);
	struct fetched fetched = {0};
	int64_t wait_s;

	if (!origin ||
	    !keys_turn(rq->store, rq->arena, keys->kind, keys->owner, jwks_uri,
	        KEYS_WAIT_S) ||
	    fetch_take(rq->store, rq->arena, origin, request_remote(rq),
	        &limits, &wait_s) != FETCH_TAKEN)
		return NULL;
	if (fetch_json(rq->arena, rq->settings, jwks_uri, FETCH_JWKS_MAX_BYTES,
	        &fetched, &fault) != FETCH_GOOD) {
		log_text("fault", fault);
		return NULL;
	}
	json_object_put(fetched.document);
	if (!keys_put(rq->store, rq->arena, keys->kind, keys->owner, jwks_uri,
	        fetched.text))
		return NULL;
	return fetched.text;
}

enum jwt_result
remote_keys_verify(struct request *rq, const struct jwt *jwt,
    const struct remote_keys *keys)
{
	enum jwt_result result = verify(rq, jwt, keys->keys.jwks);

	if (result != JWT_KEY_UNKNOWN || !keys->keys.jwks_uri)
		return result;
	return verify(rq, jwt, fetch_keys(rq, keys));
}
