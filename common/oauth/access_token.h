/* SPDX-License-Identifier: MIT */
/* access_token.h - access tokens as JWTs (RFC 9068): made, and judged. */
#ifndef OAUTH_ACCESS_TOKEN_H
#define OAUTH_ACCESS_TOKEN_H

#include <stdint.h>

#include "base/arena.h"
#include "base/settings.h"
#include "crypto/jwt.h"

/* What a token says.  Strings are never NULL but email, jkt, and user for a
 * machine's token. */
struct access_token {
	const char *sub, *client_id, *scope, *sid, *jti;
	const char *aud;   /* the canonical resource */
	const char *email; /* NULL unless granted */
	const char
	    *jkt; /* of the key it is bound to (RFC 9449 s6.1), or NULL */
	int64_t iat_s, exp_s;
};

#define USERINFO_PATH "/api/oauth/userinfo"

/* The URL of the userinfo endpoint, which tokens name with openid granted. */
const char *access_token_userinfo(struct arena *arena,
    const struct settings *settings);

/* Sign it; aud is replaced by MCP_SERVER_AUDIENCE where that is set.  NULL when
 * the key cannot be used: the log has the reason as "fault". */
const char *access_token_sign(struct arena *arena,
    const struct settings *settings, const struct access_token *token);

/* Add the key that the token is bound to as cnf, if there is one: in the token
 * itself and where it is introspected (RFC 9449 s6). */
void access_token_add_confirmation(struct json_object *claims,
    const struct access_token *token);

enum access_token_result {
	ACCESS_TOKEN_GOOD,
	ACCESS_TOKEN_MALFORMED,
	ACCESS_TOKEN_KEY_UNKNOWN,
	ACCESS_TOKEN_SIGNATURE,
	ACCESS_TOKEN_ISSUER,
	ACCESS_TOKEN_AUDIENCE,
	ACCESS_TOKEN_EXPIRED,
	ACCESS_TOKEN_EARLY, /* nbf or iat ahead of now beyond the leeway */
};

/*
 * Judge a token presented at audience, a resource's canonical URI or the
 * userinfo endpoint's URL, at now_s: header, signature, issuer, audience, times
 * (RFC 9068 s4, RFC 8725).  ACCESS_TOKEN_GOOD fills *ret; its strings live in
 * the arena.
 */
enum access_token_result access_token_judge(struct arena *arena,
    const struct settings *settings, const char *token,
    const struct jwt_key *keys, size_t n_keys, const char *audience,
    int64_t now_s, struct access_token *ret)
    __attribute__((__warn_unused_result__));

/* The same for a token of any of our resources, which becomes ret->aud.  *ret
 * is filled for an expired one as well. */
enum access_token_result access_token_judge_any(struct arena *arena,
    const struct settings *settings, const char *token,
    const struct jwt_key *keys, size_t n_keys, int64_t now_s,
    struct access_token *ret) __attribute__((__warn_unused_result__));

/* A few words on a result, for the log. */
const char *access_token_reason(enum access_token_result result);

#endif
