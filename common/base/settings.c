/* SPDX-License-Identifier: MIT */
/*
 * settings.c - the table of keys, their types and what they must agree on.
 */
#include "base/settings.h"

#include <stddef.h>
#include <string.h>

#include "base/secret.h"
#include "base/settings_file.h"
#include "base/settings_reader.h"
#include "base/text.h"
#include "base/uri.h"

enum {
	SERVER = SETTINGS_SERVER,
	GUARD = SETTINGS_GUARD,
	BOTH = SETTINGS_SERVER | SETTINGS_GUARD,
	REQUIRED = 4, /* in every kind that has it */
	SECRET = 8,   /* masked by settings_print() */
	REPEATABLE = 16,
	TRANSLATABLE = 32, /* KEY[de]=... too */
};

enum { NUMBER_MAX = 315360000 }; /* ten years, in seconds */

/* How a value is read; each type is one case of read_value(). */
enum type {
	TYPE_TEXT,
	TYPE_ORIGIN,
	TYPE_ISSUER,
	TYPE_SECRET,
	TYPE_SECONDS, /* 1 s to ten years */
	TYPE_COUNT,
	TYPE_CHOICE, /* bool: the second of the two words is true */
	TYPE_REGISTRATION,
	TYPE_LEVEL,
	TYPE_PATH,
	TYPE_REPEATED, /* see settings_repeated.c, which knows its member */
};

struct setting {
	const char *key;
	int flags;
	enum type type;
	size_t offset;
	const char *fallback;   /* NULL: none, the member stays NULL */
	const char *choices[3]; /* unused ones at the end are NULL */
};

#define AT(member) offsetof(struct settings, member)

