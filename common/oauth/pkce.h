/* SPDX-License-Identifier: MIT */
/* pkce.h - proof key for code exchange, S256 only (RFC 7636). */
#ifndef OAUTH_PKCE_H
#define OAUTH_PKCE_H

#include <stdbool.h>

#include "base/arena.h"

/* A code_verifier: 43 to 128 unreserved characters (s4.1). */
bool pkce_verifier_allowed(const char *code_verifier);

/* An S256 code_challenge: 43 base64url characters (s4.2). */
bool pkce_challenge_allowed(const char *code_challenge);

/* BASE64URL(SHA256(ASCII(code_verifier))) (s4.2), in the arena. */
char *pkce_challenge(struct arena *arena, const char *code_verifier);

#endif
