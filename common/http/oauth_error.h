/* SPDX-License-Identifier: MIT */
/* oauth_error.h - the error codes of the registry, and their HTTP status. */
#ifndef HTTP_OAUTH_ERROR_H
#define HTTP_OAUTH_ERROR_H

/* OAUTH_OK means that a reply was prepared. */
enum oauth_error {
	OAUTH_OK,
	OAUTH_INVALID_REQUEST,
	OAUTH_INVALID_CLIENT,
	OAUTH_INVALID_GRANT,
	OAUTH_UNAUTHORIZED_CLIENT,
	OAUTH_UNSUPPORTED_GRANT_TYPE,
	OAUTH_UNSUPPORTED_RESPONSE_TYPE,
	OAUTH_INVALID_SCOPE,
	OAUTH_INVALID_TARGET,      /* RFC 8707 s2 */
	OAUTH_INVALID_REQUEST_URI, /* RFC 9101 s7 */
	OAUTH_ACCESS_DENIED,
	OAUTH_AUTHORIZATION_PENDING,   /* RFC 8628 s3.5 */
	OAUTH_SLOW_DOWN,               /* likewise */
	OAUTH_EXPIRED_TOKEN,           /* likewise */
	OAUTH_LOGIN_REQUIRED,          /* OpenID Connect Core s3.1.2.6 */
	OAUTH_CONSENT_REQUIRED,        /* likewise */
	OAUTH_REQUEST_NOT_SUPPORTED,   /* likewise */
	OAUTH_INVALID_REDIRECT_URI,    /* RFC 7591 s3.2.2 */
	OAUTH_INVALID_CLIENT_METADATA, /* RFC 7591 s3.2.2 */
	OAUTH_INVALID_TOKEN,           /* RFC 6750 s3.1 */
	OAUTH_INSUFFICIENT_SCOPE,      /* RFC 6750 s3.1 */
	OAUTH_INVALID_DPOP_PROOF,      /* RFC 9449 s5, s7.1 */
	OAUTH_USE_DPOP_NONCE,          /* RFC 9449 s8, s9 */
	OAUTH_NOT_FOUND, /* not the registry's: a path not served */
	OAUTH_TEMPORARILY_UNAVAILABLE,
	OAUTH_SERVER_ERROR,
};

/* "invalid_grant" and so on. */
const char *oauth_error_name(enum oauth_error error);

/* The status it is answered with where nothing else is said. */
int oauth_error_status(enum oauth_error error);

#endif