static const struct setting table[] = {
    {"OAUTH_BASE_URL", BOTH | REQUIRED, TYPE_ORIGIN, AT(oauth_base_url), NULL,
        {0}},
    {"OAUTH_ISSUER", BOTH, TYPE_ISSUER, AT(oauth_issuer), NULL, {0}},
    {"JWT_ALG", BOTH, TYPE_TEXT, AT(jwt_alg), "EdDSA", {0}},
    {"JWT_SECRET", BOTH | SECRET, TYPE_SECRET, AT(jwt_secret), NULL, {0}},
    {"JWT_SECRET_PREVIOUS", SERVER | SECRET, TYPE_SECRET,
        AT(jwt_secret_previous), NULL, {0}},
    {"JWT_SECRET_NEXT", SERVER | SECRET, TYPE_SECRET, AT(jwt_secret_next), NULL,
        {0}},
    {"OAUTH_ROOT_SECRET", SERVER | SECRET, TYPE_SECRET, AT(oauth_root_secret),
        NULL, {0}},
    {"JWT_PRIVATE_KEY_FILE", SERVER, TYPE_PATH, AT(jwt_private_key_file), NULL,
        {0}},
    {"MCP_SERVER_AUDIENCE", BOTH, TYPE_TEXT, AT(mcp_server_audience), NULL,
        {0}},
    {"MCP_RESOURCES", BOTH, TYPE_TEXT, AT(mcp_resources_text), "/mcp", {0}},
    {"MCP_RESOURCE_NAME", BOTH | REPEATABLE, TYPE_REPEATED, 0, NULL, {0}},
    {"MCP_RESOURCE_SCOPES", BOTH | REPEATABLE, TYPE_REPEATED, 0, NULL, {0}},
    {"MCP_RESOURCE_BASE_SCOPES", BOTH | REPEATABLE, TYPE_REPEATED, 0, NULL,
        {0}},
    {"MCP_RESOURCE_DOCUMENTATION", BOTH | REPEATABLE, TYPE_REPEATED, 0, NULL,
        {0}},
    {"MCP_RESOURCE_PROGRAM", GUARD | REPEATABLE, TYPE_REPEATED, 0, NULL, {0}},
    {"SCOPES_SUPPORTED", BOTH, TYPE_TEXT, AT(scopes_supported),
        "openid email profile", {0}},
    {"SCOPE_DESCRIPTION", BOTH | REPEATABLE | TRANSLATABLE, TYPE_REPEATED, 0,
        NULL, {0}},
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
    {"LOGIN_LIMIT_BROWSER", SERVER, TYPE_COUNT, AT(login_limit_browser), "5",
        {0}},
    {"LOGIN_LIMIT_REMOTE", SERVER, TYPE_COUNT, AT(login_limit_remote), "100",
        {0}},
    {"LOGIN_WINDOW", SERVER, TYPE_SECONDS, AT(login_window_s), "900", {0}},
    {"REFRESH_REUSE_GRACE", SERVER, TYPE_COUNT, AT(refresh_reuse_grace_s),
        "120", {0}},
    {"KEY_PERIOD", SERVER, TYPE_SECONDS, AT(key_period_s), "2592000", {0}},
    {"DATABASE_URL", BOTH | REQUIRED | SECRET, TYPE_TEXT, AT(database_url),
        NULL, {0}},
    {"DATABASE_POOLER", BOTH, TYPE_CHOICE, AT(database_pooler_transaction),
        "none", {"none", "transaction"}},
    {"REDIRECT_URI_SCHEMES", SERVER, TYPE_TEXT, AT(redirect_uri_schemes),
        "cursor vscode vscode-insiders jetbrains claude mcp", {0}},
    {"REDIRECT_URI_PRESET", SERVER, TYPE_CHOICE, AT(redirect_uri_preset_guide),
        "default", {"default", "guide"}},
    {"OAUTH_LOGIN", SERVER, TYPE_CHOICE, AT(login_remote_user), "password",
        {"password", "remote_user"}},
    {"REMOTE_SOURCE", SERVER, TYPE_TEXT, AT(remote_source), "remote_user", {0}},
    {"REMOTE_USER_IS_EMAIL", SERVER, TYPE_CHOICE, AT(remote_user_is_email),
        "off", {"off", "on"}},
    {"REMOTE_EMAIL_VARIABLE", SERVER, TYPE_TEXT, AT(remote_email_variable),
        NULL, {0}},
    {"REMOTE_PROVISION", SERVER, TYPE_CHOICE, AT(remote_provision), "off",
        {"off", "on"}},
    {"REMOTE_GROUPS_VARIABLE", SERVER, TYPE_TEXT, AT(remote_groups_variable),
        NULL, {0}},
    {"REMOTE_GROUPS_SEPARATOR", SERVER, TYPE_TEXT, AT(remote_groups_separator),
        ",", {0}},
    {"REMOTE_GROUP_SCOPES", SERVER | REPEATABLE, TYPE_REPEATED, 0, NULL, {0}},
    {"REMOTE_SESSION_EXPIRES", SERVER, TYPE_SECONDS,
        AT(remote_session_expires_s), "604800", {0}},
    {"OAUTH_REGISTRATION", SERVER, TYPE_REGISTRATION, AT(oauth_registration),
        "open",
        {[REGISTRATION_OFF] = "off",
            [REGISTRATION_TOKEN] = "token",
            [REGISTRATION_OPEN] = "open"}},
    {"INITIAL_ACCESS_TOKEN", SERVER | SECRET, TYPE_SECRET,
        AT(initial_access_token), NULL, {0}},
    {"REGISTRATION_LIMIT", SERVER, TYPE_COUNT, AT(registration_limit), "600",
        {0}},
    {"CLIENT_CREDENTIALS", SERVER, TYPE_CHOICE, AT(client_credentials), "on",
        {"off", "on"}},
    {"ID_JAG_ISSUER", SERVER | REPEATABLE, TYPE_REPEATED, 0, NULL, {0}},
    {"CLIENT_METADATA_DOCUMENTS", SERVER, TYPE_CHOICE,
        AT(client_metadata_documents), "on", {"off", "on"}},
    {"CLIENT_METADATA_ALLOW", SERVER, TYPE_TEXT, AT(client_metadata_allow),
        NULL, {0}},
    {"CLIENT_METADATA_BLOCK", SERVER, TYPE_TEXT, AT(client_metadata_block),
        NULL, {0}},
    {"PUSHED_AUTHORIZATION_REQUESTS", SERVER, TYPE_CHOICE,
        AT(pushed_authorization_requests), "on", {"off", "on"}},
    {"DEVICE_AUTHORIZATION", SERVER, TYPE_CHOICE, AT(device_authorization),
        "on", {"off", "on"}},
    {"DPOP", BOTH, TYPE_CHOICE, AT(dpop), "on", {"off", "on"}},
    {"DPOP_NONCE", BOTH, TYPE_CHOICE, AT(dpop_nonce), "off", {"off", "on"}},
    {"FETCH_CA_FILE", BOTH, TYPE_PATH, AT(fetch_ca_file), NULL, {0}},
    {"FETCH_ALLOW_ADDRESSES", SERVER, TYPE_TEXT, AT(fetch_allow_addresses), "",
        {0}},
    {"FETCH_PROXY", BOTH, TYPE_TEXT, AT(fetch_proxy), NULL, {0}},
    {"FETCH_LIMIT_ORIGIN", SERVER, TYPE_COUNT, AT(fetch_limit_origin), "20",
        {0}},
    {"FETCH_LIMIT", SERVER, TYPE_COUNT, AT(fetch_limit), "300", {0}},
    {"BRAND_NAME", SERVER, TYPE_TEXT, AT(brand_name), NULL, {0}},
    {"BRAND_COLOR", SERVER, TYPE_TEXT, AT(brand_color), NULL, {0}},
    {"BRAND_COLOR_DARK", SERVER, TYPE_TEXT, AT(brand_color_dark), NULL, {0}},
    {"BRAND_LOGO", SERVER, TYPE_TEXT, AT(brand_logo), NULL, {0}},
    {"BRAND_LOGO_FILE", SERVER, TYPE_PATH, AT(brand_logo_file), NULL, {0}},
    {"BRAND_SUPPORT", SERVER, TYPE_TEXT, AT(brand_support), NULL, {0}},
    {"PAGE_TEMPLATES", SERVER, TYPE_PATH, AT(page_templates), NULL, {0}},
    {"UI_LOCALES_SUPPORTED", SERVER, TYPE_TEXT, AT(ui_locales_supported),
        "en de fr es pt ja zh ar", {0}},
    {"JWKS_FILE", GUARD, TYPE_PATH, AT(jwks_file), NULL, {0}},
    {"JWKS_URL", GUARD, TYPE_TEXT, AT(jwks_url), NULL, {0}},
    {"MCP_ALLOWED_ORIGINS", GUARD, TYPE_TEXT, AT(mcp_allowed_origins), NULL,
        {0}},
    {"GUARD_RULES", GUARD, TYPE_PATH, AT(guard_rules), NULL, {0}},
    {"GUARD_OFFLINE", GUARD, TYPE_CHOICE, AT(guard_offline_allow), "allow",
        {"deny", "allow"}},
    {"GUARD_OFFLINE_MAX", GUARD, TYPE_SECONDS, AT(guard_offline_max_s), "900",
        {0}},
    {"GUARD_BACKEND_SECRET", GUARD | SECRET, TYPE_SECRET,
        AT(guard_backend_secret), NULL, {0}},
    {"METRICS_FROM", SERVER, TYPE_TEXT, AT(metrics_from), "127.0.0.1 ::1", {0}},
    {"SANDBOX", BOTH, TYPE_CHOICE, AT(sandbox), "on", {"off", "on"}},
    {"STATE_DIRECTORY", BOTH, TYPE_PATH, AT(state_directory), "/run/mcp-oauth",
        {0}},
    {"LOG_TO", BOTH, TYPE_TEXT, AT(log_to), "stderr", {0}},
    {"LOG_LEVEL", BOTH, TYPE_LEVEL, AT(log_level), "info", {0}},
};

