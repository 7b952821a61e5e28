/* SPDX-License-Identifier: MIT */
/* The checks of OAuth that need neither a request nor a database. */
#include "crypto/digest.h"
#include "oauth/pkce.h"
#include "oauth/redirect_uri.h"
#include "oauth/refresh_token.h"
#include "oauth/resource.h"
#include "oauth/scope.h"
#include "oauth/user_code.h"
#include "tap.h"

static const struct resource_setting resources[] =
    {{.path = "/mcp", .uri = "https://mcp.example/mcp"},
        {.path = "/mcp/deep", .uri = "https://mcp.example/mcp/deep"}};

static struct settings settings = {
    .oauth_base_url = "https://mcp.example",
    .oauth_issuer = "https://mcp.example",
    .mcp_resources = resources,
    .n_mcp_resources = 1,
    .scopes_supported = "openid email profile",
    .jwt_secret = "Zx8Q2mVt0pLr5nWk7yBc3dEf9gHj1aSu4iOo6PqRvTw",
    .redirect_uri_schemes = "cursor vscode",
    .key_period_s = 2592000,
};

static void
test_pkce(struct arena *arena)
{
	/* RFC 7636 appendix B */
	is(pkce_challenge(arena, "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"),
	    "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM");
	ok(pkce_verifier_allowed(
	    "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"));
	ok(!pkce_verifier_allowed(
	    "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjX"));
	ok(!pkce_verifier_allowed(
	    "dBjftJeZ4CVP mB92K27uhbUJU1p1r_wW1gFWFOEjXk"));
	ok(pkce_challenge_allowed(
	    "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"));
	ok(!pkce_challenge_allowed(
	    "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw+cM"));
	ok(!pkce_challenge_allowed("short"));
}

static void
test_redirect_uris(struct arena *arena)
{
	size_t i;
	static const char *const good[] = {"https://app.example/cb",
	    "http://127.0.0.1/cb", "http://localhost:8080/cb",
	    "http://[::1]/cb", "cursor://anysphere/cb"};
	static const char *const bad[] = {"http://app.example/cb",
	    "javascript:alert(1)", "https://u@app.example/cb",
	    "https://app.example/cb#f", "https://*.example/cb",
	    "https://app.example/../cb", "http://127.0.0.1.evil.example/",
	    "http://2130706433/", "unknown://x", ""};

	for (i = 0; i < sizeof(good) / sizeof(good[0]); i++)
		tap_ok(redirect_uri_registrable(arena, &settings, good[i]),
		    good[i], __FILE__, __LINE__);
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		tap_ok(!redirect_uri_registrable(arena, &settings, bad[i]),
		    bad[i], __FILE__, __LINE__);
	ok(redirect_uri_matches(arena, "http://127.0.0.1/cb",
	    "http://127.0.0.1:5000/cb")); /* RFC 8252 s7.3 */
	ok(redirect_uri_matches(arena, "http://localhost:1",
	    "http://localhost:2/"));
	ok(!redirect_uri_matches(arena, "http://127.0.0.1/cb",
	    "http://localhost/cb"));
	ok(!redirect_uri_matches(arena, "https://a.example/cb",
	    "https://a.example:443/cb"));
	ok(!redirect_uri_matches(arena, "https://a.example/cb",
	    "https://a.example/cb/"));
}

static const char *
found(struct arena *arena, const char *resource)
{
	const struct resource_setting *r = resource_find(arena, &settings,
	    resource);

	return r ? r->uri : NULL;
}

static void
test_resources(struct arena *arena)
{
	is(found(arena, "https://mcp.example/mcp"), resources[0].uri);
	is(found(arena, "HTTPS://MCP.example:443/mcp/"), resources[0].uri);
	is(found(arena, "https://mcp.example"), resources[0].uri);
	is(found(arena, "https://mcp.example/MCP"), NULL);
	is(found(arena, "https://mcp.example/mcp?x"), NULL);
	is(found(arena, "https://mcp.example/mcp#x"), NULL);
	is(found(arena, "https://other.example/mcp"), NULL);
	is(resource_metadata_url(arena, &settings, resources),
	    "https://mcp.example/.well-known/oauth-protected-resource/mcp");
	settings.n_mcp_resources = 2;
	is(resource_of_path(&settings, "/mcp/deep/x")->path, "/mcp/deep");
	is(resource_of_path(&settings, "/mcp/deeper")->path, "/mcp");
	ok(!resource_of_path(&settings, "/mcpx"));
	is(found(arena, "https://mcp.example"), NULL);
	settings.n_mcp_resources = 1;
}

static void
test_plain_paths(struct arena *arena)
{
	size_t i;
	static const char *const bad[] = {"/mcp/../files", "/mcp/%2e%2E/files",
	    "/mcp/.%2e/files", "/mcp/./x", "/mcp/..", "/mcp/..;a/files",
	    "/mcp/%252e%252e/files", "//mcp", "/mcp//", "/mcp/%2ffiles",
	    "/mcp%2Ffiles", "/mcp/..%5cfiles", "/mcp\\files", "/mcp%00",
	    "/mcp/%zz", "/mcp/%f"};

	is(resource_plain_path(arena, "/mcp/x"), "/mcp/x");
	is(resource_plain_path(arena, "/mc%70/%64eep"), "/mcp/deep");
	is(resource_plain_path(arena, "/mcp/.well-known/x"),
	    "/mcp/.well-known/x");
	is(resource_plain_path(arena, "/mcp/..x/.../y+z"), "/mcp/..x/.../y+z");
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		tap_ok(!resource_plain_path(arena, bad[i]), bad[i], __FILE__,
		    __LINE__);
}

