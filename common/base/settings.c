/* SPDX-License-Identifier: MIT */
/*
 * settings.c - the table of keys, their types and what they must agree on.
 */
#define _DEFAULT_SOURCE
#include "base/settings.h"

#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/settings_file.h"
#include "base/text.h"
#include "base/uri.h"

#ifndef MCP_OAUTH_SYSCONFDIR
#define MCP_OAUTH_SYSCONFDIR "/etc"
#endif

enum {
	SERVER = SETTINGS_SERVER,
	GUARD = SETTINGS_GUARD,
	BOTH = SETTINGS_SERVER | SETTINGS_GUARD,
	REQUIRED = 4, /* in every kind that has it */
	SECRET = 8,   /* masked by settings_print() */
};

/* How a value is read; each type is one case of read_value(). */
enum type {
	TYPE_TEXT,
	TYPE_ORIGIN,
	TYPE_ISSUER,
	TYPE_SECRET,
	TYPE_SECONDS, /* 1 s to ten years */
	TYPE_COUNT,
	TYPE_CHOICE, /* bool: the second of the two words is true */
	TYPE_LEVEL,
	TYPE_PATH,
};

struct setting {
	const char *key;
	int flags;
	enum type type;
	size_t offset;
	const char *fallback; /* NULL: none, the member stays NULL */
	const char *choices[2];
};

#define AT(member) offsetof(struct settings, member)

static const struct setting table[] = {
    {"OAUTH_BASE_URL", BOTH | REQUIRED, TYPE_ORIGIN, AT(oauth_base_url), NULL,
        {0}},
    {"OAUTH_ISSUER", BOTH, TYPE_ISSUER, AT(oauth_issuer), NULL, {0}},
    {"JWT_ALG", BOTH, TYPE_CHOICE, AT(hs256), "EdDSA", {"EdDSA", "HS256"}},
    {"JWT_SECRET", BOTH | SECRET, TYPE_SECRET, AT(jwt_secret), NULL, {0}},
    {"JWT_SECRET_PREVIOUS", SERVER | SECRET, TYPE_SECRET,
        AT(jwt_secret_previous), NULL, {0}},
    {"OAUTH_ROOT_SECRET", SERVER | SECRET, TYPE_SECRET, AT(oauth_root_secret),
        NULL, {0}},
    {"MCP_SERVER_AUDIENCE", BOTH, TYPE_TEXT, AT(mcp_server_audience), NULL,
        {0}},
    {"MCP_RESOURCES", BOTH, TYPE_TEXT, AT(mcp_resources_text), "/mcp", {0}},
    {"SCOPES_SUPPORTED", BOTH, TYPE_TEXT, AT(scopes_supported),
        "openid email profile", {0}},
    {"ACCESS_TOKEN_EXPIRES", SERVER, TYPE_SECONDS, AT(access_token_expires_s),
        "3600", {0}},
    {"REFRESH_TOKEN_EXPIRES", SERVER, TYPE_SECONDS, AT(refresh_token_expires_s),
        "7776000", {0}},
    {"SESSION_EXPIRES", SERVER, TYPE_SECONDS, AT(session_expires_s), "31536000",
        {0}},
    {"AUTHORIZATION_CODE_EXPIRES", SERVER, TYPE_SECONDS,
        AT(authorization_code_expires_s), "60", {0}},
    {"AUTHORIZATION_REQUEST_EXPIRES", SERVER, TYPE_SECONDS,
        AT(authorization_request_expires_s), "600", {0}},
    {"LOGIN_EXPIRES", SERVER, TYPE_SECONDS, AT(login_expires_s), "43200", {0}},
    {"LOGIN_LIMIT_ACCOUNT", SERVER, TYPE_COUNT, AT(login_limit_account), "10",
        {0}},
    {"LOGIN_LIMIT_REMOTE", SERVER, TYPE_COUNT, AT(login_limit_remote), "100",
        {0}},
    {"LOGIN_WINDOW", SERVER, TYPE_SECONDS, AT(login_window_s), "900", {0}},
    {"REFRESH_REUSE_GRACE", SERVER, TYPE_COUNT, AT(refresh_reuse_grace_s),
        "120", {0}},
    {"KEY_PERIOD", SERVER, TYPE_SECONDS, AT(key_period_s), "2592000", {0}},
    {"DATABASE_URL", BOTH | REQUIRED | SECRET, TYPE_TEXT, AT(database_url),
        NULL, {0}},
    {"REDIRECT_URI_SCHEMES", SERVER, TYPE_TEXT, AT(redirect_uri_schemes),
        "cursor vscode vscode-insiders jetbrains claude mcp", {0}},
    {"REDIRECT_URI_PRESET", SERVER, TYPE_CHOICE, AT(redirect_uri_preset_guide),
        "default", {"default", "guide"}},
    {"OAUTH_REGISTRATION", SERVER, TYPE_CHOICE, AT(registration_open), "open",
        {"off", "open"}},
    {"REGISTRATION_LIMIT", SERVER, TYPE_COUNT, AT(registration_limit), "600",
        {0}},
    {"JWKS_FILE", GUARD, TYPE_PATH, AT(jwks_file), NULL, {0}},
    {"MCP_ALLOWED_ORIGINS", GUARD, TYPE_TEXT, AT(mcp_allowed_origins), NULL,
        {0}},
    {"GUARD_RULES", GUARD, TYPE_PATH, AT(guard_rules), NULL, {0}},
    {"GUARD_OFFLINE", GUARD, TYPE_CHOICE, AT(guard_offline_allow), "allow",
        {"deny", "allow"}},
    {"GUARD_OFFLINE_MAX", GUARD, TYPE_SECONDS, AT(guard_offline_max_s), "900",
        {0}},
    {"GUARD_BACKEND_SECRET", GUARD | SECRET, TYPE_SECRET,
        AT(guard_backend_secret), NULL, {0}},
    {"STATE_DIRECTORY", BOTH, TYPE_PATH, AT(state_directory), "/run/mcp-oauth",
        {0}},
    {"LOG_TO", BOTH, TYPE_TEXT, AT(log_to), "stderr", {0}},
    {"LOG_LEVEL", BOTH, TYPE_LEVEL, AT(log_level), "info", {0}},
};

