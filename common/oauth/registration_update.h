/* SPDX-License-Identifier: MIT */
/* registration_update.h - a registration replaced by its client (RFC 7592
 * s2.2). */
#ifndef OAUTH_REGISTRATION_UPDATE_H
#define OAUTH_REGISTRATION_UPDATE_H

#include "base/json.h"
#include "base/settings.h"
#include "http/oauth_error.h"
#include "store/client.h"

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
