/* SPDX-License-Identifier: MIT */
/* settings_agree.c - what the values of one file must agree on. */
#include "base/address.h"
#include "base/settings_reader.h"
#include "base/text.h"
#include "base/uri.h"

/* OAUTH_ISSUER: the origin of OAUTH_BASE_URL, with a path or without. */
static bool
settle_issuer(struct settings_reader *r)
{
	struct settings *s = r->settings;
	struct uri uri;

	s->issuer_path = "";
	if (!s->oauth_issuer)
		s->oauth_issuer = s->oauth_base_url;
	if (!uri_parse(r->arena, s->oauth_issuer, &uri) || uri.query ||
	    uri.fragment || uri.userinfo || uri_has_dot_segments(&uri) ||
	    !text_equal(uri_origin(r->arena, &uri), s->oauth_base_url) ||
	    text_ends(uri.path, "/"))
		return settings_fail(r, "OAUTH_ISSUER",
		    "must be OAUTH_BASE_URL, with a path or without, and no "
		    "trailing slash");
	s->issuer_path = uri.path;
	return true;
}

static bool
settle_algorithm(struct settings_reader *r)
{
	struct settings *s = r->settings;

	if (!text_has_word("EdDSA RS256 ES256 HS256", s->jwt_alg))
		return settings_fail(r, "JWT_ALG",
		    "must be EdDSA, RS256, ES256 or HS256");
	s->hs256 = text_equal(s->jwt_alg, "HS256");
	if (s->kind == SETTINGS_SERVER && !s->jwt_private_key_file &&
	    text_has_word("RS256 ES256", s->jwt_alg))
		return settings_fail(r, "JWT_PRIVATE_KEY_FILE",
		    "is missing: put the output of \"mcp-oauth key generate "
		    "--alg RS256\" (or ES256) into a file and name it");
	return true;
}

/* OpenID Connect is whole or absent: its clients expect RS256, which needs a
 * key of that kind.  A guard takes what its tokens say. */
static bool
settle_openid(struct settings_reader *r)
{
	struct settings *s = r->settings;

	s->openid = text_has_word(s->scopes_supported, "openid") &&
	    (s->kind == SETTINGS_GUARD ||
	        (s->jwt_private_key_file && !text_equal(s->jwt_alg, "ES256")));
	return true;
}

static bool
settle_secrets(struct settings_reader *r)
{
	const struct settings *s = r->settings;

	if (s->kind == SETTINGS_SERVER && !s->jwt_secret)
		return settings_fail(r, "JWT_SECRET",
		    "is missing: put the output of \"mcp-oauth key generate\" "
		    "there");
	if (s->kind == SETTINGS_SERVER && s->hs256 && !s->oauth_root_secret)
		return settings_fail(r, "OAUTH_ROOT_SECRET",
		    "is missing: with JWT_ALG=HS256 the root of all other keys "
		    "is a secret of its own");
	if (s->kind == SETTINGS_SERVER && s->hs256 &&
	    text_equal(s->oauth_root_secret, s->jwt_secret))
		return settings_fail(r, "OAUTH_ROOT_SECRET",
		    "must differ from JWT_SECRET");
	if (!s->hs256 && s->oauth_root_secret)
		return settings_fail(r, "OAUTH_ROOT_SECRET",
		    "is for JWT_ALG=HS256 only: JWT_SECRET is the root here");
	if (s->kind == SETTINGS_GUARD && s->hs256 && !s->jwt_secret)
		return settings_fail(r, "JWT_SECRET",
		    "is missing: JWT_ALG=HS256 needs it");
	if (s->kind == SETTINGS_GUARD && !s->hs256 && s->jwt_secret)
		return settings_fail(r, "JWT_SECRET",
		    "is for JWT_ALG=HS256 only: remove it from the guard's "
		    "file");
	return true;
}

/* Of a change of the root only one step is in force at a time. */
static bool
settle_change_of_root(struct settings_reader *r)
{
	const struct settings *s = r->settings;
	const char *root = s->hs256 ? s->oauth_root_secret : s->jwt_secret;
	const char *other = s->jwt_secret_next ? s->jwt_secret_next
	                                       : s->jwt_secret_previous;

	if (s->jwt_secret_previous && s->jwt_secret_next)
		return settings_fail(r, "JWT_SECRET_NEXT",
		    "stands beside JWT_SECRET_PREVIOUS: end that change of the "
		    "root first");
	if (root && other && text_equal(root, other))
		return settings_fail(r,
		    s->jwt_secret_next ? "JWT_SECRET_NEXT"
		                       : "JWT_SECRET_PREVIOUS",
		    "is the secret in use: it must be another");
	return true;
}

/* A URL that nobody on the way can answer in place of its host. */
static bool
is_jwks_url(struct arena *arena, const char *text)
{
	struct uri uri;

	return uri_parse(arena, text, &uri) && uri_is_secure(&uri) &&
	    uri_host_is_plain(&uri) && !uri.userinfo && !uri.fragment;
}

