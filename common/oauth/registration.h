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

/* The answer to a registration (s3.2.1).  client_secret is NULL for a public
 * client.  The caller owns the object. */
struct json_object *registration_response(const struct client_registration
                                              *registration,
    int64_t issued_s, const char *client_secret);

/*
 * Give the client what only the server chooses (RFC 7591 s3.2.1): an id unless
 * it has one, and a secret unless token_endpoint_auth_method is "none".
 *
 * Returns the secret, in the arena, to be shown once; NULL without one.  The
 *         registration holds its digest alone.
 */
const char *registration_draw(struct arena *arena,
    struct client_registration *registration);

#endif
