/* SPDX-License-Identifier: MIT */
#include "http/refuse.h"

#include "base/log.h"
#include "http/endpoint.h"
#include "http/html.h"
#include "http/page.h"

enum { RETRY_AFTER_S = 2 };

static void
note_refusal(int status, enum oauth_error error, const char *reason)
{
	log_raise(status >= 500 ? LOG_ERROR : LOG_NOTICE);
	log_event("refused");
	log_text("error", oauth_error_name(error));
	log_text("reason", reason);
}

/* What is wrong and what to do; it never redirects. */
static void
show_refusal(struct request *rq, int status, enum oauth_error error,
    const char *description)
{
	struct buf page = page_begin(rq,
	    status >= 500 ? "This does not work right now"
	                  : "This request cannot go on");

	buf_add(&page, "<p class=\"error\">");
	html_add(&page, description);
	buf_add(&page, "</p>\n");
	if (status >= 500)
		buf_add(&page,
		    "<p>Nothing was lost. Try again in a moment.</p>\n");
	else
		buf_add(&page,
		    "<p>Go back to the application that brought you here and "
		    "connect again. If this page comes back, the application "
		    "has to be set up anew: remove its connection there and "
		    "add it again.</p>\n");
	buf_addf(&page,
	    "<p class=\"soft\">Error code: %s<br>Reference: %s</p>\n",
	    oauth_error_name(error), rq->request_id);
	(void)page_end(rq, status, &page);
}

static enum oauth_error
prepare_refusal(struct request *rq, int status, enum oauth_error error,
    const char *description)
{
	if (rq->endpoint->faults == FAULTS_PAGE) {
		show_refusal(rq, status, error, description);
		return error;
	}
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
