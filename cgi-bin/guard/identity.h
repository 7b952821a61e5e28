/* SPDX-License-Identifier: MIT */
/* identity.h - what an MCP server is told of a request that was allowed. */
#ifndef GUARD_IDENTITY_H
#define GUARD_IDENTITY_H

#include "verdict.h"

enum identity_kind {
	IDENTITY_USER, /* a person; none when a client acts for itself */
	IDENTITY_EMAIL,
	IDENTITY_SUBJECT,
	IDENTITY_CLIENT,
	IDENTITY_SCOPE,
	IDENTITY_RESOURCE,
	IDENTITY_REQUEST_ID,
	IDENTITY_BACKEND_SECRET,
};

enum { N_IDENTITY = IDENTITY_BACKEND_SECRET + 1 };

/* How each is told: by an authorizer, whose header of that name becomes a
 * variable of the request; and in a header of the request, by its CGI name and
 * by its own. */
struct identity_name {
	enum identity_kind kind;
	const char *variable; /* "Variable-MCP_USER" */
	const char *cgi_name; /* "HTTP_X_FORWARDED_USER" */
	const char *header;   /* "X-Forwarded-User" */
};

extern const struct identity_name identity_table[N_IDENTITY];

/* The value for a request that was allowed; NULL or "" when there is none. */
const char *identity_value(struct request *rq, const struct verdict *verdict,
    enum identity_kind kind);

#endif
