/* SPDX-License-Identifier: MIT */
#include "http/reply.h"

#include <string.h>

static const char control_bytes[] =
    "\001\002\003\004\005\006\007\010\011\012\013\014\015\016\017\020\021\022"
    "\023\024\025\026\027\030\031\032\033\034\035\036\037\177";

void
reply_header(struct request *rq, const char *name, const char *value)
{
	buf_add(&rq->reply.headers, name);
	buf_add(&rq->reply.headers, ": ");
	buf_add_n(&rq->reply.headers, value, strcspn(value, control_bytes));
	buf_add(&rq->reply.headers, "\r\n");
}

enum oauth_error
reply_empty(struct request *rq, int status)
{
	rq->reply.status = status;
	rq->reply.content_type = NULL;
	rq->reply.body = "";
	rq->reply.body_bytes = 0;
	return OAUTH_OK;
}

enum oauth_error
reply_withheld(struct request *rq)
{
	rq->reply.withheld = true;
	return reply_empty(rq, 200);
}

enum oauth_error
reply_text(struct request *rq, int status, const char *content_type,
    const char *text)
{
	rq->reply.status = status;
	rq->reply.content_type = content_type;
	rq->reply.body = text;
	rq->reply.body_bytes = strlen(text);
	return OAUTH_OK;
}

enum oauth_error
reply_json(struct request *rq, int status, struct json_object *object)
{
	return reply_text(rq, status, "application/json",
	    json_text(rq->arena, object));
}

enum oauth_error
reply_redirect(struct request *rq, const char *location)
{
	reply_header(rq, "Location", location);
	return reply_empty(rq, 303);
}