enum { N_SETTINGS = sizeof(table) / sizeof(*table) };

/* What reading needs beside the settings: where errors are told. */
struct reader {
	struct arena *arena;
	struct settings *settings;
	const char *file;
	const char **error;
};

#define FIELD(settings, setting, type) \
	((type *)(void *)((char *)(settings) + (setting)->offset))

static bool
fail(struct reader *r, const char *key, const char *why)
{
	*r->error = arena_printf(r->arena, "%s: %s %s", r->file, key, why);
	return false;
}

/* Does text hold one byte over and over, or a run of few different ones? */
static bool
too_regular(const char *text)
{
	bool seen[256] = {false};
	int different = 0;

	for (; *text; text++) {
		different += !seen[(unsigned char)*text];
		seen[(unsigned char)*text] = true;
	}
	return different < 8;
}

static bool
is_placeholder(const char *secret)
{
	static const char *const words[] = {"your-", "secret", "change",
	    "example", "placeholder", "password", "replace"};
	struct arena *arena = arena_new(4096);
	const char *lower = text_lower(arena, secret);
	bool found = false;
	size_t i;

	/* Random text holds such a word by chance less than once in a million. */
	for (i = 0; i < sizeof(words) / sizeof(*words); i++)
		found = found || strstr(lower, words[i]);
	arena_free(arena);
	return found;
}

bool
settings_secret_allowed(const char *secret)
{
	size_t len = strlen(secret);
	bool hex = text_only(secret, "0123456789abcdefABCDEF");

	if (!text_is_base64url(secret) || len < (hex ? 64 : 43) || len > 512)
		return false;
	return !too_regular(secret) && !is_placeholder(secret);
}

