/* SPDX-License-Identifier: MIT */
/* grant_device_code.c - a device that waits for its person to decide (RFC 8628
 * s3.4). */
#include "crypto/digest.h"
#include "oauth/client_auth.h"
#include "oauth/flow.h"
#include "oauth/grant.h"
#include "oauth/refresh_token.h"
#include "oauth/token_response.h"
#include "store/device_redemption.h"

static enum oauth_error
answer(struct request *rq, const struct client_credentials *client,
    const struct device_redemption *redemption, const char *refresh_token)
{
	struct session_terms terms = grant_terms(rq);
	struct session_grant grant = {0};

	switch (device_redeem(rq->store, rq->arena, client, redemption, &terms,
	    &grant)) {
	case DEVICE_REDEEMED:
		return token_response(rq, client, &grant,
		    grant.refresh ? refresh_token : NULL);
	case DEVICE_PENDING:
		return refuse(rq, OAUTH_AUTHORIZATION_PENDING,
		    "the person has not decided yet");
	case DEVICE_SLOW_DOWN:
		return refuse(rq, OAUTH_SLOW_DOWN,
		    "polled too early: wait 5 seconds longer from now on");
	case DEVICE_DENIED: /* 403 is for pages (RFC 6749 s5.2) */
		return refuse_status(rq, 400, OAUTH_ACCESS_DENIED,
		    "the person refused");
	case DEVICE_EXPIRED:
		return refuse(rq, OAUTH_EXPIRED_TOKEN,
		    "the device_code expired");
	case DEVICE_DPOP_REQUIRED:
		return grant_refuse_unproven(rq);
	case DEVICE_BAD_CLIENT:
		return client_auth_refuse(rq, client);
	case DEVICE_UNKNOWN:
		return grant_refuse(rq, "unknown device_code");
	case DEVICE_NOT_YOURS:
		return grant_refuse(rq, "device_code of another client");
	case DEVICE_SPENT:
		return grant_refuse(rq, "device_code used before");
	case DEVICE_USER:
		return grant_refuse(rq, "the user is disabled");
	case DEVICE_RESOURCE:
		return refuse(rq, OAUTH_INVALID_TARGET,
		    "resource is not the one that was authorized");
	case DEVICE_GRANT_TYPE:
		return refuse(rq, OAUTH_UNAUTHORIZED_CLIENT,
		    "the client may not use this grant_type");
	case DEVICE_STORE_DOWN:
		break;
	}
	return grant_refuse_unreachable(rq);
}

enum oauth_error
grant_device_code(struct request *rq, const struct client_credentials *client,
    const struct resource_setting *resource)
{
	const char *device_code = request_param_named(rq, "device_code");
	struct device_redemption redemption = {
	    .resource = resource ? resource->uri : NULL,
	    .session_id = random_uuid(rq->arena),
	};
	const char *refresh_token;

	if (!device_code)
		return refuse(rq, OAUTH_INVALID_REQUEST,
		    "missing parameter: device_code");
	if (!client->client_id)
		return refuse(rq, OAUTH_INVALID_REQUEST,
		    "missing parameter: client_id");
	redemption.device_code_digest = sha256_of_text(device_code);
	flow_log_device(rq, &redemption.device_code_digest);
	refresh_token = refresh_token_new(rq->arena, rq->settings,
	    redemption.session_id, 1);
	redemption.refresh_token_hash = refresh_token_hash(rq->arena,
	    refresh_token);
	return answer(rq, client, &redemption, refresh_token);
}
