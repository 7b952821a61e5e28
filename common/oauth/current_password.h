/* SPDX-License-Identifier: MIT */
/* current_password.h - who is signed in is asked for their password once more,
 * before a change that a stolen login cookie must not make. */
#ifndef OAUTH_CURRENT_PASSWORD_H
#define OAUTH_CURRENT_PASSWORD_H

#include "http/oauth_error.h"
#include "store/authorization.h"
#include "store/password.h"

struct request;

/* The page that asks. */
struct current_password_page {
	const char *name; /* account_page.h */
	/* It was right.  The slot for hashing is held until this returns. */
	enum oauth_error (*right)(struct request *rq,
	    const struct browser *browser, const struct password_check *check);
	/* The form again, with what was wrong. */
	enum oauth_error (*wrong)(struct request *rq,
	    const struct browser *browser, int status, const char *fault);
};

/*
 * Compare it under the host's limit of hashing at once (login_attempt.h),
 * counting the attempt before, and answer by the page; typed may be NULL.  Who
 * is signed in no more signs in first; 503 without a slot, or a database.
 */
enum oauth_error current_password_ask(struct request *rq,
    const struct browser *browser, const char *typed,
    const struct current_password_page *page)
    __attribute__((__warn_unused_result__));

#endif
