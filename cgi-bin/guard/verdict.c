/* SPDX-License-Identifier: MIT */
#include "verdict.h"

#include <string.h>
#include <time.h>

#include "base/log.h"
#include "base/text.h"
#include "keys.h"
#include "message.h"
#include "oauth/dpop_binding.h"
#include "oauth/remembered_token.h"
#include "oauth/resource.h"
#include "oauth/scope.h"
#include "origin.h"
#include "original.h"
#include "poller.h"
#include "proof.h"
#include "rules.h"
#include "snapshot.h"

enum {
	FRESH_S = 3, /* a snapshot this young was polled a moment ago */
	FIRST_POLL_MS = 2000, /* how long a new guard waits for its first one */
	CGI_FRESH_S = 1,      /* where nobody polls unless a request comes */
};

static struct verdict
verdict(enum verdict_kind kind, const char *reason,
    const struct resource_setting *resource)
{
	return (struct verdict){.kind = kind,
	    .reason = reason,
	    .resource = resource};
}

/* ---- where ---- */

/* Metadata never stands behind a challenge: below a resource there is none. */
static bool
probes_well_known(const char *path, const struct resource_setting *resource)
{
	const char *rest = path +
	    (text_equal(resource->path, "/") ? 0 : strlen(resource->path));

	return text_starts(rest, "/.well-known/") ||
	    text_equal(rest, "/.well-known");
}

/* ---- the credential (RFC 6750 s2) ---- */

static bool
token_in_query(struct request *rq)
{
	const char *query = request_variable(rq, "REDIRECT_QUERY_STRING");

	if (!query)
		query = rq->query;
	return text_starts(query, "access_token=") ||
	    strstr(query, "&access_token=") != NULL;
}

/* False with *kind and *reason set when there is no token to judge. */
static bool
credential(struct request *rq, struct presented_token *ret,
    enum verdict_kind *kind, const char **reason)
{
	enum presented_result result = presented_token_read(rq, ret);

	*kind = VERDICT_MALFORMED;
	*reason = "an access token in the query is never accepted";
	if (token_in_query(rq))
		return false;
	*reason = "the Authorization header is malformed";
	if (result == PRESENTED_NOTHING) {
		*kind = VERDICT_NO_TOKEN;
		*reason = "no access token";
	}
	return result == PRESENTED_TOKEN;
}

/* ---- revocation ---- */

/* Have the database asked, where it was not asked a moment ago. */
static void
freshen(struct request *rq, int64_t age_s)
{
	bool cgi = io_is_cgi(rq->io);

	if (age_s >= 0 && age_s <= (cgi ? CGI_FRESH_S : FRESH_S))
		return;
	if (cgi)
		poller_ask(rq->settings, CGI_FRESH_S, FIRST_POLL_MS);
	else
		poller_wait_first(FIRST_POLL_MS);
}

/* May tokens be judged by the snapshot that is there? */
static bool
snapshot_usable(struct request *rq, int64_t now_s, const char **reason)
{
	int64_t age_s;

	freshen(rq, snapshot_age_s(now_s));
	age_s = snapshot_age_s(time(NULL));
	if (age_s >= 0 && age_s <= FRESH_S)
		return true;
	*reason = age_s < 0 ? "revocations were never read"
	                    : "revocations cannot be read";
	if (age_s < 0 || !rq->settings->guard_offline_allow ||
	    age_s > rq->settings->guard_offline_max_s)
		return false;
	log_raise(LOG_WARNING);
	log_number("offline_s", age_s);
	return true;
}

static struct verdict
revoked(struct verdict *v, const char *text)
{
	remembered_token_drop(text);
	v->reason = "the access token was revoked";
	return *v;
}

/* ---- the parts together ---- */

static enum access_token_result
judge_signed(struct request *rq, const struct resource_setting *resource,
    const char *text, const struct key_set *keys, int64_t now_s,
    struct access_token *ret)
{
	enum access_token_result result = access_token_judge(rq->arena,
	    rq->settings, text, keys->keys, keys->n, resource->uri, now_s, ret);

	if (result == ACCESS_TOKEN_KEY_UNKNOWN && keys_look_again(rq->settings))
		result = access_token_judge(rq->arena, rq->settings, text,
		    keys->keys, keys->n, resource->uri, now_s, ret);
	if (result == ACCESS_TOKEN_GOOD)
		remembered_token_add(text, ret, now_s);
	return result;
}

static struct verdict
judge_token(struct request *rq, const struct resource_setting *resource,
    const char *text)
{
	struct verdict v = verdict(VERDICT_INVALID_TOKEN, NULL, resource);
	enum access_token_result result;
	const struct key_set *keys;
	int64_t now_s = time(NULL);

	keys = keys_current(rq->settings, now_s, &v.reason);
	if (!keys) {
		v.kind = VERDICT_UNAVAILABLE;
		return v;
	}
	result = remembered_token_find(text, resource->uri, now_s, &v.token)
	    ? ACCESS_TOKEN_GOOD
	    : judge_signed(rq, resource, text, keys, now_s, &v.token);
	v.reason = access_token_reason(result);
	if (result != ACCESS_TOKEN_GOOD)
		return v;
	if (snapshot_age_s(now_s) >= 0 && snapshot_revokes(&v.token))
		return revoked(&v, text);
	if (!snapshot_usable(rq, now_s, &v.reason)) {
		v.kind = VERDICT_UNAVAILABLE;
		return v;
	}
	if (snapshot_revokes(&v.token))
		return revoked(&v, text);
	v.kind = VERDICT_ALLOWED;
	return v;
}

/* ---- the key (RFC 9449 s7) ---- */