static bool
read_origin(struct reader *r, const struct setting *s, const char *value)
{
	struct uri uri;

	if (!uri_parse(r->arena, value, &uri) ||
	    !text_equal(uri_origin(r->arena, &uri), value) || uri.userinfo)
		return fail(r, s->key,
		    "must be an origin in lower case without path or trailing "
		    "slash, such as https://mcp.example.com");
	if (!text_equal(uri.scheme, "https") &&
	    !(text_equal(uri.scheme, "http") && uri_is_loopback(&uri)))
		return fail(r, s->key, "must be https (http only on loopback)");
	*FIELD(r->settings, s, const char *) = value;
	return true;
}

static bool
read_choice(struct reader *r, const struct setting *s, const char *value)
{
	bool second = text_equal(value, s->choices[1]);

	if (!second && !text_equal(value, s->choices[0]))
		return fail(r, s->key,
		    arena_printf(r->arena, "must be %s or %s", s->choices[0],
		        s->choices[1]));
	*FIELD(r->settings, s, bool) = second;
	return true;
}

static bool
read_number(struct reader *r, const struct setting *s, const char *value)
{
	int64_t *number = FIELD(r->settings, s, int64_t);

	if (!text_to_int64(value, 315360000, number))
		return fail(r, s->key, "must be a whole number");
	if (s->type == TYPE_SECONDS && *number == 0)
		return fail(r, s->key, "must be at least 1 second");
	return true;
}

static bool
read_secret(struct reader *r, const struct setting *s, const char *value)
{
	if (!settings_secret_allowed(value))
		return fail(r, s->key,
		    "is not machine-made: put the output of \"mcp-oauth key "
		    "generate\" there");
	*FIELD(r->settings, s, const char *) = value;
	return true;
}

static bool
read_value(struct reader *r, const struct setting *s, const char *value)
{
	switch (s->type) {
	case TYPE_ORIGIN:
		return read_origin(r, s, value);
	case TYPE_SECRET:
		return read_secret(r, s, value);
	case TYPE_SECONDS:
	case TYPE_COUNT:
		return read_number(r, s, value);
	case TYPE_CHOICE:
		return read_choice(r, s, value);
	case TYPE_LEVEL:
		if (!log_level_from(value,
		        FIELD(r->settings, s, enum log_level)))
			return fail(r, s->key,
			    "must be error, warning, notice, info or debug");
		return true;
	case TYPE_PATH:
		if (value[0] != '/')
			return fail(r, s->key, "must be an absolute path");
		break;
	case TYPE_ISSUER:
	case TYPE_TEXT:
		break;
	}
	*FIELD(r->settings, s, const char *) = value;
	return true;
}

static const struct setting *
setting_named(const char *key)
{
	size_t i;

	for (i = 0; i < N_SETTINGS; i++)
		if (text_equal(table[i].key, key))
			return &table[i];
	return NULL;
}

static bool
read_defaults(struct reader *r)
{
	size_t i;

	for (i = 0; i < N_SETTINGS; i++)
		if (table[i].fallback &&
		    !read_value(r, &table[i], table[i].fallback))
			return false;
	return true;
}

static bool
read_line(struct reader *r, const struct settings_line *line)
{
	const struct setting *s = setting_named(line->key);
	const char *where = arena_printf(r->arena, "%s line %d",
	    r->settings->file, line->number);

	r->file = where;
	if (!s)
		return fail(r, line->key,
		    "is no setting: see mcp-oauth.conf(5)");
	if (!(s->flags & (int)r->settings->kind))
		return fail(r, line->key,
		    r->settings->kind == SETTINGS_GUARD
		        ? "belongs in mcp-oauth.conf, not in the guard's file"
		        : "belongs in guard.conf, not in this file");
	if (!*line->value)
		return true; /* as if absent */
	return read_value(r, s, line->value);
}

static bool
required_present(struct reader *r)
{
	size_t i;

	r->file = r->settings->file;
	for (i = 0; i < N_SETTINGS; i++)
		if ((table[i].flags & REQUIRED) &&
		    !*FIELD(r->settings, &table[i], const char *))
			return fail(r, table[i].key, "is missing");
	return true;
}

