/* SPDX-License-Identifier: MIT */
#include "challenge.h"

#include "base/log.h"
#include "http/cors.h"
#include "oauth/mcp_header.h"
#include "oauth/resource.h"
#include "oauth/scope.h"
#include "oauth/token_challenge.h"
#include "proof.h"

/* error and scope may be NULL.  Our strings hold no quotes, and scopes
 * cannot. */
static void
add_challenge(struct request *rq, const struct verdict *v, const char *error,
    const char *description, const char *scope)
{
	struct buf params = buf_in(rq->arena);

	if (scope)
		buf_addf(&params, "scope=\"%s\", ", scope);
	buf_addf(&params, "resource_metadata=\"%s\"",
	    resource_metadata_url(rq->arena, rq->settings, v->resource));
	token_challenge_add(rq,
	    &(struct token_challenge){.dpop = v->dpop,
	        .error = error,
	        .description = description,
	        .params = buf_text(&params)});
}

static const char *
base_scope(struct request *rq, const struct verdict *v)
{
	return scope_base(rq->arena, rq->settings, v->resource);
}

static enum oauth_error
refuse_no_token(struct request *rq, const struct verdict *v)
{
	AUTO_JSON *object = json_new_object();

	/* RFC 6750 s3.1: no error code without a credential. */
	add_challenge(rq, v, NULL, NULL, base_scope(rq, v));
	log_raise(LOG_NOTICE);
	log_event("refused");
	log_text("reason", v->reason);
	json_add_string(object, "error_description",
	    "an access token is needed: see resource_metadata in the "
	    "WWW-Authenticate header");
	return reply_json(rq, 401, object);
}

static enum oauth_error
refuse_invalid_token(struct request *rq, const struct verdict *v)
{
	add_challenge(rq, v, "invalid_token", v->reason, base_scope(rq, v));
	return refuse(rq, OAUTH_INVALID_TOKEN, v->reason);
}

static enum oauth_error
refuse_proof(struct request *rq, const struct verdict *v,
    enum oauth_error error)
{
	add_challenge(rq, v, oauth_error_name(error), v->reason,
	    base_scope(rq, v));
	return refuse_status(rq, 401, error, v->reason);
}

/* Required and granted together, for clients that ask anew with just this. */
static enum oauth_error
refuse_scope(struct request *rq, const struct verdict *v)
{
	add_challenge(rq, v, "insufficient_scope", v->reason,
	    v->challenge_scope);
	return refuse(rq, OAUTH_INSUFFICIENT_SCOPE, v->reason);
}

static enum oauth_error
refuse_malformed(struct request *rq, const struct verdict *v)
{
	add_challenge(rq, v, "invalid_request", v->reason, NULL);
	return refuse(rq, OAUTH_INVALID_REQUEST, v->reason);
}

/* As an MCP server says it: no id, because the body was not read. */
static enum oauth_error
refuse_headers(struct request *rq, const struct verdict *v)
{
	AUTO_JSON *response = json_new_object();
	struct json_object *error = json_new_object();

	log_raise(LOG_NOTICE);
	log_event("refused");
	log_text("reason", v->reason);
	json_add_int64(error, "code", MCP_HEADER_MISMATCH);
	json_add_string(error, "message", v->reason);
	json_add_string(response, "jsonrpc", "2.0");
	json_add(response, "id", NULL);
	json_add(response, "error", error);
	return reply_json(rq, 400, response);
}

static enum oauth_error
refuse_http_method(struct request *rq, const struct verdict *v)
{
	reply_header(rq, "Allow", "POST, OPTIONS");
	return refuse_status(rq, 405, OAUTH_INVALID_REQUEST, v->reason);
}

/* The nonce for the next proof, where one is wanted. */
static void
offer_nonce(struct request *rq, const struct verdict *v)
{
	const char *nonce;

	if (v->kind != VERDICT_NONCE && !v->proof.nonce_ageing)
		return;
	nonce = proof_nonce(rq);
	if (nonce)
		reply_header(rq, "DPoP-Nonce", nonce);
}

enum oauth_error
challenge(struct request *rq, const struct verdict *v)
{
	cors_headers(rq);
	if (v->kind == VERDICT_PREFLIGHT)
		return cors_preflight(rq, "GET, POST, DELETE, OPTIONS");
	reply_header(rq, "Cache-Control", "no-store");
	offer_nonce(rq, v);
	switch (v->kind) {
	case VERDICT_NOT_FOUND:
		return refuse(rq, OAUTH_NOT_FOUND, v->reason);
	case VERDICT_MALFORMED:
		return refuse_malformed(rq, v);
	case VERDICT_NO_TOKEN:
		return refuse_no_token(rq, v);
	case VERDICT_INVALID_TOKEN:
		return refuse_invalid_token(rq, v);
	case VERDICT_PROOF:
		return refuse_proof(rq, v, OAUTH_INVALID_DPOP_PROOF);
	case VERDICT_NONCE:
		return refuse_proof(rq, v, OAUTH_USE_DPOP_NONCE);
	case VERDICT_SCOPE:
		return refuse_scope(rq, v);
	case VERDICT_METHOD:
		return refuse_http_method(rq, v);
	case VERDICT_HEADERS:
		return refuse_headers(rq, v);
	case VERDICT_RULE:
	case VERDICT_ORIGIN:
		return refuse(rq, OAUTH_ACCESS_DENIED, v->reason);
	case VERDICT_UNAVAILABLE:
		log_text("fault", v->reason);
		return refuse_unavailable(rq,
		    "access tokens cannot be checked at this moment");
	case VERDICT_PREFLIGHT:
	case VERDICT_ALLOWED: /* refused a moment ago, good now: try again */
		break;
	}
	return refuse_unavailable(rq, "try again");
}
