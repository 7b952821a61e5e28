/* SPDX-License-Identifier: MIT */
/*
 * login_attempt.h - who guesses at a password or a code, and how often they may.
 *
 * A browser remembers, in a signed cookie that signs nobody in, whom it signed
 * in last.  While somebody guesses at that account from elsewhere, and others
 * have to wait, this browser still has a few attempts of its own.
 */
#ifndef OAUTH_LOGIN_ATTEMPT_H
#define OAUTH_LOGIN_ATTEMPT_H

#include "http/oauth_error.h"
#include "http/request.h"
#include "store/login.h"

enum { LOGIN_PLACES = 8 }; /* to wait for a hash, on the whole host */

/* LOGIN_LIMIT_* and LOGIN_WINDOW. */
struct login_limits login_limits_of(struct request *rq);

/* The browser that sent the request.  Strings live in the arena. */
struct login_guesser login_guesser_of(struct request *rq);

/* Remember that this browser signed the user in. */
void login_remember(struct request *rq, const char *user_id);

/*
 * Room for one password hash under the host's limit of hashing at once.  A few
 * may wait for it; whoever comes when they do is turned away at once, so that a
 * flood of sign-ins holds up nothing else.
 *
 * Returns a descriptor to be closed when done; -1 when there is none, which the
 *         log says as "fault".
 */
int login_hash_slot(struct request *rq) __attribute__((__warn_unused_result__));

/* 503: there was none. */
enum oauth_error login_refuse_slot(struct request *rq);

#endif
