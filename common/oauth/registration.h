/* SPDX-License-Identifier: MIT */
/* registration.h - a client that registers itself: its metadata checked and made
 * whole, and what the server chooses for it (RFC 7591 s2, s3). */
#ifndef OAUTH_REGISTRATION_H
#define OAUTH_REGISTRATION_H

#include "base/json.h"
#include "base/settings.h"
#include "http/oauth_error.h"
#include "store/client.h"

/*
 * Read metadata into *ret, as client_metadata_read() does, and how the client
 * authenticates.  Ids and secrets are not touched.  Strings live in the arena.
 *
 * Returns OAUTH_OK, OAUTH_INVALID_REDIRECT_URI or
 *         OAUTH_INVALID_CLIENT_METADATA with *reason set.
 */
enum oauth_error registration_read(struct arena *arena,
    const struct settings *settings, struct json_object *metadata,
    struct client_registration *ret, const char **reason)
    __attribute__((__warn_unused_result__));

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

#endif
