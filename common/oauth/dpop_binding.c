/* SPDX-License-Identifier: MIT */
#include "oauth/dpop_binding.h"

#include "base/text.h"

static enum dpop_binding_result
refuse_token(const char **reason, const char *why)
{
	*reason = why;
	return BINDING_TOKEN;
}

static enum dpop_binding_result
judge_proof(struct arena *arena, const struct dpop_request *request,
    struct dpop_proof *proof, const char **reason)
{
	enum dpop_result result;

	if (!request->header) {
		*reason = "the DPoP header is missing";
		return BINDING_PROOF;
	}
	result = dpop_judge(arena, request, proof);
	if (result == DPOP_GOOD)
		return BINDING_GOOD;
	*reason = dpop_reason(result);
	return result == DPOP_NONCE ? BINDING_NONCE : BINDING_PROOF;
}

enum dpop_binding_result
dpop_binding_judge(struct arena *arena, const struct presented_token *presented,
    const struct access_token *token, const struct dpop_request *request,
    struct dpop_proof *proof, const char **reason)
{
	struct dpop_proof judged = {0};
	enum dpop_binding_result result;

	if (!token->jkt && presented->dpop)
		return refuse_token(reason,
		    "the access token is not bound to a key: its scheme is "
		    "Bearer");
	if (token->jkt && !presented->dpop)
		return refuse_token(reason,
		    "the access token is bound to a key: its scheme is DPoP, "
		    "with a proof");
	if (token->jkt) {
		result = judge_proof(arena, request, &judged, reason);
		if (result != BINDING_GOOD)
			return result;
		if (!text_equal(judged.jkt, token->jkt))
			return refuse_token(reason,
			    "the access token is bound to another key than the "
			    "DPoP proof's");
	}
	*proof = judged;
	return BINDING_GOOD;
}
