/* SPDX-License-Identifier: MIT */
/* client_uris.h - the URIs in client metadata: shown to people, fetched by us,
 * or sent to the browser. */
#ifndef OAUTH_CLIENT_URIS_H
#define OAUTH_CLIENT_URIS_H

#include "oauth/member.h"

/* client_uri, logo_uri, tos_uri, policy_uri, jwks_uri and
 * sector_identifier_uri (RFC 7591 s2). */
enum oauth_error client_uris_read(struct member_reader *r)
    __attribute__((__warn_unused_result__));

/* redirect_uris: the usable ones of the list, or the preset without a list.
 * OAUTH_INVALID_REDIRECT_URI when none is usable. */
enum oauth_error client_uris_read_redirect(struct member_reader *r)
    __attribute__((__warn_unused_result__));

/* post_logout_redirect_uris (OpenID Connect RP-Initiated Logout s3.1): what
 * could be a redirect URI, and nothing else. */
enum oauth_error client_uris_read_post_logout(struct member_reader *r)
    __attribute__((__warn_unused_result__));

#endif
