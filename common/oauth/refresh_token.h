/* SPDX-License-Identifier: MIT */
/*
 * refresh_token.h - the form of refresh tokens.
 *
 *	session id (16) | generation (4) | secret (16) | tag (12)
 *
 * as 64 base64url characters.  The tag is an HMAC over the rest, so garbage
 * never reaches the database and the token names its session and place in its
 * chain by itself.  The successor's secret is an HMAC of the presented token:
 * the same token always has the same successor, and parallel refreshes and
 * lost answers are harmless.  Stored is the SHA-256 only.
 */
#ifndef OAUTH_REFRESH_TOKEN_H
#define OAUTH_REFRESH_TOKEN_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/settings.h"
#include "crypto/keyring.h"

enum refresh_token_kind {
	REFRESH_TOKEN_OURS,
	REFRESH_TOKEN_LEGACY, /* 43 characters: issued before adoption */
};

struct refresh_token {
	enum refresh_token_kind kind;
	const char *text;
	const char *session_id; /* a UUID; NULL for legacy */
	int64_t generation;     /* 0 for legacy */
};

/* A new token of a session with a secret drawn now. */
const char *refresh_token_new(struct arena *arena,
    const struct settings *settings, const char *session_id,
    int64_t generation);

/* False for what never was a token of ours: its tag fits neither root. */
bool refresh_token_read(struct arena *arena, const struct settings *settings,
    const char *text, struct refresh_token *ret)
    __attribute__((__warn_unused_result__));

/* The one successor of token under a root. */
const char *refresh_token_successor(struct arena *arena,
    const struct settings *settings, enum keyring_root root,
    const struct refresh_token *token);

/* As it is stored: hex of the SHA-256 of the text. */
const char *refresh_token_hash(struct arena *arena, const char *text);

#endif