/* OAUTH_ISSUER: the origin of OAUTH_BASE_URL, with a path or without. */
static bool
settle_issuer(struct reader *r)
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
		return fail(r, "OAUTH_ISSUER",
		    "must be OAUTH_BASE_URL, with a path or without, and no "
		    "trailing slash");
	s->issuer_path = uri.path;
	return true;
}

static bool
resource_path_allowed(struct reader *r, const char *path)
{
	struct uri uri;
	const char *full = arena_printf(r->arena, "%s%s",
	    r->settings->oauth_base_url, path);

	return path[0] == '/' && uri_parse(r->arena, full, &uri) &&
	    !uri.query && !uri.fragment && !uri_has_dot_segments(&uri) &&
	    !strstr(path, "//") && !strchr(path, '%') &&
	    (path[1] == '\0' || !text_ends(path, "/"));
}

static bool
settle_resources(struct reader *r)
{
	struct resource_setting *resources;
	const char **paths;
	size_t n, i;

	paths = text_split(r->arena, r->settings->mcp_resources_text, " ,", &n);
	resources = arena_alloc(r->arena, (n + 1) * sizeof(*resources));
	for (i = 0; i < n; i++) {
		if (!resource_path_allowed(r, paths[i]))
			return fail(r, "MCP_RESOURCES",
			    "must be paths such as /mcp, separated by blanks, "
			    "without trailing slash");
		resources[i].path = paths[i];
		resources[i].uri = arena_printf(r->arena, "%s%s",
		    r->settings->oauth_base_url,
		    paths[i][1] == '\0' ? "" : paths[i]);
	}
	if (n == 0)
		return fail(r, "MCP_RESOURCES", "must name at least one path");
	r->settings->mcp_resources = resources;
	r->settings->n_mcp_resources = n;
	return true;
}

static bool
settle_secrets(struct reader *r)
{
	const struct settings *s = r->settings;

	if (s->kind == SETTINGS_SERVER && !s->jwt_secret)
		return fail(r, "JWT_SECRET",
		    "is missing: put the output of \"mcp-oauth key generate\" "
		    "there");
	if (s->kind == SETTINGS_SERVER && s->hs256 && !s->oauth_root_secret)
		return fail(r, "OAUTH_ROOT_SECRET",
		    "is missing: with JWT_ALG=HS256 the root of all other keys "
		    "is a secret of its own");
	if (s->kind == SETTINGS_SERVER && s->hs256 &&
	    text_equal(s->oauth_root_secret, s->jwt_secret))
		return fail(r, "OAUTH_ROOT_SECRET",
		    "must differ from JWT_SECRET");
	if (!s->hs256 && s->oauth_root_secret)
		return fail(r, "OAUTH_ROOT_SECRET",
		    "is for JWT_ALG=HS256 only: JWT_SECRET is the root here");
	if (s->kind == SETTINGS_GUARD && s->hs256 && !s->jwt_secret)
		return fail(r, "JWT_SECRET",
		    "is missing: JWT_ALG=HS256 needs it");
	if (s->kind == SETTINGS_GUARD && !s->hs256 && s->jwt_secret)
		return fail(r, "JWT_SECRET",
		    "is for JWT_ALG=HS256 only: remove it from the guard's "
		    "file");
	if (s->kind == SETTINGS_GUARD && !s->hs256 && !s->jwks_file)
		return fail(r, "JWKS_FILE",
		    "is missing: name the file that \"mcp-oauth render\" "
		    "writes");
	return true;
}

static bool
settle_audience(struct reader *r)
{
	const struct settings *s = r->settings;

	if (s->mcp_server_audience && (!s->hs256 || s->n_mcp_resources != 1))
		return fail(r, "MCP_SERVER_AUDIENCE",
		    "works with JWT_ALG=HS256 and exactly one of MCP_RESOURCES "
		    "only: leave it out, the audience is the resource itself");
	return true;
}

