/* SPDX-License-Identifier: MIT */
#include "identity.h"

#include "base/text.h"

const struct identity_name identity_table[N_IDENTITY] = {
    {IDENTITY_USER, "Variable-MCP_USER", "HTTP_X_FORWARDED_USER",
        "X-Forwarded-User"},
    {IDENTITY_EMAIL, "Variable-MCP_EMAIL", "HTTP_X_FORWARDED_EMAIL",
        "X-Forwarded-Email"},
    {IDENTITY_SUBJECT, "Variable-MCP_SUBJECT", "HTTP_X_MCP_SUBJECT",
        "X-MCP-Subject"},
    {IDENTITY_CLIENT, "Variable-MCP_CLIENT", "HTTP_X_MCP_CLIENT",
        "X-MCP-Client"},
    {IDENTITY_SCOPE, "Variable-MCP_SCOPE", "HTTP_X_MCP_SCOPE", "X-MCP-Scope"},
    {IDENTITY_RESOURCE, "Variable-MCP_RESOURCE", "HTTP_X_MCP_RESOURCE",
        "X-MCP-Resource"},
    {IDENTITY_REQUEST_ID, "Variable-MCP_REQUEST_ID", "HTTP_X_REQUEST_ID",
        "X-Request-Id"},
    {IDENTITY_BACKEND_SECRET, "Variable-MCP_BACKEND_SECRET", "HTTP_X_MCP_GUARD",
        "X-MCP-Guard"},
};

/* A machine's token has its client as sub; then there is no user. */
static const char *
user_of(const struct access_token *token)
{
	return text_equal(token->sub, token->client_id) ? NULL : token->sub;
}

const char *
identity_value(struct request *rq, const struct verdict *v,
    enum identity_kind kind)
{
	switch (kind) {
	case IDENTITY_USER:
		return user_of(&v->token);
	case IDENTITY_EMAIL:
		return v->token.email;
	case IDENTITY_SUBJECT:
		return v->token.sub;
	case IDENTITY_CLIENT:
		return v->token.client_id;
	case IDENTITY_SCOPE:
		return v->token.scope;
	case IDENTITY_RESOURCE:
		return v->resource->uri;
	case IDENTITY_REQUEST_ID:
		return rq->request_id;
	case IDENTITY_BACKEND_SECRET:
		return rq->settings->guard_backend_secret;
	}
	return NULL;
}