static void
test_scopes(struct arena *arena)
{
	is(scope_supported(arena, &settings), "email profile");
	/* files:* stands for scope tokens alone (RFC 6749 s3.3). */
	is(scope_intersect(arena, "files:a files:\"b files:\xC3\xA9",
	       "files:*"),
	    "files:a");
	is(scope_intersect(arena, "x profile email profile", "email profile"),
	    "profile email");
	is(scope_intersect(arena, "x", "email"), "");
	ok(scope_covers(arena, "email profile", "profile"));
	ok(!scope_covers(arena, "email", "email profile"));
	ok(scope_covers(arena, "email", ""));
	is(scope_union(arena, "a b", "b c"), "a b c");
}

static void
test_scope_hierarchy(struct arena *arena)
{
	size_t i;
	static const char *const narrower[] = {"files:*", "files:read",
	    "files:read:all", "files:read:*", "files:::", "email"};
	static const char *const others[] = {"files:", "files", "filesystem:x",
	    "Files:read", "file:read", "*", ":*", "xfiles:read", "files*"};

	for (i = 0; i < sizeof(narrower) / sizeof(narrower[0]); i++)
		tap_ok(scope_covers(arena, "email files:*", narrower[i]),
		    narrower[i], __FILE__, __LINE__);
	for (i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		tap_ok(!scope_covers(arena, "email files:*", others[i]),
		    others[i], __FILE__, __LINE__);
	ok(!scope_covers(arena, "files:read", "files:*"));
	ok(!scope_covers(arena, ":*", "files:read"));
	ok(!scope_covers(arena, "*", "files:read"));
	is(scope_intersect(arena, "files:read x files:*", "files:*"),
	    "files:read files:*");
	is(scope_intersect(arena, "files:*", "files:read"), "");
	is(scope_common(arena, "files:* email", "files:read files:write"),
	    "files:read files:write");
	is(scope_common(arena, "files:read", "files:* email"), "files:read");
	is(scope_common(arena, "a", "b"), "");
}

static void
test_scopes_of_resources(struct arena *arena)
{
	struct resource_setting both[] = {{.path = "/a"},
	    {.path = "/b", .scopes = "b:* email", .base_scopes = "openid b:x"}};
	struct settings s = {.scopes_supported = "openid email offline_access",
	    .mcp_resources = both,
	    .n_mcp_resources = 2};

	is(scope_of_resource(arena, &s, &both[0]), "email");
	is(scope_of_resource(arena, &s, &both[1]), "email b:*");
	is(scope_base(arena, &s, &both[0]), "email");
	is(scope_base(arena, &s, &both[1]), "b:x");
	is(scope_anywhere(arena, &s), "email b:*");
}

static void
test_refresh_tokens(struct arena *arena)
{
	const char *id = random_uuid(arena);
	char *text = arena_strdup(arena,
	    refresh_token_new(arena, &settings, id, 7));
	struct refresh_token token, again;

	ok(strlen(text) == 64);
	ok(refresh_token_read(arena, &settings, text, &token));
	is(token.session_id, id);
	ok(token.generation == 7);
	is(refresh_token_successor(arena, &settings, 0, &token),
	    refresh_token_successor(arena, &settings, 0, &token));
	ok(refresh_token_read(arena, &settings,
	    refresh_token_successor(arena, &settings, 0, &token), &again));
	ok(again.generation == 8);
	is(again.session_id, id);
	text[30] = text[30] == 'A' ? 'B' : 'A';
	ok(!refresh_token_read(arena, &settings, text, &token));
	ok(!refresh_token_read(arena, &settings, "x", &token));
	ok(!refresh_token_read(arena, &settings, "", &token));
}

/* RFC 8628 s6.1 */
static void
test_user_codes(struct arena *arena)
{
	struct settings other = settings;
	const char *code = user_code_of(arena, &settings, "00ff");
	struct sha256 digest = user_code_digest(&settings, code), elsewhere;

	ok(strlen(code) == 8 && strspn(code, "BCDFGHJKLMNPQRSTVWXZ") == 8);
	is(user_code_of(arena, &settings, "00ff"), code);
	ok(strcmp(user_code_of(arena, &settings, "00fe"), code) != 0);
	is(user_code_shown(arena, "WDJBMJHT"), "WDJB-MJHT");
	is(user_code_read(arena, "WDJB-MJHT"), "WDJBMJHT");
	is(user_code_read(arena, " wdjb mjht\t"), "WDJBMJHT");
	is(user_code_read(arena, "w-d-j-b-m-j-h-t-"), "WDJBMJHT");
	is(user_code_read(arena, "WDJBMJH"), NULL);
	is(user_code_read(arena, "WDJBMJHTT"), NULL);
	is(user_code_read(arena, "WDJBMJHA"), NULL);
	is(user_code_read(arena, "WDJBMJH0"), NULL);
	is(user_code_read(arena, ""), NULL);
	other.jwt_secret = "another secret, of the same length as that 1";
	elsewhere = user_code_digest(&other, code);
	ok(!bytes_equal(digest.bytes, elsewhere.bytes, SHA256_BYTES));
	ok(strcmp(user_code_of(arena, &other, "00ff"), code) != 0);
}

int
main(void)
{
	struct arena *arena = arena_new(1 << 20);

	if (!crypto_start())
		return 1;
	test_pkce(arena);
	test_redirect_uris(arena);
	test_resources(arena);
	test_plain_paths(arena);
	test_scopes(arena);
	test_scope_hierarchy(arena);
	test_scopes_of_resources(arena);
	test_refresh_tokens(arena);
	test_user_codes(arena);
	arena_free(arena);
	return tap_done();
}
