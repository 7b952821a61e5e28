/* SPDX-License-Identifier: MIT */
#include "oauth/client_assertion.h"

#include <string.h>
#include <time.h>

#include "base/log.h"
#include "base/text.h"
#include "oauth/claims.h"
#include "oauth/client_document.h"
#include "oauth/remote_keys.h"

enum {
	LIFETIME_MAX_S = 3600,
	JTI_MAX_BYTES = 256,
};

const char *
client_assertion_subject(struct request *rq, const char *assertion)
{
	AUTO_JWT jwt = {0};

	return jwt_read(rq->arena, assertion, &jwt)
	    ? claims_text(rq->arena, jwt.claims, "sub")
	    : NULL;
}

static enum client_assertion_result
refuse_assertion(const char *reason)
{
	log_text("reason", reason);
	return CLIENT_ASSERTION_REFUSED;
}

static enum client_assertion_result
check_signature(struct request *rq, const struct jwt *jwt,
    const char *client_id)
{
	struct remote_keys keys = {.kind = KEYS_OF_CLIENT, .owner = client_id};

	switch (client_keys(rq->store, rq->arena, client_id, &keys.keys)) {
	case CLIENT_KEYS_OK:
		break;
	case CLIENT_KEYS_UNKNOWN:
		return refuse_assertion("the client is unknown");
	case CLIENT_KEYS_NONE:
		return refuse_assertion("the client does not use "
		                        "private_key_jwt");
	case CLIENT_KEYS_STORE_DOWN:
		return CLIENT_ASSERTION_STORE_DOWN;
	}
	return remote_keys_verify(rq, jwt, &keys) == JWT_GOOD
	    ? CLIENT_ASSERTION_GOOD
	    : refuse_assertion("no key of the client signed the assertion");
}

/* ---- claims ---- */

/* The issuer; the others are what clients of older specifications say, the
 * last one RFC 9126 s2. */
static bool
audience_good(struct request *rq, struct json_object *claims)
{
	const char *issuer = rq->settings->oauth_issuer;
	const char *base = rq->settings->oauth_base_url;
	struct arena *arena = rq->arena;

	return claims_aud_is(claims, issuer) ||
	    claims_aud_is(claims, arena_printf(arena, "%s/", issuer)) ||
	    claims_aud_is(claims,
	        arena_printf(arena, "%s/api/oauth/token", base)) ||
	    claims_aud_is(claims,
	        arena_printf(arena, "%s/api/oauth/par", base));
}

static bool
typ_good(const struct jwt *jwt)
{
	return !json_object_object_get_ex(jwt->header, "typ", NULL) ||
	    jwt_typ_is(jwt, "JWT") ||
	    jwt_typ_is(jwt, "client-authentication+jwt");
}

static const char *
claims_fault(struct request *rq, const struct jwt *jwt, const char *client_id,
    int64_t *exp_s)
{
	const char *iss = json_string(jwt->claims, "iss");
	const char *sub = json_string(jwt->claims, "sub");
	const char *jti = json_string(jwt->claims, "jti");

	if (!typ_good(jwt))
		return "the assertion is of another type";
	if (!iss || !sub || !text_equal(iss, sub))
		return "iss and sub of the assertion are not the client";
	if (client_id && !text_equal(client_id, sub))
		return "client_id differs from the assertion";
	if (!audience_good(rq, jwt->claims))
		return "the assertion is for another audience";
	if (!jti || !*jti || strlen(jti) > JTI_MAX_BYTES)
		return "the assertion has no jti";
	return claims_assertion_fault(jwt->claims, time(NULL), LIFETIME_MAX_S,
	    exp_s);
}

static enum client_assertion_result
spend(struct request *rq, const struct jwt *jwt, const char *client_id,
    int64_t exp_s)
{
	struct sha256 digest = sha256_of_text(
	    arena_printf(rq->arena, "client assertion\n%s\n%s", client_id,
	        json_string(jwt->claims, "jti")));

	switch (jti_take(rq->store, rq->arena, &digest,
	    exp_s - time(NULL) + CLOCK_LEEWAY_S)) {
	case JTI_FRESH:
		return CLIENT_ASSERTION_GOOD;
	case JTI_SPENT:
		log_raise(LOG_WARNING);
		log_event("client assertion replayed");
		return refuse_assertion("the assertion was used before");
	case JTI_STORE_DOWN:
		break;
	}
	return CLIENT_ASSERTION_STORE_DOWN;
}

enum client_assertion_result
client_assertion_check(struct request *rq, const char *assertion,
    const char *client_id, struct client_credentials *ret)
{
	AUTO_JWT jwt = {0};
	enum client_assertion_result result;
	const char *fault, *sub;
	int64_t exp_s = 0;

	if (!jwt_read(rq->arena, assertion, &jwt))
		return refuse_assertion("client_assertion is no JWT");
	fault = claims_fault(rq, &jwt, client_id, &exp_s);
	if (fault)
		return refuse_assertion(fault);
	sub = claims_text(rq->arena, jwt.claims, "sub");
	log_text("client_id", sub);
	/* Before its keys are asked for. */
	if (client_document_kept_out(rq->arena, rq->settings, sub))
		return refuse_assertion("the client's host is not let in");
	result = check_signature(rq, &jwt, sub);
	if (result == CLIENT_ASSERTION_GOOD)
		result = spend(rq, &jwt, sub, exp_s);
	if (result != CLIENT_ASSERTION_GOOD)
		return result;
	ret->client_id = sub;
	ret->method = "private_key_jwt";
	return CLIENT_ASSERTION_GOOD;
}
