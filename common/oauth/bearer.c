/* SPDX-License-Identifier: MIT */
#include "oauth/bearer.h"

#include "oauth/presented_token.h"

const char *
bearer_token(struct request *rq)
{
	struct presented_token presented;

	return presented_token_read(rq, &presented) == PRESENTED_TOKEN &&
	        !presented.dpop
	    ? presented.text
	    : NULL;
}

enum oauth_error
bearer_refuse(struct request *rq, const char *description, const char *reason)
{
	const char *challenge = "Bearer realm=\"mcp-oauth\"";

	if (request_authorization(rq)) /* our texts hold no quotes */
		challenge = arena_printf(rq->arena,
		    "%s, error=\"invalid_token\", error_description=\"%s\"",
		    challenge, description);
	reply_header(rq, "WWW-Authenticate", challenge);
	return refuse_privately(rq, OAUTH_INVALID_TOKEN, description, reason);
}
