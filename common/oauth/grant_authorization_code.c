/* SPDX-License-Identifier: MIT */
#include "base/log.h"
#include "crypto/digest.h"
#include "oauth/client_auth.h"
#include "oauth/flow.h"
#include "oauth/grant.h"
#include "oauth/pkce.h"
#include "oauth/refresh_token.h"
#include "oauth/token_response.h"
#include "store/code.h"

static enum oauth_error
answer_code(struct request *rq, const struct client_credentials *client,
    const struct code_redemption *redemption, const char *refresh_token)
{
	struct session_terms terms = grant_terms(rq);
	struct session_grant grant = {0};

	switch (code_redeem(rq->store, rq->arena, client, redemption, &terms,
	    &grant)) {
	case CODE_REDEEMED:
		return token_response(rq, client, &grant,
		    grant.refresh ? refresh_token : NULL);
	case CODE_DPOP_JKT:
		return grant_refuse(rq, "code bound to another key");
	case CODE_DPOP_REQUIRED:
		return grant_refuse_unproven(rq);
	case CODE_BAD_CLIENT:
		return client_auth_refuse(rq, client);
	case CODE_UNKNOWN:
		return grant_refuse(rq, "unknown code");
	case CODE_EXPIRED:
		return grant_refuse(rq, "expired code");
	case CODE_NOT_YOURS:
		return grant_refuse(rq, "code of another client");
	case CODE_REDIRECT_URI:
		return grant_refuse(rq, "redirect_uri differs");
	case CODE_WRONG_VERIFIER:
		return grant_refuse(rq, "wrong code_verifier");
	case CODE_USER:
		return grant_refuse(rq, "the user is disabled");
	case CODE_REPLAYED:
		log_raise(LOG_WARNING);
		log_event("code replayed");
		return grant_refuse(rq,
		    "code used before: its session is ended");
	case CODE_RESOURCE:
		return refuse(rq, OAUTH_INVALID_TARGET,
		    "resource is not the one that was authorized");
	case CODE_GRANT_TYPE:
		return refuse(rq, OAUTH_UNAUTHORIZED_CLIENT,
		    "the client may not use this grant_type");
	case CODE_STORE_DOWN:
		break;
	}
	return grant_refuse_unreachable(rq);
}

enum oauth_error
grant_authorization_code(struct request *rq,
    const struct client_credentials *client,
    const struct resource_setting *resource)
{
	const char *code = request_param_named(rq, "code");
	const char *verifier = request_param_named(rq, "code_verifier");
	struct code_redemption redemption = {
	    .redirect_uri = request_param_named(rq, "redirect_uri"),
	    .resource = resource ? resource->uri : NULL,
	};
	const char *refresh_token;

	if (!code)
		return refuse(rq, OAUTH_INVALID_REQUEST,
		    "missing parameter: code");
	if (!verifier || !pkce_verifier_allowed(verifier))
		return refuse(rq, OAUTH_INVALID_REQUEST,
		    "code_verifier is missing or malformed");
	redemption.code_digest = sha256_of_text(code);
	flow_log_code(rq, &redemption.code_digest);
	redemption.code_challenge = pkce_challenge(rq->arena, verifier);
	redemption.session_id = random_uuid(rq->arena);
	refresh_token = refresh_token_new(rq->arena, rq->settings,
	    redemption.session_id, 1);
	redemption.refresh_token_hash = refresh_token_hash(rq->arena,
	    refresh_token);
	return answer_code(rq, client, &redemption, refresh_token);
}