enum { N_SETTINGS = sizeof(table) / sizeof(*table) };

#define FIELD(settings, setting, type) \
	((type *)(void *)((char *)(settings) + (setting)->offset))

static bool
read_origin(struct settings_reader *r, const struct setting *s,
    const char *value)
{
	struct uri uri;

	if (!uri_parse(r->arena, value, &uri) ||
	    !text_equal(uri_origin(r->arena, &uri), value) || uri.userinfo)
		return settings_fail(r, s->key,
		    "must be an origin in lower case without path or trailing "
		    "slash, such as https://mcp.example.com");
	if (!uri_is_secure(&uri))
		return settings_fail(r, s->key,
		    "must be https (http only on loopback)");
	*FIELD(r->settings, s, const char *) = value;
	return true;
}

enum { N_CHOICES = sizeof(table->choices) / sizeof(*table->choices) };

/* Which of the words value is, set on success only. */
static bool
read_choice(struct settings_reader *r, const struct setting *s,
    const char *value, size_t *ret)
{
	struct buf words = buf_in(r->arena);
	size_t i;

	for (i = 0; i < N_CHOICES && s->choices[i]; i++) {
		if (text_equal(value, s->choices[i])) {
			*ret = i;
			return true;
		}
		buf_addf(&words, "%s%s", i ? " or " : "", s->choices[i]);
	}
	(void)settings_fail(r, s->key,
	    arena_printf(r->arena, "must be %s", buf_text(&words)));
	return false;
}

