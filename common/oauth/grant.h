/* SPDX-License-Identifier: MIT */
/*
 * grant.h - the grants of the token endpoint (RFC 6749 s4 and s6): each reads
 * its own parameters, makes one SQL call that does all there is to do, and
 * answers.  The client was authenticated as far as that goes without the
 * database, its DPoP proof used, and tokens can be signed.
 */
#ifndef OAUTH_GRANT_H
#define OAUTH_GRANT_H

#include "http/refuse.h"
#include "oauth/resource.h"
#include "store/session_grant.h"

/* resource is NULL when the request names none. */
typedef enum oauth_error grant_handler(struct request *rq,
    const struct client_credentials *client,
    const struct resource_setting *resource);

grant_handler grant_authorization_code; /* RFC 6749 s4.1.3 */
grant_handler grant_refresh_token;      /* RFC 6749 s6 */
grant_handler grant_device_code;        /* RFC 8628 s3.4 */
grant_handler grant_client_credentials; /* RFC 6749 s4.4 */
grant_handler grant_jwt_bearer;         /* RFC 7523 s2.1, with an ID-JAG */

/* ---- what they share ---- */

/* How long things last here, and who asks. */
struct session_terms grant_terms(struct request *rq);

/* 400 invalid_grant: whatever is wrong with a grant, the client hears one and
 * the same sentence; the reason is for the log. */
enum oauth_error grant_refuse(struct request *rq, const char *reason);

/* 400 invalid_request: a client that registered dpop_bound_access_tokens came
 * without a proof (RFC 9449 s5.2). */
enum oauth_error grant_refuse_unproven(struct request *rq);

/* 503: the database is away. */
enum oauth_error grant_refuse_unreachable(struct request *rq);

#endif
