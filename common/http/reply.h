/* SPDX-License-Identifier: MIT */
/*
 * reply.h - preparing the answer.  Each call sets the reply, notes what the
 * log line says, and returns, so that a handler can return it in one
 * expression.  The loop sends it.
 */
#ifndef HTTP_REPLY_H
#define HTTP_REPLY_H

#include "http/oauth_error.h"
#include "http/request.h"

/* Add a header line; value must hold no control bytes (it is cut at one). */
void reply_header(struct request *rq, const char *name, const char *value);

enum oauth_error reply_empty(struct request *rq, int status);
enum oauth_error reply_json(struct request *rq, int status,
    struct json_object *object);
enum oauth_error reply_text(struct request *rq, int status,
    const char *content_type, const char *text);

/* 303 See Other, never 307: a form is not sent on (RFC 9700 s4.12). */
enum oauth_error reply_redirect(struct request *rq, const char *location);

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

/* 503 with Retry-After: what is needed is away. */
enum oauth_error refuse_unavailable(struct request *rq, const char *reason);

/* 429 with Retry-After. */
enum oauth_error refuse_too_many(struct request *rq, long retry_after_s,
    const char *reason);

#endif
