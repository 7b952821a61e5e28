/* SPDX-License-Identifier: MIT */
/* token_state.h - what became of a token, for operators; nothing is changed. */
#ifndef STORE_TOKEN_STATE_H
#define STORE_TOKEN_STATE_H

#include "store/introspection.h"

/* Of an access token: "alive", "revoked", "no_session", "client_disabled",
 * "user_disabled"; resource is not looked at.  In the arena; NULL when the
 * database is away or refuses. */
const char *access_token_state(struct store *store, struct arena *arena,
    const struct introspected *token);

/* Of a refresh token: "current", "rotated", "retired", "expired",
 * "no_session", "client_disabled", "user_disabled".  session_id is that which
 * the token names, or NULL for one issued before adoption; *ret becomes its
 * session, or NULL. */
const char *refresh_token_state(struct store *store, struct arena *arena,
    const char *session_id, const char *token, const char **ret);

#endif