static bool
read_two_words(struct settings_reader *r, const struct setting *s,
    const char *value)
{
	size_t i;

	if (!read_choice(r, s, value, &i))
		return false;
	*FIELD(r->settings, s, bool) = i == 1;
	return true;
}

static bool
read_registration(struct settings_reader *r, const struct setting *s,
    const char *value)
{
	size_t i;

	if (!read_choice(r, s, value, &i))
		return false;
	r->settings->oauth_registration = (enum registration_policy)i;
	return true;
}

static bool
read_number(struct settings_reader *r, const struct setting *s,
    const char *value)
{
	int64_t *number = FIELD(r->settings, s, int64_t);

	if (!text_to_int64(value, NUMBER_MAX, number))
		return settings_fail(r, s->key,
		    arena_printf(r->arena,
		        "must be a whole number%s, at most %d",
		        s->type == TYPE_SECONDS ? " of seconds" : "",
		        NUMBER_MAX));
	if (s->type == TYPE_SECONDS && *number == 0)
		return settings_fail(r, s->key, "must be at least 1 second");
	return true;
}

static bool
read_secret(struct settings_reader *r, const struct setting *s,
    const char *value)
{
	if (!secret_machine_made(value))
		return settings_fail(r, s->key,
		    "is not machine-made: put the output of \"mcp-oauth key "
		    "generate\" there");
	*FIELD(r->settings, s, const char *) = value;
	return true;
}

static bool
read_value(struct settings_reader *r, const struct setting *s,
    const char *value)
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
		return read_two_words(r, s, value);
	case TYPE_REGISTRATION:
		return read_registration(r, s, value);
	case TYPE_LEVEL:
		if (!log_level_from(value,
		        FIELD(r->settings, s, enum log_level)))
			return settings_fail(r, s->key,
			    "must be error, warning, notice, info or debug");
		return true;
	case TYPE_PATH:
		if (value[0] != '/')
			return settings_fail(r, s->key,
			    "must be an absolute path");
		break;
	case TYPE_REPEATED:
		return settings_repeated_read(r, s->key, value);
	case TYPE_ISSUER:
	case TYPE_TEXT:
		break;
	}
	*FIELD(r->settings, s, const char *) = value;
	return true;
}

