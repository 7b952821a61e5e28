/* SPDX-License-Identifier: MIT */
/*
 * doctor_client_call.c - the client at the MCP server, with its token, and what
 * nobody may get through with: a page of another site, an identity of the
 * client's own words, a token in the address.
 */
#include <string.h>

#include "base/text.h"
#include "doctor_client.h"
#include "oauth/mcp_header.h"

static const char initialize[] =
    "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"initialize\",\"params\":"
    "{\"protocolVersion\":\"2025-06-18\",\"capabilities\":{},\"clientInfo\":"
    "{\"name\":\"mcp-oauth-doctor\",\"version\":\"1\"}}}";

static const char initialized[] =
    "{\"jsonrpc\":\"2.0\",\"method\":\"notifications/initialized\"}";

static const char list[] =
    "{\"jsonrpc\":\"2.0\",\"id\":2,\"method\":\"tools/list\",\"params\":{}}";

/* Since 2026-07-28 each message stands alone, and headers repeat what it
 * says. */
static const char list_alone[] =
    "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"tools/list\",\"params\":"
    "{\"_meta\":{\"io.modelcontextprotocol/protocolVersion\":\"2026-07-28\","
    "\"io.modelcontextprotocol/clientCapabilities\":{}}}}";

/* One request to the resource, less its token. */
struct call {
	const char *method;            /* NULL: POST */
	const char *body;              /* NULL: none */
	const char *version, *session; /* headers; NULL: none */
	const char *more;              /* a whole line of header, or NULL */
};

static struct web_answer
send(struct walk *walk, const char *url, const char *token,
    const struct call *call)
{
	struct arena *arena = walk->arena;
	const char *headers[8] = {"Content-Type: application/json",
	    "Accept: application/json, text/event-stream"};
	size_t n = 2;

	if (token)
		headers[n++] = arena_printf(arena, "Authorization: Bearer %s",
		    token);
	if (call->version)
		headers[n++] = arena_printf(arena, "MCP-Protocol-Version: %s",
		    call->version);
	if (call->session)
		headers[n++] = arena_printf(arena, "Mcp-Session-Id: %s",
		    call->session);
	if (call->body == list_alone)
		headers[n++] = "Mcp-Method: tools/list";
	headers[n++] = call->more;
	headers[n] = NULL;
	return doctor_send(walk->doctor,
	    &(struct web_request){.url = url,
	        .method = call->method,
	        .body = call->body,
	        .headers = headers});
}

static struct web_answer
send_call(struct walk *walk, const struct call *call)
{
	return send(walk, walk->resource->uri, walk->access_token, call);
}

/* ---- an answer that is none ---- */

static const char *
fix_backend(struct walk *walk)
{
	return arena_printf(walk->arena,
	    "Use ProxyMCP %s http://127.0.0.1:9000%s\n"
	    "# the address where the MCP server listens; is it running?",
	    walk->resource->path, walk->resource->path);
}

static bool
tell_failed(struct walk *walk, const struct web_answer *answer)
{
	struct doctor *doctor = walk->doctor;
	const char *path = walk->resource->path;

	if (answer->status == 200)
		doctor_problem(doctor, "backend-missing", fix_backend(walk),
		    "the guard lets a client through, but what answers at %s "
		    "is no MCP server: it does not say which tools it has",
		    path);
	else if (answer->status == 401)
		doctor_problem(doctor, "token-refused",
		    "mcp-oauth render\n"
		    "# and see that guard.conf and mcp-oauth.conf agree; or "
		    "the clocks differ",
		    "the guard of %s refuses a good token%s", path,
		    doctor_reason(doctor, answer));
	else if (answer->status == 404 || answer->status == 405 ||
	    (answer->status >= 400 && !doctor_is_json(answer)))
		doctor_problem(doctor, "backend-missing", fix_backend(walk),
		    "the guard lets a client through, but no MCP server "
		    "answers at %s (status %ld)",
		    path, answer->status);
	else if (!doctor_cause(doctor, path, answer))
		doctor_problem(doctor, "call-refused",
		    "# the MCP server's own log, and the guard's lines, say "
		    "why",
		    "a client with a good token gets status %ld at %s%s",
		    answer->status, path, doctor_reason(doctor, answer));
	return false;
}

/* Not everything may be granted at the start: that is no fault. */
static bool
wants_more_scope(struct walk *walk, const struct web_answer *answer)
{
	if (answer->status != 403 ||
	    !strstr(answer->body, "insufficient_scope"))
		return false;
	doctor_note(walk->doctor, "call-refused",
	    "what a client is granted at first is not enough for %s: its "
	    "rules ask for more",
	    walk->resource->path);
	return true;
}

/* ---- conversations ---- */

/* A server without tools says that it does not know the method (JSON-RPC 2.0
 * s5.1), in JSON or in an event. */
static bool
answers_list(const struct web_answer *answer)
{
	return answer->status == 200 &&
	    (strstr(answer->body, "\"tools\"") ||
	        strstr(answer->body, "-32601"));
}

