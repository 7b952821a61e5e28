/* SPDX-License-Identifier: MIT */
/* registration.h - client metadata as it is sent, checked and made whole
 * (RFC 7591 s2). */
#ifndef OAUTH_REGISTRATION_H
#define OAUTH_REGISTRATION_H

#include "base/json.h"
#include "base/settings.h"
#include "http/oauth_error.h"
#include "store/client.h"

/*
 * Read metadata into *ret: unknown members ignored, defaults filled in,
 * display URIs that are not https dropped, unusable redirect URIs dropped as
 * long as one is left.  Ids and secrets are not touched.  Strings live in the
 * arena.
 *
 * Returns OAUTH_OK, OAUTH_INVALID_REDIRECT_URI or
 *         OAUTH_INVALID_CLIENT_METADATA with *reason set.
 */
enum oauth_error registration_read(struct arena *arena,
    const struct settings *settings, struct json_object *metadata,
    struct client_registration *ret, const char **reason)
    __attribute__((__warn_unused_result__));

/*
 * The same for the metadata document that stands at the URL client_id: it must
 * name itself, a client_name and redirect_uris, and no secret.
 *
 * token_endpoint_auth_method is a preference there; "none" is allowed only if
 * token_endpoint_auth_methods_supported lists it or, without that list, no
 * other method is named.
 */
enum oauth_error registration_read_document(struct arena *arena,
    const struct settings *settings, const char *client_id,
    struct json_object *document, struct client_registration *ret,
    const char **reason) __attribute__((__warn_unused_result__));

/* What an answer holds besides metadata; absent members are NULL. */
struct registration_issue {
	int64_t issued_s;
	const char *client_secret;
	const char *registration_access_token;
};

/*
 * The answer to a registration (RFC 7591 s3.2.1), and to a client that reads or
 * replaces it (RFC 7592 s3): registration_client_uri stands there when there is
 * a registration_access_token to use it with.  The caller owns the object.
 */
struct json_object *registration_response(struct arena *arena,
    const struct settings *settings,
    const struct client_registration *registration,
    const struct registration_issue *issue);

/*
 * Give the client what only the server chooses (RFC 7591 s3.2.1): an id unless
 * it has one, and a secret if its token_endpoint_auth_method wants one.
 *
 * Returns the secret, in the arena, to be shown once; NULL without one.  The
 *         registration holds its digest alone.
 */
const char *registration_draw(struct arena *arena,
    struct client_registration *registration);

/* The same for the registration access token (RFC 7592 s3). */
const char *registration_draw_token(struct arena *arena,
    struct client_registration *registration);

/*
 * Read an update (RFC 7592 s2.2) of the client client_id: metadata as for
 * registration_read(), but redirect_uris must be there, since what is left out
 * is removed; client_id must be this client's; members that only the server
 * writes must be absent.  *client_secret is what the client says its secret is,
 * NULL without one: whether it is right, the database knows.
 *
 * Returns and sets what registration_read() does.
 */
enum oauth_error registration_read_update(struct arena *arena,
    const struct settings *settings, struct json_object *metadata,
    const char *client_id, struct client_registration *ret,
    const char **client_secret, const char **reason)
    __attribute__((__warn_unused_result__));

#endif
