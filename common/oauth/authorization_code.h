/* SPDX-License-Identifier: MIT */
/* authorization_code.h - the code that an authorization request may earn. */
#ifndef OAUTH_AUTHORIZATION_CODE_H
#define OAUTH_AUTHORIZATION_CODE_H

#include "base/arena.h"
#include "base/settings.h"

/*
 * The code of the request, 43 characters of base64url, derived under a key of
 * the server: a form sent twice yields the same code, and nobody can tell the
 * code from the request_id.
 */
const char *authorization_code_of(struct arena *arena,
    const struct settings *settings, const char *request_id);

#endif