/* Until 2025-11-25; what was opened is closed again. */
static bool
converse(struct walk *walk, const struct web_answer *opened)
{
	const char *session = web_header(walk->arena, opened, "mcp-session-id");
	struct call call = {.version = "2025-06-18",
	    .session = *session ? session : NULL};
	struct web_answer answer;

	call.body = initialized;
	(void)send_call(walk, &call);
	call.body = list;
	answer = send_call(walk, &call);
	if (call.session) {
		call.body = NULL;
		call.method = "DELETE";
		(void)send_call(walk, &call);
	}
	if (!answers_list(&answer))
		return tell_failed(walk, &answer);
	doctor_ok(walk->doctor, "call-refused",
	    "initialize and tools/list come through to the server of %s",
	    walk->resource->path);
	return true;
}

/* What the first message of a client is here, as the server understands it. */
static const struct call old_call = {.body = initialize},
                         new_call = {.body = list_alone,
                             .version = "2026-07-28"};

/* NULL after it was told that nothing comes through. */
static const struct call *
first_call(struct walk *walk, struct web_answer *ret)
{
	*ret = send_call(walk, &old_call);
	if (ret->status == 200)
		return converse(walk, ret) ? &old_call : NULL;
	if (ret->status != 400) {
		if (!wants_more_scope(walk, ret))
			(void)tell_failed(walk, ret);
		return NULL;
	}
	*ret = send_call(walk, &new_call);
	if (ret->status == 200) {
		doctor_ok(walk->doctor, "call-refused",
		    "tools/list of 2026-07-28 comes through to the server of "
		    "%s",
		    walk->resource->path);
		return &new_call;
	}
	if (!wants_more_scope(walk, ret))
		(void)tell_failed(walk, ret);
	return NULL;
}

/* ---- what nobody may do ---- */

static void
check_origin(struct walk *walk, const struct call *first)
{
	struct call call = *first;
	struct web_answer answer;

	call.more = "Origin: https://mcp-oauth-doctor.invalid";
	answer = send_call(walk, &call);
	if (answer.status == 403)
		doctor_ok(walk->doctor, "origin-accepted",
		    "pages of other sites are refused");
	else
		doctor_problem(walk->doctor, "origin-accepted",
		    "# let the Origin header through to the guard: take out "
		    "\"RequestHeader unset Origin\"; in nginx:\n"
		    "# proxy_set_header Origin $http_origin;",
		    "%s answers a page of another site (status %ld): the guard "
		    "does not see its Origin",
		    walk->resource->path, answer.status);
}

/* Many programs take it for X-Forwarded-User, which is ours to set. */
static void
check_identity(struct walk *walk, const struct call *first)
{
	struct call call = *first;
	struct web_answer answer;

	call.more = "X_Forwarded_User: mcp-oauth-doctor";
	answer = send_call(walk, &call);
	if (answer.status == 400)
		doctor_ok(walk->doctor, "identity-forged",
		    "identity headers of a client's own are refused");
	else
		doctor_problem(walk->doctor, "identity-forged",
		    arena_printf(walk->arena, "Use GuardMCP %s",
		        walk->resource->path),
		    "a client may tell the server of %s who it is, in a "
		    "header X_Forwarded_User (status %ld): what guards it "
		    "does not look for other spellings",
		    walk->resource->path, answer.status);
}

static void
check_query(struct walk *walk, const struct call *first)
{
	struct web_answer answer = send(walk,
	    arena_printf(walk->arena, "%s?access_token=%s", walk->resource->uri,
	        walk->access_token),
	    NULL, first);

	if (answer.status == 400 || answer.status == 401)
		doctor_ok(walk->doctor, "token-in-query",
		    "a token in the address is refused");
	else
		doctor_problem(walk->doctor, "token-in-query",
		    arena_printf(walk->arena,
		        "# take out what makes a header of the query: "
		        "RequestHeader set Authorization\nUse GuardMCP %s",
		        walk->resource->path),
		    "%s takes a token in the address (status %ld), where logs "
		    "keep it",
		    walk->resource->path, answer.status);
}

/* The guard's variables become headers of the answer unless they are unset; the
 * secret of the backend is among them. */
static void
check_leaks(struct walk *walk, const struct web_answer *answer)
{
	static const char *const names[] = {"USER", "EMAIL", "SUBJECT",
	    "CLIENT", "SCOPE", "RESOURCE", "REQUEST_ID", "BACKEND_SECRET"};
	struct buf fix = buf_in(walk->arena);
	size_t i;

	for (i = 0; i < sizeof(names) / sizeof(*names); i++)
		buf_addf(&fix, "%sHeader always unset Variable-MCP_%s",
		    i ? "\n" : "", names[i]);
	for (i = 0; i < answer->n_headers; i++) {
		if (!text_starts(answer->headers[i].name, "variable-"))
			continue;
		doctor_problem(walk->doctor, "variables-leak", buf_text(&fix),
		    "answers of %s hold the guard's own variables, such as "
		    "%s: clients read GUARD_BACKEND_SECRET there",
		    walk->resource->path, answer->headers[i].name);
		return;
	}
	doctor_ok(walk->doctor, "variables-leak",
	    "the guard's variables stay on this side");
}

bool
client_call(struct walk *walk)
{
	struct web_answer answer;
	const struct call *first = first_call(walk, &answer);

	walk->used = first != NULL;
	if (first) {
		check_leaks(walk, &answer);
		check_origin(walk, first);
		check_identity(walk, first);
	}
	check_query(walk, first ? first : &old_call);
	return true; /* the token is good for what follows */
}
