/* SPDX-License-Identifier: MIT */
#include "http/refuse.h"

#include "base/log.h"
#include "http/endpoint.h"

enum { RETRY_AFTER_S = 2 };

static void
note_refusal(int status, enum oauth_error error, const char *reason)
{
	log_raise(status >= 500 ? LOG_ERROR : LOG_NOTICE);
	log_event("refused");
	log_text("error", oauth_error_name(error));
	log_text("reason", reason);
}

/* Where no caller knew better what to tell a person. */
static enum trouble
trouble_of(int status)
{
	if (status >= 500 || status == 429)
		return TROUBLE_UNAVAILABLE;
	return status == 404 || status == 405 ? TROUBLE_NOT_FOUND
	                                      : TROUBLE_APPLICATION;
}

static enum oauth_error
prepare_refusal(struct request *rq, int status, enum oauth_error error,
    const char *description)
{
	if (rq->endpoint->faults == FAULTS_PAGE)
		return trouble_show(rq, status, error, trouble_of(status),
		    description, "");
	AUTO_JSON *object = json_new_object();
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
refuse_person(struct request *rq, int status, enum oauth_error error,
    enum trouble trouble, const char *reason)
{
	return refuse_person_with(rq, status, error, trouble, reason, NULL, "");
}

enum oauth_error
refuse_person_with(struct request *rq, int status, enum oauth_error error,
    enum trouble trouble, const char *reason, const char *detail,
    const char *more)
{
	if (status >= 500)
		retry_after(rq, RETRY_AFTER_S);
	note_refusal(status, error, reason);
	return trouble_show(rq, status, error, trouble, detail, more);
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
