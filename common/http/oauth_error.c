/* SPDX-License-Identifier: MIT */
#include "http/oauth_error.h"

static const struct {
	const char *name;
	int status;
} errors[] = {
    [OAUTH_OK] = {"", 200},
    [OAUTH_INVALID_REQUEST] = {"invalid_request", 400},
    [OAUTH_INVALID_CLIENT] = {"invalid_client", 401},
    [OAUTH_INVALID_GRANT] = {"invalid_grant", 400},
    [OAUTH_UNAUTHORIZED_CLIENT] = {"unauthorized_client", 400},
    [OAUTH_UNSUPPORTED_GRANT_TYPE] = {"unsupported_grant_type", 400},
    [OAUTH_UNSUPPORTED_RESPONSE_TYPE] = {"unsupported_response_type", 400},
    [OAUTH_INVALID_SCOPE] = {"invalid_scope", 400},
    [OAUTH_INVALID_TARGET] = {"invalid_target", 400},
    [OAUTH_INVALID_REQUEST_URI] = {"invalid_request_uri", 400},
    [OAUTH_ACCESS_DENIED] = {"access_denied", 403},
    [OAUTH_AUTHORIZATION_PENDING] = {"authorization_pending", 400},
    [OAUTH_SLOW_DOWN] = {"slow_down", 400},
    [OAUTH_EXPIRED_TOKEN] = {"expired_token", 400},
    [OAUTH_LOGIN_REQUIRED] = {"login_required", 403},
    [OAUTH_CONSENT_REQUIRED] = {"consent_required", 403},
    [OAUTH_REQUEST_NOT_SUPPORTED] = {"request_not_supported", 400},
    [OAUTH_INVALID_REDIRECT_URI] = {"invalid_redirect_uri", 400},
    [OAUTH_INVALID_CLIENT_METADATA] = {"invalid_client_metadata", 400},
    [OAUTH_INVALID_TOKEN] = {"invalid_token", 401},
    [OAUTH_INSUFFICIENT_SCOPE] = {"insufficient_scope", 403},
    [OAUTH_INVALID_DPOP_PROOF] = {"invalid_dpop_proof", 400},
    [OAUTH_USE_DPOP_NONCE] = {"use_dpop_nonce", 400},
    [OAUTH_NOT_FOUND] = {"not_found", 404},
    [OAUTH_TEMPORARILY_UNAVAILABLE] = {"temporarily_unavailable", 503},
    [OAUTH_SERVER_ERROR] = {"server_error", 500},
};

const char *
oauth_error_name(enum oauth_error error)
{
	return errors[error].name;
}

int
oauth_error_status(enum oauth_error error)
{
	return errors[error].status;
}
