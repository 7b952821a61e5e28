/* SPDX-License-Identifier: MIT */
/* id_token.h - ID tokens (OpenID Connect Core s2): made, and recognised when
 * they come back as a hint. */
#ifndef OAUTH_ID_TOKEN_H
#define OAUTH_ID_TOKEN_H

#include "base/arena.h"
#include "base/settings.h"
#include "store/session_grant.h"

/*
 * Sign an ID token for the grant, with RS256: who signed in, when, for which
 * client, with the request's nonce, the hash of the access token that goes
 * along, and email and name as far as the scope has them.
 *
 * Returns the token, in the arena; NULL when the key cannot be used, which the
 *         log says as "fault".
 */
const char *id_token_sign(struct arena *arena, const struct settings *settings,
    const struct session_grant *grant, const char *access_token);

/* What a hint tells.  Strings live in the arena. */
struct id_token_hint {
	const char *sub, *client_id;
};

/* Read an ID token of ours, of whatever age (Core s3.1.2.1, RP-Initiated Logout
 * s2).  False for anything else; *ret is untouched then. */
bool id_token_read(struct arena *arena, const struct settings *settings,
    const char *text, struct id_token_hint *ret)
    __attribute__((__warn_unused_result__));

#endif
