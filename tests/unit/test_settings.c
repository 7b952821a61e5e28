/* SPDX-License-Identifier: MIT */
/* What a settings file may say of registration, fetching, its address, DPoP and
 * the guard's keys. */
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/settings.h"
#include "tap.h"

#define SECRET_A "Zx8Q2mVt0pLr5nWk7yBc3dEf9gHj1aSu4iOo6PqRvTw"
#define SECRET_B "r5nWk7yBc3dEf9gHj1aSu4iOo6PqRvTwZx8Q2mVt0pL"

static const char base[] = "DATABASE_URL=postgresql:///x\nJWT_SECRET=" SECRET_A
                           "\n";

static const char *error;

/* The settings of a file with these lines; NULL with error set. */
static const struct settings *
load_text(struct arena *arena, enum settings_kind kind, const char *text)
{
	char file[] = "/tmp/mcp-oauth-test-XXXXXX";
	const struct settings *settings;
	int fd = mkstemp(file); /* mode 0600 */
	FILE *stream = fd < 0 ? NULL : fdopen(fd, "w");

	if (!stream)
		tap_bail_out("no file could be written");
	(void)fputs(text, stream);
	(void)fclose(stream);
	error = NULL;
	settings = settings_load(arena, kind, file, NULL, &error);
	(void)unlink(file);
	return settings;
}

/* Those of the base with these lines. */
static const struct settings *
load_at(struct arena *arena, const char *address, const char *lines)
{
	return load_text(arena, SETTINGS_SERVER,
	    arena_printf(arena, "OAUTH_BASE_URL=%s\n%s%s", address, base,
	        lines));
}

static const struct settings *
load(struct arena *arena, const char *lines)
{
	return load_at(arena, "https://mcp.example", lines);
}

static bool
policy_is(struct arena *arena, const char *lines,
    enum registration_policy wanted)
{
	const struct settings *settings = load(arena, lines);

	return settings && settings->oauth_registration == wanted;
}

static bool
refused(struct arena *arena, const char *lines, const char *words)
{
	return !load(arena, lines) && error && strstr(error, words);
}

static void
test_registration(struct arena *arena)
{
	struct buf shown = buf_in(arena);

	ok(policy_is(arena, "", REGISTRATION_OPEN));
	ok(policy_is(arena, "OAUTH_REGISTRATION=open\n", REGISTRATION_OPEN));
	ok(policy_is(arena, "OAUTH_REGISTRATION=off\n", REGISTRATION_OFF));
	ok(policy_is(arena,
	    "OAUTH_REGISTRATION=token\nINITIAL_ACCESS_TOKEN=" SECRET_B "\n",
	    REGISTRATION_TOKEN));
	ok(refused(arena, "OAUTH_REGISTRATION=on\n",
	    "OAUTH_REGISTRATION must be off or token or open"));
	ok(refused(arena, "OAUTH_REGISTRATION=token\n",
	    "INITIAL_ACCESS_TOKEN is missing"));
	ok(refused(arena, "INITIAL_ACCESS_TOKEN=" SECRET_B "\n",
	    "INITIAL_ACCESS_TOKEN is for OAUTH_REGISTRATION=token only"));
	ok(refused(arena,
	    "OAUTH_REGISTRATION=off\nINITIAL_ACCESS_TOKEN=" SECRET_B "\n",
	    "INITIAL_ACCESS_TOKEN is for"));
	ok(refused(arena,
	    "OAUTH_REGISTRATION=token\nINITIAL_ACCESS_TOKEN=letmein\n",
	    "INITIAL_ACCESS_TOKEN is not machine-made"));
	ok(refused(arena, "ACCESS_TOKEN_EXPIRES=1h\n",
	    "ACCESS_TOKEN_EXPIRES must be a whole number of seconds, at most "
	    "315360000"));
	ok(refused(arena, "REGISTRATION_LIMIT=315360001\n",
	    "REGISTRATION_LIMIT must be a whole number, at most 315360000"));
	ok(refused(arena, "REDIRECT_URI_PRESET=all\n",
	    "REDIRECT_URI_PRESET must be default or guide"));

	settings_print(load(arena,
	                   "OAUTH_REGISTRATION=token\n"
	                   "INITIAL_ACCESS_TOKEN=" SECRET_B "\n"),
	    &shown);
	ok(strstr(buf_text(&shown), "OAUTH_REGISTRATION=token\n"));
	ok(strstr(buf_text(&shown), "INITIAL_ACCESS_TOKEN=********\n"));
	ok(!strstr(buf_text(&shown), SECRET_B));
}