static bool
settle_lifetimes(struct reader *r)
{
	const struct settings *s = r->settings;

	if (s->access_token_expires_s > s->key_period_s)
		return fail(r, "KEY_PERIOD",
		    "must not be shorter than ACCESS_TOKEN_EXPIRES");
	if (s->authorization_code_expires_s > 600)
		return fail(r, "AUTHORIZATION_CODE_EXPIRES",
		    "must be at most 600 seconds");
	if (s->refresh_reuse_grace_s > 3600)
		return fail(r, "REFRESH_REUSE_GRACE",
		    "must be at most 3600 seconds");
	if (s->refresh_token_expires_s < s->access_token_expires_s)
		return fail(r, "REFRESH_TOKEN_EXPIRES",
		    "must not be shorter than ACCESS_TOKEN_EXPIRES");
	return true;
}

static bool
settle_log(struct reader *r)
{
	const char *to = r->settings->log_to;

	if (to[0] != '/' && !text_equal(to, "stderr") &&
	    !text_equal(to, "syslog"))
		return fail(r, "LOG_TO",
		    "must be stderr, syslog or an absolute path");
	return true;
}

static const char *
file_name(enum settings_kind kind)
{
	return kind == SETTINGS_GUARD ? "guard.conf" : "mcp-oauth.conf";
}

const char *
settings_find(struct arena *arena, enum settings_kind kind, const char *named)
{
	const char *environment = getenv("MCP_OAUTH_CONFIG");
	const struct passwd *account;
	const char *file;

	if (environment && *environment)
		return arena_strdup(arena, environment);
	if (named && *named)
		return arena_strdup(arena, named);
	account = getpwuid(geteuid());
	if (account && account->pw_dir && account->pw_dir[0] == '/') {
		file = arena_printf(arena, "%s/mcp-oauth/%s", account->pw_dir,
		    file_name(kind));
		if (access(file, F_OK) == 0)
			return file;
	}
	return arena_printf(arena, "%s/mcp-oauth/%s", MCP_OAUTH_SYSCONFDIR,
	    file_name(kind));
}

const struct settings *
settings_load(struct arena *arena, enum settings_kind kind, const char *file,
    const char *document_root, const char **error)
{
	struct settings *settings = arena_alloc(arena, sizeof(*settings));
	struct reader r = {arena, settings, file, error};
	struct settings_line *lines;
	size_t n, i;

	settings->kind = kind;
	settings->file = arena_strdup(arena, file);
	if (!settings_file_read(arena, file, document_root, &lines, &n,
	        error) ||
	    !read_defaults(&r))
		return NULL;
	for (i = 0; i < n; i++)
		if (!read_line(&r, &lines[i]))
			return NULL;
	if (!required_present(&r) || !settle_issuer(&r) ||
	    !settle_resources(&r) || !settle_secrets(&r) ||
	    !settle_audience(&r) || !settle_lifetimes(&r) || !settle_log(&r))
		return NULL;
	return settings;
}

static void
print_value(const struct settings *settings, const struct setting *s,
    struct buf *ret)
{
	const char *text;

	switch (s->type) {
	case TYPE_SECONDS:
	case TYPE_COUNT:
		buf_addf(ret, "%lld", (long long)*FIELD(settings, s, int64_t));
		return;
	case TYPE_CHOICE:
		buf_add(ret, s->choices[*FIELD(settings, s, bool)]);
		return;
	case TYPE_LEVEL:
		buf_add(ret, log_level_name(settings->log_level));
		return;
	case TYPE_TEXT:
	case TYPE_ORIGIN:
	case TYPE_ISSUER:
	case TYPE_SECRET:
	case TYPE_PATH:
		break;
	}
	text = *FIELD(settings, s, const char *);
	if (text)
		buf_add(ret, s->flags & SECRET ? "********" : text);
}

void
settings_print(const struct settings *settings, struct buf *ret)
{
	size_t i;

	for (i = 0; i < N_SETTINGS; i++) {
		if (!(table[i].flags & (int)settings->kind))
			continue;
		buf_addf(ret, "%s=", table[i].key);
		print_value(settings, &table[i], ret);
		buf_add_char(ret, '\n');
	}
}
