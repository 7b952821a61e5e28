/* SPDX-License-Identifier: MIT */
/*
 * guard.c - the guard in front of MCP servers (RFC 6750, RFC 9449, RFC 9728).
 *
 * As FastCGI authorizer it judges a request by its headers and allows it with
 * identity variables.  Apache's mod_fcgid (FCGI_APACHE_ROLE=ACCESS_CHECKER)
 * keeps nothing of a refusal but "401", so there a refusal is bare, and
 * ErrorDocument 401 calls the same program as a responder, which judges again
 * and gives the whole answer.  Other authorizers get the whole answer at once.
 * Reached as a responder without an error to explain, it is 404.
 *
 * Nothing is asked of the database here: keys come from a file, revocations
 * from the host's mapped snapshot, and the DPoP proofs that were used stand in
 * another.
 */
#include <unistd.h>

#include "base/log.h"
#include "base/text.h"
#include "challenge.h"
#include "http/endpoint.h"
#include "poller.h"
#include "proof.h"
#include "rules.h"
#include "snapshot.h"
#include "verdict.h"

static void
log_verdict(struct request *rq, const struct verdict *v)
{
	log_text("resource", v->resource ? v->resource->uri : NULL);
	log_text("user_id", v->token.sub);
	log_text("client_id", v->token.client_id);
	log_text("session_id", v->token.sid);
	log_text("jti", v->token.jti);
	log_text("dpop_jkt", v->proof.jkt);
	log_text("mcp_method", request_header(rq, "HTTP_MCP_METHOD"));
	log_text("mcp_name", request_header(rq, "HTTP_MCP_NAME"));
}

static void
pass_on(struct request *rq, const char *name, const char *value)
{
	if (value && *value)
		reply_header(rq, name, value);
}

/* The client's next nonce (RFC 9449 s8.2): some servers pass a header of this
 * answer on, others a variable alone. */
static void
offer_next_nonce(struct request *rq)
{
	const char *nonce = proof_nonce(rq);

	pass_on(rq, "DPoP-Nonce", nonce);
	pass_on(rq, "Variable-MCP_DPOP_NONCE", nonce);
}

/* Variable-NAME becomes the variable NAME of the request.  A machine's token
 * has its client as sub; then there is no user. */
static enum oauth_error
allow(struct request *rq, const struct verdict *v)
{
	const struct access_token *token = &v->token;
	bool is_machine = text_equal(token->sub, token->client_id);

	pass_on(rq, "Variable-MCP_USER", is_machine ? NULL : token->sub);
	pass_on(rq, "Variable-MCP_EMAIL", token->email);
	pass_on(rq, "Variable-MCP_SUBJECT", token->sub);
	pass_on(rq, "Variable-MCP_CLIENT", token->client_id);
	pass_on(rq, "Variable-MCP_SCOPE", token->scope);
	pass_on(rq, "Variable-MCP_RESOURCE", v->resource->uri);
	pass_on(rq, "Variable-MCP_REQUEST_ID", rq->request_id);
	pass_on(rq, "Variable-MCP_BACKEND_SECRET",
	    rq->settings->guard_backend_secret);
	if (v->proof.nonce_ageing)
		offer_next_nonce(rq);
	log_event("allowed");
	return reply_empty(rq, 200);
}

static enum oauth_error
answer_authorizer(struct request *rq)
{
	const char *apache_role = request_variable(rq, "FCGI_APACHE_ROLE");
	struct verdict v = verdict_on(rq,
	    request_variable(rq, "REQUEST_METHOD"));

	verdict_use_proof(&v);
	log_verdict(rq, &v);
	if (v.kind == VERDICT_ALLOWED)
		return allow(rq, &v);
	if (!apache_role || !text_equal(apache_role, "ACCESS_CHECKER"))
		return challenge(rq, &v);
	log_quiet(); /* the error document's line tells of it */
	return reply_empty(rq, 401);
}

static enum oauth_error
answer_error_document(struct request *rq)
{
	struct verdict v = verdict_on(rq,
	    request_variable(rq, "REDIRECT_REQUEST_METHOD"));

	verdict_look_at_proof(&v);
	log_verdict(rq, &v);
	return challenge(rq, &v);
}

static enum oauth_error
answer(struct request *rq)
{
	const char *role = request_variable(rq, "FCGI_ROLE");
	const char *redirected = request_variable(rq, "REDIRECT_STATUS");

	if (role && text_equal(role, "AUTHORIZER"))
		return answer_authorizer(rq);
	if (redirected && text_equal(redirected, "401"))
		return answer_error_document(rq);
	return refuse(rq, OAUTH_NOT_FOUND, "nothing is served here");
}

static void
use_settings(const struct settings *settings)
{
	snapshot_use(settings->state_directory);
	proof_use(settings->state_directory);
	rules_forget();
	poller_start(settings);
}

static const struct endpoint guard = {
    .name = "guard",
    .any = answer,
    .settings = SETTINGS_GUARD,
    .settings_changed = use_settings,
};

int
main(void)
{
	/* The thread may be waiting for the database: nothing is tidied up
	 * under its feet. */
	_exit(endpoint_run(&guard));
}
