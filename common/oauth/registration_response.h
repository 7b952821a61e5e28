/* SPDX-License-Identifier: MIT */
/* registration_response.h - what a client hears of its registration (RFC 7591
 * s3.2.1, RFC 7592 s3). */
#ifndef OAUTH_REGISTRATION_RESPONSE_H
#define OAUTH_REGISTRATION_RESPONSE_H

#include "base/json.h"
#include "base/settings.h"
#include "http/oauth_error.h"
#include "store/client.h"

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

#endif
