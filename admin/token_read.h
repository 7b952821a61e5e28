/* SPDX-License-Identifier: MIT */
/* token_read.h - a token that the operator hands over, and what it is. */
#ifndef ADMIN_TOKEN_READ_H
#define ADMIN_TOKEN_READ_H

#include "command.h"
#include "crypto/jwt.h"
#include "oauth/refresh_token.h"

enum token_kind {
	TOKEN_ACCESS,  /* a JWT of typ at+jwt (RFC 9068) */
	TOKEN_JWT,     /* another: an ID token, a proof, somebody else's */
	TOKEN_REFRESH, /* its tag fits */
	TOKEN_LEGACY,  /* of the form that was issued before adoption */
	TOKEN_UNKNOWN,
};

struct token_read {
	enum token_kind kind;
	const char *text;
	struct jwt jwt; /* TOKEN_ACCESS, TOKEN_JWT: by jwt_release() */
	struct refresh_token refresh; /* TOKEN_REFRESH, TOKEN_LEGACY */
};

/*
 * Read the token from the file that the verb's argument names, or from standard
 * input, and tell what it is by its form; nothing is verified but the tag of a
 * refresh token.  A token never stands on the command line, where everybody on
 * the host can read it.
 *
 * Returns an exit status; failures were told.
 */
int token_read(struct command *command, const struct settings *settings,
    struct token_read *ret) __attribute__((__warn_unused_result__));

/* "access token", "ID token" and so on. */
const char *token_kind_name(const struct token_read *token);

#endif
