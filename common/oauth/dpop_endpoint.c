/* SPDX-License-Identifier: MIT */
#include "oauth/dpop_endpoint.h"

#include <time.h>

#include "base/log.h"
#include "crypto/keyring.h"
#include "oauth/claims.h"
#include "oauth/dpop_nonce.h"

static struct sha256
nonce_key(struct request *rq)
{
	return keyring_key(rq->settings, ROOT_CURRENT, "dpop nonce");
}

struct dpop_request
dpop_request_of(struct request *rq, const char *access_token)
{
	struct dpop_request request = {
	    .header = request_variable(rq, "HTTP_DPOP"),
	    .method = request_variable(rq, "REQUEST_METHOD"),
	    .url = arena_printf(rq->arena, "%s%s", rq->settings->oauth_base_url,
	        rq->path),
	    .access_token = access_token,
	    .now_s = time(NULL),
	};
	struct sha256 *key;

	if (rq->settings->dpop_nonce) {
		key = arena_alloc(rq->arena, sizeof(*key));
		*key = nonce_key(rq);
		request.nonce_key = key;
	}
	return request;
}

void
dpop_offer_nonce(struct request *rq)
{
	struct sha256 key = nonce_key(rq);

	reply_header(rq, "DPoP-Nonce", dpop_nonce(rq->arena, &key, time(NULL)));
}

enum oauth_error
dpop_header_judge(struct request *rq, struct dpop_proof *ret)
{
	struct dpop_request request = dpop_request_of(rq, NULL);
	struct dpop_proof proof = {0};
	enum dpop_result result = DPOP_GOOD;

	if (rq->settings->dpop && request.header)
		result = dpop_judge(rq->arena, &request, &proof);
	if (result == DPOP_NONCE || proof.nonce_ageing)
		dpop_offer_nonce(rq);
	log_text("dpop_jkt", proof.jkt);
	if (result != DPOP_GOOD)
		return refuse(rq,
		    result == DPOP_NONCE ? OAUTH_USE_DPOP_NONCE
		                         : OAUTH_INVALID_DPOP_PROOF,
		    dpop_reason(result));
	*ret = proof;
	return OAUTH_OK;
}

enum jti_result
dpop_proof_take(struct request *rq, const struct dpop_proof *proof)
{
	enum jti_result result;

	if (!proof->jkt)
		return JTI_FRESH;
	result = jti_take(rq->store, rq->arena, &proof->id,
	    proof->expires_s - time(NULL) + CLOCK_LEEWAY_S);
	if (result == JTI_SPENT) {
		log_raise(LOG_WARNING);
		log_event("DPoP proof replayed");
	}
	return result;
}

enum oauth_error
dpop_header_take(struct request *rq, const struct dpop_proof *proof)
{
	switch (dpop_proof_take(rq, proof)) {
	case JTI_FRESH:
		return OAUTH_OK;
	case JTI_SPENT:
		return refuse(rq, OAUTH_INVALID_DPOP_PROOF,
		    "the DPoP proof was used before");
	case JTI_STORE_DOWN:
		break;
	}
	return refuse_unavailable(rq, "could not reach the session store");
}
