/* SPDX-License-Identifier: MIT */
/*
 * doctor_rules.c - the guard's rules: can each be met, and does the MCP server
 * behind rules by method or name refuse what its headers do not tell?
 */
#include <time.h>

#include "base/text.h"
#include "crypto/digest.h"
#include "doctor.h"
#include "oauth/access_token.h"
#include "oauth/guard_rules.h"
#include "oauth/scope.h"
#include "web.h"

enum { TOKEN_LIVES_S = 60, JTI_BYTES = 16 };

/* Headers that tell of a list, and a body that calls a tool that nobody has. */
static const char told_method[] = "tools/list";
static const char
    body[] = "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"tools/call\","
             "\"params\":{\"name\":\"mcp-oauth-doctor\",\"_meta\":"
             "{\"io.modelcontextprotocol/protocolVersion\":\"2026-07-28\"}}}";

/* A rule whose scope nobody can be granted lets nobody through. */
static void
check_scope(struct doctor *doctor, const struct guard_rule *rule)
{
	const struct settings *guard = doctor->guard;

	if (rule->is_legacy ||
	    scope_covers(doctor->arena,
	        scope_of_resource(doctor->arena, guard, rule->resource),
	        rule->scopes))
		return;
	doctor_problem(doctor,
	    "add the scope to SCOPES_SUPPORTED or to MCP_RESOURCE_SCOPES of "
	    "both files",
	    "%s line %d asks for \"%s\", which does not exist for %s",
	    guard->guard_rules, rule->line, rule->scopes, rule->resource->path);
}

/* A token of nobody's, for what the rule asks and not longer than it takes. */
static const char *
token_for(struct doctor *doctor, const struct guard_rule *rule)
{
	struct access_token token = {
	    .sub = "mcp-oauth-doctor",
	    .client_id = "mcp-oauth-doctor",
	    .scope = rule->scopes,
	    .sid = random_uuid(doctor->arena),
	    .jti = random_text(doctor->arena, JTI_BYTES),
	    .aud = rule->resource->uri,
	    .iat_s = time(NULL),
	};

	token.exp_s = token.iat_s + TOKEN_LIVES_S;
	return access_token_sign(doctor->arena, doctor->server, &token);
}

static struct web_answer
send_mismatch(struct doctor *doctor, const struct guard_rule *rule)
{
	const char *headers[] = {
	    arena_printf(doctor->arena, "Authorization: Bearer %s",
	        token_for(doctor, rule)),
	    "Content-Type: application/json",
	    "Accept: application/json, text/event-stream",
	    "MCP-Protocol-Version: 2026-07-28",
	    arena_printf(doctor->arena, "Mcp-Method: %s", told_method),
	    NULL,
	};

	return web_ask_with(doctor->arena,
	    arena_printf(doctor->arena, "%s%s", doctor->url,
	        rule->resource->path),
	    body, headers);
}

static void
check_mismatch(struct doctor *doctor, const struct guard_rules *rules,
    const struct resource_setting *resource)
{
	const struct guard_rule *rule;
	struct web_answer answer;

	if (!guard_rules_strict(rules, resource))
		return;
	rule = guard_rules_match(rules, resource, told_method, NULL);
	if (!rule) {
		doctor_ok(doctor,
		    "%s: not tried whether its server compares headers and "
		    "body, since no rule allows %s",
		    resource->path, told_method);
		return;
	}
	answer = send_mismatch(doctor, rule);
	if (answer.status == 400)
		doctor_ok(doctor,
		    "the server of %s refuses a body that its headers do not "
		    "tell",
		    resource->path);
	else
		doctor_problem(doctor,
		    "rules by method or name keep nobody out until the server "
		    "answers 400, as MCP 2026-07-28 demands: update it, or "
		    "write * for method and name",
		    "the server of %s answers status %ld to a body that its "
		    "headers do not tell",
		    resource->path, answer.status);
}

void
doctor_rules(struct doctor *doctor)
{
	const struct settings *guard = doctor->guard;
	struct guard_rules rules;
	const char *error;
	size_t i;

	if (!guard->guard_rules)
		return;
	if (!guard_rules_load(doctor->arena, guard, guard->guard_rules, &rules,
	        &error)) {
		doctor_problem(doctor, "mend the file; see guard.conf(5)", "%s",
		    error);
		return;
	}
	doctor_ok(doctor, "%s holds %zu lines", guard->guard_rules, rules.n);
	for (i = 0; i < rules.n; i++)
		check_scope(doctor, &rules.rules[i]);
	for (i = 0; i < guard->n_mcp_resources; i++)
		check_mismatch(doctor, &rules, &guard->mcp_resources[i]);
}
