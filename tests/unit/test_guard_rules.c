/* SPDX-License-Identifier: MIT */
/* The guard's rules, and the headers that they go by. */
#include "oauth/guard_rules.h"

#include "oauth/mcp_header.h"
#include "tap.h"

static const struct resource_setting resources[] =
    {{.path = "/mcp", .uri = "https://mcp.example/mcp"},
        {.path = "/files", .uri = "https://mcp.example/files"},
        {.path = "/old", .uri = "https://mcp.example/old"},
        {.path = "/free", .uri = "https://mcp.example/free"}};

static const struct resource_setting *const mcp = &resources[0],
                                            *const files = &resources[1],
                                            *const old = &resources[2],
                                            *const unruled = &resources[3];

static const struct settings settings = {
    .mcp_resources = resources,
    .n_mcp_resources = 4,
};

/* The line of the rule that decides; 0 when none does. */
static int
line(const struct guard_rules *rules, const struct resource_setting *resource,
    const char *method, const char *name)
{
	const struct guard_rule *rule = guard_rules_match(rules, resource,
	    method, name);

	return rule ? rule->line : 0;
}

static void
test_matching(struct arena *arena)
{
	static const char text[] = "# comment\n"
	                           "/mcp tools/call delete_all  admin\n"
	                           "/mcp\ttools/call\tdelete_*\twrite  read\r\n"
	                           "\n"
	                           "  /mcp tools/call =?base64?YSBi?= -\n"
	                           "/mcp tools/* * read\n"
	                           "/mcp * x -\n"
	                           "/files * * email\n"
	                           "unsafe-legacy /old headers=optional\n"
	                           "/old ping * -\n"
	                           "/old * * email";
	struct guard_rules rules;
	const char *error = NULL;

	ok(guard_rules_read(arena, &settings, "f", text, &rules, &error));
	ok(line(&rules, mcp, "tools/call", "delete_all") == 2);
	ok(line(&rules, mcp, "tools/call", "delete_one") == 3);
	ok(line(&rules, mcp, "tools/call", "delete_") == 3);
	ok(line(&rules, mcp, "tools/call", "delete") == 6);
	ok(line(&rules, mcp, "tools/call", "Delete_one") == 6);
	ok(line(&rules, mcp, "tools/call", "a b") == 5);
	ok(line(&rules, mcp, "tools/call", "") == 6);
	ok(line(&rules, mcp, "tools/list", NULL) == 6);
	ok(line(&rules, mcp, "tools", NULL) == 0);
	ok(line(&rules, mcp, "prompts/get", "x") == 7);
	ok(line(&rules, mcp, "prompts/get", "y") == 0);
	ok(line(&rules, mcp, "prompts/get", NULL) == 0);
	ok(line(&rules, mcp, NULL, NULL) == 0);
	ok(line(&rules, files, NULL, NULL) == 8);
	ok(line(&rules, files, "tools/call", "x") == 8);
	ok(line(&rules, old, "ping", NULL) == 10);
	ok(line(&rules, old, NULL, NULL) == 11);
	ok(line(&rules, unruled, "ping", NULL) == 0);
	is(guard_rules_match(&rules, mcp, "tools/call", "delete_x")->scopes,
	    "write read");
	is(guard_rules_match(&rules, mcp, "tools/call", "a b")->scopes, "");
	ok(guard_rules_strict(&rules, mcp));
	ok(!guard_rules_strict(&rules, files));
	ok(guard_rules_strict(&rules, old));
	ok(!guard_rules_strict(&rules, unruled));
	ok(!guard_rules_headers_optional(&rules, mcp));
	ok(guard_rules_headers_optional(&rules, old));
	ok(guard_rules_has(&rules, files));
	ok(!guard_rules_has(&rules, unruled));
}