/* A good token still has to be presented by whom it was issued to. */
static void
judge_binding(struct request *rq, const char *http_method,
    const struct presented_token *presented, struct verdict *v)
{
	struct dpop_request request;

	if (!proof_request(rq, http_method, presented->text, &request)) {
		v->kind = VERDICT_UNAVAILABLE;
		v->reason = "STATE_DIRECTORY cannot be written";
		return;
	}
	switch (dpop_binding_judge(rq->arena, presented, &v->token, &request,
	    &v->proof, &v->reason)) {
	case BINDING_GOOD:
		return;
	case BINDING_PROOF:
		v->kind = VERDICT_PROOF;
		return;
	case BINDING_NONCE:
		v->kind = VERDICT_NONCE;
		return;
	case BINDING_TOKEN:
		break;
	}
	v->kind = VERDICT_INVALID_TOKEN;
}

/* What is not known to be new is not let through. */
static void
judge_use_of_proof(struct verdict *v, enum seen_result result)
{
	v->kind = VERDICT_UNAVAILABLE;
	v->reason = "STATE_DIRECTORY cannot be written";
	switch (result) {
	case SEEN_NEW:
		v->kind = VERDICT_ALLOWED;
		return;
	case SEEN_BEFORE:
		log_raise(LOG_WARNING);
		log_event("DPoP proof replayed");
		v->kind = VERDICT_PROOF;
		v->reason = "the DPoP proof was used before";
		return;
	case SEEN_FULL:
		v->reason = "too many DPoP proofs at once to remember";
		return;
	case SEEN_UNUSABLE:
		break;
	}
}

void
verdict_use_proof(struct verdict *v)
{
	if (v->kind == VERDICT_ALLOWED && v->proof.jkt)
		judge_use_of_proof(v, proof_note(&v->proof));
}

void
verdict_look_at_proof(struct verdict *v)
{
	if (v->kind == VERDICT_ALLOWED && v->proof.jkt)
		judge_use_of_proof(v, proof_look(&v->proof));
}

/* ---- the rules ---- */

/* A scope that nobody can be granted is no reason to ask the user again. */
static void
judge_scope(struct request *rq, struct verdict *v,
    const struct guard_rule *rule)
{
	const char *existing = scope_of_resource(rq->arena, rq->settings,
	    v->resource);

	if (scope_covers(rq->arena, v->token.scope, rule->scopes))
		return;
	log_number("rule_line", rule->line);
	v->kind = VERDICT_RULE;
	v->reason = "a rule asks for a scope that does not exist here";
	if (!scope_covers(rq->arena, existing, rule->scopes))
		return;
	v->kind = VERDICT_SCOPE;
	v->reason = "the access token's scope is too small";
	v->challenge_scope = scope_union(rq->arena, rule->scopes,
	    scope_intersect(rq->arena, v->token.scope, existing));
}

static void
judge_rules(struct request *rq, const struct guard_rules *rules,
    const char *http_method, struct verdict *v)
{
	const struct guard_rule *rule;
	struct message message;

	if (!guard_rules_has(rules, v->resource))
		return;
	switch (message_read(rq, rules, v->resource, http_method, &message,
	    &v->reason)) {
	case MESSAGE_TOLD:
		break;
	case MESSAGE_HEADERS:
		v->kind = VERDICT_HEADERS;
		return;
	case MESSAGE_HTTP_METHOD:
		v->kind = VERDICT_METHOD;
		return;
	}
	rule = guard_rules_match(rules, v->resource, message.method,
	    message.name);
	if (rule) {
		judge_scope(rq, v, rule);
		return;
	}
	v->kind = VERDICT_RULE;
	v->reason = "no rule allows this method and name";
}

/* What a good token still has to fit: the rules, the page's origin. */
static void
judge_use(struct request *rq, const char *http_method, struct verdict *v)
{
	const struct guard_rules *rules = rules_current(rq->settings,
	    time(NULL), &v->reason);

	if (!rules) {
		v->kind = VERDICT_UNAVAILABLE;
		return;
	}
	judge_rules(rq, rules, http_method, v);
	if (v->kind == VERDICT_ALLOWED &&
	    !origin_allowed(rq->arena, rq->settings,
	        request_header(rq, "HTTP_ORIGIN"))) {
		v->kind = VERDICT_ORIGIN;
		v->reason = "Origin is not in MCP_ALLOWED_ORIGINS";
	}
}

struct verdict
verdict_on(struct request *rq, const char *method)
{
	const char *path = resource_plain_path(rq->arena, rq->path);
	const struct resource_setting *resource = path
	    ? resource_of_path(rq->settings, path)
	    : NULL;
	struct presented_token presented;
	enum verdict_kind kind;
	const char *reason;
	struct verdict v;

	if (!resource || probes_well_known(path, resource))
		return verdict(VERDICT_NOT_FOUND, "nothing is served here",
		    NULL);
	if (method && text_equal(method, "OPTIONS"))
		return verdict(VERDICT_PREFLIGHT, NULL, resource);
	if (original_header(rq, "MCP_FORGED"))
		return verdict(VERDICT_MALFORMED,
		    "an identity header came from the client, or a header of "
		    "MCP in another spelling",
		    resource);
	v = credential(rq, &presented, &kind, &reason)
	    ? judge_token(rq, resource, presented.text)
	    : verdict(kind, reason, resource);
	v.dpop = presented.dpop;
	if (v.kind == VERDICT_ALLOWED)
		judge_binding(rq, method, &presented, &v);
	if (v.kind == VERDICT_ALLOWED)
		judge_use(rq, method, &v);
	return v;
}
