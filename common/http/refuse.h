/* SPDX-License-Identifier: MIT */
/* refuse.h - answers that say no, as JSON or as a page. */
#ifndef HTTP_REFUSE_H
#define HTTP_REFUSE_H

#include "http/trouble.h"

/*
 * Refuse: the client gets the error's code and the reason as its
 * error_description, as JSON or as a page, whichever the endpoint answers
 * with; the log gets both.
 */
enum oauth_error refuse(struct request *rq, enum oauth_error error,
    const char *reason);

/* The same, with a reason that only the log may know and a description that
 * the client may. */
enum oauth_error refuse_privately(struct request *rq, enum oauth_error error,
    const char *description, const char *reason);

/* The same, with another status than the error's own (405, 413, 429). */
enum oauth_error refuse_status(struct request *rq, int status,
    enum oauth_error error, const char *reason);

/*
 * The same for a person who reads it on a page: trouble says what happened, why
 * and what to do in their language, only the log gets the reason.  detail and
 * more are as in trouble.h.  From 500 on, with Retry-After.
 */
enum oauth_error refuse_person(struct request *rq, int status,
    enum oauth_error error, enum trouble trouble, const char *reason);
enum oauth_error refuse_person_with(struct request *rq, int status,
    enum oauth_error error, enum trouble trouble, const char *reason,
    const char *detail, const char *more);

/* 503 with Retry-After: what is needed is away. */
enum oauth_error refuse_unavailable(struct request *rq, const char *reason);

/* 429 with Retry-After. */
enum oauth_error refuse_too_many(struct request *rq, long retry_after_s,
    const char *reason);

#endif