static void
test_refusals(struct arena *arena)
{
	size_t i;
	static const char *const bad[] = {"", "# nothing\n", "/mcp * *\n",
	    "/mcp\n", "/other * * -\n", "* * * -\n", "mcp * * -\n",
	    "/mcp/ * * -\n", "/mcp to*ls * -\n", "/mcp ** * -\n",
	    "/mcp tools/call a*b -\n", "/mcp tools/call ** -\n",
	    "/mcp tools/list whoami -\n", "/mcp tools,x * -\n",
	    "/mcp t\xc3\xb6 * -\n", "/mcp * =?base64?!?= -\n",
	    "/mcp * =?base64?YSBi -\n", "/mcp * * - email\n",
	    "/mcp * * email -\n", "/mcp * * em\"ail\n", "/mcp * * \xc3\xb6\n",
	    "unsafe-legacy\n", "unsafe-legacy /mcp\n",
	    "unsafe-legacy /mcp headers=off\n",
	    "unsafe-legacy /other headers=optional\n",
	    "unsafe-legacy /mcp headers=optional x\n",
	    "/files * * -\n/mcp * *\n"};
	struct guard_rules rules;
	const char *error = NULL;

	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		tap_ok(!guard_rules_read(arena, &settings, "f", bad[i], &rules,
		           &error),
		    "bad rules", __FILE__, __LINE__);
	is(error,
	    "f line 2: a rule is \"resource method name scopes\", such as "
	    "\"/files tools/call * files:read\"");
	ok(!guard_rules_load(arena, &settings, "/nonexistent/rules", &rules,
	    &error));
}

static void
test_headers(struct arena *arena)
{
	size_t i;
	static const char *const malformed[] = {"", "x", "2026-7-28",
	    "2026-07-28 ", "2026-07-28, 2026-07-28", "2026/07/28", "2026-07-2x",
	    "20260728"};
	static const char *const bad_names[] = {"a, b", ",a", "a,", "\xc3\xa9",
	    "a\x7f", "=?base64?x?=", "=?base64?YQ?=", "=?base64?YQ=?=",
	    "=?base64?YR==?=", "=?base64?AAAA?=", "=?base64?/w==?=",
	    "=?base64?Y Q=?="};

	for (i = 0; i < sizeof(malformed) / sizeof(malformed[0]); i++)
		tap_ok(mcp_version_of(malformed[i]) == MCP_VERSION_MALFORMED,
		    malformed[i], __FILE__, __LINE__);
	ok(mcp_version_of("2026-07-27") == MCP_VERSION_OLD);
	ok(mcp_version_of("2025-11-25") == MCP_VERSION_OLD);
	ok(mcp_version_of("2026-07-28") == MCP_VERSION_HEADERS);
	ok(mcp_version_of("2027-01-01") == MCP_VERSION_HEADERS);
	ok(mcp_method_allowed("tools/call"));
	ok(!mcp_method_allowed(""));
	ok(!mcp_method_allowed("tools/call,ping"));
	ok(!mcp_method_allowed("tools/call ping"));
	is(mcp_name_decode(arena, "get_weather"), "get_weather");
	is(mcp_name_decode(arena, "file:///a,b c"), "file:///a,b c");
	/* The specification's own examples. */
	is(mcp_name_decode(arena, "=?base64?SGVsbG8sIOS4lueVjA==?="),
	    "Hello, \xe4\xb8\x96\xe7\x95\x8c");
	is(mcp_name_decode(arena, "=?base64?IHBhZGRlZCA=?="), " padded ");
	is(mcp_name_decode(arena, "=?base64?bGluZTEKbGluZTI=?="),
	    "line1\nline2");
	is(mcp_name_decode(arena, "=?base64?PT9iYXNlNjQ/bGl0ZXJhbD89?="),
	    "=?base64?literal?=");
	is(mcp_name_decode(arena,
	       "=?base64?"
	       "?="),
	    "");
	/* Not the exact wrapping: as it stands. */
	is(mcp_name_decode(arena, "=?BASE64?YQ==?="), "=?BASE64?YQ==?=");
	is(mcp_name_decode(arena, "=?base64?YQ=="), "=?base64?YQ==");
	is(mcp_name_decode(arena, "=?base64?="), "=?base64?=");
	for (i = 0; i < sizeof(bad_names) / sizeof(bad_names[0]); i++)
		tap_ok(!mcp_name_decode(arena, bad_names[i]), "bad name",
		    __FILE__, __LINE__);
}

int
main(void)
{
	struct arena *arena = arena_new(4 << 20);

	test_matching(arena);
	test_refusals(arena);
	test_headers(arena);
	arena_free(arena);
	return tap_done();
}
