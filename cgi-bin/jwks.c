/* SPDX-License-Identifier: MIT */
/*
 * jwks.c - the JWK set of the keys that sign access and ID tokens (RFC 7517).
 *
 * GET.  The previous, the current and the next key, so that a verifier that
 * keeps the answer for a while meets no token it cannot check; and the keys of
 * JWT_PRIVATE_KEY_FILE.  With JWT_ALG=HS256 and no such file there is no
 * public key: 404.
 */
#include <time.h>

#include "base/log.h"
#include "crypto/keyring.h"
#include "http/endpoint.h"

static enum oauth_error
get_jwks(struct request *rq)
{
	AUTO_JSON *jwks = NULL;
	const char *fault;

	if (!keyring_is_public(rq->settings))
		return refuse(rq, OAUTH_NOT_FOUND,
		    "tokens are signed with a shared secret here");
	jwks = keyring_jwks(rq->settings, time(NULL), 1, &fault);
	rq->reply.cache_control = arena_printf(rq->arena,
	    "public, max-age=%lld", (long long)keyring_keep_s(rq->settings));
	if (jwks)
		return reply_json(rq, 200, jwks);
	log_text("fault", fault);
	return refuse_unavailable(rq, "the keys cannot be read");
}

static const char *const paths[] = {"/.well-known/jwks.json", NULL};

static const struct endpoint jwks = {
    .name = "jwks",
    .paths = paths,
    .get = get_jwks,
    .cors = CORS_ANY_ORIGIN,
    .settings = SETTINGS_SERVER,
};

int
main(void)
{
	return endpoint_run(&jwks);
}
