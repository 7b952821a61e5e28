/* SPDX-License-Identifier: MIT */
/*
 * guard.c - the guard in front of MCP servers (RFC 6750, RFC 9449, RFC 9728).
 *
 * As FastCGI authorizer it judges a request by its headers and allows it with
 * identity variables.  Apache's mod_fcgid (FCGI_APACHE_ROLE=ACCESS_CHECKER)
 * keeps nothing of a refusal but "401", so there a refusal is bare, and
 * ErrorDocument 401 calls the same program as a responder, which judges again
 * and gives the whole answer.  Other authorizers get the whole answer at once.
 *
 * As a responder it answers what the parameter MCP_GUARD says, for web servers
 * that ask one before they go on: "check", a bare 401 for nginx's auth_request,
 * then "refuse", the whole answer for its error page; "forward", the whole
 * answer at once.  Without it, and without an error to explain, it is 404.
 *
 * As a plain CGI program it answers what it refuses, and becomes the MCP
 * server's own CGI program for what it allows (program.h).
 *
 * Nothing is asked of anybody here: keys come from a file, revocations from the
 * host's mapped snapshot, and the DPoP proofs that were used stand in
 * another.
 */
#include <unistd.h>

#include "base/log.h"
#include "base/text.h"
#include "challenge.h"
#include "http/endpoint.h"
#include "identity.h"
#include "keys.h"
#include "oauth/remembered_token.h"
#include "poller.h"
#include "program.h"
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

/* Once and for all: its proof is used. */
static struct verdict
judge(struct request *rq, const char *method)
{
	struct verdict v = verdict_on(rq, method);

	verdict_use_proof(&v);
	log_verdict(rq, &v);
	return v;
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

/* Variable-NAME becomes the variable NAME of the request. */
static enum oauth_error
allow(struct request *rq, const struct verdict *v)
{
	size_t i;

	for (i = 0; i < N_IDENTITY; i++)
		pass_on(rq, identity_table[i].variable,
		    identity_value(rq, v, identity_table[i].kind));
	if (v->proof.nonce_ageing)
		offer_next_nonce(rq);
	log_event("allowed");
	return reply_empty(rq, 200);
}

/* The MCP server's program answers in our place. */
static enum oauth_error
hand_over(struct request *rq, struct verdict *v)
{
	if (!program_prepare(rq, v, &v->reason)) {
		v->kind = VERDICT_UNAVAILABLE;
		return challenge(rq, v);
	}
	log_event("allowed");
	return reply_withheld(rq);
}

static enum oauth_error
answer_cgi(struct request *rq)
{
	struct verdict v = judge(rq, request_variable(rq, "REQUEST_METHOD"));

	return v.kind == VERDICT_ALLOWED ? hand_over(rq, &v)
	                                 : challenge(rq, &v);
}

static enum oauth_error
answer_authorizer(struct request *rq)
{
	const char *apache_role = request_variable(rq, "FCGI_APACHE_ROLE");
	struct verdict v = judge(rq, request_variable(rq, "REQUEST_METHOD"));

	if (v.kind == VERDICT_ALLOWED)
		return allow(rq, &v);
	if (!apache_role || !text_equal(apache_role, "ACCESS_CHECKER"))
		return challenge(rq, &v);
	log_quiet(); /* the error document's line tells of it */
	return reply_empty(rq, 401);
}

/* What was refused a moment ago is judged again, to say why. */
static enum oauth_error
explain(struct request *rq, const char *method)
{
	struct verdict v = verdict_on(rq, method);

	verdict_look_at_proof(&v);
	log_verdict(rq, &v);
	return challenge(rq, &v);
}

/* ---- as a responder that a web server asks before it goes on ---- */

/* Each word has its header, which the web server hands on. */
static enum oauth_error
allow_by_headers(struct request *rq, const struct verdict *v)
{
	size_t i;

	for (i = 0; i < N_IDENTITY; i++)
		pass_on(rq, identity_table[i].header,
		    identity_value(rq, v, identity_table[i].kind));
	if (v->proof.nonce_ageing)
		pass_on(rq, "DPoP-Nonce", proof_nonce(rq));
	log_event("allowed");
	return reply_empty(rq, 200);
}

/* The question may have a method of its own. */
static const char *
method_in_question(struct request *rq)
{
	const char *method = request_header(rq, "MCP_GUARD_METHOD");

	return method ? method : request_variable(rq, "REQUEST_METHOD");
}

/* MCP_GUARD is a parameter that the web server sets; those that a client sets
 * are all called HTTP_ something. */
static enum oauth_error
answer_question(struct request *rq, const char *question)
{
	const char *method = method_in_question(rq);
	struct verdict v;

	if (text_equal(question, "refuse"))
		return explain(rq, method);
	if (!text_equal(question, "check") && !text_equal(question, "forward"))
		return refuse(rq, OAUTH_NOT_FOUND, "MCP_GUARD is no mode");
	v = judge(rq, method);
	if (v.kind == VERDICT_ALLOWED)
		return allow_by_headers(rq, &v);
	if (text_equal(question, "forward"))
		return challenge(rq, &v);
	log_quiet(); /* the line of "refuse" tells of it */
	return reply_empty(rq, 401);
}

static enum oauth_error
answer(struct request *rq)
{
	const char *role = request_variable(rq, "FCGI_ROLE");
	const char *redirected = request_variable(rq, "REDIRECT_STATUS");
	const char *question = request_header(rq, "MCP_GUARD");

	if (io_is_cgi(rq->io))
		return answer_cgi(rq);
	if (role && text_equal(role, "AUTHORIZER"))
		return answer_authorizer(rq);
	if (redirected && text_equal(redirected, "401"))
		return explain(rq,
		    request_variable(rq, "REDIRECT_REQUEST_METHOD"));
	if (question)
		return answer_question(rq, question);
	return refuse(rq, OAUTH_NOT_FOUND, "nothing is served here");
}

/* A CGI program does not last: it asks the database itself, if need be. */
static void
use_settings(const struct settings *settings, const struct io *io)
{
	keys_use(settings, !io_is_cgi(io));
	snapshot_use(settings->state_directory);
	proof_use(settings->state_directory);
	rules_forget();
	remembered_token_forget();
	if (!io_is_cgi(io))
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
	int status = endpoint_run(&guard);

	program_run();
	/* The thread may be waiting for the database: nothing is tidied up
	 * under its feet. */
	_exit(status);
}
