/* SPDX-License-Identifier: MIT */
/*
 * remembered_token.h - access tokens that were verified a while ago.
 *
 * A client sends the same token with every call, and a signature takes most of
 * the time that a verdict does.  What a good token says is remembered for some
 * minutes, found by a keyed hash: its text is not kept.  Who finds it there
 * still has to look at revocations, and at all else of the request.
 *
 * Memory: a table of fixed size; a new token takes the place of an older one.
 */
#ifndef OAUTH_REMEMBERED_TOKEN_H
#define OAUTH_REMEMBERED_TOKEN_H

#include <stdbool.h>
#include <stdint.h>

#include "oauth/access_token.h"

/*
 * What a token says that was found good at this audience and has not expired
 * since.  The strings in *ret are good until the next remembered_token_add().
 */
bool remembered_token_find(const char *text, const char *audience,
    int64_t now_s, struct access_token *ret)
    __attribute__((__warn_unused_result__));

/* A token was verified now; token->aud must last as long as the settings. */
void remembered_token_add(const char *text, const struct access_token *token,
    int64_t now_s);

/* It was revoked. */
void remembered_token_drop(const char *text);

/* Forget all: keys or settings are others now. */
void remembered_token_forget(void);

#endif
