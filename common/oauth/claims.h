/* SPDX-License-Identifier: MIT */
/* claims.h - reading the claims of a JWT (RFC 7519 s4.1). */
#ifndef OAUTH_CLAIMS_H
#define OAUTH_CLAIMS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/json.h"

enum { CLOCK_LEEWAY_S = 30 }; /* for nbf and iat; exp is kept to the second */

/* A string claim, copied into the arena; NULL when absent or no string. */
const char *claims_text(struct arena *arena, struct json_object *claims,
    const char *name);

/* A claim that must be there and be an integer of a sensible size. */
bool claims_time(struct json_object *claims, const char *name, int64_t *ret);

/* Is wanted the audience, or one of several? */
bool claims_aud_holds(struct json_object *claims, const char *wanted);

/* Is wanted the one and only audience? */
bool claims_aud_is(struct json_object *claims, const char *wanted);

/* nbf or iat further ahead than the leeway, or there and no time at all. */
bool claims_early(struct json_object *claims, int64_t now_s);

/*
 * The times of an assertion that somebody else made to be used once (RFC 7523
 * s3): exp must be there, ahead of now_s and by no more than max_s; iat and
 * nbf, where they are there, not ahead.
 *
 * Returns NULL and sets *exp_s; otherwise what is wrong, for the log.
 */
const char *claims_assertion_fault(struct json_object *claims, int64_t now_s,
    int64_t max_s, int64_t *exp_s);

#endif