/* The setting that KEY or KEY[LANGUAGE] is about. */
static const struct setting *
setting_named(const char *key)
{
	size_t len = strcspn(key, "["), i;

	for (i = 0; i < N_SETTINGS; i++)
		if (strlen(table[i].key) == len &&
		    strncmp(table[i].key, key, len) == 0)
			return !key[len] || (table[i].flags & TRANSLATABLE)
			    ? &table[i]
			    : NULL;
	return NULL;
}

/* Which language the line is in, if it says so; false when the pages do not
 * come in it. */
static bool
read_language(struct settings_reader *r, const struct setting *s,
    const char *key)
{
	const char *tag = key + strlen(s->key);
	size_t len = strlen(tag);

	r->language = "";
	if (len == 0)
		return true;
	if (len > 2 && tag[len - 1] == ']')
		r->language = arena_strndup(r->arena, tag + 1, len - 2);
	return text_has_word(settings_known_locales, r->language) ||
	    settings_fail(r, key,
	        arena_printf(r->arena, "names no language of the pages: %s",
	            settings_known_locales));
}

static bool
repeatable(const char *key)
{
	const struct setting *s = setting_named(key);

	return s && (s->flags & REPEATABLE);
}

static bool
read_defaults(struct settings_reader *r)
{
	size_t i;

	for (i = 0; i < N_SETTINGS; i++)
		if (table[i].fallback &&
		    !read_value(r, &table[i], table[i].fallback))
			return false;
	return true;
}

static bool
read_line(struct settings_reader *r, const struct settings_line *line)
{
	const struct setting *s = setting_named(line->key);
	const char *where = arena_printf(r->arena, "%s line %d",
	    r->settings->file, line->number);

	r->file = where;
	if (!s)
		return settings_fail(r, line->key,
		    "is no setting: see mcp-oauth.conf(5)");
	if (!(s->flags & (int)r->settings->kind))
		return settings_fail(r, line->key,
		    r->settings->kind == SETTINGS_GUARD
		        ? "belongs in mcp-oauth.conf, not in the guard's file"
		        : "belongs in guard.conf, not in this file");
	if (!read_language(r, s, line->key))
		return false;
	if (!*line->value)
		return true; /* as if absent */
	return read_value(r, s, line->value);
}

static bool
required_present(struct settings_reader *r)
{
	size_t i;

	r->file = r->settings->file;
	for (i = 0; i < N_SETTINGS; i++)
		if ((table[i].flags & REQUIRED) &&
		    !*FIELD(r->settings, &table[i], const char *))
			return settings_fail(r, table[i].key, "is missing");
	return true;
}

const struct settings *
settings_load(struct arena *arena, enum settings_kind kind, const char *file,
    const char *document_root, const char **error)
{
	struct settings *settings = arena_alloc(arena, sizeof(*settings));
	struct settings_reader r = {.arena = arena,
	    .settings = settings,
	    .file = file,
	    .error = error};
	struct settings_line *lines;
	size_t n, i;

	settings->kind = kind;
	settings->file = arena_strdup(arena, file);
	if (!settings_file_read(arena, file, document_root, repeatable, &lines,
	        &n, error) ||
	    !read_defaults(&r))
		return NULL;
	for (i = 0; i < n; i++)
		if (!read_line(&r, &lines[i]))
			return NULL;
	return required_present(&r) && settings_agree(&r) &&
	        settings_brand_settle(&r)
	    ? settings
	    : NULL;
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
	case TYPE_REGISTRATION:
		buf_add(ret, s->choices[settings->oauth_registration]);
		return;
	case TYPE_LEVEL:
		buf_add(ret, log_level_name(settings->log_level));
		return;
	case TYPE_TEXT:
	case TYPE_ORIGIN:
	case TYPE_ISSUER:
	case TYPE_SECRET:
	case TYPE_PATH:
	case TYPE_REPEATED:
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
		if (table[i].type == TYPE_REPEATED) {
			settings_repeated_print(settings, table[i].key, ret);
			continue;
		}
		buf_addf(ret, "%s=", table[i].key);
		print_value(settings, &table[i], ret);
		buf_add_char(ret, '\n');
	}
}
