/* SPDX-License-Identifier: MIT */
#include "oauth/grant.h"

struct session_terms
grant_terms(struct request *rq)
{
	return (struct session_terms){
	    .access_s = rq->settings->access_token_expires_s,
	    .idle_s = rq->settings->refresh_token_expires_s,
	    .session_s = rq->settings->session_expires_s,
	    .grace_s = rq->settings->refresh_reuse_grace_s,
	    .remote = request_remote(rq),
	};
}

enum oauth_error
grant_refuse(struct request *rq, const char *reason)
{
	return refuse_privately(rq, OAUTH_INVALID_GRANT,
	    "the code or token is unknown, expired, used, bound to another "
	    "key, or not this client's",
	    reason);
}

enum oauth_error
grant_refuse_unproven(struct request *rq)
{
	return refuse(rq, OAUTH_INVALID_REQUEST,
	    "this client always uses DPoP: the DPoP header is missing");
}

enum oauth_error
grant_refuse_unreachable(struct request *rq)
{
	return refuse_unavailable(rq, "could not reach the session store");
}
