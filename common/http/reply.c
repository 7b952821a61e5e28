/* SPDX-License-Identifier: MIT */
#include "http/reply.h"

#include <string.h>

#include "base/log.h"
#include "http/endpoint.h"
#include "http/page.h"

enum { RETRY_AFTER_S = 2 };

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

static void
note_refusal(int status, enum oauth_error error, const char *reason)
{
	log_raise(status >= 500 ? LOG_ERROR : LOG_NOTICE);
	log_event("refused");
	log_text("error", oauth_error_name(error));
	log_text("reason", reason);
}

static enum oauth_error
prepare_refusal(struct request *rq, int status, enum oauth_error error,
    const char *description)
{
	if (rq->endpoint->faults == FAULTS_PAGE) {
		page_refusal(rq, status, error, description);
		return error;
	}
	AUTO_JSON *object = json_object_new_object();
	json_add_string(object, "error", oauth_error_name(error));
	json_add_string(object, "error_description", description);
	(void)reply_json(rq, status, object);
	return error;
}

enum oauth_error
refuse_status(struct request *rq, int status, enum oauth_error error,
    const char *reason)
{
	note_refusal(status, error, reason);
	return prepare_refusal(rq, status, error, reason);
}

enum oauth_error
refuse_privately(struct request *rq, enum oauth_error error,
    const char *description, const char *reason)
{
	note_refusal(oauth_error_status(error), error, reason);
	return prepare_refusal(rq, oauth_error_status(error), error,
	    description);
}

enum oauth_error
refuse(struct request *rq, enum oauth_error error, const char *reason)
{
	if (error == OAUTH_TEMPORARILY_UNAVAILABLE)
		return refuse_unavailable(rq, reason);
	return refuse_status(rq, oauth_error_status(error), error, reason);
}

static void
retry_after(struct request *rq, long seconds)
{
	reply_header(rq, "Retry-After",
	    arena_printf(rq->arena, "%ld", seconds));
}

enum oauth_error
refuse_unavailable(struct request *rq, const char *reason)
{
	retry_after(rq, RETRY_AFTER_S);
	return refuse_status(rq, 503, OAUTH_TEMPORARILY_UNAVAILABLE, reason);
}

enum oauth_error
refuse_too_many(struct request *rq, long retry_after_s, const char *reason)
{
	retry_after(rq, retry_after_s > 0 ? retry_after_s : 1);
	return refuse_status(rq, 429, OAUTH_TEMPORARILY_UNAVAILABLE, reason);
}
