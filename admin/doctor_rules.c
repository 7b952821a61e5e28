/* SPDX-License-Identifier: MIT */
/*
 * doctor_rules.c - the guard's rules: can each be met, and does the MCP server
 * behind rules by method or name refuse what its headers do not tell?
 */
#include "base/text.h"
#include "doctor.h"
#include "oauth/guard_rules.h"
#include "oauth/scope.h"

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
	doctor_problem(doctor, "rule-scope",
	    arena_printf(doctor->arena,
	        "MCP_RESOURCE_SCOPES=%s %s\n"
	        "# in mcp-oauth.conf and guard.conf, with the scopes that "
	        "stand there already",
	        rule->resource->path, rule->scopes),
	    "%s line %d asks for \"%s\", which does not exist for %s",
	    guard->guard_rules, rule->line, rule->scopes, rule->resource->path);
}

static struct web_answer
send_mismatch(struct doctor *doctor, const struct guard_rule *rule)
{
	const char *headers[] = {
	    arena_printf(doctor->arena, "Authorization: Bearer %s",
	        doctor_token(doctor, rule->resource, rule->scopes)),
	    "Content-Type: application/json",
	    "Accept: application/json, text/event-stream",
	    "MCP-Protocol-Version: 2026-07-28",
	    arena_printf(doctor->arena, "Mcp-Method: %s", told_method),
	    NULL,
	};

	return doctor_send(doctor,
	    &(struct web_request){.url = doctor_url_of(doctor,
	                              rule->resource->path),
	        .body = body,
	        .headers = headers});
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
		doctor_note(doctor, "rule-mismatch",
		    "%s: not tried whether its server compares headers and "
		    "body, since no rule allows %s",
		    resource->path, told_method);
		return;
	}
	answer = send_mismatch(doctor, rule);
	if (answer.status == 400)
		doctor_ok(doctor, "rule-mismatch",
		    "the server of %s refuses a body that its headers do not "
		    "tell",
		    resource->path);
	else
		doctor_problem(doctor, "rule-mismatch",
		    "# rules by method or name keep nobody out until the "
		    "server answers 400, as MCP 2026-07-28\n"
		    "# demands: update it, or write * for method and name",
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
		doctor_problem(doctor, "rules",
		    "# mend the file; see guard.rules(5)", "%s", error);
		return;
	}
	doctor_ok(doctor, "rules", "%s holds %zu lines", guard->guard_rules,
	    rules.n);
	for (i = 0; i < rules.n; i++)
		check_scope(doctor, &rules.rules[i]);
	for (i = 0; i < guard->n_mcp_resources; i++)
		check_mismatch(doctor, &rules, &guard->mcp_resources[i]);
}
