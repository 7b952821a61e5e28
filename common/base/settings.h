/* SPDX-License-Identifier: MIT */
/*
 * settings.h - the two configuration files, read, checked and typed.
 *
 * A file holds KEY=value lines; a value may stand in single or double quotes;
 * lines that open with '#' are comments.  Every key has a default or a clear
 * refusal, unknown keys are refused by name, and an error names the file, the
 * line, the key and the remedy.
 */
#ifndef BASE_SETTINGS_H
#define BASE_SETTINGS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/log.h"

enum settings_kind {
	SETTINGS_NONE = 0,
	SETTINGS_SERVER = 1, /* mcp-oauth.conf: secrets, the web login */
	SETTINGS_GUARD = 2,  /* guard.conf: no secret except with HS256 */
};

/* Who may register clients over the web (OAUTH_REGISTRATION). */
enum registration_policy {
	REGISTRATION_OFF,
	REGISTRATION_TOKEN, /* who has the initial access token */
	REGISTRATION_OPEN,
};

/* One MCP server that tokens may be issued for (RFC 8707, RFC 9728).  What a
 * MCP_RESOURCE_* line says of it is NULL where there is none. */
struct resource_setting {
	const char *path; /* "/mcp" */
	const char *uri;  /* canonical: OAUTH_BASE_URL with the path */
	const char *name;
	const char *documentation; /* an https URL */
	const char *scopes;      /* that exist here, beside SCOPES_SUPPORTED */
	const char *base_scopes; /* of a client that asks for none */
	const char *program;     /* guard: a file, run where it is plain CGI */
};

/* What a scope means, in words for people. */
struct scope_description {
	const char *scope, *text;
	const char *language; /* of the text; "": for all others */
};

/* An identity provider that may vouch for people (ID-JAG). */
struct id_jag_issuer {
	const char *issuer, *jwks_uri;
	const char *email_domains; /* it is trusted for; NULL: none */
};

/* What a group of people may allow (OAUTH_LOGIN=remote_user). */
struct group_scopes {
	const char *group, *scopes;
};

/* Strings are never NULL unless said otherwise. */
struct settings {
	enum settings_kind kind;
	const char *file;

	const char *oauth_base_url; /* an origin */
	const char *oauth_issuer;   /* default: oauth_base_url */
	const char *issuer_path;    /* "" or "/auth/v1": derived */
	const char *mcp_resources_text;
	const struct resource_setting *mcp_resources; /* derived from it */
	size_t n_mcp_resources;
	const char *scopes_supported;
	const struct scope_description *scope_descriptions;
	size_t n_scope_descriptions;
	const char *mcp_server_audience; /* NULL: the canonical resource */

	const char *jwt_alg;              /* EdDSA, RS256, ES256 or HS256 */
	bool hs256;                       /* derived from it */
	const char *jwt_secret;           /* NULL in a guard with EdDSA */
	const char *jwt_secret_previous;  /* NULL: none, and with the next */
	const char *jwt_secret_next;      /* NULL: none */
	const char *oauth_root_secret;    /* NULL unless HS256 */
	const char *jwt_private_key_file; /* NULL: none */
	bool openid; /* OpenID Connect is served: derived */

	int64_t access_token_expires_s, refresh_token_expires_s;
	int64_t session_expires_s, authorization_code_expires_s;
	int64_t authorization_request_expires_s, login_expires_s;
	int64_t refresh_reuse_grace_s, key_period_s;

	const char *database_url;
	bool database_pooler_transaction; /* its connections are lent */
	const char *redirect_uri_schemes;
	bool redirect_uri_preset_guide;
	enum registration_policy oauth_registration;
	const char *initial_access_token; /* NULL unless REGISTRATION_TOKEN */
	int64_t registration_limit; /* per address, receivers and hour; 0: none
	                             */
	bool client_credentials;    /* the grant is served */
	const struct id_jag_issuer *id_jag_issuers;
	size_t n_id_jag_issuers;
	bool client_metadata_documents;
	const char *client_metadata_allow; /* hosts; NULL: any */
	const char *client_metadata_block; /* hosts; NULL: none */
	bool pushed_authorization_requests, device_authorization;
	bool dpop, dpop_nonce;
	const char *fetch_ca_file;         /* NULL: those of the system */
	const char *fetch_allow_addresses; /* though not public; may be "" */
	const char *fetch_proxy;           /* http://host:port; NULL: none */
	int64_t fetch_limit_origin, fetch_limit; /* a minute */
	int64_t login_limit_account, login_limit_browser, login_limit_remote;
	int64_t login_window_s;

	bool login_remote_user; /* the web server signs people in */
	const char *remote_source;
	bool remote_user_is_email, remote_provision;
	const char *remote_email_variable;  /* NULL: none */
	const char *remote_groups_variable; /* NULL: none */
	const char *remote_groups_separator;
	const struct group_scopes *remote_group_scopes;
	size_t n_remote_group_scopes;
	const char *remote_scope_ruled; /* all of these scopes; NULL: none */
	int64_t remote_session_expires_s;

	/* How pages look; NULL where nothing is said. */
	const char *brand_name, *brand_support;
	const char *brand_color, *brand_color_dark; /* both or none */
	const char *brand_logo;                     /* a path of this site */
	const char *brand_logo_file;
	const char *brand_logo_type, *brand_logo_data; /* read from it */
	size_t brand_logo_bytes;
	const char *page_templates; /* a folder */
	const char *ui_locales_supported;

	const char *jwks_file; /* guard; NULL with HS256, and with jwks_url */
	const char *jwks_url;  /* guard; NULL with HS256, and with jwks_file */
	const char *mcp_allowed_origins; /* NULL: own origin and loopback */
	const char *guard_rules;         /* a file; NULL: none */
	bool guard_offline_allow;
	int64_t guard_offline_max_s;
	const char *guard_backend_secret; /* NULL: none */

	const char *metrics_from; /* addresses that may read them; may be "" */
	bool sandbox;             /* programs lock themselves in */
	const char *state_directory;
	const char *log_to;
	enum log_level log_level;
};

/*
 * Find the file of this kind: environment MCP_OAUTH_GUARD_CONFIG (that of the
 * guard only), then MCP_OAUTH_CONFIG, then named (what a request of a shared
 * host's server says; may be NULL), then
 * mcp-oauth/NAME in the account's home, then NAME in the system's folder.
 * Always returns a path; whether it can be read shows when it is loaded.
 */
const char *settings_find(struct arena *arena, enum settings_kind kind,
    const char *named);

/*
 * Read and check a file.  document_root may be NULL; a file below it is
 * refused, and so is one that others than its owner and group may read.
 *
 * Returns the settings, in the arena; NULL with *error (in the arena) set to
 *         one sentence with its remedy.
 */
const struct settings *settings_load(struct arena *arena,
    enum settings_kind kind, const char *file, const char *document_root,
    const char **error) __attribute__((__warn_unused_result__));

/* Every effective value as KEY=value lines, secrets masked. */
void settings_print(const struct settings *settings, struct buf *ret);

#endif
