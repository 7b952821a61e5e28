/* SPDX-License-Identifier: MIT */
/* client.h - registered clients (RFC 7591) and what they present. */
#ifndef STORE_CLIENT_H
#define STORE_CLIENT_H

#include "store/store.h"

/* What a request says of its client; judged by the SQL function it goes to. */
struct client_credentials {
	const char *client_id; /* NULL: none given */
	const char
	    *method; /* as presented: "none", "client_secret_basic" ... */
	bool has_secret;
	struct sha256 client_secret_digest;
	const char *dpop_jkt; /* of the key that it proved, or NULL */
};

/* Add the three parameters that every client-authenticated function takes. */
void client_add_credentials(struct store_params *params,
    const struct client_credentials *client);

/* The same and the key, as all functions take that grant tokens. */
void client_add_grantee(struct store_params *params,
    const struct client_credentials *client);

struct client {
	const char *client_id, *client_name, *client_uri;
	const char *redirect_uris; /* one a line */
	const char *grant_types, *scope;
	const char *token_endpoint_auth_method;
	bool fresh;  /* its metadata document need not be fetched anew */
	bool usable; /* what is known of it may stand in for the document */
	bool known;  /* a user allowed it before */
	const char *registration; /* "admin", "dynamic", "metadata" ... */
};

enum client_result {
	CLIENT_OK,
	CLIENT_UNKNOWN,
	CLIENT_REFUSED, /* disabled; credentials missing, wrong, not wanted */
	CLIENT_STORE_DOWN,
};

/* Look a client up.  CLIENT_OK fills *ret; its strings live in the arena. */
enum client_result client_get(struct store *store, struct arena *arena,
    const char *client_id, struct client *ret)
    __attribute__((__warn_unused_result__));

/* Where the client may have the browser sent after signing out, one a line, ""
 * for nowhere.  False when the database is away. */
bool client_post_logout(struct store *store, struct arena *arena,
    const char *client_id, const char **post_logout_redirect_uris)
    __attribute__((__warn_unused_result__));

/* Are the credentials those of a registered client?  Nothing else is done. */
enum client_result client_check(struct store *store, struct arena *arena,
    const struct client_credentials *client)
    __attribute__((__warn_unused_result__));

/* A registration, all lists as text: URIs one a line, others by blanks.  NULL
 * members are absent. */
struct client_registration {
	const char *client_id, *client_name;
	const struct sha256 *client_secret_digest; /* NULL: public */
	const char *token_endpoint_auth_method;
	const char *token_endpoint_auth_methods; /* when it may use several */
	const char *jwks, *jwks_uri;
	const char *post_logout_redirect_uris; /* one a line */
	const char *resources, *introspects;   /* of clients by hand */
	const char *redirect_uris, *grant_types, *scope;
	const char *client_uri, *logo_uri, *tos_uri, *policy_uri;
	const char *application_type, *software_id, *software_version;
	bool dpop_bound_access_tokens;
	const char *registration; /* "dynamic", "admin" or "metadata" */
	const struct sha256 *registration_access_token_digest; /* or NULL */
};

/* Add the parameters of its metadata, from client_name to
 * post_logout_redirect_uris, that storing functions take, client_secret_digest
 * among them. */
void client_add_metadata(struct store_params *params,
    const struct client_registration *registration);

enum client_register_result {
	CLIENT_REGISTERED,
	CLIENT_THROTTLED,
	CLIENT_DUPLICATE,
	CLIENT_REGISTER_STORE_DOWN,
};

/*
 * Store a client, at most limit an hour from the address remote with the same
 * receivers (redirect_uri_receivers()), ten times that from the address (0:
 * any number).  CLIENT_REGISTERED sets *issued_s, CLIENT_THROTTLED
 * *retry_after_s.
 */
enum client_register_result client_register(struct store *store,
    struct arena *arena, const struct client_registration *registration,
    const char *remote, const char *receivers, int64_t limit, int64_t *issued_s,
    int64_t *retry_after_s) __attribute__((__warn_unused_result__));

#endif
