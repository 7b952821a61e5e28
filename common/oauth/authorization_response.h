/* SPDX-License-Identifier: MIT */
/* authorization_response.h - sending the browser back to the client
 * (RFC 6749 s4.1.2, RFC 9207). */
#ifndef OAUTH_AUTHORIZATION_RESPONSE_H
#define OAUTH_AUTHORIZATION_RESPONSE_H

#include "http/refuse.h"

/* 303 to redirect_uri with code, state (or NULL) and iss. */
enum oauth_error authorization_response_code(struct request *rq,
    const char *redirect_uri, const char *state, const char *code);

/* 303 to redirect_uri with error, error_description, state and iss.  The
 * reason goes to the log and the description.  Returns error. */
enum oauth_error authorization_response_error(struct request *rq,
    const char *redirect_uri, const char *state, enum oauth_error error,
    const char *reason);

#endif
