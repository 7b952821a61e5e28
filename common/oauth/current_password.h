/* SPDX-License-Identifier: MIT */
/* current_password.h - who is signed in is asked for their password once more,
 * before a change that a stolen login cookie must not make. */
#ifndef OAUTH_CURRENT_PASSWORD_H
#define OAUTH_CURRENT_PASSWORD_H

#include "store/authorization.h"
#include "store/password.h"

struct request;

enum current_password {
	CURRENT_PASSWORD_RIGHT,
	CURRENT_PASSWORD_WRONG, /* show the form again */
	CURRENT_PASSWORD_NOT_SIGNED_IN,
	CURRENT_PASSWORD_STORE_DOWN,
};

/*
 * Compare it, counting the attempt before.  The caller holds a slot for hashing
 * (login_attempt.h); typed may be NULL.  RIGHT fills *ret, WRONG sets *fault to
 * what the form says.
 */
enum current_password current_password_check(struct request *rq,
    const struct browser *browser, const char *typed,
    struct password_check *ret, const char **fault)
    __attribute__((__warn_unused_result__));

#endif
