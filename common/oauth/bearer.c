/* SPDX-License-Identifier: MIT */
#include "oauth/bearer.h"

#include <string.h>
#include <strings.h>

#include "base/text.h"

#define B64TOKEN_CHARACTERS \
	"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~+/" \
	"="

const char *
bearer_token(struct request *rq)
{
	const char *token = request_authorization(rq);

	if (!token || strncasecmp(token, "Bearer ", 7) != 0)
		return NULL;
	token += 7 + strspn(token + 7, " ");
	return *token && text_only(token, B64TOKEN_CHARACTERS) ? token : NULL;
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