/* Where a guard has the public keys from. */
static bool
settle_public_keys(struct settings_reader *r)
{
	const struct settings *s = r->settings;

	if (s->kind != SETTINGS_GUARD)
		return true;
	if (s->hs256 && s->jwks_url)
		return settings_fail(r, "JWKS_URL",
		    "has no keys with JWT_ALG=HS256: leave it out");
	if (!s->hs256 && !s->jwks_file && !s->jwks_url)
		return settings_fail(r, "JWKS_FILE",
		    "is missing: name the file that \"mcp-oauth render\" "
		    "writes, or as JWKS_URL the address of the keys");
	if (s->jwks_file && s->jwks_url)
		return settings_fail(r, "JWKS_URL",
		    "stands beside JWKS_FILE: name one of them");
	if (s->jwks_url && !is_jwks_url(r->arena, s->jwks_url))
		return settings_fail(r, "JWKS_URL",
		    "must be an https URL (http only on loopback), such as "
		    "https://mcp.example.com/.well-known/jwks.json");
	return true;
}

static bool
settle_audience(struct settings_reader *r)
{
	const struct settings *s = r->settings;

	if (s->mcp_server_audience && (!s->hs256 || s->n_mcp_resources != 1))
		return settings_fail(r, "MCP_SERVER_AUDIENCE",
		    "works with JWT_ALG=HS256 and exactly one of MCP_RESOURCES "
		    "only: leave it out, the audience is the resource itself");
	return true;
}

static bool
settle_lifetimes(struct settings_reader *r)
{
	const struct settings *s = r->settings;

	if (s->access_token_expires_s > s->key_period_s)
		return settings_fail(r, "KEY_PERIOD",
		    "must not be shorter than ACCESS_TOKEN_EXPIRES");
	if (s->authorization_code_expires_s > 600)
		return settings_fail(r, "AUTHORIZATION_CODE_EXPIRES",
		    "must be at most 600 seconds");
	if (s->refresh_reuse_grace_s > 3600)
		return settings_fail(r, "REFRESH_REUSE_GRACE",
		    "must be at most 3600 seconds");
	if (s->refresh_token_expires_s < s->access_token_expires_s)
		return settings_fail(r, "REFRESH_TOKEN_EXPIRES",
		    "must not be shorter than ACCESS_TOKEN_EXPIRES");
	return true;
}

static bool
settle_registration(struct settings_reader *r)
{
	const struct settings *s = r->settings;
	bool needed = s->oauth_registration == REGISTRATION_TOKEN;

	if (s->kind == SETTINGS_SERVER && needed && !s->initial_access_token)
		return settings_fail(r, "INITIAL_ACCESS_TOKEN",
		    "is missing: OAUTH_REGISTRATION=token needs the output of "
		    "\"mcp-oauth key generate\" there");
	if (!needed && s->initial_access_token)
		return settings_fail(r, "INITIAL_ACCESS_TOKEN",
		    "is for OAUTH_REGISTRATION=token only: nobody would ask "
		    "for it");
	return true;
}

/* The address of a proxy and nothing else: its argument is seen by all. */
static bool
is_proxy(struct arena *arena, const char *text)
{
	struct uri uri;

	return uri_parse(arena, text, &uri) && text_equal(uri.scheme, "http") &&
	    uri.port && *uri.port && !uri.userinfo && !*uri.path &&
	    !uri.query && !uri.fragment;
}

static bool
settle_dpop(struct settings_reader *r)
{
	if (r->settings->dpop_nonce && !r->settings->dpop)
		return settings_fail(r, "DPOP_NONCE",
		    "needs DPOP=on: no proof would hold a nonce");
	return true;
}

static bool
settle_fetching(struct settings_reader *r)
{
	if (r->settings->fetch_proxy &&
	    !is_proxy(r->arena, r->settings->fetch_proxy))
		return settings_fail(r, "FETCH_PROXY",
		    "must be http://host:port, without a path or a password");
	if (r->settings->kind == SETTINGS_SERVER &&
	    !address_list_valid(r->arena, r->settings->fetch_allow_addresses))
		return settings_fail(r, "FETCH_ALLOW_ADDRESSES",
		    "must be addresses and networks such as 127.0.0.1 or "
		    "10.0.0.0/8, separated by blanks");
	return true;
}

static bool
settle_metrics(struct settings_reader *r)
{
	struct settings *s = r->settings;

	if (s->kind != SETTINGS_SERVER)
		return true;
	if (text_equal(s->metrics_from, "none"))
		s->metrics_from = "";
	if (!address_list_valid(r->arena, s->metrics_from))
		return settings_fail(r, "METRICS_FROM",
		    "must be none, or addresses and networks such as 127.0.0.1 "
		    "or 10.0.0.0/8, separated by blanks");
	return true;
}

static bool
settle_log(struct settings_reader *r)
{
	const char *to = r->settings->log_to;

	if (to[0] != '/' && !text_equal(to, "stderr") &&
	    !text_equal(to, "syslog"))
		return settings_fail(r, "LOG_TO",
		    "must be stderr, syslog or an absolute path");
	return true;
}

bool
settings_agree(struct settings_reader *r)
{
	return settle_issuer(r) && settings_repeated_settle(r) &&
	    settle_algorithm(r) && settle_openid(r) && settle_secrets(r) &&
	    settle_change_of_root(r) && settle_public_keys(r) &&
	    settle_audience(r) && settle_lifetimes(r) &&
	    settle_registration(r) && settle_dpop(r) && settle_fetching(r) &&
	    settle_metrics(r) && settle_log(r);
}
