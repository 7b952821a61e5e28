/* SPDX-License-Identifier: MIT */
/* registration_document.h - client metadata that stands at the client_id, a URL
 * (OAuth Client ID Metadata Document). */
#ifndef OAUTH_REGISTRATION_DOCUMENT_H
#define OAUTH_REGISTRATION_DOCUMENT_H

#include "base/json.h"
#include "base/settings.h"
#include "http/oauth_error.h"
#include "store/client.h"

/*
 * Read the metadata document that stands at the URL client_id, as
 * registration_read() reads a request: it must name itself, a client_name and
 * redirect_uris, and no secret.
 *
 * token_endpoint_auth_method is a preference there; "none" is allowed only if
 * token_endpoint_auth_methods_supported lists it or, without that list, no
 * other method is named.
 */
enum oauth_error registration_read_document(struct arena *arena,
    const struct settings *settings, const char *client_id,
    struct json_object *document, struct client_registration *ret,
    const char **reason) __attribute__((__warn_unused_result__));

#endif
