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

/* Nothing is sent, because another program answers in our place.  Plain CGI
 * only; the log says 200. */
enum oauth_error reply_withheld(struct request *rq);

/* 303 See Other, never 307: a form is not sent on (RFC 9700 s4.12). */
enum oauth_error reply_redirect(struct request *rq, const char *location);

#endif