static void
test_fetching(struct arena *arena)
{
	static const char *const bad[] = {"proxy.example:3128", "http://proxy",
	    "http://u:p@proxy:3128", "http://proxy:3128/x", "socks5://proxy:1",
	    "https://proxy:3128"};
	const struct settings *settings = load(arena,
	    "FETCH_PROXY=http://proxy.example:3128\n");
	size_t i;

	ok(settings != NULL);
	is(settings ? settings->fetch_proxy : NULL,
	    "http://proxy.example:3128");
	for (i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		tap_ok(refused(arena,
		           arena_printf(arena, "FETCH_PROXY=%s\n", bad[i]),
		           "FETCH_PROXY must be http://host:port"),
		    bad[i], __FILE__, __LINE__);
	ok(refused(arena, "FETCH_ALLOW_ADDRESSES=localhost\n",
	    "FETCH_ALLOW_ADDRESSES must be addresses"));
}

/* Tokens and passwords travel encrypted, unless they never leave the host. */
static void
test_address(struct arena *arena)
{
	static const char *const good[] = {"https://mcp.example",
	    "https://mcp.example:8443", "http://127.0.0.1:8080",
	    "http://localhost", "http://[::1]:8080"};
	static const char *const plain[] = {"http://mcp.example",
	    "http://10.0.0.1", "http://127.0.0.1.evil.example",
	    "http://localhost.evil.example", "ftp://mcp.example"};
	static const char *const odd[] = {"https://mcp.example/",
	    "https://mcp.example/auth", "https://MCP.example",
	    "https://mcp.example:443", "https://u@mcp.example", "mcp.example",
	    "https://mcp.example?x", "https://mcp.example#x"};
	size_t i;

	for (i = 0; i < sizeof(good) / sizeof(*good); i++)
		tap_ok(load_at(arena, good[i], "") != NULL, good[i], __FILE__,
		    __LINE__);
	for (i = 0; i < sizeof(plain) / sizeof(*plain); i++)
		tap_ok(!load_at(arena, plain[i], "") &&
		        strstr(error, "must be https (http only on loopback)"),
		    plain[i], __FILE__, __LINE__);
	for (i = 0; i < sizeof(odd) / sizeof(*odd); i++)
		tap_ok(!load_at(arena, odd[i], "") &&
		        strstr(error, "must be an origin"),
		    odd[i], __FILE__, __LINE__);
}

static void
test_dpop(struct arena *arena)
{
	const struct settings *settings = load(arena, "");

	ok(settings && settings->dpop && !settings->dpop_nonce);
	settings = load(arena, "DPOP=off\n");
	ok(settings && !settings->dpop);
	settings = load(arena, "DPOP_NONCE=on\n");
	ok(settings && settings->dpop && settings->dpop_nonce);
	ok(refused(arena, "DPOP=off\nDPOP_NONCE=on\n",
	    "DPOP_NONCE needs DPOP=on"));
	ok(refused(arena, "DPOP=yes\n", "DPOP must be off or on"));
}

static void
test_change_of_root(struct arena *arena)
{
	ok(load(arena, "JWT_SECRET_NEXT=" SECRET_B "\n") != NULL);
	ok(load(arena, "JWT_SECRET_PREVIOUS=" SECRET_B "\n") != NULL);
	ok(load(arena, "JWT_SECRET_NEXT=\nJWT_SECRET_PREVIOUS=\n") != NULL);
	ok(refused(arena,
	    "JWT_SECRET_PREVIOUS=" SECRET_B "\nJWT_SECRET_NEXT=" SECRET_B "\n",
	    "JWT_SECRET_NEXT stands beside JWT_SECRET_PREVIOUS"));
	ok(refused(arena, "JWT_SECRET_NEXT=" SECRET_A "\n",
	    "JWT_SECRET_NEXT is the secret in use"));
	ok(refused(arena, "JWT_SECRET_PREVIOUS=" SECRET_A "\n",
	    "JWT_SECRET_PREVIOUS is the secret in use"));
	ok(refused(arena, "JWT_SECRET_NEXT=secret\n", "is not machine-made"));
}

static const struct settings *
load_guard(struct arena *arena, const char *lines)
{
	return load_text(arena, SETTINGS_GUARD,
	    arena_printf(arena,
	        "OAUTH_BASE_URL=https://mcp.example\n"
	        "DATABASE_URL=postgresql:///x\n%s",
	        lines));
}

static void
test_keys_of_guard(struct arena *arena)
{
	static const char *const good[] = {"https://mcp.example/jwks",
	    "https://10.0.0.7:8443/jwks?x=y", "http://127.0.0.1:8080/jwks",
	    "http://[::1]/jwks", "http://localhost/jwks"};
	static const char *const bad[] = {"http://mcp.example/jwks",
	    "http://127.0.0.2/jwks", "https://u:p@mcp.example/jwks",
	    "https://mcp.example/jwks#x", "https://0x7f.1/jwks",
	    "file:///etc/jwks", "/etc/jwks"};
	const struct settings *settings = load_guard(arena,
	    "JWKS_FILE=/etc/jwks\n");
	size_t i;

	ok(settings && !settings->jwks_url);
	for (i = 0; i < sizeof(good) / sizeof(*good); i++) {
		settings = load_guard(arena,
		    arena_printf(arena, "JWKS_URL=%s\n", good[i]));
		ok(settings && !settings->jwks_file);
		is(settings ? settings->jwks_url : "", good[i]);
	}
	for (i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		tap_ok(!load_guard(arena,
		           arena_printf(arena, "JWKS_URL=%s\n", bad[i])) &&
		        strstr(error, "JWKS_URL must be an https URL"),
		    bad[i], __FILE__, __LINE__);
	ok(!load_guard(arena, "") && strstr(error, "JWKS_FILE is missing"));
	ok(!load_guard(arena,
	       "JWKS_FILE=/etc/jwks\nJWKS_URL=https://mcp.example/jwks\n") &&
	    strstr(error, "JWKS_URL stands beside JWKS_FILE"));
	ok(!load_guard(arena,
	       "JWT_ALG=HS256\nJWT_SECRET=" SECRET_A
	       "\nJWKS_URL=https://mcp.example/jwks\n") &&
	    strstr(error, "JWKS_URL has no keys with JWT_ALG=HS256"));
	ok(refused(arena, "JWKS_URL=https://mcp.example/jwks\n",
	    "JWKS_URL belongs in guard.conf"));
}

int
main(void)
{
	struct arena *arena = arena_new(1 << 20);

	test_address(arena);
	test_registration(arena);
	test_fetching(arena);
	test_dpop(arena);
	test_change_of_root(arena);
	test_keys_of_guard(arena);
	arena_free(arena);
	return tap_done();
}
