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
#include "http/document.h"
#include "http/endpoint.h"

static struct json_object *
make_jwks(struct request *rq)
{
	const char *fault = NULL;
	struct json_object *jwks = keyring_jwks(rq->settings, time(NULL), 1,
	    &fault);

	if (!jwks)
		log_text("fault", fault);
	return jwks;
}

static enum oauth_error
get_jwks(struct request *rq)
{
	const char *of_this_second = arena_printf(rq->arena, "%lld",
	    (long long)time(NULL));

	if (!keyring_is_public(rq->settings))
		return refuse(rq, OAUTH_NOT_FOUND,
		    "tokens are signed with a shared secret here");
	rq->reply.cache_control = arena_printf(rq->arena,
	    "public, max-age=%lld", (long long)keyring_keep_s(rq->settings));
	/* Keys come and go by the clock, and by the file that may hold one. */
	if (reply_document(rq, of_this_second, make_jwks))
		return OAUTH_OK;
	return refuse_unavailable(rq, "the keys cannot be read");
}

static const char *const paths[] = {"/.well-known/jwks.json", NULL};

static const struct endpoint jwks = {
    .name = "jwks",
    .paths = paths,
    .get = get_jwks,
    .cors = CORS_ANY_ORIGIN,
    .settings = SETTINGS_SERVER,
    .settings_changed = documents_forget,
};

int
main(void)
{
	return endpoint_run(&jwks);
}
